#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace Twilio {

/*!
    \brief How long the latest thousand of something took.
*/
class Latencies
{
public:
    using Microseconds = std::chrono::microseconds;

    void add(Microseconds duration);
    [[nodiscard]] bool isEmpty() const { return m_count == 0; }
    //! What \a share of them, 0 to 1, took at most; zero if there are none.
    [[nodiscard]] Microseconds percentile(double share) const;

private:
    std::array<Microseconds, 1'000> m_latest;
    std::size_t m_count = 0; // of those that are there
    std::size_t m_next = 0;
};

} // namespace Twilio
