#include "TwilioSync/api/syncmap.h"

#include "TwilioSync/api/itemcalls_p.h"
#include "TwilioSync/api/paginator_p.h"
#include "TwilioSync/api/synccollection_p.h"

#include <QtCore/qmetaobject.h>

namespace Twilio {

class MapPrivate : public CollectionPrivate
{
public:
    MapPrivate() : CollectionPrivate(ObjectKind::Map) { }

protected:
    void emitWriteBackFailed(const ItemKey &key, const QString &role, const SyncError &error) override
    {
        Q_EMIT static_cast<SyncMap *>(object)->writeBackFailed(QString::fromUtf8(key.key), role, error);
    }

    // What nobody listens to is not even kept.
    void itemHappened(const ItemEvent &event) override
    {
        static const QMetaMethod added = QMetaMethod::fromSignal(&SyncMap::itemAdded);
        static const QMetaMethod updated = QMetaMethod::fromSignal(&SyncMap::itemUpdated);
        static const QMetaMethod removed = QMetaMethod::fromSignal(&SyncMap::itemRemoved);
        auto *map = static_cast<SyncMap *>(object);
        switch (event.kind) {
        case ItemEvent::Kind::Added:
            if (map->isSignalConnected(added))
                postEvent([map, event] { Q_EMIT map->itemAdded(SyncMapItem(event.item), event.isLocal); });
            break;
        case ItemEvent::Kind::Updated:
            if (map->isSignalConnected(updated))
                postEvent([map, event] {
                    Q_EMIT map->itemUpdated(SyncMapItem(event.item), event.isLocal,
                                            SyncMapItem(event.previous).value());
                });
            break;
        case ItemEvent::Kind::Removed:
            if (map->isSignalConnected(removed))
                postEvent([map, event] {
                    Q_EMIT map->itemRemoved(SyncMapItem(event.item).key(), event.isLocal,
                                            SyncMapItem(event.item).value());
                });
            break;
        }
    }
};

SyncMap::SyncMap(QObject *parent) : SyncCollection(std::make_unique<MapPrivate>(), parent) { }

SyncMap::~SyncMap() = default;

QFuture<SyncMapItem> SyncMap::get(const QString &key) { return itemCalls(*d, key).get(); }

QFuture<SyncMapItem> SyncMap::set(const QString &key, const SyncValue &value, const WriteOptions &options)
{
    return itemCalls(*d, key).set(value, options);
}

QFuture<SyncMapItem> SyncMap::update(const QString &key, const SyncValue &fields, const WriteOptions &options)
{
    return itemCalls(*d, key).update(fields, options);
}

QFuture<SyncMapItem> SyncMap::mutate(const QString &key, const Mutator &mutator, const WriteOptions &options)
{
    return itemCalls(*d, key).mutate(mutator, options);
}

QFuture<void> SyncMap::remove(const QString &key) { return itemCalls(*d, key).remove(); }

QFuture<void> SyncMap::setItemTtl(const QString &key, qint64 ttl) { return itemCalls(*d, key).setTtl(ttl); }

QFuture<SyncPaginator *> SyncMap::getItems(const MapQuery &query) { return pageCall(*d, query); }

QFuture<void> SyncMap::removeMap() { return removeCall(*d); }

QVariant SyncMap::valueOf(const QString &key) const { return valueAt(rowOf(key)); }

int SyncMap::rowOf(const QString &key) const { return collection()->window->rowOf(keyOfText(key)); }

} // namespace Twilio
