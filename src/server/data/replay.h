#pragma once

#include "server/data/types.h"
#include "TwilioSync/core/syncerror.h"

#include <optional>

namespace Twilio::Server {

//! How one replay came out (protocol.md, section 9.3).
struct Replay
{
    bool found = false;
    //! 404 with the code and text of the kind, if not found.
    std::optional<SyncError> error;
    //! Oldest first.
    QList<Event> events;
    //! True if \c events is not all there was: cut at the limit, or the log no longer reaches back.
    bool interrupted = false;
    //! Where the client stands after \c events; none for streams.
    std::optional<qint64> lastEventId;
};

} // namespace Twilio::Server
