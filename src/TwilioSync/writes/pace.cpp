#include "TwilioSync/writes/pace.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace Twilio {

void Pace::engage(Milliseconds now)
{
    if (!std::exchange(m_engaged, true))
        m_filled = now;
}

void Pace::throttled(Milliseconds now)
{
    engage(now);
    refill(now);
    m_tokens = std::min(m_tokens, 0.0);
}

void Pace::refill(Milliseconds now)
{
    m_tokens = std::min(burst, m_tokens + rate * double((now - m_filled).count()) / 1000);
    m_filled = now;
}

Pace::Milliseconds Pace::wait(Milliseconds now)
{
    if (!m_engaged)
        return Milliseconds(0);
    refill(now);
    return Milliseconds(qint64(std::ceil(std::max(0.0, 1 - m_tokens) / rate * 1000)));
}

void Pace::spend(Milliseconds now, qsizetype bytes)
{
    if (!m_engaged)
        return;
    refill(now);
    m_tokens -= std::clamp(double(bytes) / 1024, 1.0, 10.0);
}

} // namespace Twilio
