#include "TwilioSync/core/latencies.h"

#include <algorithm>
#include <cmath>

namespace Twilio {

void Latencies::add(Microseconds duration)
{
    m_latest.at(m_next) = duration;
    m_next = (m_next + 1) % m_latest.size();
    m_count = std::max(m_count, m_next == 0 ? m_latest.size() : m_next);
}

Latencies::Microseconds Latencies::percentile(double share) const
{
    if (m_count == 0)
        return Microseconds(0);
    auto sorted = m_latest;
    const auto rank = std::ptrdiff_t(std::ceil(std::clamp(share, 0.0, 1.0) * double(m_count)));
    const auto wanted = sorted.begin() + std::max<std::ptrdiff_t>(rank - 1, 0);
    std::nth_element(sorted.begin(), wanted, sorted.begin() + std::ptrdiff_t(m_count));
    return *wanted;
}

} // namespace Twilio
