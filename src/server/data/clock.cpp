#include "server/data/clock.h"

#include <chrono>

namespace Twilio::Server {

Clock systemClock()
{
    return [] {
        using namespace std::chrono;
        return qint64(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
    };
}

} // namespace Twilio::Server
