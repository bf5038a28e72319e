#include "TwilioSync/store/coverage.h"

#include <algorithm>
#include <iterator>

namespace Twilio {

void Coverage::add(const Cut &from, const Cut &to)
{
    if (from >= to)
        return;
    Cut first = from;
    Cut last = to;
    auto next = m_ranges.upper_bound(from);
    if (next != m_ranges.begin() && std::prev(next)->second >= from)
        --next;
    while (next != m_ranges.end() && next->first <= last) {
        first = std::min(first, next->first);
        last = std::max(last, next->second);
        next = m_ranges.erase(next);
    }
    m_ranges.emplace(first, last);
}

void Coverage::remove(const Cut &from, const Cut &to)
{
    if (from >= to)
        return;
    auto next = m_ranges.upper_bound(from);
    if (next != m_ranges.begin() && std::prev(next)->second > from)
        --next;
    while (next != m_ranges.end() && next->first < to) {
        const auto [first, last] = *next;
        next = m_ranges.erase(next);
        if (first < from)
            m_ranges.emplace(first, from);
        if (last > to)
            m_ranges.emplace(to, last);
    }
}

Cut Coverage::upTo(const Cut &from) const
{
    const auto next = m_ranges.upper_bound(from);
    return next == m_ranges.begin() ? from : std::max(from, std::prev(next)->second);
}

Cut Coverage::downTo(const Cut &from) const
{
    const auto next = m_ranges.lower_bound(from);
    if (next == m_ranges.begin())
        return from;
    const auto &[first, last] = *std::prev(next);
    return last >= from ? first : from;
}

} // namespace Twilio
