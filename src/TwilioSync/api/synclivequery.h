#pragma once

#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/core/itemrole.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <memory>

namespace Twilio {

class LiveQueryPrivate;

/*!
    \brief The items of an index that an expression wants, as a model that follows them: rows come, change and
   go with the items.

    An index is what the service has made for queries, for example \c tr-worker of Twilio Flex; on the local
    server it is a map, by its unique name. The expression is in the Live Query Language, for example
    `data.attributes.worker_name == "Bob"`; empty, it wants everything.

    Set a client and an index and the query is made by itself; changes within one turn of the event loop count
    as one. Roles: \c value, \c itemKey, then valueRoles(). Rows are in the order of the keys, as a map's.
    With each session the query is made anew, and what differs comes as changes of rows like any other; the
    model is never reset but for other roles. While another expression is being asked for, the rows are those
    of the one before.
*/
class TWILIOSYNC_EXPORT SyncLiveQuery : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncLiveQuery)
    Q_PROPERTY(Twilio::SyncClient *client READ client WRITE setClient NOTIFY clientChanged FINAL)
    Q_PROPERTY(QString indexName READ indexName WRITE setIndexName NOTIFY indexNameChanged FINAL)
    Q_PROPERTY(QString expression READ expression WRITE setExpression NOTIFY expressionChanged FINAL)
    Q_PROPERTY(QString sid READ sid NOTIFY sidChanged FINAL)
    Q_PROPERTY(Twilio::Sync::Status status READ status NOTIFY statusChanged FINAL)
    Q_PROPERTY(Twilio::SyncError error READ error NOTIFY errorChanged FINAL)
    Q_PROPERTY(Twilio::Sync::SubscriptionState subscriptionState READ subscriptionState NOTIFY
                       subscriptionStateChanged FINAL)
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(QVariantList valueRoles READ roleDeclarations WRITE setRoleDeclarations NOTIFY
                       valueRolesChanged FINAL)

public:
    // ValueRole, ItemKeyRole and so on.
    using Role = ItemRole;
    using enum ItemRole;

    explicit SyncLiveQuery(QObject *parent = nullptr);
    ~SyncLiveQuery() override;

    [[nodiscard]] SyncClient *client() const;
    void setClient(SyncClient *client);
    [[nodiscard]] QString indexName() const;
    void setIndexName(const QString &name);
    [[nodiscard]] QString expression() const;
    //! Asks again; the rows change once the answer is there.
    void setExpression(const QString &expression);
    //! What the service calls the query; empty while unknown.
    [[nodiscard]] QString sid() const;
    /*!
        Null without client or index; Opening until the first answer, and while another expression is asked
       for; Ready from then on, also over lost connections. Failed, with error(), if the service refuses it:
       400 / 54507 for what is no expression, 54510 for a list of too many values, 54502 for no index. A
        failure that passes is asked again, with growing delays. Closed after close(), or without its client.
    */
    [[nodiscard]] Sync::Status status() const;
    //! Why status() is Failed, or still Opening, or subscriptionState() SubscriptionFailed; null otherwise.
    [[nodiscard]] SyncError error() const;
    [[nodiscard]] Sync::SubscriptionState subscriptionState() const;
    //! Rows in the model.
    [[nodiscard]] int count() const;
    [[nodiscard]] QStringList valueRoles() const;
    //! As SyncCollection::setValueRoles().
    void setValueRoles(const QStringList &names);
    //! As the property has them: a name, or { name, type, default }.
    [[nodiscard]] QVariantList roleDeclarations() const;
    //! As SyncCollection::setRoleDeclarations().
    void setRoleDeclarations(const QVariantList &roles);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = ValueRole) const override;
    QHash<int, QByteArray> roleNames() const override;

    //! The value in \a row; invalid if there is no such row.
    Q_INVOKABLE QVariant valueAt(int row) const;
    //! The value under \a key; invalid if it is not in the result.
    Q_INVOKABLE QVariant valueOf(const QString &key) const;
    //! Row of the item under \a key; -1 if it is not in the result.
    Q_INVOKABLE int rowOf(const QString &key) const;
    //! All values by their keys.
    Q_INVOKABLE QVariantMap getItems() const;
    //! Ends it for this handle alone; there are no rows left.
    Q_INVOKABLE void close();
    //! Asks again what is Failed or Closed, or waits for another try.
    Q_INVOKABLE void reopen();

Q_SIGNALS:
    void clientChanged();
    void indexNameChanged();
    void expressionChanged();
    void sidChanged();
    void statusChanged();
    void errorChanged();
    void subscriptionStateChanged();
    //! After the rows have come or gone; several such changes of one turn are told once.
    void countChanged();
    void valueRolesChanged();
    // Once for each change of the result after the first one, when the rows and the properties are what they
    // are since then. Not for what another expression changes.
    //! An item has come into the result, or has another value.
    void itemUpdated(const QString &itemKey, const QVariantMap &value);
    //! An item does not belong to the result any more.
    void itemRemoved(const QString &itemKey);

protected:
    void connectNotify(const QMetaMethod &signal) override;
    void disconnectNotify(const QMetaMethod &signal) override;

private:
    friend class LiveQueryPrivate;
    const std::unique_ptr<LiveQueryPrivate> d;
};

} // namespace Twilio
