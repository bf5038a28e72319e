#include "TwilioSync/transport/backoff.h"

#include <algorithm>

namespace Twilio {
namespace {

constexpr double jitter = 0.2;

Backoff::Milliseconds doubled(Backoff::Milliseconds base, int times, Backoff::Milliseconds cap)
{
    for (int i = 0; i < times && base < cap && base.count() > 0; ++i)
        base *= 2;
    return std::min(base, cap);
}

} // namespace

Backoff::Backoff(Milliseconds initial, Milliseconds cap, quint32 seed)
    : m_initial(initial)
    , m_cap(cap)
    , m_random(seed != 0 ? QRandomGenerator(seed) : QRandomGenerator::securelySeeded())
{ }

Backoff::Milliseconds Backoff::next()
{
    const int failures = m_failures++;
    const Milliseconds cap = std::max(m_cap, m_minimum);
    // The server's minimum is the first wait, where our own sequence starts with none.
    const Milliseconds ours = failures == 0 ? Milliseconds(0) : doubled(m_initial, failures - 1, cap);
    const Milliseconds wait = std::max(ours, doubled(m_minimum, failures, cap));
    const double factor = 1.0 - jitter + 2.0 * jitter * m_random.generateDouble();
    return std::max(m_minimum, Milliseconds(qRound64(double(wait.count()) * factor)));
}

Backoff::Milliseconds Backoff::next(Milliseconds min, Milliseconds max)
{
    ++m_failures;
    return between(min, max);
}

void Backoff::setMinimum(Milliseconds min) { m_minimum = std::max(m_minimum, min); }

void Backoff::reset()
{
    m_failures = 0;
    m_minimum = Milliseconds(0);
}

Backoff::Milliseconds Backoff::between(Milliseconds min, Milliseconds max)
{
    if (max <= min)
        return min;
    const auto span = double((max - min).count());
    return min + Milliseconds(qint64(m_random.generateDouble() * span));
}

} // namespace Twilio
