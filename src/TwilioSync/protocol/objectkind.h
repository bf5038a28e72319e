#pragma once

#include "TwilioSync/core/syncerror.h"

#include <QtCore/qbytearray.h>

namespace Twilio {

//! What lives in the service (protocol.md 7.4).
enum class ObjectKind : quint8 { Document, List, Map, Stream };

//! The protocol's word in subscriptions, e.g. "list".
[[nodiscard]] QByteArray objectTypeOf(ObjectKind kind);
//! The path of all objects of a kind, e.g. "/v3/Lists".
[[nodiscard]] QByteArray rootPathOf(ObjectKind kind);
//! How calls on a removed object fail (protocol.md 11.2, 11.3).
[[nodiscard]] SyncError removedError(ObjectKind kind);
//! True if \a error says that an object of this \a kind is not there, and not merely an item of it.
[[nodiscard]] bool isMissingObject(ObjectKind kind, const SyncError &error);

} // namespace Twilio
