#pragma once

#include "server/data/types.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>

#include <chrono>
#include <optional>

namespace Twilio::Server {

/*!
    \brief So many tokens a second, so many at once.
*/
class TokenBucket
{
public:
    //! Full at first. \a capacity is what may be taken at once.
    TokenBucket(double perSecond, double capacity)
        : m_perSecond(perSecond)
        , m_capacity(capacity)
        , m_tokens(capacity)
    { }

    //! Takes \a cost tokens at \a nowMs of a monotonic clock; the wait until they are there if they are not.
    [[nodiscard]] std::optional<std::chrono::milliseconds> take(double cost, qint64 nowMs);
    [[nodiscard]] bool isFull(qint64 nowMs);

private:
    void refill(qint64 nowMs);

    double m_perSecond;
    double m_capacity;
    double m_tokens;
    qint64 m_filledAt = 0;
};

/*!
    \brief The rate limits of objects: protocol.md, section 12.

    Reads and writes of an object 20/s each, stream messages 30/s, all with 10 s at once; a write of more than
    1 KiB counts for as many as it has KiB, at most 10. An object is what a path names: its sid and its unique
    name have buckets of their own. Queries 20/s for each index and identity.
*/
class RateLimiter
{
public:
    //! How long \a request of \a identity in \a serviceSid has to wait; none if it may go ahead.
    [[nodiscard]] std::optional<std::chrono::milliseconds>
    take(const QString &serviceSid, const QString &identity, const RestRequest &request, qint64 nowMs);

private:
    void forgetFull(qint64 nowMs);

    QHash<QByteArray, TokenBucket> m_buckets;
};

} // namespace Twilio::Server
