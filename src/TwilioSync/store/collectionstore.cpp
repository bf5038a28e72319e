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
    flush();
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
    flush();
    m_busy = true;
    remove(fields, isLocal);
    finish();
}

void CollectionStore::enqueue(const ItemFields &fields, Source source, bool knowsExpires)
{
    const ItemKeyView key { fields.index, fields.key };
    const bool joins = isWaiting() && !m_run.isRemoval && m_items.lowerBound(key) == m_run.rank
            && compareKeys(keyOf(*m_run.items.back()), key) == std::strong_ordering::less;
    if (!joins)
        flush();
    if (m_busy || m_items.find(key) || m_ownEvents.contains(fields.lastEventId)) {
        apply(fields, source, knowsExpires);
        return;
    }
    if (isOlderThanTombstone(fields))
        return;
    if (!joins)
        m_run.rank = m_items.lowerBound(key);
    m_run.items.push_back(ItemPtr::make(fields));
    m_run.news.push_back({ .item = m_run.items.back(), .source = source });
}

void CollectionStore::enqueueRemoval(const ItemFields &fields)
{
    const ItemKeyView key { fields.index, fields.key };
    const auto isNeighbour = [this](qsizetype rank) {
        return rank == m_run.rank - 1 || rank == m_run.rank + qsizetype(m_run.items.size());
    };
    if (isWaiting() && !(m_run.isRemoval && isNeighbour(m_items.rank(key))))
        flush();
    const qsizetype rank = m_items.rank(key);
    if (m_busy || rank < 0 || m_items.at(rank)->lastEventId() >= fields.lastEventId) {
        applyRemoval(fields, false);
        return;
    }
    const ItemPtr item = m_items.at(rank);
    const bool isFirst = !isWaiting() || rank < m_run.rank;
    m_run.items.insert(isFirst ? m_run.items.begin() : m_run.items.end(), item);
    if (isFirst)
        m_run.rank = rank;
    m_run.isRemoval = true;
    m_run.news.push_back({ .item = item, .eventId = fields.lastEventId, .time = fields.updated });
}

void CollectionStore::flush()
{
    if (m_busy || !isWaiting())
        return;
    m_busy = true;
    const Run run = std::exchange(m_run, {});
    if (run.isRemoval)
        take(run);
    else
        insert(run);
    finish();
}

void CollectionStore::insert(const Run &run)
{
    for (const Run::News &news : run.news)
        root.touch(news.item->updated());
    insertRun(run.items);
    for (const Run::News &news : run.news)
        tell({ news.source == Source::AddedEvent ? ItemEvent::Kind::Added : ItemEvent::Kind::Updated,
               news.item,
               {},
               false });
}

void CollectionStore::take(const Run &run)
{
    for (const Run::News &news : run.news) {
        const ItemKey key = ownedKey(keyOf(*news.item));
        root.touch(news.time);
        m_tombstones.insert(key, news.eventId);
        m_unannounced.remove(key);
    }
    takeRun(run.rank, run.items);
    for (const Run::News &news : run.news)
        tell({ ItemEvent::Kind::Removed, news.item, {}, false });
}

void CollectionStore::takeRun(qsizetype rank, std::span<const ItemPtr> run)
{
    observers.each([&](CollectionObserver &observer) { observer.itemsAboutToBeRemoved(rank, run); });
    for (const ItemPtr &item : run)
        m_items.take(keyOf(*item));
    observers.each([&](CollectionObserver &observer) { observer.itemsRemoved(rank, run); });
}

void CollectionStore::applyPage(const std::vector<ItemFields> &page)
{
    if (m_busy) {
        for (const ItemFields &fields : page)
            apply(fields, Source::Read);
        return;
    }
    flush();
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

void CollectionStore::forgetOldEvents(qint64 answered)
{
    if (m_tombstones.size() < m_manyTombstones)
        return;
    const qint64 stale = qMin(root.lastEventId - eventsRemembered, answered);
    root.staleTo = qMax(root.staleTo, stale);
    const auto isStale = [stale](const auto &entry) { return entry.value() <= stale; };
    m_tombstones.removeIf(isStale);
    m_unannounced.removeIf(isStale);
    m_ownEvents.removeIf([stale](qint64 eventId) { return eventId <= stale; });
    m_manyTombstones = 2 * qMax(m_tombstones.size(), eventsRemembered);
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
    if (source == Source::UpdatedEvent && !m_ownEvents.isEmpty() && m_ownEvents.remove(fields.lastEventId))
        source = Source::LocalUpdate;
    const ItemKeyView key { fields.index, fields.key };
    const ItemPtr known = m_items.find(key);
    if (known && known->lastEventId() >= fields.lastEventId) {
        if (fields.created > known->created())
            completeCreated(known, fields.created);
        if (known->lastEventId() == fields.lastEventId)
            announce(m_items.find(key), source);
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

// An update does not say when its item was made; what came before it and arrives later may.
void CollectionStore::completeCreated(const ItemPtr &known, qint64 created)
{
    ItemFields next = known->fields();
    next.created = created;
    const ItemPtr item = ItemPtr::make(next);
    const qsizetype rank = m_items.rank(keyOf(*item));
    m_items.put(item);
    observers.each([&](CollectionObserver &observer) { observer.itemReplaced(rank, known, item); });
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
    if (known)
        takeRun(m_items.rank(key), { &known, 1 });
    tell({ ItemEvent::Kind::Removed, known ? known : ItemPtr::make(fields), {}, isLocal });
}

void CollectionStore::tell(ItemEvent event)
{
    observers.each([&](CollectionObserver &observer) { observer.itemEvent(event); });
}

} // namespace Twilio
