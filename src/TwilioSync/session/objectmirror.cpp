#include "TwilioSync/session/objectmirror.h"

#include "TwilioSync/session/diskcache.h"
#include "TwilioSync/session/entity.h"

#include <algorithm>
#include <utility>

namespace Twilio {
namespace {

// From so many on it is worth looking for those that are out of date before they are written.
constexpr std::size_t manyChanges = 4096;

} // namespace

ObjectMirror::ObjectMirror(DiskCache &cache, Entity &entity, CollectionStore *store, bool isNew)
    : m_cache(cache)
    , m_entity(entity)
    , m_store(store)
    , m_generation(cache.generation())
    , m_coalesceAt(manyChanges)
    , m_isNew(isNew)
{
    if (m_store) {
        m_store->observers.add(this);
        for (qsizetype rank = 0; m_isNew && rank < m_store->items().size(); ++rank)
            m_items.push_back({ m_store->items().at(rank) });
    }
    m_cache.began(m_entity.root().sid);
    if (m_isNew)
        touch();
}

ObjectMirror::~ObjectMirror()
{
    if (m_store)
        m_store->observers.remove(this);
    m_cache.ended(this, m_entity.root().sid);
}

void ObjectMirror::touch()
{
    if (m_generation != m_cache.generation())
        return;
    m_isDirty = true;
    if (!std::exchange(m_isAwaited, true))
        m_cache.touched(this);
}

void ObjectMirror::note(const ItemPtr &item, bool isGone)
{
    if (m_generation != m_cache.generation())
        return;
    m_items.push_back({ item, isGone });
    if (m_items.size() >= m_coalesceAt)
        coalesce();
    touch();
}

void ObjectMirror::coalesce()
{
    std::stable_sort(m_items.begin(), m_items.end(),
                     [](const CacheChange::Item &a, const CacheChange::Item &b) {
                         return compareKeys(keyOf(*a.item), keyOf(*b.item)) < 0;
                     });
    // The last of each
    const auto isSame = [](const CacheChange::Item &a, const CacheChange::Item &b) {
        return compareKeys(keyOf(*a.item), keyOf(*b.item)) == 0;
    };
    const auto kept = std::unique(m_items.rbegin(), m_items.rend(), isSame);
    m_items.erase(m_items.begin(), kept.base());
    m_coalesceAt = std::max(manyChanges, 2 * m_items.size());
}

void ObjectMirror::itemsInserted(qsizetype, std::span<const ItemPtr> items)
{
    if (m_store->changeInFlight()->isKept)
        return;
    for (const ItemPtr &item : items)
        note(item, false);
}

// Of what has not been read yet the store does not say that it goes.
void ObjectMirror::itemEvent(const ItemEvent &event)
{
    if (event.kind == ItemEvent::Kind::Removed && m_store->awaitsKept())
        note(event.item, true);
}

void ObjectMirror::itemsRemoved(qsizetype, std::span<const ItemPtr> items)
{
    for (const ItemPtr &item : items)
        note(item, true);
}

void ObjectMirror::itemReplaced(qsizetype, const ItemPtr &, const ItemPtr &after) { note(after, false); }

std::optional<CacheChange> ObjectMirror::collect()
{
    m_isAwaited = false;
    if (m_store && m_store->isBusy())
        m_store->whenIdle([weak = m_entity.weak_from_this()] {
            if (const auto living = weak.lock())
                living->touchMirror();
        });
    // The end of a comparison, of reading what is kept, and the events that wait say so themselves. An update
    // of what has not been read yet lacks what only the kept item says.
    if (m_entity.isComparing()
        || (m_store && (m_store->isWaiting() || m_store->isBusy() || m_store->awaitsKept())))
        return std::nullopt;
    m_isDirty = false;
    m_coalesceAt = manyChanges;
    return CacheChange { .root = m_entity.stateForCache(),
                         .items = std::exchange(m_items, {}),
                         .isNew = std::exchange(m_isNew, false) };
}

void ObjectMirror::end(bool isGone)
{
    if (m_generation != m_cache.generation())
        return;
    if (isGone)
        m_cache.add({ .root = m_entity.stateForCache(), .isGone = true });
    else if (auto last = m_isDirty ? collect() : std::nullopt)
        m_cache.add(std::move(*last));
}

} // namespace Twilio
