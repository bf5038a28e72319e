#include "TwilioSync/session/streamentity.h"

#include "TwilioSync/protocol/restresources.h"

namespace Twilio {
namespace {

constexpr std::size_t maxSeen = 1000; // half a minute at the documented 30 messages a second

} // namespace

StreamEntity::StreamEntity(ClientSession *session) : Entity(ObjectKind::Stream, session) { }

void StreamEntity::publish(const SyncValue &value, Callback<QByteArray> done)
{
    const QByteArray url = m_root.itemsUrl.isEmpty() ? m_root.url + "/Messages" : m_root.itemsUrl;
    auto self = std::static_pointer_cast<StreamEntity>(shared_from_this());
    pacedRequest("POST", url, writeBody(&value, std::nullopt), Requester::Repeat::Once,
                 [self, value,
                  done = countWrite<QByteArray>(std::move(done))](const SyncResult<RestReply> &reply) {
                     if (const auto *error = errorOf(reply)) {
                         done(*error);
                         return;
                     }
                     const auto parsed = Protocol::parseMessageSid(std::get<RestReply>(reply).body);
                     if (const auto *sid = std::get_if<QByteArray>(&parsed))
                         self->arrived(*sid, value, true);
                     done(parsed);
                 });
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
    observers.each([&](StreamObserver &observer) { observer.messageArrived(sid, value, isLocal); });
}

} // namespace Twilio
