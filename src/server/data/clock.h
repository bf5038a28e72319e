#pragma once

#include <QtCore/qglobal.h>

#include <functional>

namespace Twilio::Server {

//! Milliseconds since 1970 UTC. Tests hand in their own.
using Clock = std::function<qint64()>;

//! The wall clock.
[[nodiscard]] Clock systemClock();

} // namespace Twilio::Server
