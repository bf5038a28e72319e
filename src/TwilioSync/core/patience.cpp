#include "TwilioSync/core/patience.h"

#include "TwilioSync/core/randomsource.h"

#include <algorithm>

namespace Twilio {
namespace {

constexpr double jitter = 0.2;
constexpr Patience::Milliseconds firstFloor { 250 };

Patience::Milliseconds doubled(Patience::Milliseconds base, int times, Patience::Milliseconds cap)
{
    for (int i = 0; i < times && base < cap && base.count() > 0; ++i)
        base *= 2;
    return std::min(base, cap);
}

} // namespace

Patience::Patience(const Rule &rule, quint32 seed)
    : m_rule(rule)
    , m_random(seed != 0 ? std::make_shared<QRandomGenerator>(seed) : nullptr)
{ }

Patience::Milliseconds Patience::next()
{
    const int attempts = m_attempts++;
    const Milliseconds cap = std::max(m_rule.cap, m_minimum);
    Milliseconds ours { 0 };
    if (!m_rule.isFirstAtOnce)
        ours = doubled(m_rule.first, attempts, cap);
    else if (attempts
             > 0) // somebody else's minimum is the first wait, where our own sequence starts with none
        ours = doubled(m_rule.first, attempts - 1, cap);
    const Milliseconds wait = std::max(ours, doubled(m_minimum, attempts, cap));
    const double factor = 1.0 - jitter + 2.0 * jitter * random();
    return std::max(m_minimum, Milliseconds(qRound64(double(wait.count()) * factor)));
}

Patience::Milliseconds Patience::next(Milliseconds min, Milliseconds max)
{
    Milliseconds wait = std::clamp(min, Milliseconds(0), longestNamed);
    if (max > wait) {
        const auto span = double((std::min(max, longestNamed) - wait).count());
        wait += Milliseconds(qint64(random() * span));
    }
    return std::max(wait, floor(m_attempts++));
}

void Patience::setMinimum(Milliseconds min) { m_minimum = std::max(m_minimum, std::min(min, longestNamed)); }

double Patience::random() { return (m_random ? m_random.get() : &randomSource())->generateDouble(); }

void Patience::progressed()
{
    m_attempts = 0;
    m_minimum = Milliseconds(0);
}

// None before the first: who names no wait once means it.
Patience::Milliseconds Patience::floor(int attempts) const
{
    if (attempts == 0)
        return Milliseconds(0);
    return doubled(std::min(m_rule.first, firstFloor), attempts - 1, m_rule.cap);
}

} // namespace Twilio
