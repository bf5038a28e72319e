#pragma once

#include "server/serverglobal.h"

#include <QtCore/qjsonobject.h>

namespace Twilio::Server {

class Gateway;

//! What \a gateway has done so far, how much it holds, and the memory of its process.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT QJsonObject figuresOf(Gateway &gateway);

} // namespace Twilio::Server
