#include "TwilioSync/store/collectionstore.h"

#include "TwilioSync/core/logging.h"

#include <algorithm>

namespace Twilio {
namespace {

bool isBefore(const ItemRecord &item, ItemKeyView key) { return compareKeys(keyOf(item), key) < 0; }

bool isLocal(CollectionStore::Source source)
{
    return source == CollectionStore::Source::LocalAdd || source == CollectionStore::Source::LocalUpdate;
}

} // namespace

bool CollectionStore::accepts(ItemKeyView key) const
{
    const bool isItem =
            m_kind == Kind::List ? key.index >= 0 && key.key.isEmpty() : key.index < 0 && !key.key.isEmpty();
    if (!isItem)
        qCWarning(lcStore) << "dropped an item of" << root.sid << "without"
                           << (m_kind == Kind::List ? "an index from 0 on, or with a key"
                                                    : "a key, or with an index");
    return isItem;
}

void CollectionStore::apply(const ItemFields &fields, Source source, bool knowsExpires)
{
    if (!accepts(keyOf(fields)))
        return;
    if (m_busy) {
        m_postponed.push_back([this, item = ItemPtr::make(fields), source, knowsExpires] {
            apply(item->fields(), source, knowsExpires);
        });
        return;
    }
    applyRun();
    m_busy = true;
    store(m_items.look(keyOf(fields)), fields, source, knowsExpires);
    finish();
}

void CollectionStore::apply(const ItemPtr &item, Source source)
{
    if (!accepts(keyOf(*item)))
        return;
    if (m_busy) {
        m_postponed.push_back([this, item, source] { apply(item, source); });
        return;
    }
    applyRun();
    m_busy = true;
    store(m_items.look(keyOf(*item)), item->fields(), source, true, {}, item);
    finish();
}

void CollectionStore::applyRemoval(const ItemFields &fields, bool isLocal)
{
    if (!accepts(keyOf(fields)))
        return;
    if (m_busy) {
        m_postponed.push_back(
                [this, item = ItemPtr::make(fields), isLocal] { applyRemoval(item->fields(), isLocal); });
        return;
    }
    applyRun();
    m_busy = true;
    remove(m_items.look(keyOf(fields)), fields, isLocal);
    finish();
}

bool CollectionStore::receive(const CollectionEvent &event)
{
    if (!root.noteEvent(event.item.lastEventId, event.isInOrder))
        return false;
    ++m_received;
    process(event);
    return true;
}

void CollectionStore::process(const CollectionEvent &event)
{
    if (m_busy) {
        m_waitingEvents.insert(event.item.lastEventId);
        m_postponed.push_back([this, later = CollectionEvent(event), item = ItemPtr::make(event.item),
                               revision = event.revision.toByteArray()]() mutable {
            later.item = item->fields();
            later.revision = revision;
            m_waitingEvents.erase(later.item.lastEventId);
            process(later);
        });
        return;
    }
    {
        // What a slot's event loop brings while the run before is told comes after this event.
        const QScopedValueRollback guard(m_finishing, true);
        if (!accepts(keyOf(event.item))) {
            applyRun();
            root.commit(event.item.lastEventId, event.revision);
        } else if (event.kind == ItemEvent::Kind::Removed) {
            enqueueRemoval(event);
        } else {
            enqueue(event);
        }
        tellOverdue();
    }
    if (!m_postponed.empty())
        finish();
}

void CollectionStore::join(const CollectionEvent &event)
{
    if (event.item.lastEventId < m_run.newestEvent)
        return;
    m_run.newestEvent = event.item.lastEventId;
    m_run.revision = event.revision.toByteArray();
}

void CollectionStore::enqueue(const CollectionEvent &event)
{
    const ItemFields &fields = event.item;
    const Source source = event.kind == ItemEvent::Kind::Added ? Source::AddedEvent : Source::UpdatedEvent;
    const ItemKeyView key = keyOf(fields);
    const bool isOwn = m_ownEvents.contains(fields.lastEventId);
    const bool mayJoin = isWaiting() && !m_run.isRemoval && !isOwn && isBefore(*m_run.items.back(), key);
    const auto [found, joins] = lookFor(
            key, mayJoin, [this](const ItemStore::Found &at) { return !at.item && at.rank == m_run.rank; });
    if (found.item || isOwn) {
        m_busy = true;
        store(found, fields, source, event.knowsExpires, event.revision);
        finish();
        return;
    }
    if (isOutdated(fields)) {
        applyRun(); // the state before this event
        root.commit(fields.lastEventId, event.revision);
        return;
    }
    if (!joins)
        m_run.rank = found.rank;
    m_run.items.push_back(ItemPtr::make(fields));
    m_run.news.push_back(
            { .item = m_run.items.back(), .source = source, .isEarly = isEarly(fields, source) });
    if (m_awaitsKept && source == Source::UpdatedEvent && !event.knowsExpires)
        m_withoutExpiry.insert(ownedKey(key));
    join(event);
}

void CollectionStore::enqueueRemoval(const CollectionEvent &event)
{
    const ItemFields &fields = event.item;
    const auto isNews = [&fields](const ItemStore::Found &at) {
        return at.item && at.item->lastEventId() < fields.lastEventId;
    };
    const bool mayJoin = isWaiting() && m_run.isRemoval && !event.isLocal;
    const auto [found, joins] = lookFor(keyOf(fields), mayJoin, [&](const ItemStore::Found &at) {
        const bool isNeighbour =
                at.rank == m_run.rank - 1 || at.rank == m_run.rank + qsizetype(m_run.items.size());
        return isNews(at) && isNeighbour;
    });
    if (!isNews(found) || event.isLocal) {
        m_busy = true;
        remove(found, fields, event.isLocal, event.revision);
        finish();
        return;
    }
    const bool isFirst = !joins || found.rank < m_run.rank;
    m_run.items.insert(isFirst ? m_run.items.begin() : m_run.items.end(), found.item);
    if (isFirst)
        m_run.rank = found.rank;
    m_run.isRemoval = true;
    m_run.news.push_back({ .item = found.item, .eventId = fields.lastEventId, .time = fields.updated });
    join(event);
}

template <typename Joins>
std::pair<ItemStore::Found, bool> CollectionStore::lookFor(ItemKeyView key, bool mayJoin, Joins joins)
{
    if (!mayJoin)
        applyRun();
    ItemStore::Found found = m_items.look(key);
    if (!mayJoin || joins(found))
        return { std::move(found), mayJoin };
    applyRun();
    return { m_items.look(key), false }; // what waited has moved it
}

void CollectionStore::flush()
{
    if (m_busy) { // a slot's event loop: nobody else would apply what waits
        m_postponed.emplace_back([this] { flush(); });
        return;
    }
    applyRun();
    tellOverdue();
}

void CollectionStore::tellOverdue()
{
    if (m_busy || isWaiting() || m_early.isEmpty())
        return;
    m_busy = true;
    std::vector<ItemPtr> overdue;
    m_early.removeIf([&](const auto &entry) {
        if (!hasApplied(entry.value()))
            return false;
        if (ItemPtr item = m_items.find(entry.key()))
            overdue.push_back(std::move(item));
        return true;
    });
    std::sort(overdue.begin(), overdue.end(),
              [](const ItemPtr &a, const ItemPtr &b) { return a->lastEventId() < b->lastEventId(); });
    for (const ItemPtr &item : overdue)
        tell({ ItemEvent::Kind::Updated, item, {}, false });
    finish();
}

void CollectionStore::applyRun()
{
    if (m_busy || !isWaiting())
        return;
    m_busy = true;
    const Run run = std::exchange(m_run, {});
    prepare(keyOf(*run.items.front()), keyOf(*run.items.back()));
    root.commit(run.newestEvent, run.revision);
    if (run.isRemoval)
        commit(run);
    else
        insert(run);
    finish();
}

void CollectionStore::insert(const Run &run)
{
    for (const Run::News &news : run.news)
        root.touch(news.item->updated());
    insertRun(run.rank, run.items);
    for (const Run::News &news : run.news) {
        if (news.isEarly) {
            m_early.insert(ownedKey(keyOf(*news.item)), news.item->lastEventId());
            continue;
        }
        tell({ news.source == Source::AddedEvent ? ItemEvent::Kind::Added : ItemEvent::Kind::Updated,
               news.item,
               {},
               false });
    }
}

void CollectionStore::commit(const Run &run)
{
    for (const Run::News &news : run.news) {
        const ItemKey key = ownedKey(keyOf(*news.item));
        root.touch(news.time);
        m_tombstones.insert(key, news.eventId);
        m_withoutExpiry.remove(key);
        m_unannounced.remove(key);
        m_early.remove(key);
    }
    takeRun(run.rank, run.items);
    for (const Run::News &news : run.news)
        tell({ ItemEvent::Kind::Removed, news.item, {}, false });
}

void CollectionStore::takeRun(qsizetype rank, std::span<const ItemPtr> run)
{
    for (const ItemPtr &item : run)
        m_items.take(keyOf(*item));
    tellChange({ RunChange::Kind::Removed, rank, run });
}

void CollectionStore::prepare(ItemKeyView first, ItemKeyView last)
{
    observers.each([&](CollectionObserver &observer) { observer.itemsAboutToMove(first, last); });
}

void CollectionStore::tellChange(const RunChange &change)
{
    ++m_version;
    m_inFlight = &change;
    observers.each([&](CollectionObserver &observer) {
        if (change.kind == RunChange::Kind::Inserted)
            observer.itemsInserted(change.rank, change.items);
        else
            observer.itemsRemoved(change.rank, change.items);
    });
    m_inFlight = nullptr;
}

void CollectionStore::whenSettled(std::function<void()> act)
{
    if (m_busy)
        m_postponed.push_back(std::move(act));
    else
        act();
}

void CollectionStore::finish()
{
    m_busy = false;
    if (m_finishing)
        return;
    const QScopedValueRollback guard(m_finishing, true);
    while (!m_postponed.empty()) {
        const auto act = std::move(m_postponed.front());
        m_postponed.pop_front();
        act();
        if (m_postponed.empty())
            applyRun(); // whoever has brought it expects it to be there
    }
}

void CollectionStore::insertRun(qsizetype rank, std::span<const ItemPtr> run)
{
    if (run.empty())
        return;
    for (const ItemPtr &item : run) {
        m_items.put(item);
        if (!m_tombstones.isEmpty())
            m_tombstones.remove(ownedKey(keyOf(*item)));
        if (!m_missing.isEmpty())
            m_missing.remove(ownedKey(keyOf(*item)));
        forgetDropped(keyOf(*item));
    }
    tellChange({ RunChange::Kind::Inserted, rank, run, m_takesKept });
}

void CollectionStore::store(const ItemStore::Found &found, const ItemFields &fields, Source source,
                            bool knowsExpires, QByteArrayView revision, const ItemPtr &made)
{
    if (!found.item)
        prepare(keyOf(fields), keyOf(fields));
    root.commit(fields.lastEventId, revision);
    if (source == Source::UpdatedEvent && !m_ownEvents.isEmpty() && m_ownEvents.remove(fields.lastEventId))
        source = Source::LocalUpdate;
    const ItemPtr &known = found.item;
    if (known && known->lastEventId() >= fields.lastEventId) {
        complete(found, fields);
        if (known->lastEventId() == fields.lastEventId)
            announce(m_items.at(found.rank), source);
        else if ((source == Source::AddedEvent || source == Source::LocalAdd) && !m_early.isEmpty()
                 && m_early.remove(ownedKey(keyOf(fields))))
            tell({ ItemEvent::Kind::Added, m_items.at(found.rank), {}, isLocal(source) });
        return;
    }
    // What a reply of ours says from before it was opened is in what it was opened with, or gone since.
    const bool isStale = isLocal(source) && !known && fields.lastEventId <= root.staleTo;
    if (isStale || isOutdated(fields, source))
        return;

    ItemFields next = fields;
    if (known && next.created == noTime)
        next.created = known->created();
    if (known && !knowsExpires)
        next.expires = known->expires();
    const bool isMade = made && next.created == fields.created && next.expires == fields.expires;
    const ItemPtr item = isMade ? made : ItemPtr::make(next);
    root.touch(item->updated());
    if (known) {
        replace(found, item);
        const bool wasEarly = !m_early.isEmpty() && m_early.remove(ownedKey(keyOf(*item)));
        if (wasEarly && isEarly(fields, source)) { // both are reported at once
            m_early.insert(ownedKey(keyOf(*item)), item->lastEventId());
            return;
        }
        if (!m_unannounced.isEmpty())
            m_unannounced.remove(ownedKey(keyOf(*item)));
        if (known->lastEventId() >= 0 || known->json() != item->json()) // not what restart() had forgotten
            tell({ ItemEvent::Kind::Updated, item, known, isLocal(source) });
        return;
    }
    const bool comesEarly = isEarly(fields, source);
    insertRun(found.rank, { &item, 1 });
    switch (source) {
    case Source::Read:
        if (isAhead(item->lastEventId()))
            m_unannounced.insert(ownedKey(keyOf(*item)), item->lastEventId());
        break;
    case Source::AddedEvent:
    case Source::LocalAdd:
        tell({ ItemEvent::Kind::Added, item, {}, isLocal(source) });
        break;
    case Source::UpdatedEvent:
        if (comesEarly) {
            m_early.insert(ownedKey(keyOf(*item)), item->lastEventId());
            break;
        }
        [[fallthrough]];
    case Source::LocalUpdate:
        tell({ ItemEvent::Kind::Updated, item, {}, isLocal(source) });
        break;
    }
}

void CollectionStore::replace(const ItemStore::Found &found, const ItemPtr &item)
{
    m_items.replace(found.rank, item);
    observers.each(
            [&](CollectionObserver &observer) { observer.itemReplaced(found.rank, found.item, item); });
}

// An update does not say when its item was made, nor, perhaps, when it expires; what came before it and
// arrives later may.
void CollectionStore::complete(const ItemStore::Found &found, const ItemFields &older)
{
    ItemFields next = found.item->fields();
    next.created = std::max(next.created, older.created);
    if (older.expires != noTime && !m_withoutExpiry.isEmpty()
        && m_withoutExpiry.remove(ownedKey(keyOf(older))))
        next.expires = older.expires;
    if (next.created != found.item->created() || next.expires != found.item->expires())
        replace(found, ItemPtr::make(next));
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

void CollectionStore::remove(const ItemStore::Found &found, const ItemFields &fields, bool isLocal,
                             QByteArrayView revision)
{
    const ItemPtr &known = found.item;
    if (known)
        prepare(keyOf(*known), keyOf(*known));
    root.commit(fields.lastEventId, revision);
    if (known ? known->lastEventId() >= fields.lastEventId : isOutdated(fields))
        return;
    const ItemKey key = ownedKey(keyOf(fields));
    root.touch(fields.updated);
    m_tombstones.insert(key, fields.lastEventId);
    if (!m_withoutExpiry.isEmpty())
        m_withoutExpiry.remove(key);
    if (!m_unannounced.isEmpty())
        m_unannounced.remove(key);
    if (!m_early.isEmpty())
        m_early.remove(key);
    forgetDropped(key);
    if (known)
        takeRun(found.rank, { &known, 1 });
    else if (!m_missing.isEmpty() && m_missing.remove(key))
        return; // told when it was found out
    tell({ ItemEvent::Kind::Removed, known ? known : ItemPtr::make(fields), {}, isLocal });
}

void CollectionStore::tell(ItemEvent event)
{
    observers.each([&](CollectionObserver &observer) { observer.itemEvent(event); });
}

} // namespace Twilio
