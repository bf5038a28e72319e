#pragma once

#include <QtCore/qbytearray.h>

namespace Twilio {

//! This library and this system as a JSON object, for init's \c metadata (protocol.md 4.2).
[[nodiscard]] QByteArray clientMetadata();

} // namespace Twilio
