#pragma once

#include "server/data/eventrecord.h"

#include <deque>
#include <map>
#include <optional>

namespace Twilio::Server {

//! How much of what newer events have made unnecessary a log keeps, lest clients that come back soon miss the
//! steps in between.
struct History
{
    qsizetype events = 4000;
    //! Of data.
    qsizetype bytes = 512 * 1024;
};

/*!
    \brief The events of one list or map, as many as it takes to bring every client up to date.

    The newest event of each item and of the context is there for good, that of a removed item without its
   data at last; what they supersede is forgotten once there is more of it than History allows. So replaying
   the log from any id gives the state that all events ever would have given, and its size follows the data.
*/
class EventLog
{
public:
    //! By event id.
    using Records = std::map<qint64, EventRecord>;

    [[nodiscard]] const Records &records() const { return m_records; }
    [[nodiscard]] bool isEmpty() const { return m_records.empty(); }

    //! Adds \a record, the newest. \a superseded is the newest event so far of the same item, if that is not
    //! removed, or of the context.
    void append(EventRecord record, std::optional<qint64> superseded);
    //! Adds a record from a file, in order of the ids; finds out by itself what is superseded.
    void restore(EventRecord record);
    //! Ends restoring.
    void finishRestoring() { m_newest.clear(); }

    //! What forgetOne() has done.
    struct Forgotten
    {
        qint64 id = -1;
        //! False if only the data is gone.
        bool entirely = true;
    };
    //! Forgets the oldest of what is superseded if there is more of that than \a history allows.
    std::optional<Forgotten> forgetOne(const History &history);
    //! For taking a log apart bit by bit.
    void dropOne();

private:
    void supersede(qint64 id, bool entirely);

    struct Superseded
    {
        qint64 id;
        qsizetype bytes;
        bool entirely;
    };

    Records m_records;
    //! In the order in which they became so.
    std::deque<Superseded> m_superseded;
    qsizetype m_supersededBytes = 0;
    //! The removals of keys that are not there; indexes never come back.
    std::map<QString, qint64> m_removals;
    //! While restoring: the newest event of each item, and of the context under the last id there can be.
    std::map<ItemId, qint64> m_newest;
};

} // namespace Twilio::Server
