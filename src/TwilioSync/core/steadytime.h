#pragma once

#include <chrono>
#include <functional>

namespace Twilio {

//! Where the time since any one moment comes from; never goes back. Tests bring their own.
using SteadyClock = std::function<std::chrono::milliseconds()>;

//! The system's.
[[nodiscard]] inline std::chrono::milliseconds steadyTime()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
}

} // namespace Twilio
