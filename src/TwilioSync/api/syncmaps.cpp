#include "TwilioSync/api/syncmaps.h"

#include "TwilioSync/api/itemcalls_p.h"
#include "TwilioSync/api/paginator_p.h"

namespace Twilio {

SyncMaps::SyncMaps(SyncClient *client) : QObject(client), m_client(client) { }

SyncMaps::~SyncMaps() = default;

CallTarget SyncMaps::target(const QString &id) const { return { m_client, ObjectKind::Map, id }; }

QFuture<SyncMapItem> SyncMaps::getItem(const QString &id, const QString &key)
{
    return itemCalls(target(id), key).get();
}

QFuture<SyncMapItem> SyncMaps::setItem(const QString &id, const QString &key, const SyncValue &value,
                                       const WriteOptions &options)
{
    return itemCalls(target(id), key).set(value, options);
}

QFuture<SyncMapItem> SyncMaps::updateItem(const QString &id, const QString &key, const SyncValue &fields,
                                          const WriteOptions &options)
{
    return itemCalls(target(id), key).update(fields, options);
}

QFuture<SyncMapItem> SyncMaps::mutateItem(const QString &id, const QString &key, const Mutator &mutator,
                                          const WriteOptions &options)
{
    return itemCalls(target(id), key).mutate(mutator, options);
}

QFuture<void> SyncMaps::removeItem(const QString &id, const QString &key)
{
    return itemCalls(target(id), key).remove();
}

QFuture<SyncPaginator *> SyncMaps::getItems(const QString &id, const MapQuery &query)
{
    return pageCall(target(id), query);
}

QFuture<void> SyncMaps::setTtl(const QString &id, qint64 seconds) { return ttlCall(target(id), seconds); }

QFuture<void> SyncMaps::remove(const QString &id) { return removeCall(target(id)); }

} // namespace Twilio
