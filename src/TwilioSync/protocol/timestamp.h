#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>

namespace Twilio::Protocol {

//! Milliseconds since 1970 UTC of an ISO 8601 timestamp as the service writes it (protocol.md 7.1); none if
//! malformed.
TWILIOSYNC_PRIVATE_EXPORT std::optional<qint64> parseTimestamp(QByteArrayView text);

//! As parseTimestamp(), of the form that formatTimestamp() writes alone; none of any other.
[[nodiscard]] std::optional<qint64> canonicalTimestamp(QByteArrayView text);

//! The 24 bytes \c 2024-05-06T07:08:09.123Z of \a msecs since 1970 UTC.
TWILIOSYNC_PRIVATE_EXPORT QByteArray formatTimestamp(qint64 msecs);

} // namespace Twilio::Protocol
