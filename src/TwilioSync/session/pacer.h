#pragma once

#include <QtCore/qbytearrayview.h>
#include <QtCore/qelapsedtimer.h>

#include <deque>
#include <functional>
#include <memory>

QT_FORWARD_DECLARE_CLASS(QObject)

namespace Twilio {

/*!
    \brief Keeps the writes of one object to the documented rates (protocol.md, section 12).

    20 a second after a burst of 200; a write of more than 1 KiB counts as several, up to ten from 10 KiB on.
   Lets everything pass until it is engaged: from the start on the real service, elsewhere by the first 429.
*/
class Pacer
{
    Q_DISABLE_COPY_MOVE(Pacer)

public:
    static constexpr double rate = 20; //!< writes a second
    static constexpr double burst = 10 * rate;

    Pacer() = default;

    //! The service said 429: nothing is left of the burst.
    void throttled();
    //! The real service: paced from the start, with the whole burst.
    void engage();
    void setEnabled(bool enabled) { m_enabled = enabled; }

    //! Calls \a go when the next write may be sent, in the order of the calls; at once if it may be now.
    //! Waits on the event loop of \a context, and no longer than that lives.
    void acquire(QObject *context, std::function<void()> go);
    //! Lets go of everything at once: there is nothing to wait for any more.
    void releaseAll();
    //! What was just let go weighs \a bytes.
    void charge(qsizetype bytes);

private:
    struct State
    {
        double tokens = burst;
        QElapsedTimer since;
        std::deque<std::function<void()>> waiting;
        bool timerRuns = false;
    };
    static void refill(State &state);
    static void arm(const std::shared_ptr<State> &state, QObject *context);

    const std::shared_ptr<State> m_state = std::make_shared<State>();
    bool m_engaged = false;
    bool m_enabled = true;
};

} // namespace Twilio
