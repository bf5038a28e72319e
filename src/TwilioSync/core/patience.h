#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qrandom.h>

#include <chrono>
#include <memory>

namespace Twilio {

/*!
    \brief How long to wait before asking again: the one rule of all that asks again.

    Without progress the waits double, ±20 %, up to a cap. Somebody else may name a wait; it is taken up to a
    limit, and from the second one without progress on never below a floor that grows as well, so that nobody
    makes us ask at line speed.
*/
class TWILIOSYNC_PRIVATE_EXPORT Patience
{
public:
    using Milliseconds = std::chrono::milliseconds;

    struct Rule
    {
        Milliseconds first { 1'000 };
        Milliseconds cap { 120'000 };
        //! The first attempt comes without a wait, then \c first and so on.
        bool isFirstAtOnce = false;
        //! Attempts without progress until isExhausted(); 0 = for ever.
        int tries = 0;
    };

    //! Longest wait that somebody else may name.
    static constexpr Milliseconds longestNamed { 15 * 60 * 1'000 };

    //! \a seed 0 = another sequence each time.
    explicit Patience(const Rule &rule, quint32 seed = 0);

    //! One more attempt brought nothing: how long to wait before the next.
    [[nodiscard]] Milliseconds next();
    //! As next(), where somebody else names the wait: anything from \a min up to, but not, \a max; \a min
    //! itself if there is nothing between them.
    [[nodiscard]] Milliseconds next(Milliseconds min, Milliseconds max);
    //! No wait shorter than \a min until the next progress; it becomes the first wait too. Ignored if a
    //! longer one is in force.
    void setMinimum(Milliseconds min);
    //! Attempts without progress so far.
    [[nodiscard]] int attempts() const { return m_attempts; }
    //! Time for an error.
    [[nodiscard]] bool isExhausted() const { return m_rule.tries > 0 && m_attempts >= m_rule.tries; }
    //! Something was gained: attempts and minimum are forgotten.
    void progressed();

private:
    [[nodiscard]] Milliseconds floor(int attempts) const;
    //! 0 to 1, without 1.
    [[nodiscard]] double random();

    Rule m_rule;
    Milliseconds m_minimum { 0 };
    int m_attempts = 0;
    //! Of the seed; null = the system's, which need not be made for each that asks.
    std::shared_ptr<QRandomGenerator> m_random;
};

} // namespace Twilio
