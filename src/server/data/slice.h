#pragma once

#include <QtCore/qelapsedtimer.h>

#include <chrono>

namespace Twilio::Server {

//! How much of long work may be done before others have their turn.
class Slice
{
public:
    Slice(std::chrono::milliseconds time, qsizetype steps) : m_time(time.count()), m_steps(steps)
    {
        m_timer.start();
    }

    //! False once the time is over or the steps are taken. Asked before each step.
    [[nodiscard]] bool allowsStep()
    {
        constexpr qsizetype stepsBetweenLooks = 16;
        if (m_steps-- <= 0)
            return false;
        return m_steps % stepsBetweenLooks != 0 || !m_timer.hasExpired(m_time);
    }

private:
    QElapsedTimer m_timer;
    const qint64 m_time;
    qsizetype m_steps;
};

} // namespace Twilio::Server
