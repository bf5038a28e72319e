#pragma once

#include "TwilioSync/core/syncerror.h"

#include <functional>
#include <stop_token>

namespace Twilio {

//! Says that whoever asked for something does not want it any more; never if nobody can say so.
using CancelToken = std::stop_token;
//! Has a function called, once, when a token says so, for as long as this lives.
using OnCancel = std::stop_callback<std::function<void()>>;

//! What a call that was taken back ends with.
[[nodiscard]] inline SyncError cancelledError() { return SyncError(QStringLiteral("cancelled")); }

} // namespace Twilio
