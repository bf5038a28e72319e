#include "server/testing/faults.h"

#include <algorithm>

namespace Twilio::Server {
namespace {

// Spends the first fault of \a faults that \a strikes, once.
template <typename Fault, typename Predicate>
std::optional<Fault> take(QList<Fault> &faults, Predicate strikes)
{
    const auto it = std::find_if(faults.begin(), faults.end(), strikes);
    if (it == faults.end())
        return std::nullopt;
    Fault fault = *it;
    if (--it->count <= 0)
        faults.erase(it);
    return fault;
}

} // namespace

bool FaultTarget::covers(const HookedCall &call) const
{
    return (method.isEmpty() || method == call.method) && (path.isEmpty() || call.path.contains(path))
            && (identity.isEmpty() || identity == call.identity);
}

std::optional<AnswerInstead> Faults::takeAnswer(Hooks::Stage stage, const HookedCall &call)
{
    const auto fault = take(m_answers, [&](const AnswerFault &candidate) {
        return candidate.stage == stage && candidate.count > 0 && candidate.target.covers(call);
    });
    return fault ? std::optional(fault->answer) : std::nullopt;
}

std::optional<DropFault> Faults::takeDrop(const HookedCall &call)
{
    return take(m_drops,
                [&](const DropFault &fault) { return fault.count > 0 && fault.target.covers(call); });
}

bool Faults::takeDuplicate()
{
    if (m_duplicate <= 0)
        return false;
    --m_duplicate;
    return true;
}

std::optional<std::chrono::milliseconds> Faults::takeReorder()
{
    if (m_reorder.count <= 0)
        return std::nullopt;
    --m_reorder.count;
    return m_reorder.window;
}

std::optional<qsizetype> Faults::takeInterrupt(qsizetype available)
{
    if (m_interrupt.count <= 0 || available <= m_interrupt.after)
        return std::nullopt;
    --m_interrupt.count;
    return m_interrupt.after;
}

std::chrono::milliseconds Faults::delayOf(FrameKind kind, const QString &identity) const
{
    if (!m_delay.identity.isEmpty() && m_delay.identity != identity)
        return std::chrono::milliseconds(0);
    return !m_delay.kind || m_delay.kind == kind ? m_delay.delay : std::chrono::milliseconds(0);
}

} // namespace Twilio::Server
