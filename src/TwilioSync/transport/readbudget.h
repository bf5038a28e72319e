#pragma once

#include <QtCore/qglobal.h>

#include <chrono>

namespace Twilio {

/*!
    \brief How much of a socket to take in one turn of the event loop, so that the loop is never held for
   long.

    Follows what the last turns took. A socket that buffers no more than bytes() stops reading when it is
   full, and the peer waits.
*/
class ReadBudget
{
public:
    using Nanoseconds = std::chrono::nanoseconds;

    //! What a turn may take: a quarter of a frame at 60 Hz, the rest is the application's.
    static constexpr Nanoseconds target = std::chrono::milliseconds(4);
    static constexpr qint64 least = 4 * 1024;
    static constexpr qint64 most = 1024 * 1024;
    static constexpr qint64 atFirst = 32 * 1024;

    //! More than zero.
    [[nodiscard]] qint64 bytes() const { return m_bytes; }
    /*!
        \brief A turn has ended: \a taken bytes were worked on within \a time, \a left are waiting.

        What is left is the beginning of a message; one that does not fit the budget gets as much as it needs.
    */
    void turnEnded(qint64 taken, Nanoseconds time, qint64 left);

private:
    qint64 m_bytes = atFirst;
};

} // namespace Twilio
