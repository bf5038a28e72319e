#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/collectionentity.h"

#include <algorithm>
#include <limits>
#include <utility>

// How a list or map begins with what was kept of it: with the first items, the rest comes piece by piece.
namespace Twilio {

void CollectionEntity::restore(const CachedObject &kept)
{
    Entity::restore(kept);
    m_context = { .json = kept.root.context, .eventId = kept.root.contextEventId };
    m_keptSentAfter.reset();
    if (kept.isWhole || !session()) {
        m_store->restore(kept.items, kept.root.coverage);
        return;
    }
    m_rest = std::make_shared<KeptRest>(session()->diskCache(), kept);
    const auto first = m_rest->takeFirst(kept.items);
    m_store->restore(first.items, kept.root.coverage, first.from, first.to);
    const auto reader = [weak = std::weak_ptr(self()), store = m_storeNumber] {
        const auto living = weak.lock();
        return living && living->m_rest && store == living->m_storeNumber ? living : nullptr;
    };
    m_rest->read(
            [reader](KeptRest::Piece piece) {
                if (const auto entity = reader())
                    entity->takeKept(std::move(piece));
            },
            [reader] {
                if (const auto entity = reader())
                    entity->keptEnded();
            });
}

void CollectionEntity::wantKept(Qt::SortOrder order)
{
    if (m_rest)
        m_rest->setOrder(order);
}

// What has happened meanwhile is newer: the store takes of it what is news.
void CollectionEntity::takeKept(KeptRest::Piece piece)
{
    const auto alive = self();
    m_store->whenSettled([this, alive, piece = std::move(piece), store = m_storeNumber] {
        if (store != m_storeNumber || !m_store->awaitsKept())
            return;
        if (m_keptSentAfter)
            std::for_each(piece.items.begin(), piece.items.end(),
                          [this](const ItemPtr &item) { noteKeptInTrail(item); });
        m_store->takeKept(piece.items, piece.from, piece.to);
    });
}

void CollectionEntity::keptEnded()
{
    const auto alive = self();
    m_rest.reset();
    m_store->whenSettled([this, alive, store = m_storeNumber] {
        if (store == m_storeNumber)
            m_store->endKept();
        if (std::exchange(m_keptSentAfter, std::nullopt) && following() != Following::Soon)
            outbox().caughtUp();
        touchMirror(); // what could not be had is not known any more
        for (const auto &act : std::exchange(m_afterRest, {}))
            act();
    });
}

void CollectionEntity::whenKeptIsRead(const std::function<void()> &act)
{
    if (m_rest || m_store->awaitsKept())
        m_afterRest.push_back(act);
    else
        act();
}

void CollectionEntity::stopReadingKept()
{
    if (m_rest)
        keptEnded();
}

// Until all is known of what happened after they were sent, it is not known whether they were done.
WriteHost::Following CollectionEntity::following() const
{
    const Following state = Entity::following();
    return m_keptSentAfter && m_store->awaitsKept() && state == Following::Yes ? Following::Soon : state;
}

// What was removed, or changed again, is not seen there; that the trail is not complete says so.
void CollectionEntity::noteKeptInTrail(const std::vector<Write> &writes)
{
    qint64 oldest = std::numeric_limits<qint64>::max();
    for (const Write &write : writes) {
        if (write.attempts > 0)
            oldest = std::min(oldest, write.sentAfter);
    }
    if (oldest == std::numeric_limits<qint64>::max())
        return;
    m_keptSentAfter = oldest;
    for (qsizetype rank = 0; rank < m_store->items().size(); ++rank)
        noteKeptInTrail(m_store->items().at(rank));
    if (!m_store->awaitsKept())
        m_keptSentAfter.reset();
}

void CollectionEntity::noteKeptInTrail(const ItemPtr &item)
{
    if (item->lastEventId() <= *m_keptSentAfter)
        return;
    const bool isAsAdded = item->created() == item->updated();
    outbox().trail().note({ .eventId = item->lastEventId(),
                            .kind = isAsAdded ? ItemEvent::Kind::Added : ItemEvent::Kind::Updated,
                            .item = ownedKey(keyOf(*item)),
                            .json = item->json().toByteArray(),
                            .isGuess = true });
}

} // namespace Twilio
