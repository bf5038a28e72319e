#include "TwilioSync/writes/trail.h"

#include "TwilioSync/core/syncvalue.h"

namespace Twilio {

bool isSameJson(const QByteArray &a, const QByteArray &b)
{
    return a == b || SyncValue::fromCheckedJson(a) == SyncValue::fromCheckedJson(b);
}

void EventTrail::claimMessage(const QByteArray &sid)
{
    for (auto &[id, seen] : m_seen) {
        if (seen.messageSid == sid)
            seen.isClaimed = true;
    }
}

const EventTrail::Seen *EventTrail::find(const std::optional<ItemKey> &item, qint64 eventId,
                                         const QByteArray &json) const
{
    for (auto it = m_seen.upper_bound(eventId); it != m_seen.end(); ++it) {
        const Seen &seen = it->second;
        if (!seen.isClaimed && seen.kind != Kind::Removed && seen.item == item && isSameJson(seen.json, json))
            return &seen;
    }
    return nullptr;
}

std::vector<EventTrail::Seen> EventTrail::added(qint64 eventId, const QByteArray &json) const
{
    std::vector<Seen> found;
    for (auto it = m_seen.upper_bound(eventId); it != m_seen.end(); ++it) {
        const Seen &seen = it->second;
        if (!seen.isClaimed && seen.kind == Kind::Added && isSameJson(seen.json, json))
            found.push_back(seen);
    }
    return found;
}

} // namespace Twilio
