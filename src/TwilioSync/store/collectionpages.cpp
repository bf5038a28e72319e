#include "TwilioSync/store/collectionstore.h"

#include <utility>

// What a CollectionStore takes from pages, and from reading all of them again.
namespace Twilio {
namespace {

const ItemFields &fieldsOf(const ItemFields &fields) { return fields; }
ItemFields fieldsOf(const ItemPtr &item) { return item->fields(); }
ItemPtr recordOf(const ItemFields &fields) { return ItemPtr::make(fields); }
const ItemPtr &recordOf(const ItemPtr &item) { return item; }

} // namespace

void CollectionStore::applyPage(const std::vector<ItemFields> &page, const Cut &from, const Cut &to)
{
    if (m_busy) {
        std::vector<ItemPtr> items;
        items.reserve(page.size());
        for (const ItemFields &fields : page)
            items.push_back(ItemPtr::make(fields));
        m_postponed.push_back([this, items = std::move(items), from, to] {
            std::vector<ItemFields> later;
            later.reserve(items.size());
            for (const ItemPtr &item : items)
                later.push_back(item->fields());
            applyPage(later, from, to);
        });
        return;
    }
    applyRun();
    m_busy = true;
    takeRead(page);
    coverage.add(from, to); // before anything that was asked for meanwhile
    m_reread.remove(from, to);
    finish();
}

template <typename Item>
void CollectionStore::takeRead(const std::vector<Item> &items)
{
    std::vector<ItemPtr> run;
    qsizetype rank = 0;
    const auto insertNew = [&] {
        insertRun(rank, run);
        tellReread(run);
        run.clear();
    };
    for (const Item &item : items) {
        const ItemFields &fields = fieldsOf(item);
        const ItemKeyView key = keyOf(fields);
        if (!accepts(key))
            continue;
        ItemStore::Found found = m_items.look(key);
        // A known item between two new ones parts the run.
        if (!run.empty() && (found.item || found.rank != rank || compareKeys(keyOf(*run.back()), key) >= 0)) {
            insertNew();
            found = m_items.look(key);
        }
        if (found.item || isOutdated(fields, Source::Read)) {
            store(found, fields, Source::Read, true);
            continue;
        }
        if (run.empty())
            rank = found.rank;
        run.push_back(recordOf(item));
        if (isAhead(fields.lastEventId))
            m_unannounced.insert(ownedKey(key), fields.lastEventId);
    }
    insertNew();
}

void CollectionStore::restore(const std::vector<ItemPtr> &items, const Coverage &known, const Cut &from,
                              const Cut &to)
{
    for (const ItemPtr &item : items) {
        if (!accepts(keyOf(*item)))
            continue;
        m_items.put(item);
        if (isAhead(item->lastEventId())) // its event comes with the replay
            m_unannounced.insert(ownedKey(keyOf(*item)), item->lastEventId());
    }
    coverage = known.between(from, to);
    m_toCome = known;
    m_toCome.remove(from, to);
    m_awaitsKept = !from.isBottom() || !to.isTop();
}

void CollectionStore::takeKept(const std::vector<ItemPtr> &items, const Cut &from, const Cut &to)
{
    applyRun();
    m_busy = true;
    m_takesKept = true;
    if (items.size() > 1 && compareKeys(keyOf(*items.back()), keyOf(*items.front())) < 0)
        takeRead(std::vector<ItemPtr>(items.rbegin(), items.rend()));
    else
        takeRead(items);
    m_takesKept = false;
    coverage.add(m_toCome.between(from, to));
    m_toCome.remove(from, to);
    finish();
    observers.each([](CollectionObserver &observer) { observer.keptTaken(); });
}

void CollectionStore::endKept()
{
    m_awaitsKept = false;
    m_toCome.clear();
    m_withoutExpiry.clear();
    observers.each([](CollectionObserver &observer) { observer.keptTaken(); });
}

void CollectionStore::restart(const Protocol::RootResource &resource)
{
    root.restart(resource);
    m_reread = coverage;
    m_tombstones.clear();
    m_missing.clear();
    m_dropped.clear();
    m_unannounced.clear();
    m_early.clear();
    m_ownEvents.clear();
    for (qsizetype rank = 0; rank < m_items.size(); ++rank) {
        ItemFields fields = m_items.at(rank)->fields();
        fields.lastEventId = -1;
        m_items.replace(rank, ItemPtr::make(fields)); // nobody shows event ids
    }
}

void CollectionStore::tellReread(const std::vector<ItemPtr> &run)
{
    for (const ItemPtr &item : run) {
        if (m_reread.contains(keyOf(*item)) && !isAhead(item->lastEventId()))
            tell({ ItemEvent::Kind::Added, item, {}, false });
    }
}

void CollectionStore::removeMissing(const QSet<ItemKey> &there, const Cut &from, const Cut &to)
{
    std::vector<ItemPtr> missing;
    for (qsizetype rank = m_items.below(from); rank < m_items.below(to); ++rank) {
        const ItemPtr &item = m_items.at(rank);
        if (item->lastEventId() <= root.staleTo && !there.contains(ownedKey(keyOf(*item))))
            missing.push_back(item);
    }
    for (const ItemPtr &item : missing) {
        ItemFields fields = item->fields();
        fields.lastEventId = root.staleTo;
        applyRemoval(fields, false);
        if (!m_items.find(keyOf(*item)))
            m_missing.insert(ownedKey(keyOf(*item)));
    }
}

} // namespace Twilio
