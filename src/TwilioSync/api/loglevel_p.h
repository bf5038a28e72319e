#pragma once

#include "TwilioSync/api/syncclient.h"

#include <optional>

namespace Twilio {

[[nodiscard]] SyncClient::LogLevel currentLogLevel();
//! Sets what the categories twilio.sync.* let through; false if nothing changed.
bool applyLogLevel(SyncClient::LogLevel level);
//! 'silent', 'error', 'warn', 'info', 'debug', 'trace'.
[[nodiscard]] std::optional<SyncClient::LogLevel> logLevelOf(const QString &name);

} // namespace Twilio
