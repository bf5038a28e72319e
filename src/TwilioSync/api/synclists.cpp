#include "TwilioSync/api/synclists.h"

#include "TwilioSync/api/itemcalls_p.h"
#include "TwilioSync/api/paginator_p.h"

namespace Twilio {

SyncLists::SyncLists(SyncClient *client) : QObject(client), m_client(client) { }

SyncLists::~SyncLists() = default;

CallTarget SyncLists::target(const QString &id) const { return { m_client, ObjectKind::List, id }; }

QFuture<SyncListItem> SyncLists::push(const QString &id, const SyncValue &value, const PushOptions &options)
{
    return pushCall(target(id), value, options);
}

QFuture<SyncListItem> SyncLists::getItem(const QString &id, qint64 itemIndex)
{
    return itemCalls(target(id), itemIndex).get();
}

QFuture<SyncListItem> SyncLists::setItem(const QString &id, qint64 itemIndex, const SyncValue &value,
                                         const WriteOptions &options)
{
    return itemCalls(target(id), itemIndex).set(value, options);
}

QFuture<SyncListItem> SyncLists::updateItem(const QString &id, qint64 itemIndex, const SyncValue &fields,
                                            const WriteOptions &options)
{
    return itemCalls(target(id), itemIndex).update(fields, options);
}

QFuture<SyncListItem> SyncLists::mutateItem(const QString &id, qint64 itemIndex, const Mutator &mutator,
                                            const WriteOptions &options)
{
    return itemCalls(target(id), itemIndex).mutate(mutator, options);
}

QFuture<void> SyncLists::removeItem(const QString &id, qint64 itemIndex)
{
    return itemCalls(target(id), itemIndex).remove();
}

QFuture<SyncPaginator *> SyncLists::getItems(const QString &id, const ListQuery &query)
{
    return pageCall(target(id), query);
}

QFuture<void> SyncLists::setTtl(const QString &id, qint64 seconds) { return ttlCall(target(id), seconds); }

QFuture<void> SyncLists::remove(const QString &id) { return removeCall(target(id)); }

} // namespace Twilio
