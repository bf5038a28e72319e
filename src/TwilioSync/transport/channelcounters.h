#pragma once

#include "TwilioSync/core/latencies.h"

#include <QtCore/qglobal.h>

namespace Twilio {

//! What a channel has carried since it was made.
struct ChannelCounters
{
    //! Of messages, without what WebSocket and TLS add.
    qint64 bytesReceived = 0;
    qint64 bytesSent = 0;
    //! Connections that were accepted, the first one included.
    int sessions = 0;
    //! Time in which nothing was sent because the gateway had refused requests for now, the pause there is
    //! included.
    std::chrono::milliseconds throttled { 0 };
    //! From the sending of a request to its answer.
    Latencies roundTrips;
};

} // namespace Twilio
