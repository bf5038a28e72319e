#include "TwilioSync/api/synclist.h"

#include "TwilioSync/api/itemcalls_p.h"
#include "TwilioSync/api/paginator_p.h"
#include "TwilioSync/api/synccollection_p.h"

#include <QtCore/qmetaobject.h>

namespace Twilio {

class ListPrivate : public CollectionPrivate
{
public:
    ListPrivate() : CollectionPrivate(ObjectKind::List) { }

    [[nodiscard]] SyncList *list() const { return static_cast<SyncList *>(object); }
    //! What was shown last, which stays when the list is closed or removed.
    [[nodiscard]] QVariantMap context()
    {
        m_wantsContext = true;
        if (collection())
            collection()->wantContext();
        return SyncValue::fromCheckedJson(m_context).toVariantMap();
    }

protected:
    void attached() override
    {
        showContext();
        if (m_wantsContext)
            collection()->wantContext();
        CollectionPrivate::attached(); // last: rows may come at once, and a slot end the list
    }
    void contextChanged(bool isEvent) override
    {
        showContext();
        if (isEvent)
            postEvent([list = list(), json = m_context] {
                Q_EMIT list->contextUpdated(SyncValue::fromCheckedJson(json).toVariantMap(), false);
            });
    }
    void emitWriteBackFailed(const ItemKey &key, const QString &role, const SyncError &error) override
    {
        Q_EMIT list()->writeBackFailed(key.index, role, error);
    }

    // What nobody listens to is not even kept.
    void itemHappened(const ItemEvent &event) override
    {
        static const QMetaMethod added = QMetaMethod::fromSignal(&SyncList::itemAdded);
        static const QMetaMethod updated = QMetaMethod::fromSignal(&SyncList::itemUpdated);
        static const QMetaMethod removed = QMetaMethod::fromSignal(&SyncList::itemRemoved);
        auto *list = this->list();
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

private:
    void showContext()
    {
        const QByteArray now = collection() ? collection()->context() : QByteArray();
        if (std::exchange(m_context, now.isEmpty() ? QByteArrayLiteral("{}") : now) != m_context)
            post([list = list()] { Q_EMIT list->contextChanged(); });
    }

    QByteArray m_context = QByteArrayLiteral("{}");
    bool m_wantsContext = false;
};

SyncList::SyncList(QObject *parent) : SyncCollection(std::make_unique<ListPrivate>(), parent) { }

SyncList::~SyncList() = default;

QFuture<SyncListItem> SyncList::push(const SyncValue &value, const PushOptions &options)
{
    return pushCall(*d, value, options);
}

QFuture<SyncListItem> SyncList::get(qint64 itemIndex) { return itemCalls(*d, itemIndex).get(); }

QFuture<SyncListItem> SyncList::set(qint64 itemIndex, const SyncValue &value, const WriteOptions &options)
{
    return itemCalls(*d, itemIndex).set(value, options);
}

QFuture<SyncListItem> SyncList::update(qint64 itemIndex, const SyncValue &fields, const WriteOptions &options)
{
    return itemCalls(*d, itemIndex).update(fields, options);
}

QFuture<SyncListItem> SyncList::mutate(qint64 itemIndex, const Mutator &mutator, const WriteOptions &options)
{
    return itemCalls(*d, itemIndex).mutate(mutator, options);
}

QFuture<void> SyncList::remove(qint64 itemIndex) { return itemCalls(*d, itemIndex).remove(); }

QFuture<void> SyncList::setItemTtl(qint64 itemIndex, qint64 ttl)
{
    return itemCalls(*d, itemIndex).setTtl(ttl);
}

QFuture<SyncPaginator *> SyncList::getItems(const ListQuery &query) { return pageCall(*d, query); }

QFuture<void> SyncList::removeList() { return removeCall(*d); }

QVariantMap SyncList::context() const { return static_cast<ListPrivate &>(*d).context(); }

int SyncList::rowOf(qint64 itemIndex) const { return collection()->window->rowOf(keyOfIndex(itemIndex)); }

} // namespace Twilio
