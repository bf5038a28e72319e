#include "TwilioSync/core/logging.h"
#include "TwilioSync/session/collectionentity.h"

// The part of CollectionEntity that knows the context of a list (protocol.md 7.2, no. 13, and 8.2).
namespace Twilio {

void CollectionEntity::wantContext()
{
    const QByteArray url = root().contextUrl;
    if (url.isEmpty() || !m_context.json.isEmpty() || std::exchange(m_context.isAsked, true))
        return;
    Entity::get(url, [self = self()](const SyncResult<RestReply> &reply) {
        self->m_context.isAsked = false;
        const auto parsed = errorOf(reply)
                ? *errorOf(reply)
                : Protocol::parseContextResource(std::get<RestReply>(reply).body, self->readLimits());
        if (const auto *error = errorOf(parsed)) {
            qCWarning(lcStore) << "the context of" << self->root().sid << "cannot be read:" << *error;
            return;
        }
        const auto &context = std::get<Protocol::ContextResource>(parsed);
        if (self->takeContext(context.data, context.lastEventId))
            self->tellContext(false);
    });
}

void CollectionEntity::contextEvent(const Protocol::Event &event, bool isStrict)
{
    const qint64 id = event.id.value_or(-1);
    flush(); // what came before it
    if (isStrict && id - 1 > root().lastEventId)
        outbox().trail().missedUpTo(id - 1);
    if (!root().noteEvent(id, isStrict))
        return;
    root().touch(event.date.value_or(noTime));
    root().commit(id, event.revision);
    tellChanged();
    if (takeContext(event.data.toByteArray(), id))
        tellContext(true);
}

bool CollectionEntity::takeContext(const QByteArray &json, qint64 eventId)
{
    if (!m_context.json.isEmpty() && eventId <= m_context.eventId)
        return false;
    m_context.json = json;
    m_context.eventId = eventId;
    touchMirror();
    return true;
}

} // namespace Twilio
