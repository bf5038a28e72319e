#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/collectionentity.h"

#include <QtCore/qmetaobject.h>

#include <utility>

// What a list or map does with events.
namespace Twilio {
namespace {

ItemEvent::Kind changeOf(Protocol::EventType type)
{
    switch (type) {
    case Protocol::EventType::ListItemAdded:
    case Protocol::EventType::MapItemAdded:
        return ItemEvent::Kind::Added;
    case Protocol::EventType::ListItemRemoved:
    case Protocol::EventType::MapItemRemoved:
        return ItemEvent::Kind::Removed;
    case Protocol::EventType::ListItemUpdated:
    case Protocol::EventType::MapItemUpdated:
    case Protocol::EventType::Unknown:
    case Protocol::EventType::DocumentUpdated:
    case Protocol::EventType::DocumentRemoved:
    case Protocol::EventType::ListContextUpdated:
    case Protocol::EventType::ListRemoved:
    case Protocol::EventType::MapRemoved:
    case Protocol::EventType::StreamMessagePublished:
    case Protocol::EventType::StreamRemoved:
    case Protocol::EventType::SubscriptionEstablished:
    case Protocol::EventType::SubscriptionCanceled:
    case Protocol::EventType::SubscriptionFailed:
        break;
    }
    return ItemEvent::Kind::Updated;
}

} // namespace

void CollectionEntity::handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict)
{
    if (root().removed)
        return;
    if (type == Protocol::EventType::ListRemoved || type == Protocol::EventType::MapRemoved) {
        markRemoved(false);
        return;
    }
    const auto alive = shared_from_this();
    if (type == Protocol::EventType::ListContextUpdated) {
        contextEvent(event, isStrict);
        return;
    }
    noteInTrail(type, event, isStrict);
    // What is from before the opening is in what was read since, and must not come back from an older
    // subscription.
    if (!m_store->receive(eventOf(type, event, isStrict)))
        return;
    m_store->forgetOldEvents(answered());
    tellChanged();
    if (m_store->isWorthDropping())
        dropUnseen();
    if (!m_store->isWaiting() || !session() || std::exchange(m_flushScheduled, true))
        return;
    QMetaObject::invokeMethod(
            session(),
            [weak = std::weak_ptr(self())] {
                if (const auto living = weak.lock()) {
                    living->m_flushScheduled = false;
                    living->flush();
                }
            },
            Qt::QueuedConnection);
}

void CollectionEntity::noteInTrail(Protocol::EventType type, const Protocol::Event &event, bool isStrict)
{
    EventTrail &trail = outbox().trail();
    const qint64 id = event.id.value_or(-1);
    if (isStrict && id - 1 > root().lastEventId)
        trail.missedUpTo(id - 1); // a replay that leaves out what is overwritten
    if (!outbox().keepsTrail())
        return;
    trail.note({ .eventId = id,
                 .kind = changeOf(type),
                 .item = ItemKey { event.index.value_or(-1),
                                   event.key.value_or(QByteArrayView()).toByteArray() },
                 .json = event.data.toByteArray() });
}

void CollectionEntity::flush()
{
    m_store->flush();
    tellChanged();
    if (m_store->isWorthDropping())
        dropUnseen();
}

void CollectionEntity::dropUnseen()
{
    m_store->whenSettled([self = self()] {
        QSet<ItemKey> needed = self->m_ownRemovals;
        const QList<ItemKey> targets = self->outbox().targets();
        needed.unite({ targets.cbegin(), targets.cend() });
        self->m_store->dropUnseen(self->answered(), needed);
    });
}

// Its event is faster than its answer, or all that came of it.
bool CollectionEntity::isOwnRemoval(ItemKeyView view)
{
    if (outbox().isEmpty() && m_ownRemovals.isEmpty())
        return false;
    const ItemKey key = ownedKey(view);
    return m_ownRemovals.remove(key) || outbox().isRemoving(key);
}

CollectionEvent CollectionEntity::eventOf(Protocol::EventType type, const Protocol::Event &event,
                                          bool isInOrder)
{
    const auto kind = changeOf(type);
    ItemFields fields;
    fields.index = event.index.value_or(-1);
    fields.key = event.key.value_or(QByteArrayView());
    fields.json = event.data;
    fields.revision = event.itemRevision;
    fields.lastEventId = event.id.value_or(-1);
    fields.updated = event.date.value_or(noTime);
    fields.expires = event.expires.value_or(noTime);
    if (kind == ItemEvent::Kind::Added)
        fields.created = fields.updated;
    return { .kind = kind,
             .item = fields,
             .knowsExpires = event.hasExpires,
             .isLocal = kind == ItemEvent::Kind::Removed && isOwnRemoval({ fields.index, fields.key }),
             .revision = event.revision,
             .isInOrder = isInOrder };
}

} // namespace Twilio
