#pragma once

#include "TwilioSync/writes/write.h"

#include <optional>

namespace Twilio {

//! \a write as bytes that decodeWrite() understands, in this version and later ones; without what counts for
//! the process alone: who waits for it, and the error it was refused with last.
[[nodiscard]] QByteArray encodeWrite(const Write &write);
//! None if \a bytes are no write.
[[nodiscard]] std::optional<Write> decodeWrite(const QByteArray &bytes);

} // namespace Twilio
