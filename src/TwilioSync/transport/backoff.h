#pragma once

#include <QtCore/qrandom.h>

#include <chrono>

namespace Twilio {

/*!
    \brief How long to wait before the next attempt (protocol.md 5.6).

    None before the first, then \c initial, doubling up to \c cap, ±20 %.
*/
class Backoff
{
public:
    using Milliseconds = std::chrono::milliseconds;

    //! \a seed 0 = another sequence each time.
    Backoff(Milliseconds initial, Milliseconds cap, quint32 seed = 0);

    //! Counts one more failure and says how long to wait.
    [[nodiscard]] Milliseconds next();
    //! As next(), for a server that named the wait: anything from \a min up to, but not, \a max; \a min
    //! itself if there is nothing between them.
    [[nodiscard]] Milliseconds next(Milliseconds min, Milliseconds max);
    //! The server wants no wait shorter than \a min, which becomes the first wait too. Ignored if a longer
    //! one is in force.
    void setMinimum(Milliseconds min);
    //! Failures and minimum are forgotten.
    void reset();

    //! Uniform in [\a min, \a max); \a min if that is empty.
    [[nodiscard]] Milliseconds between(Milliseconds min, Milliseconds max);

private:
    Milliseconds m_initial;
    Milliseconds m_cap;
    Milliseconds m_minimum { 0 };
    int m_failures = 0;
    QRandomGenerator m_random;
};

} // namespace Twilio
