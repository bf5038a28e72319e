#pragma once

#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/session/clientsession.h"

#include <optional>

// Checks of what the application hands in; each names the argument and what was expected.
namespace Twilio {

//! None if \a ttl is none or 0 to \c maxTtlSeconds.
[[nodiscard]] std::optional<SyncError> checkTtl(std::optional<qint64> ttl);
[[nodiscard]] std::optional<SyncError> checkValue(const char *name, const SyncValue &value);
//! None if \a once is empty, or names a field of \a value.
[[nodiscard]] std::optional<SyncError> checkOnce(const SyncValue &value, const QString &once);
//! Of a SID or unique name.
[[nodiscard]] std::optional<SyncError> checkId(const QString &id);
[[nodiscard]] std::optional<SyncError> checkPageSize(int size);
[[nodiscard]] std::optional<SyncError> checkMaximumCount(int rows);
[[nodiscard]] std::optional<SyncError> checkItemIndex(qint64 index);
[[nodiscard]] std::optional<SyncError> checkKey(const QString &key);
[[nodiscard]] std::optional<SyncError> checkMutator(const Mutator &mutator);
//! What to ask the session for.
[[nodiscard]] SyncResult<OpenRequest> openRequestOf(ObjectKind kind, const OpenOptions &options);

} // namespace Twilio
