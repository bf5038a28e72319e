#pragma once

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>

#include <algorithm>

/*!
    \brief Runs the event loop until \a condition holds; false if it does not within \a timeout milliseconds.

    Wakes with each event, where QTest::qWaitFor() sleeps ten milliseconds after each round of them.
*/
template <typename Condition>
bool eventually(Condition condition, int timeout = 5'000)
{
    // What comes about without an event, in a file or another process, is looked for as well.
    constexpr int longestSleep = 10;
    const QDeadlineTimer deadline(timeout);
    QTimer wake;
    wake.setTimerType(Qt::PreciseTimer);
    wake.start(std::clamp(timeout, 1, longestSleep));
    while (!condition()) {
        if (deadline.hasExpired())
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    return true;
}
