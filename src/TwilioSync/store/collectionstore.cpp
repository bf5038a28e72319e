#include "TwilioSync/store/collectionstore.h"

namespace Twilio {
namespace {

bool isLocal(CollectionStore::Source source)
{
    return source == CollectionStore::Source::LocalAdd || source == CollectionStore::Source::LocalUpdate;
}

} // namespace

void CollectionStore::apply(const ItemFields &fields, Source source, bool knowsExpires)
{
    if (m_busy) {
        m_postponed.push_back([this, item = ItemPtr::make(fields), source, knowsExpires] {
            store(item->fields(), source, knowsExpires);
        });
        return;
    }
    m_busy = true;
    store(fields, source, knowsExpires);
    finish();
}

void CollectionStore::applyRemoval(const ItemFields &fields, bool isLocal)
{
    if (m_busy) {
        m_postponed.push_back(
                [this, item = ItemPtr::make(fields), isLocal] { remove(item->fields(), isLocal); });
        return;
    }
    m_busy = true;
    remove(fields, isLocal);
    finish();
}

void CollectionStore::applyPage(const std::vector<ItemFields> &page)
{
    if (m_busy) {
        for (const ItemFields &fields : page)
            apply(fields, Source::Read);
        return;
    }
    m_busy = true;
    std::vector<ItemPtr> run;
    const auto flush = [&] {
        insertRun(run);
        run.clear();
    };
    for (const ItemFields &fields : page) {
        const ItemKeyView key { fields.index, fields.key };
        const qsizetype rank = m_items.lowerBound(key);
        const bool isKnown = rank < m_items.size()
                && compareKeys(keyOf(*m_items.at(rank)), key) == std::strong_ordering::equal;
        if (isKnown || isOlderThanTombstone(fields)) {
            if (isKnown)
                flush();
            store(fields, Source::Read, true);
            continue;
        }
        // A known item between two new ones parts the run.
        if (!run.empty() && m_items.lowerBound(keyOf(*run.back())) != rank)
            flush();
        run.push_back(ItemPtr::make(fields));
        if (fields.lastEventId > root.lastEventId)
            m_unannounced.insert(ownedKey(key), fields.lastEventId);
    }
    flush();
    finish();
}

void CollectionStore::finish()
{
    while (!m_postponed.empty()) {
        const auto changes = std::exchange(m_postponed, {});
        for (const auto &change : changes)
            change();
    }
    m_busy = false;
}

bool CollectionStore::isOlderThanTombstone(const ItemFields &fields) const
{
    if (m_tombstones.isEmpty())
        return false;
    const auto tombstone = m_tombstones.constFind(ownedKey({ fields.index, fields.key }));
    return tombstone != m_tombstones.cend() && *tombstone >= fields.lastEventId;
}

void CollectionStore::insertRun(std::span<const ItemPtr> run)
{
    if (run.empty())
        return;
    const qsizetype rank = m_items.lowerBound(keyOf(*run.front()));
    observers.each([&](CollectionObserver &observer) { observer.itemsAboutToBeInserted(rank, run); });
    for (const ItemPtr &item : run) {
        m_items.put(item);
        if (!m_tombstones.isEmpty())
            m_tombstones.remove(ownedKey(keyOf(*item)));
    }
    observers.each([&](CollectionObserver &observer) { observer.itemsInserted(rank, run); });
}

void CollectionStore::store(const ItemFields &fields, Source source, bool knowsExpires)
{
    const ItemKeyView key { fields.index, fields.key };
    const ItemPtr known = m_items.find(key);
    if (known && known->lastEventId() >= fields.lastEventId) {
        if (known->lastEventId() == fields.lastEventId)
            announce(known, source);
        return;
    }
    if (isOlderThanTombstone(fields))
        return;

    ItemFields next = fields;
    if (known && next.created == noTime)
        next.created = known->created();
    if (known && !knowsExpires)
        next.expires = known->expires();
    const ItemPtr item = ItemPtr::make(next);
    root.touch(item->updated());
    if (known) {
        const qsizetype rank = m_items.rank(key);
        m_items.put(item);
        observers.each([&](CollectionObserver &observer) { observer.itemReplaced(rank, known, item); });
        if (!m_unannounced.isEmpty())
            m_unannounced.remove(ownedKey(key));
        tell({ ItemEvent::Kind::Updated, item, known, isLocal(source) });
        return;
    }
    insertRun({ &item, 1 });
    switch (source) {
    case Source::Read:
        if (item->lastEventId() > root.lastEventId)
            m_unannounced.insert(ownedKey(key), item->lastEventId());
        break;
    case Source::AddedEvent:
    case Source::LocalAdd:
        tell({ ItemEvent::Kind::Added, item, {}, isLocal(source) });
        break;
    case Source::UpdatedEvent:
    case Source::LocalUpdate:
        tell({ ItemEvent::Kind::Updated, item, {}, isLocal(source) });
        break;
    }
}

void CollectionStore::announce(const ItemPtr &item, Source source)
{
    if (m_unannounced.isEmpty() || source == Source::Read)
        return;
    const auto waiting = m_unannounced.constFind(ownedKey(keyOf(*item)));
    if (waiting == m_unannounced.cend() || *waiting != item->lastEventId())
        return;
    m_unannounced.erase(waiting);
    const bool added = source == Source::AddedEvent || source == Source::LocalAdd;
    tell({ added ? ItemEvent::Kind::Added : ItemEvent::Kind::Updated, item, {}, isLocal(source) });
}

void CollectionStore::remove(const ItemFields &fields, bool isLocal)
{
    const ItemKeyView key { fields.index, fields.key };
    const ItemPtr known = m_items.find(key);
    if (known ? known->lastEventId() >= fields.lastEventId : isOlderThanTombstone(fields))
        return;
    root.touch(fields.updated);
    m_tombstones.insert(ownedKey(key), fields.lastEventId);
    if (!m_unannounced.isEmpty())
        m_unannounced.remove(ownedKey(key));
    if (known) {
        const qsizetype rank = m_items.rank(key);
        observers.each([&](CollectionObserver &observer) { observer.itemAboutToBeRemoved(rank, *known); });
        m_items.take(key);
        observers.each([&](CollectionObserver &observer) { observer.itemRemoved(rank, *known); });
    }
    tell({ ItemEvent::Kind::Removed, known ? known : ItemPtr::make(fields), {}, isLocal });
}

void CollectionStore::tell(ItemEvent event)
{
    observers.each([&](CollectionObserver &observer) { observer.itemEvent(event); });
}

} // namespace Twilio
