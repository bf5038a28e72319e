#pragma once

#include "TwilioSync/protocol/restresources.h"
#include "TwilioSync/store/earlyevents.h"
#include "TwilioSync/store/itemrecord.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace Twilio {

/*!
    \brief What the service says about a document, list, map or stream as a whole, and how far its events are
   known.
*/
struct RootState
{
    QByteArray sid;
    QByteArray uniqueName;
    QByteArray url;
    QByteArray itemsUrl;
    //! Lists only.
    QByteArray contextUrl;
    QByteArray revision;
    //! The replay cursor: a new subscription asks for the events after it. -1 before the first
    //! (protocol.md 7.1).
    qint64 lastEventId = -1;
    //! Of the newest event that has come, which may be ahead of the cursor.
    qint64 newestEventId = -1;
    //! Events up to this say nothing new any more: it was opened later, or they would come too late for what
    //! is remembered of them.
    qint64 staleTo = -1;
    EarlyEvents early;
    //! An event behind the cursor could not be read: until a replay has brought it, or has ended without, the
    //! cursor waits.
    bool hasGap = false;
    qint64 created = noTime;
    qint64 updated = noTime;
    qint64 expires = noTime;
    bool removed = false;

    //! Takes over what a read or a write of the object itself says. \a movesCursor is false for the replies
    //! to our own writes of lists and maps, which may overtake remote events (protocol.md 8.3).
    void adopt(const Protocol::RootResource &resource, bool movesCursor)
    {
        sid = resource.sid;
        const auto replace = [](QByteArray &text, const QByteArray &by) {
            if (!by.isEmpty())
                text = by;
        };
        replace(uniqueName, resource.uniqueName);
        replace(url, resource.url);
        replace(itemsUrl, resource.itemsUrl);
        replace(contextUrl, resource.contextUrl);
        created = resource.created.value_or(created);
        touch(resource.updated.value_or(noTime));
        if (resource.hasExpires)
            expires = resource.expires.value_or(noTime);
        if (movesCursor && resource.lastEventId.value_or(-1) >= lastEventId) {
            staleTo = resource.lastEventId.value_or(-1);
            lastEventId = early.reach(staleTo);
            commit(staleTo, resource.revision);
        }
    }

    //! What was known may be of another time: all begins with what \a resource says.
    void restart(const Protocol::RootResource &resource)
    {
        lastEventId = newestEventId = staleTo = m_revisionAt = -1;
        early = {};
        hasGap = false;
        m_gapAskedAt.reset();
        updated = noTime;
        adopt(resource, true);
    }

    //! An event could not be read. True if the events after the cursor are worth asking for again; once a
    //! cursor, as what is unreadable twice remains so.
    [[nodiscard]] bool noteGap()
    {
        const bool isNew = std::exchange(m_gapAskedAt, lastEventId) != lastEventId;
        hasGap = hasGap || isNew;
        return isNew;
    }
    //! All events up to \a eventId have been delivered.
    void noteReplayed(qint64 eventId)
    {
        hasGap = false;
        noteEvent(eventId, true);
    }

    //! Something in it changed at \a time.
    void touch(qint64 time) { updated = qMax(updated, time); }

    //! All that the event \a eventId says is in the state now, so that the revision it made may be told.
    void commit(qint64 eventId, QByteArrayView newRevision)
    {
        if (newRevision.isEmpty() || eventId < m_revisionAt)
            return;
        m_revisionAt = eventId;
        if (revision.isDetached() && revision.size() == newRevision.size()) // most are: no allocation
            std::copy(newRevision.begin(), newRevision.end(), revision.begin());
        else if (revision != newRevision)
            revision = newRevision.toByteArray();
    }

    //! The event \a eventId has come; \a isInOrder if all before it have, too. Otherwise the cursor waits for
    //! those, or they would never be replayed (protocol.md 8.3, defect 37). False if it is stale: what it
    //! says may be out of date, with no tombstone to tell.
    bool noteEvent(qint64 eventId, bool isInOrder)
    {
        if (eventId <= staleTo)
            return false;
        if (eventId <= lastEventId)
            return true; // it may have been counted in a replay without being part of it (protocol.md 8.3)
        lastEventId = isInOrder && !hasGap ? early.reach(eventId) : early.note(eventId, lastEventId);
        newestEventId = qMax(newestEventId, eventId);
        return true;
    }

private:
    std::optional<qint64> m_gapAskedAt;
    //! The event that made the revision.
    qint64 m_revisionAt = -1;
};

} // namespace Twilio
