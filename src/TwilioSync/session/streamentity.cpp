#include "TwilioSync/session/streamentity.h"

#include "TwilioSync/protocol/restresources.h"

namespace Twilio {
namespace {

constexpr std::size_t maxSeen = 1000; // half a minute at the documented 30 messages a second

} // namespace

StreamEntity::StreamEntity(ClientSession *session) : Entity(ObjectKind::Stream, session) { }

QByteArray StreamEntity::urlOf(const Write &write) const
{
    if (write.operation != WriteOperation::Publish)
        return m_root.url;
    return m_root.itemsUrl.isEmpty() ? m_root.url + "/Messages" : m_root.itemsUrl;
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
    if (m_root.removed)
        return;
    if (type == Protocol::EventType::StreamRemoved)
        markRemoved(false);
    else if (type == Protocol::EventType::StreamMessagePublished)
        arrived(event.messageSid.toByteArray(), SyncValue::fromCheckedJson(event.data.toByteArray()), false);
}

void StreamEntity::arrived(const QByteArray &sid, const SyncValue &value, bool isLocal)
{
    if (m_seen.contains(sid))
        return;
    m_seen.insert(sid);
    m_seenInOrder.push_back(sid);
    if (m_seenInOrder.size() > maxSeen) {
        m_seen.remove(m_seenInOrder.front());
        m_seenInOrder.pop_front();
    }
    const auto alive = shared_from_this();
    ++m_messages;
    if (!isLocal && outbox().keepsTrail())
        outbox().trail().note({ .eventId = m_messages,
                                .kind = EventTrail::Kind::Added,
                                .json = value.toJson(),
                                .messageSid = sid });
    observers.each([&](StreamObserver &observer) { observer.messageArrived(sid, value, isLocal); });
}

} // namespace Twilio
