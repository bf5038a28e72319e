#pragma once

#include "TwilioSync/store/itemevent.h"
#include "TwilioSync/store/itemkey.h"

#include <QtCore/qbytearray.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace Twilio {

//! True if both are the same value, whatever their layout and the order of their keys.
[[nodiscard]] bool isSameJson(const QByteArray &a, const QByteArray &b);

/*!
    \brief What has happened to an object while writes of ours were without an answer.

    Tells "applied, then changed by somebody else" from "never applied" (protocol.md 7.6 has no other way).
   Kept only while it is needed; events come in any order, once each.
*/
class EventTrail
{
public:
    using Kind = ItemEvent::Kind;

    struct Seen
    {
        qint64 eventId = -1;
        Kind kind = Kind::Updated;
        //! None = the object itself.
        std::optional<ItemKey> item = {};
        //! The value after it; of a removal the last one.
        QByteArray json = {};
        //! Of a message.
        QByteArray messageSid = {};
        //! Told from an item that was kept, which may have been changed in the millisecond in which it was
        //! added.
        bool isGuess = false;
    };

    //! Once for each event; what comes again is no news, but for a guess.
    void note(Seen seen);
    //! The events up to \a eventId have come only in part, or as their sum.
    void missedUpTo(qint64 eventId) { m_missedTo = qMax(m_missedTo, eventId); }
    //! \a eventId, or the message \a sid, is of a write that has been answered. Of a write that never \a adds
    //! it is only if it adds nothing: an equal value may have come from a push.
    void claim(qint64 eventId, bool adds);
    void claimMessage(const QByteArray &sid);
    //! Nothing up to \a eventId will be asked for.
    void forgetUpTo(qint64 eventId);
    void clear();
    [[nodiscard]] std::size_t size() const { return std::max(m_seen.size(), m_claims.size()); }

    //! True if every event after \a eventId is here.
    [[nodiscard]] bool isCompleteSince(qint64 eventId) const { return m_missedTo <= eventId; }
    //! The event after \a eventId with which a write, which \a adds if need be, gave \a item the value
    //! \a json; null if there is none.
    [[nodiscard]] const Seen *find(const std::optional<ItemKey> &item, qint64 eventId, const QByteArray &json,
                                   bool adds) const;
    //! True if \a item has been removed after \a eventId.
    [[nodiscard]] bool isRemoved(const ItemKey &item, qint64 eventId) const;
    //! What was added after \a eventId, with a value that \a isIt, and is nobody's yet, oldest first.
    [[nodiscard]] std::vector<Seen> added(qint64 eventId,
                                          const std::function<bool(const QByteArray &)> &isIt) const;
    //! What was added with the value \a json after \a eventId and is nobody's yet, oldest first.
    [[nodiscard]] std::vector<Seen> added(qint64 eventId, const QByteArray &json) const;

private:
    [[nodiscard]] bool isClaimed(const Seen &seen) const;

    //! By event id.
    std::map<qint64, Seen> m_seen;
    //! By event id, whether the write could add.
    std::map<qint64, bool> m_claims;
    qint64 m_missedTo = -1;
};

} // namespace Twilio
