#pragma once

#include "server/data/change.h"

#include <QtCore/qlist.h>

#include <optional>

namespace Twilio::Server {

//! How one replay came out (protocol.md, section 9.3).
struct Replay
{
    //! Oldest first.
    QList<Change> changes = {};
    //! True if \c changes is not all there was, but cut at the limit.
    bool interrupted = false;
    //! Where the client stands after \c changes; none for streams.
    std::optional<qint64> lastEventId = {};
};

} // namespace Twilio::Server
