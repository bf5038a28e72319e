#pragma once

#include "server/data/eventrecord.h"

namespace Twilio::Server {

//! How long something is to live from a write on: for some seconds, or until a time.
class Lifetime
{
public:
    //! 0 = for ever. A ttl as it is.
    Lifetime(qint64 seconds) : m_seconds(seconds) { }
    //! Milliseconds since 1970 UTC.
    [[nodiscard]] static Lifetime until(qint64 time)
    {
        Lifetime lifetime(0);
        lifetime.m_until = time;
        return lifetime;
    }

    //! When what is written at \a now expires.
    [[nodiscard]] qint64 endFrom(qint64 now) const
    {
        constexpr qint64 millisecondsASecond = 1000;
        return m_seconds == 0 ? m_until : now + m_seconds * millisecondsASecond;
    }

private:
    qint64 m_seconds;
    qint64 m_until = never;
};

} // namespace Twilio::Server
