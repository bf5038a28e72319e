#pragma once

#include "TwilioSync/protocol/objectkind.h"
#include "TwilioSync/protocol/restmessage.h"
#include "TwilioSync/writes/write.h"

namespace Twilio {

//! The call that does \a write to an object of \a kind, at \a url (protocol.md 7.2).
[[nodiscard]] RestRequest requestOf(const Write &write, const QByteArray &url, ObjectKind kind);

//! \a error, of a call that carried \a data for an object of \a kind; if it was too much, it says how much it
//! was and what is allowed (protocol.md, section 12).
[[nodiscard]] SyncError explainedSize(const SyncError &error, ObjectKind kind, const QByteArray &data);

} // namespace Twilio
