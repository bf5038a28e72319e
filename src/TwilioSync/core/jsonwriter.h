#pragma once

#include "TwilioSync/core/jsontext.h"

#include <QtCore/qvariant.h>

namespace Twilio {

//! \a value as JSON, by the rules that SyncValue documents; every way into the service goes through here.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT JsonText jsonOf(const QVariant &value);

} // namespace Twilio
