#include "TwilioSync/api/synclist.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/itemcalls_p.h"
#include "TwilioSync/api/paginator_p.h"
#include "TwilioSync/api/synccollection_p.h"

#include <QtCore/qmetaobject.h>

namespace Twilio {

class ListPrivate : public CollectionPrivate
{
public:
    ListPrivate() : CollectionPrivate(ObjectKind::List) { }

protected:
    void emitWriteBackFailed(const ItemKey &key, const QString &role, const SyncError &error) override
    {
        Q_EMIT static_cast<SyncList *>(object)->writeBackFailed(key.index, role, error);
    }

    // What nobody listens to is not even kept.
    void itemHappened(const ItemEvent &event) override
    {
        static const QMetaMethod added = QMetaMethod::fromSignal(&SyncList::itemAdded);
        static const QMetaMethod updated = QMetaMethod::fromSignal(&SyncList::itemUpdated);
        static const QMetaMethod removed = QMetaMethod::fromSignal(&SyncList::itemRemoved);
        auto *list = static_cast<SyncList *>(object);
        switch (event.kind) {
        case ItemEvent::Kind::Added:
            if (list->isSignalConnected(added))
                postEvent([list, event] { Q_EMIT list->itemAdded(SyncListItem(event.item), event.isLocal); });
            break;
        case ItemEvent::Kind::Updated:
            if (list->isSignalConnected(updated))
                postEvent([list, event] {
                    Q_EMIT list->itemUpdated(SyncListItem(event.item), event.isLocal,
                                             SyncListItem(event.previous).value());
                });
            break;
        case ItemEvent::Kind::Removed:
            if (list->isSignalConnected(removed))
                postEvent([list, event] {
                    Q_EMIT list->itemRemoved(event.item->index(), event.isLocal,
                                             SyncListItem(event.item).value());
                });
            break;
        }
    }
};

namespace {

ItemKey keyOfIndex(qint64 index) { return { index, {} }; }

} // namespace

SyncList::SyncList(QObject *parent) : SyncCollection(std::make_unique<ListPrivate>(), parent) { }

SyncList::~SyncList() = default;

QFuture<SyncListItem> SyncList::push(const SyncValue &value, const WriteOptions &options)
{
    return itemCall<SyncListItem>(*collection(), { checkValue("value", value), checkTtl(options.ttl) },
                                  [&](CollectionEntity &list, const Callback<ItemPtr> &done) {
                                      list.push(value, options.ttl, done);
                                  });
}

QFuture<SyncListItem> SyncList::get(qint64 itemIndex)
{
    return itemCall<SyncListItem>(*collection(), { checkItemIndex(itemIndex) },
                                  [&](CollectionEntity &list, const Callback<ItemPtr> &done) {
                                      list.get(keyOfIndex(itemIndex), done);
                                  });
}

QFuture<SyncListItem> SyncList::set(qint64 itemIndex, const SyncValue &value, const WriteOptions &options)
{
    return itemCall<SyncListItem>(
            *collection(), { checkItemIndex(itemIndex), checkValue("value", value), checkTtl(options.ttl) },
            [&](CollectionEntity &list, const Callback<ItemPtr> &done) {
                list.set(keyOfIndex(itemIndex), value, options.ttl, done);
            });
}

QFuture<SyncListItem> SyncList::update(qint64 itemIndex, const SyncValue &fields, const WriteOptions &options)
{
    return itemCall<SyncListItem>(
            *collection(), { checkItemIndex(itemIndex), checkValue("fields", fields), checkTtl(options.ttl) },
            [&](CollectionEntity &list, const Callback<ItemPtr> &done) {
                list.mutate(keyOfIndex(itemIndex), mergeMutator(fields), options.ttl, done);
            });
}

QFuture<SyncListItem> SyncList::mutate(qint64 itemIndex, const Mutator &mutator, const WriteOptions &options)
{
    return itemCall<SyncListItem>(*collection(),
                                  { checkItemIndex(itemIndex), checkMutator(mutator), checkTtl(options.ttl) },
                                  [&](CollectionEntity &list, const Callback<ItemPtr> &done) {
                                      list.mutate(keyOfIndex(itemIndex), mutator, options.ttl, done);
                                  });
}

QFuture<void> SyncList::remove(qint64 itemIndex)
{
    return collectionCall(*collection(), { checkItemIndex(itemIndex) },
                          [&](CollectionEntity &list, const Callback<Nothing> &done) {
                              list.remove(keyOfIndex(itemIndex), done);
                          });
}

QFuture<void> SyncList::setItemTtl(qint64 itemIndex, qint64 ttl)
{
    return collectionCall(*collection(), { checkItemIndex(itemIndex), checkTtl(ttl) },
                          [&](CollectionEntity &list, const Callback<Nothing> &done) {
                              list.setItemTtl(keyOfIndex(itemIndex), ttl, done);
                          });
}

QFuture<SyncPaginator *> SyncList::getItems(const ListQuery &query)
{
    PageRequest request { std::nullopt, false, query.pageSize, query.order };
    if (query.from)
        request.from = keyOfIndex(*query.from);
    return PaginatorPrivate::read(
            *collection(),
            { query.from ? checkItemIndex(*query.from) : std::nullopt, checkPageSize(query.pageSize) },
            request);
}

QFuture<void> SyncList::removeList()
{
    return collectionCall(*collection(), {}, [](CollectionEntity &list, const Callback<Nothing> &done) {
        list.removeObject(done);
    });
}

int SyncList::rowOf(qint64 itemIndex) const { return collection()->window->rowOf(keyOfIndex(itemIndex)); }

} // namespace Twilio
