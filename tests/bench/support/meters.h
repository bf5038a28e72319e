#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <vector>

namespace Bench {

//! Milliseconds between one mark and the next.
class Intervals
{
public:
    using Clock = std::chrono::steady_clock;

    void start();
    void mark();
    [[nodiscard]] std::size_t count() const { return m_gaps.size(); }
    //! \a share from 0 (shortest) to 1 (longest).
    [[nodiscard]] double quantile(double share) const;
    //! "p50 1.0  p99 2.0  max 3.0 ms".
    [[nodiscard]] QByteArray text() const;

private:
    Clock::time_point m_last;
    std::vector<double> m_gaps;
};

/*!
    \brief How long the event loop of this thread keeps a timer of one millisecond waiting: what else it does
   meanwhile holds up input and animations just as long.
*/
class HoldMeter : public QObject
{
    Q_OBJECT

public:
    HoldMeter();
    void start();
    void stop();
    [[nodiscard]] const Intervals &gaps() const { return m_gaps; }

private:
    QTimer m_timer;
    Intervals m_gaps;
};

} // namespace Bench
