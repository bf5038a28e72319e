#pragma once

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

/*!
    \brief The main thread's event loop without a clock: timers fire when the test says that their time has
   come.

    Timers of one moment fire in the order they were started, so a run repeats itself exactly. Knows no
   sockets. To be made before the QCoreApplication: see VirtualTimeApplication.
*/
class VirtualTime final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    //! Milliseconds since the start.
    [[nodiscard]] qint64 now() const { return m_now; }
    //! When the next timer fires; none if there is none.
    [[nodiscard]] std::optional<qint64> nextTimer() const
    {
        return m_due.empty() ? std::nullopt : std::optional(std::get<0>(*m_due.begin()));
    }

    //! Handles everything that is due now, and what comes of it.
    void settle()
    {
        do {
            m_woken = false;
            QCoreApplication::sendPostedEvents();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        } while (fireOne() || m_woken);
    }
    //! Lets \a milliseconds pass, each timer firing in its time.
    void advance(qint64 milliseconds)
    {
        const qint64 end = m_now + milliseconds;
        settle();
        for (auto next = nextTimer(); next && *next <= end; next = nextTimer()) {
            m_now = std::max(m_now, *next);
            settle();
        }
        m_now = std::max(m_now, end); // more has passed in a nested loop
    }

    // QAbstractEventDispatcher
    bool processEvents(QEventLoop::ProcessEventsFlags) override
    {
        settle();
        return true;
    }
    void registerTimer(int timerId, qint64 interval, Qt::TimerType type, QObject *object) override
    {
        m_timers[timerId] = { interval, type, object, m_now + interval, ++m_lastStart };
        m_due.insert({ m_now + interval, m_lastStart, timerId });
    }
    bool unregisterTimer(int timerId) override
    {
        const auto found = m_timers.find(timerId);
        if (found == m_timers.end())
            return false;
        m_due.erase({ found->second.due, found->second.start, timerId });
        m_timers.erase(found);
        return true;
    }
    bool unregisterTimers(QObject *object) override
    {
        const auto timers = registeredTimers(object);
        for (const TimerInfo &timer : timers)
            unregisterTimer(timer.timerId);
        return !timers.isEmpty();
    }
    QList<TimerInfo> registeredTimers(QObject *object) const override
    {
        QList<TimerInfo> timers;
        for (const auto &[id, timer] : m_timers) {
            if (timer.object == object)
                timers.append(TimerInfo(id, int(timer.interval), timer.type));
        }
        return timers;
    }
    int remainingTime(int timerId) override
    {
        const auto found = m_timers.find(timerId);
        return found == m_timers.end() ? -1 : int(std::max<qint64>(0, found->second.due - m_now));
    }
    void wakeUp() override { m_woken = true; }
    void interrupt() override { }
    void registerSocketNotifier(QSocketNotifier *) override { qFatal("VirtualTime: no sockets here"); }
    void unregisterSocketNotifier(QSocketNotifier *) override { }

private:
    struct Timer
    {
        qint64 interval = 0;
        Qt::TimerType type = Qt::CoarseTimer;
        QObject *object = nullptr;
        qint64 due = 0;
        quint64 start = 0;
    };

    //! The first timer that is due; false if none is.
    bool fireOne()
    {
        if (m_due.empty() || std::get<0>(*m_due.begin()) > m_now)
            return false;
        const int id = std::get<2>(*m_due.begin());
        m_due.erase(m_due.begin());
        Timer &timer = m_timers.at(id);
        timer.due = m_now + timer.interval; // it repeats unless its object stops it
        timer.start = ++m_lastStart;
        m_due.insert({ timer.due, timer.start, id });
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer.object, &event);
        return true;
    }

    std::map<int, Timer> m_timers;
    //! By time, then by the order they were started in.
    std::set<std::tuple<qint64, quint64, int>> m_due;
    quint64 m_lastStart = 0;
    qint64 m_now = 0;
    bool m_woken = false;
};

//! An application that runs in virtual time.
class VirtualTimeApplication
{
public:
    VirtualTimeApplication(int &argc, char **argv) : m_time(installed()), m_application(argc, argv) { }

    [[nodiscard]] VirtualTime &time() const { return *m_time; }

private:
    static VirtualTime *installed()
    {
        auto *time = new VirtualTime; // the application deletes it
        QCoreApplication::setEventDispatcher(time);
        return time;
    }

    VirtualTime *const m_time;
    QCoreApplication m_application;
};
