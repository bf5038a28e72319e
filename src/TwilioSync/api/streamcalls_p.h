#pragma once

#include "TwilioSync/api/objectcalls_p.h"
#include "TwilioSync/api/syncstream.h"

namespace Twilio {

//! Publishes \a value to a stream.
[[nodiscard]] inline QFuture<SyncStreamMessage> publishCall(const CallTarget &target, const SyncValue &value)
{
    return writeCall<SyncStreamMessage>(
            target, { checkValue("value", value) }, writeOf(target, WriteOperation::Publish, {}, value), {},
            [value](const WriteOutcome &outcome) {
                return SyncStreamMessage(QString::fromUtf8(outcome.messageSid), value);
            });
}

} // namespace Twilio
