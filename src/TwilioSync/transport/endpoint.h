#pragma once

#include "TwilioSync/core/syncerror.h"

#include <QtCore/qurl.h>

namespace Twilio {

/*!
    \brief Why \a url must not be connected to; null if it may.

    Plain ws:// sends the access token in the clear: only to this machine, unless \a allowInsecure
    (SyncClient::url).
*/
[[nodiscard]] SyncError endpointProblem(const QUrl &url, bool allowInsecure);

} // namespace Twilio
