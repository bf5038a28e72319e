#pragma once

#include "server/serverglobal.h"

#include <QtCore/qstringlist.h>

#include <optional>

namespace Twilio::Server {

//! Why no webhook may go to \a url; nothing if one may: to loopback, and to \a allowed, which are host names
//! or addresses.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT std::optional<QString>
refusalOfWebhooksTo(const QString &url, const QStringList &allowed);

} // namespace Twilio::Server
