#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/restmessage.h"

#include <chrono>
#include <optional>

namespace Twilio {

//! What has become of a request, for whoever decides whether to send it again (protocol.md 6.3).
enum class ReplyVerdict : quint8 {
    Success, //!< 2xx: done
    Refused, //!< the service has said no, or nobody will ever be asked: asking again changes nothing
    Throttled, //!< 429, of the service or of the gateway: not applied, welcome again later
    MaybeApplied, //!< 502, 503, 504, a lost connection, no reply in time: nobody knows
    NotSent //!< it never left this machine, which may be otherwise another time
};

[[nodiscard]] ReplyVerdict verdictOf(const SyncResult<RestReply> &result);

//! The wait that \a result names in \c Retry-After, as it stands there; none if it names none in whole
//! seconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> retryAfterOf(const SyncResult<RestReply> &result);

} // namespace Twilio
