#include "TwilioSync/session/entitycache.h"

#include <algorithm>

namespace Twilio {

EntityPtr EntityCache::find(const QByteArray &sid) const
{
    const auto place = m_places.constFind(sid);
    return place != m_places.cend() && place->isKnown ? place->entity.lock() : nullptr;
}

EntityPtr EntityCache::find(ObjectKind kind, const QString &id) const
{
    EntityPtr entity = find(id.toUtf8());
    if (!entity) {
        const auto named = m_names[int(kind)].constFind(id);
        if (named != m_names[int(kind)].cend())
            entity = find(*named);
    }
    return entity && entity->kind() == kind ? entity : nullptr;
}

EntityPtr EntityCache::living(ObjectKind kind, const QByteArray &sid) const
{
    const EntityPtr entity = m_places.value(sid).entity.lock();
    return entity && entity->kind() == kind && !entity->root().removed ? entity : nullptr;
}

void EntityCache::remember(const EntityPtr &entity)
{
    const RootState &root = entity->root();
    if (m_places.size() >= m_sweepAt)
        sweep();
    m_places.insert(root.sid, { entity, true });
    if (!root.uniqueName.isEmpty())
        m_names[int(entity->kind())].insert(QString::fromUtf8(root.uniqueName), root.sid);
}

void EntityCache::sweep()
{
    constexpr qsizetype fewest = 64;
    m_places.removeIf([](const auto &place) { return place->entity.expired(); });
    m_sweepAt = std::max(fewest, m_places.size() * 2);
}

void EntityCache::forget(const Entity *entity)
{
    const RootState &root = entity->root();
    const auto place = m_places.constFind(root.sid);
    if (place == m_places.cend())
        return;
    const EntityPtr there = place->entity.lock();
    if (there && there.get() != entity)
        return; // another one has taken its place
    if (there && !root.removed)
        m_places[root.sid].isKnown = false;
    else
        m_places.erase(place);
    auto &names = m_names[int(entity->kind())];
    const auto named = names.constFind(QString::fromUtf8(root.uniqueName));
    if (named != names.cend() && *named == root.sid)
        names.erase(named);
}

void EntityCache::clear()
{
    m_places.clear();
    for (auto &names : m_names)
        names.clear();
}

} // namespace Twilio
