#pragma once

#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/api/syncmapitem.h"

namespace Twilio {

class MapPrivate;
class SyncPaginator;

//! Where SyncMap::getItems() starts.
using MapQuery = PageQuery<QString>;

/*!
    \brief A Sync map as a model: items under unique keys, ordered by key as the service orders them.

    Roles: \c value, \c itemKey, \c revision, \c dateCreated, \c dateUpdated, \c dateExpires, then
   valueRoles(). The item signals fire once for every event of the map, inside the window or not. Keys have 1
   to 320 characters.
*/
// Qualified for qmltyperegistrar, which looks the base up by the name written here
class TWILIOSYNC_EXPORT SyncMap : public Twilio::SyncCollection
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncMap)

public:
    explicit SyncMap(QObject *parent = nullptr);
    ~SyncMap() override;

    //! The item under \a key, in the window or not; fails with 404 / 54201 if there is none.
    QFuture<Twilio::SyncMapItem> get(const QString &key);
    //! Creates or replaces; waiting set() calls to one key become one write, with the last value.
    QFuture<Twilio::SyncMapItem> set(const QString &key, const SyncValue &value,
                                     const WriteOptions &options = {});
    //! Merges \a fields into the latest value, top-level members only; a missing item starts as {}.
    QFuture<Twilio::SyncMapItem> update(const QString &key, const SyncValue &fields,
                                        const WriteOptions &options = {});
    //! Replaces the latest value by what \a mutator makes of it; a missing item starts as {}. See Mutator.
    QFuture<Twilio::SyncMapItem> mutate(const QString &key, const Mutator &mutator,
                                        const WriteOptions &options = {});
    QFuture<void> remove(const QString &key);
    //! \a ttl in seconds, 0 to \c maxTtlSeconds, 0 = never expires.
    QFuture<void> setItemTtl(const QString &key, qint64 ttl);
    //! Reads items page by page, independent of the window. The paginator has the client as parent.
    QFuture<Twilio::SyncPaginator *> getItems(const MapQuery &query = {});
    QFuture<void> removeMap();

    //! The value under \a key if it is in the window, else invalid.
    Q_INVOKABLE QVariant valueOf(const QString &key) const;
    //! Row of the item under \a key; -1 if it is not in the window.
    Q_INVOKABLE int rowOf(const QString &key) const;

Q_SIGNALS:
    // Once for each event, in the order of the events, after the rows and the properties of the handle are
    // what they are since then, and have told so.
    //! Somebody, or this client if \a isLocal, has added an item.
    void itemAdded(const Twilio::SyncMapItem &item, bool isLocal);
    //! An item has another value, or other dates; \a previousValue is empty if it was not known. Views are
    //! told of changed rows at the end of the turn, which may be later.
    void itemUpdated(const Twilio::SyncMapItem &item, bool isLocal, const QVariantMap &previousValue);
    //! The item is gone, and its row with it; \a previousValue is its last one.
    void itemRemoved(const QString &itemKey, bool isLocal, const QVariantMap &previousValue);
    //! What a delegate or setData() has written to \a role did not reach the service: \a error says why. The
    //! row, if it is still there, shows what the service has.
    void writeBackFailed(const QString &itemKey, const QString &role, const Twilio::SyncError &error);

private:
    friend class MapPrivate;
};

} // namespace Twilio
