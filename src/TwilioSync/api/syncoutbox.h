#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qabstractitemmodel.h>

#include <memory>

namespace Twilio {

class OutboxPrivate;

/*!
    \brief The writes of a client that wait or are under way, oldest first: for a user interface that shows
   what is not saved yet.

    Rows appear with the call, change while the write is on its way, and go when it has ended, each in a turn
   of the event loop of its own after that. Waiting writes that were merged are one row. SyncClient::outbox()
   gives it.
*/
class TWILIOSYNC_EXPORT SyncOutbox : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncOutbox)
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role {
        WriteIdRole = Qt::UserRole + 1, //!< "writeId": a number that grows with each write
        OperationRole, //!< "operation": "push", "set", "update", "mutate", "remove", "setTtl",
                       //!< "publishMessage" or "removeObject"
        ObjectNameRole, //!< "objectName": unique name, "" if the object has none
        ObjectSidRole, //!< "objectSid"
        ItemKeyRole, //!< "itemKey": a map's key, a list's index, or undefined
        ValueRole, //!< "value": QVariantMap; of "update" the fields; undefined if there is none
        StateRole, //!< "state": a SyncOutbox::State
        AttemptsRole, //!< "attempts": how often it was sent
        ErrorRole, //!< "error": SyncError, why it was not done when it was sent last; else null
        CreatedRole //!< "created": QDateTime of the call, UTC
    };
    Q_ENUM(Role)

    //! Where a write is on its way.
    enum class State : int {
        Waiting, //!< for its turn, the pace, or a connection
        Reading, //!< for the value that it builds on
        Sending, //!< for its answer
        Unanswered, //!< sent, and its answer got lost: it is found out whether it was applied
        Conflict, //!< with what the service has by now: it waits for what SyncClient::conflict() has asked
        Unsaved //!< not on the disk yet, with SyncClient::persistentWrites: it is not sent before
    };
    Q_ENUM(State)

    ~SyncOutbox() override;

    //! Rows, the same as SyncClient::pendingWrites() once all has been told.
    [[nodiscard]] int count() const;
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = OperationRole) const override;
    QHash<int, QByteArray> roleNames() const override;

    //! Takes the write back: its call fails with "cancelled". What was sent already is not repeated any
    //! more; should its answer get lost, the call fails with SyncError::isOutcomeUnknown(). False if there is
    //! no such write.
    Q_INVOKABLE bool cancel(qint64 writeId);
    //! Takes all writes to the object \a objectSid back, or all there are if it is empty.
    Q_INVOKABLE void cancelAll(const QString &objectSid = {});

Q_SIGNALS:
    //! After the rows.
    void countChanged();

private:
    friend class ClientPrivate;
    friend class OutboxPrivate;
    SyncOutbox(std::unique_ptr<OutboxPrivate> priv, QObject *parent);

    const std::unique_ptr<OutboxPrivate> d;
};

} // namespace Twilio
