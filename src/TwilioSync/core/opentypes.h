#pragma once

#include <QtCore/qglobal.h>

#include <optional>

namespace Twilio {

//! Range of every TTL in seconds; 0 = never expires (protocol.md, section 12).
inline constexpr qint64 maxTtlSeconds = 31'536'000;

//! Optional settings of one write.
struct WriteOptions
{
    //! Seconds until the written thing expires, 0 to \c maxTtlSeconds; 0 = never, none = as it was.
    std::optional<qint64> ttl = std::nullopt;
};

} // namespace Twilio
