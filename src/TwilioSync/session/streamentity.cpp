#include "TwilioSync/session/streamentity.h"

#include "TwilioSync/protocol/restresources.h"

namespace Twilio {
StreamEntity::StreamEntity(ClientSession *session) : Entity(ObjectKind::Stream, session) { }

QByteArray StreamEntity::urlOf(const Write &write) const
{
    if (write.operation != WriteOperation::Publish)
        return m_store.root.url;
    return m_store.root.itemsUrl.isEmpty() ? m_store.root.url + "/Messages" : m_store.root.itemsUrl;
}

SyncResult<WriteOutcome> StreamEntity::confirm(const Write &write, const TargetState &before,
                                               const RestReply &reply)
{
    if (write.operation != WriteOperation::Publish)
        return Entity::confirm(write, before, reply);
    const auto parsed = Protocol::parseMessageSid(reply.body);
    if (const auto *error = errorOf(parsed))
        return *error;
    const auto &sid = std::get<QByteArray>(parsed);
    arrived(sid, SyncValue::fromCheckedJson(write.sentValue), true);
    return WriteOutcome { {}, write.sentValue, sid, -1 };
}

void StreamEntity::handleEvent(Protocol::EventType type, const Protocol::Event &event, bool)
{
    if (root().removed)
        return;
    if (type == Protocol::EventType::StreamRemoved)
        markRemoved(false);
    else if (type == Protocol::EventType::StreamMessagePublished)
        arrived(event.messageSid.toByteArray(), SyncValue::fromCheckedJson(event.data.toByteArray()), false);
}

void StreamEntity::arrived(const QByteArray &sid, const SyncValue &value, bool isLocal)
{
    const auto alive = shared_from_this();
    if (m_store.receive(sid, value, isLocal) && !isLocal && outbox().keepsTrail())
        outbox().trail().note({ .eventId = m_store.messageCount(),
                                .kind = EventTrail::Kind::Added,
                                .json = value.toJson(),
                                .messageSid = sid });
}

} // namespace Twilio
