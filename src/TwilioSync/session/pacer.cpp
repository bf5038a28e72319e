#include "TwilioSync/session/pacer.h"

#include <QtCore/qtimer.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace Twilio {

void Pacer::throttled()
{
    engage();
    m_state->tokens = std::min(m_state->tokens, 0.0);
}

void Pacer::engage()
{
    if (std::exchange(m_engaged, true))
        return;
    m_state->since.start();
}

void Pacer::refill(State &state)
{
    state.tokens = std::min(burst, state.tokens + rate * double(state.since.nsecsElapsed()) / 1e9);
    state.since.start();
}

void Pacer::charge(qsizetype bytes)
{
    if (m_engaged)
        m_state->tokens -= std::clamp(double(bytes) / 1024, 1.0, 10.0) - 1;
}

void Pacer::acquire(QObject *context, std::function<void()> go)
{
    if (!m_engaged || !m_enabled) {
        go();
        return;
    }
    refill(*m_state);
    if (m_state->waiting.empty() && m_state->tokens >= 1) {
        --m_state->tokens;
        go();
        return;
    }
    m_state->waiting.push_back(std::move(go));
    arm(m_state, context);
}

void Pacer::releaseAll()
{
    const auto waiting = std::exchange(m_state->waiting, {});
    for (const auto &go : waiting)
        go();
}

void Pacer::arm(const std::shared_ptr<State> &state, QObject *context)
{
    if (state->waiting.empty() || std::exchange(state->timerRuns, true))
        return;
    const auto wait =
            std::chrono::milliseconds(qint64(std::ceil(std::max(0.0, 1 - state->tokens) / rate * 1000)));
    QTimer::singleShot(wait, context, [state, context] {
        state->timerRuns = false;
        refill(*state);
        while (!state->waiting.empty() && state->tokens >= 1) {
            --state->tokens;
            const auto go = std::move(state->waiting.front());
            state->waiting.pop_front();
            go();
        }
        arm(state, context);
    });
}

} // namespace Twilio
