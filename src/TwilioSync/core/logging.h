#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qloggingcategory.h>

// Quiet by default; SyncClient::logLevel or QT_LOGGING_RULES="twilio.sync.*=true" opens them.
// Never a token at any level, no item values below Trace.
namespace Twilio {

Q_DECLARE_LOGGING_CATEGORY(lcClient) // twilio.sync.client: SyncClient and the objects
Q_DECLARE_LOGGING_CATEGORY(lcChannel) // twilio.sync.channel: connection states, frames
Q_DECLARE_LOGGING_CATEGORY(lcRequest) // twilio.sync.request: tunnelled requests and retries
Q_DECLARE_LOGGING_CATEGORY(lcSubscription) // twilio.sync.subscription
Q_DECLARE_LOGGING_CATEGORY(lcStore) // twilio.sync.store: events and items
TWILIOSYNC_PRIVATE_EXPORT Q_DECLARE_LOGGING_CATEGORY(lcServer) // twilio.sync.server: the local server

} // namespace Twilio
