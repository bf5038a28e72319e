#include "TwilioSync/writes/trail.h"

#include "TwilioSync/core/syncvalue.h"

namespace Twilio {

bool isSameJson(const QByteArray &a, const QByteArray &b)
{
    return a == b || SyncValue::fromCheckedJson(a) == SyncValue::fromCheckedJson(b);
}

void EventTrail::note(Seen seen)
{
    const auto [known, isNew] = m_seen.try_emplace(seen.eventId);
    if (isNew || known->second.isGuess)
        known->second = std::move(seen);
}

void EventTrail::claim(qint64 eventId, bool adds)
{
    bool &claim = m_claims[eventId];
    claim = claim || adds;
}

void EventTrail::claimMessage(const QByteArray &sid)
{
    for (const auto &[id, seen] : m_seen) {
        if (seen.messageSid == sid)
            claim(id, true);
    }
}

void EventTrail::forgetUpTo(qint64 eventId)
{
    m_seen.erase(m_seen.begin(), m_seen.upper_bound(eventId));
    m_claims.erase(m_claims.begin(), m_claims.upper_bound(eventId));
}

void EventTrail::clear()
{
    m_seen.clear();
    m_claims.clear();
}

bool EventTrail::isClaimed(const Seen &seen) const
{
    const auto claim = m_claims.find(seen.eventId);
    return claim != m_claims.end() && (claim->second || seen.kind != Kind::Added);
}

const EventTrail::Seen *EventTrail::find(const std::optional<ItemKey> &item, qint64 eventId,
                                         const QByteArray &json, bool adds) const
{
    for (auto it = m_seen.upper_bound(eventId); it != m_seen.end(); ++it) {
        const Seen &seen = it->second;
        const bool mayBe = seen.kind == Kind::Updated || (seen.kind == Kind::Added && (adds || seen.isGuess));
        if (mayBe && seen.item == item && !isClaimed(seen) && isSameJson(seen.json, json))
            return &seen;
    }
    return nullptr;
}

bool EventTrail::isRemoved(const ItemKey &item, qint64 eventId) const
{
    return std::any_of(m_seen.upper_bound(eventId), m_seen.end(), [&item](const auto &seen) {
        return seen.second.kind == Kind::Removed && seen.second.item == item;
    });
}

std::vector<EventTrail::Seen> EventTrail::added(qint64 eventId, const QByteArray &json) const
{
    return added(eventId, [&json](const QByteArray &other) { return isSameJson(other, json); });
}

std::vector<EventTrail::Seen> EventTrail::added(qint64 eventId,
                                                const std::function<bool(const QByteArray &)> &isIt) const
{
    std::vector<Seen> found;
    for (auto it = m_seen.upper_bound(eventId); it != m_seen.end(); ++it) {
        const Seen &seen = it->second;
        if (seen.kind == Kind::Added && !isClaimed(seen) && isIt(seen.json))
            found.push_back(seen);
    }
    return found;
}

} // namespace Twilio
