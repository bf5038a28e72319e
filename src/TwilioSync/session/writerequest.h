#pragma once

#include "TwilioSync/protocol/objectkind.h"
#include "TwilioSync/protocol/restmessage.h"
#include "TwilioSync/writes/write.h"

namespace Twilio {

//! The call that does \a write to an object of \a kind, at \a url (protocol.md 7.2).
[[nodiscard]] RestRequest requestOf(const Write &write, const QByteArray &url, ObjectKind kind);

} // namespace Twilio
