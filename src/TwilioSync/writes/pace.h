#pragma once

#include <QtCore/qglobal.h>

#include <chrono>

namespace Twilio {

/*!
    \brief The documented rates for the writes of one object (protocol.md, section 12), as a token bucket.

    20 a second after a burst of 200; a write of more than 1 KiB counts as several, up to ten from 10 KiB on.
   Lets everything pass until it is engaged: from the start on the real service, elsewhere by the first 429.
   Knows no clock: \c now is any steady time.
*/
class Pace
{
public:
    using Milliseconds = std::chrono::milliseconds;

    static constexpr double rate = 20; //!< writes a second
    static constexpr double burst = 10 * rate;

    //! From now on the rates hold, with the whole burst.
    void engage(Milliseconds now);
    //! The service said 429: nothing is left of the burst.
    void throttled(Milliseconds now);

    //! How long the next write has to wait; 0 = not at all.
    [[nodiscard]] Milliseconds wait(Milliseconds now);
    //! A write of \a bytes goes out.
    void spend(Milliseconds now, qsizetype bytes);

private:
    void refill(Milliseconds now);

    double m_tokens = burst;
    Milliseconds m_filled { 0 };
    bool m_engaged = false;
};

} // namespace Twilio
