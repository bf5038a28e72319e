#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qrandom.h>

namespace Twilio {

//! This thread's chance, for nothing that must be secret; whoever seeds it gets the same run each time.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QRandomGenerator &randomSource();

} // namespace Twilio
