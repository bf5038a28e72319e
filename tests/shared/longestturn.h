#pragma once

#include "bench/support/measure.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <chrono>

/*!
    \brief The longest turn that the event loop of this thread has taken since it was made: what input and
   animations would have waited for.

    Counts what this thread's processor has worked: what else runs on the machine makes no turn longer.
*/
class LongestTurn : public QObject
{
    Q_OBJECT

public:
    using Milliseconds = std::chrono::milliseconds;

    LongestTurn()
    {
        connect(&m_timer, &QTimer::timeout, this, &LongestTurn::mark);
        m_timer.start(0);
    }

    //! The one under way included.
    [[nodiscard]] Milliseconds value()
    {
        mark();
        return std::chrono::duration_cast<Milliseconds>(m_longest);
    }

private:
    void mark()
    {
        const auto now = Bench::threadTime();
        m_longest = std::max(m_longest, now - m_last);
        m_last = now;
    }

    QTimer m_timer;
    std::chrono::nanoseconds m_last = Bench::threadTime();
    std::chrono::nanoseconds m_longest {};
};
