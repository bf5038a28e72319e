#pragma once

#include "replica.h"
#include "shared/clientfixture.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qfuture.h>
#include <QtCore/qhash.h>

#include <functional>
#include <memory>
#include <optional>

//! A list or a map.
enum class Kind { List, Map };

//! One object of the service.
struct RemoteObject
{
    Kind kind = Kind::List;
    int number = 1;

    //! Its unique name: "list1".
    [[nodiscard]] QString name() const;
    //! "/v3/Lists/list1"
    [[nodiscard]] QByteArray path() const;
    friend bool operator==(const RemoteObject &a, const RemoteObject &b) = default;
};

//! The item whose value counting alone changes: {"count":0}.
[[nodiscard]] QString counterKey(Kind kind);

//! How a handle shows its object.
struct View
{
    Qt::SortOrder order = Qt::AscendingOrder;
    int pageSize = 50;
    bool loadAll = false;
    //! 0 = any number.
    int maximumCount = 0;
};

/*!
    \brief One handle under observation: its model is tested at every signal and copied, its item signals are
   counted.

    Keys are text for both kinds: a list's are numbers.
*/
class Handle
{
public:
    using Settled = QFuture<void>;

    Handle(Twilio::SyncClient *client, const RemoteObject &object, const View &view);
    Q_DISABLE_COPY_MOVE(Handle)

    [[nodiscard]] Kind kind() const { return m_object.kind; }
    //! What it was pointed at last.
    [[nodiscard]] const RemoteObject &object() const { return m_object; }
    [[nodiscard]] Twilio::SyncCollection &model() const { return *m_model; }
    [[nodiscard]] Replica &replica() const { return *m_replica; }
    [[nodiscard]] bool isReady() const { return m_model->status() == Twilio::Sync::Status::Ready; }
    [[nodiscard]] bool isLive() const
    {
        return isReady() && m_model->subscriptionState() == Twilio::Sync::SubscriptionState::Established;
    }

    //! It has been pointed at another object, and may still be at the one before: whose a call is nobody
    //! knows.
    [[nodiscard]] bool isPointed() const { return m_isPointed; }
    //! Shows another object of its kind from now on; named by its SID if there is one given.
    void point(RemoteObject object, const QString &sid = {});
    //! As an application does after a failure that is none of the object's.
    void openAgain();
    //! Nothing is due any more. What was told while it was being pointed at another object, or at the same
    //! again, was of either.
    void comeToRest();

    // The calls of the handle.
    [[nodiscard]] Settled add(const Twilio::SyncValue &value, std::optional<qint64> ttl, const QString &key);
    [[nodiscard]] Settled set(const QString &key, const Twilio::SyncValue &value, std::optional<qint64> ttl);
    [[nodiscard]] Settled update(const QString &key, const Twilio::SyncValue &fields);
    [[nodiscard]] Settled mutate(const QString &key, const Twilio::Mutator &mutator);
    [[nodiscard]] Settled remove(const QString &key);
    [[nodiscard]] Settled setItemTtl(const QString &key, qint64 seconds);
    [[nodiscard]] Settled get(const QString &key);

    //! How often itemAdded() and itemUpdated() have told of each revision, since it shows its object.
    [[nodiscard]] const QHash<QString, int> &told() const { return m_told; }
    //! How often itemRemoved() has told of each key.
    [[nodiscard]] const QHash<QString, int> &toldRemovals() const { return m_toldRemovals; }

    //! Newest event of the object; to be set before anything is told.
    std::function<std::optional<qint64>(const QByteArray &sid)> newestEvent;
    //! Called in each slot that is connected to it.
    std::function<void()> inSlot;
    //! Newest event of the service when this handle became ready, and when it became live; none before.
    std::optional<qint64> readySince;
    std::optional<qint64> liveSince;

private:
    [[nodiscard]] Twilio::SyncList *list() const { return static_cast<Twilio::SyncList *>(m_model.get()); }
    [[nodiscard]] Twilio::SyncMap *map() const { return static_cast<Twilio::SyncMap *>(m_model.get()); }
    void watch();
    void noteState();
    void forgetTold();

    RemoteObject m_object;
    std::unique_ptr<Twilio::SyncCollection> m_model;
    std::unique_ptr<ModelCheck> m_check;
    std::unique_ptr<Replica> m_replica;
    bool m_isPointed = false;
    QString m_sid;
    QHash<QString, int> m_told;
    QHash<QString, int> m_toldRemovals;
};
