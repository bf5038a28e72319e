#include "TwilioSync/core/logging.h"

namespace Twilio {

Q_LOGGING_CATEGORY(lcClient, "twilio.sync.client", QtCriticalMsg)
Q_LOGGING_CATEGORY(lcChannel, "twilio.sync.channel", QtCriticalMsg)
Q_LOGGING_CATEGORY(lcRequest, "twilio.sync.request", QtCriticalMsg)
Q_LOGGING_CATEGORY(lcSubscription, "twilio.sync.subscription", QtCriticalMsg)
Q_LOGGING_CATEGORY(lcStore, "twilio.sync.store", QtCriticalMsg)
Q_LOGGING_CATEGORY(lcServer, "twilio.sync.server", QtWarningMsg)

} // namespace Twilio
