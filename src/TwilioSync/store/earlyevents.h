#pragma once

#include <QtCore/qglobal.h>

#include <set>

namespace Twilio {

//! True if there is no event between \a cursor and \a eventId, which is above it. Neither is trusted to leave
//! room for another.
[[nodiscard]] constexpr bool isNextEvent(qint64 eventId, qint64 cursor)
{
    return eventId > cursor && eventId - 1 == cursor;
}

/*!
    \brief Events of one object that came before an earlier one, which may still be on its way or be lost.

    Ids of one object are consecutive (protocol.md 7.1). The service swaps neighbours, so a gap that so many
   events have passed is none: it is taken for closed.
*/
class EarlyEvents
{
public:
    static constexpr std::size_t limit = 256;

    //! Notes \a eventId, above \a cursor; gives the id up to which everything has come by now.
    [[nodiscard]] qint64 note(qint64 eventId, qint64 cursor)
    {
        if (m_ids.empty() && isNextEvent(eventId, cursor))
            return eventId;
        m_ids.insert(eventId);
        if (m_ids.size() > limit)
            cursor = *m_ids.begin();
        return reach(cursor);
    }
    //! Everything up to \a cursor has come; gives where that leads.
    [[nodiscard]] qint64 reach(qint64 cursor)
    {
        m_ids.erase(m_ids.begin(), m_ids.upper_bound(cursor));
        while (!m_ids.empty() && isNextEvent(*m_ids.begin(), cursor)) {
            ++cursor;
            m_ids.erase(m_ids.begin());
        }
        return cursor;
    }

private:
    std::set<qint64> m_ids;
};

} // namespace Twilio
