#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <chrono>
#include <ctime>

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
    static std::chrono::nanoseconds worked()
    {
        timespec time {};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }
    void mark()
    {
        const auto now = worked();
        m_longest = std::max(m_longest, now - m_last);
        m_last = now;
    }

    QTimer m_timer;
    std::chrono::nanoseconds m_last = worked();
    std::chrono::nanoseconds m_longest {};
};
