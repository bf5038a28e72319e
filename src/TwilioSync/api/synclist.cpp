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
    return itemWrite<SyncListItem>(*collection(), { checkValue("value", value), checkTtl(options.ttl) },
                                   writeOf(*d, WriteOperation::Push, {}, value, options.ttl));
}

QFuture<SyncListItem> SyncList::get(qint64 itemIndex)
{
    return itemRead<SyncListItem>(*collection(), { checkItemIndex(itemIndex) }, keyOfIndex(itemIndex));
}

QFuture<SyncListItem> SyncList::set(qint64 itemIndex, const SyncValue &value, const WriteOptions &options)
{
    return itemWrite<SyncListItem>(
            *collection(), { checkItemIndex(itemIndex), checkValue("value", value), checkTtl(options.ttl) },
            writeOf(*d, WriteOperation::Set, keyOfIndex(itemIndex), value, options.ttl));
}

QFuture<SyncListItem> SyncList::update(qint64 itemIndex, const SyncValue &fields, const WriteOptions &options)
{
    return itemWrite<SyncListItem>(
            *collection(), { checkItemIndex(itemIndex), checkValue("fields", fields), checkTtl(options.ttl) },
            writeOf(*d, WriteOperation::Merge, keyOfIndex(itemIndex), fields, options.ttl));
}

QFuture<SyncListItem> SyncList::mutate(qint64 itemIndex, const Mutator &mutator, const WriteOptions &options)
{
    return itemWrite<SyncListItem>(
            *collection(), { checkItemIndex(itemIndex), checkMutator(mutator), checkTtl(options.ttl) },
            writeOf(*d, WriteOperation::Mutate, keyOfIndex(itemIndex), {}, options.ttl), mutator);
}

QFuture<void> SyncList::remove(qint64 itemIndex)
{
    return voidWrite(*d, { checkItemIndex(itemIndex) },
                     writeOf(*d, WriteOperation::Remove, keyOfIndex(itemIndex)));
}

QFuture<void> SyncList::setItemTtl(qint64 itemIndex, qint64 ttl)
{
    return voidWrite(*d, { checkItemIndex(itemIndex), checkTtl(ttl) },
                     writeOf(*d, WriteOperation::SetTtl, keyOfIndex(itemIndex), {}, ttl));
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

QFuture<void> SyncList::removeList() { return voidWrite(*d, {}, writeOf(*d, WriteOperation::RemoveObject)); }

int SyncList::rowOf(qint64 itemIndex) const { return collection()->window->rowOf(keyOfIndex(itemIndex)); }

} // namespace Twilio
