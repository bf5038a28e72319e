#pragma once

#include "server/data/change.h"
#include "server/http/httpmessage.h"
#include "server/serverglobal.h"

#include <optional>

// What webhooks say, and how they are signed (https://www.twilio.com/docs/sync/webhooks and
// https://www.twilio.com/docs/usage/security). Pure functions.
namespace Twilio::Server {

//! The fields that tell \a change; none if the service does not tell such changes.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT std::optional<HttpFields> webhookFields(const Change &change);
//! The fields that tell that \a client is there, or has gone.
[[nodiscard]] HttpFields reachabilityFields(const Caller &client, bool isConnected);

//! \a fields as an \c application/x-www-form-urlencoded body.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT QByteArray encodedForm(const HttpFields &fields);
//! \c X-Twilio-Signature of \a fields that go to \a url, signed with \a secret.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT QByteArray webhookSignature(const QByteArray &url,
                                                                           HttpFields fields,
                                                                           const QByteArray &secret);

} // namespace Twilio::Server
