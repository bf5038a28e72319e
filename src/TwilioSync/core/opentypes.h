#pragma once

#include <QtCore/qglobal.h>
#include <QtCore/qstring.h>

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

//! Those of SyncList::push().
struct PushOptions
{
    //! As WriteOptions::ttl.
    std::optional<qint64> ttl = std::nullopt;
    //! The name of a field of the value that no other item has the same in, e.g. an id that the application
    //! makes; empty = none. If the answer gets lost, the item is known by it for certain, and the push is
    //! repeated or done instead of ending with SyncError::isOutcomeUnknown(). Nobody may change that field.
    QString once = {};
};

} // namespace Twilio
