#include "TwilioSync/store/collectionstore.h"

#include <algorithm>

// What a CollectionStore remembers, and for how long.
namespace Twilio {

void CollectionStore::forgetOldEvents(qint64 answered)
{
    const auto remembered = [this] { return m_tombstones.size() + m_dropped.size(); };
    if (remembered() < m_manyRemembered || m_awaitsKept)
        return;
    const qint64 stale = qMin(root.lastEventId - eventsRemembered, answered);
    root.staleTo = qMax(root.staleTo, stale);
    const auto isStale = [stale](const auto &entry) { return entry.value() <= stale; };
    m_tombstones.removeIf(isStale);
    m_dropped.removeIf(isStale);
    m_unannounced.removeIf(isStale);
    m_ownEvents.removeIf([stale](qint64 eventId) { return eventId <= stale; });
    m_manyRemembered = 2 * qMax(remembered(), eventsRemembered);
}

bool CollectionStore::isOutdated(const ItemFields &fields, Source source) const
{
    const auto isKnownSince = [&fields](const QHash<ItemKey, qint64> &events) {
        if (events.isEmpty())
            return false;
        const auto event = events.constFind(ownedKey({ fields.index, fields.key }));
        return event != events.cend() && *event >= fields.lastEventId;
    };
    // What was dropped comes back by a read.
    return isKnownSince(m_tombstones) || (source != Source::Read && isKnownSince(m_dropped));
}

void CollectionStore::forgetDropped(ItemKeyView key)
{
    if (!m_dropped.isEmpty())
        m_dropped.remove(ownedKey(key));
}

void CollectionStore::dropUnseen(qint64 answered, const QSet<ItemKey> &needed)
{
    if (m_busy || isWaiting() || m_awaitsKept)
        return;
    m_received = 0;
    CollectionObserver::Shown seen { Cut::bottom(), Cut::top() };
    observers.each([&](const CollectionObserver &observer) {
        const auto shown = observer.shown();
        seen.low = std::max(seen.low, shown.low);
        seen.high = std::min(seen.high, shown.high);
    });
    if (seen.low >= seen.high || m_items.below(seen.high) - m_items.below(seen.low) <= mostUnseen)
        return;
    // A reply that was asked for before the last event of an item may bring an older state of it: that has to
    // be told from news.
    const qint64 settled = qMin(answered, root.lastEventId);
    dropBetween(seen.low, seen.high, [&](const ItemRecord &item) {
        const ItemKey key = ownedKey(keyOf(item));
        return item.lastEventId() <= settled && !needed.contains(key) && !m_unannounced.contains(key)
                && !m_early.contains(key);
    });
    forgetOldEvents(answered);
}

template <typename MayGo>
void CollectionStore::dropBetween(const Cut &low, const Cut &high, MayGo mayGo)
{
    m_busy = true;
    coverage.remove(low, high);
    const qsizetype first = m_items.below(low);
    std::vector<ItemPtr> run;
    const auto takeRunAt = [&](qsizetype rank) {
        if (run.empty())
            return;
        std::reverse(run.begin(), run.end());
        takeRun(rank, run);
        run.clear();
    };
    for (qsizetype rank = m_items.below(high) - 1; rank >= first; --rank) {
        const ItemPtr item = m_items.at(rank);
        if (!mayGo(*item)) {
            takeRunAt(rank + 1);
            continue;
        }
        if (item->lastEventId() > root.staleTo)
            m_dropped.insert(ownedKey(keyOf(*item)), item->lastEventId());
        run.push_back(item);
    }
    takeRunAt(first);
    finish();
}

} // namespace Twilio
