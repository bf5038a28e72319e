#pragma once

#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/store/collectionstore.h"

#include <optional>
#include <vector>

namespace Twilio {

class DiskCache;
class Entity;

/*!
    \brief Notes what becomes of one object, for the cache on the disk.

    What it gives is a state between two changes: events that wait for each other, to be shown as one run, are
   in it together with the cursor that counts them, or not at all.
*/
class ObjectMirror final : private CollectionObserver
{
    Q_DISABLE_COPY_MOVE(ObjectMirror)

public:
    //! All that there is of \a entity is noted if the cache \a isNew to it; else it is what is kept. \a store
    //! is its store, if it is a list or map.
    ObjectMirror(DiskCache &cache, Entity &entity, CollectionStore *store, bool isNew);
    ~ObjectMirror();

    //! Something may be different from what was collected last.
    void touch();
    //! What is different; none if it cannot be told before the end of what is under way: it says then that
    //! there is something.
    [[nodiscard]] std::optional<CacheChange> collect();
    //! The last of it; nothing is noted any more. \a isGone: the object is gone from the service.
    void end(bool isGone);

private:
    // CollectionObserver
    void itemsAboutToMove(ItemKeyView, ItemKeyView) override { }
    void itemsInserted(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemsRemoved(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &after) override;
    [[nodiscard]] Shown shown() const override { return { Cut::bottom(), Cut::top() }; }
    void itemEvent(const ItemEvent &event) override;

    void note(const ItemPtr &item, bool isGone);
    //! Of each item the last change is enough.
    void coalesce();

    DiskCache &m_cache;
    Entity &m_entity;
    CollectionStore *m_store;
    const quint64 m_generation;
    std::vector<CacheChange::Item> m_items;
    std::size_t m_coalesceAt;
    bool m_isNew;
    bool m_isDirty = false;
    //! The cache is going to collect.
    bool m_isAwaited = false;
};

} // namespace Twilio
