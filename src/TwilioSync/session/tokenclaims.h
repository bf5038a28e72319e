#pragma once

#include "TwilioSync/cache/cachedobject.h"

#include <optional>

namespace Twilio {

//! Whom \a token, a Twilio access token, is for; none if it is none. Nothing is checked: that is up to the
//! service.
[[nodiscard]] std::optional<CacheOwner> ownerOfToken(const QString &token);

} // namespace Twilio
