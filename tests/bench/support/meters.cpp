#include "bench/support/meters.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace Bench {

void Intervals::start()
{
    m_gaps.clear();
    m_last = Clock::now();
}

void Intervals::mark()
{
    const auto now = Clock::now();
    m_gaps.push_back(std::chrono::duration<double, std::milli>(now - m_last).count());
    m_last = now;
}

double Intervals::quantile(double share) const
{
    if (m_gaps.empty())
        return 0;
    std::vector<double> sorted = m_gaps;
    std::sort(sorted.begin(), sorted.end());
    return sorted[std::min(sorted.size() - 1, std::size_t(share * double(sorted.size())))];
}

QByteArray Intervals::text() const
{
    const auto number = [this](double share) {
        return QByteArray::number(quantile(share), 'f', 1).rightJustified(7);
    };
    return "p50" + number(0.5) + "  p99" + number(0.99) + "  max" + number(1) + " ms";
}

HoldMeter::HoldMeter()
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(1ms);
    connect(&m_timer, &QTimer::timeout, this, [this] { m_gaps.mark(); });
}

void HoldMeter::start()
{
    m_gaps.start();
    m_timer.start();
}

void HoldMeter::stop()
{
    m_gaps.mark();
    m_timer.stop();
}

} // namespace Bench
