#include "server/net/ratelimiter.h"

#include "server/http/httpmessage.h"

#include <algorithm>
#include <cmath>

namespace Twilio::Server {
namespace {

constexpr double objectRate = 20;
constexpr double streamRate = 30;
constexpr double burstSeconds = 10;
constexpr double bytesAToken = 1024;
constexpr double mostTokens = 10;
// Full buckets say nothing; from this many on they are thrown away.
constexpr qsizetype manyBuckets = 10'000;

// Kind and id in a path of either form (protocol.md 7.2); empty for paths that name no object.
std::pair<QByteArray, QByteArray> objectOf(const QByteArray &path)
{
    QList<QByteArray> segments = pathSegments(path);
    if (segments.size() > 2 && segments[2] == "Services")
        segments.remove(2, std::min<qsizetype>(2, segments.size() - 2));
    if (segments.size() < 4 || (segments[1] != "v3" && segments[1] != "v1"))
        return {};
    return { segments[2], segments[3] };
}

} // namespace

void TokenBucket::refill(qint64 nowMs)
{
    m_tokens = std::min(m_capacity, m_tokens + double(nowMs - m_filledAt) / 1000 * m_perSecond);
    m_filledAt = nowMs;
}

bool TokenBucket::isFull(qint64 nowMs)
{
    refill(nowMs);
    return m_tokens >= m_capacity;
}

std::optional<std::chrono::milliseconds> TokenBucket::take(double cost, qint64 nowMs)
{
    refill(nowMs);
    if (m_tokens >= cost) {
        m_tokens -= cost;
        return std::nullopt;
    }
    return std::chrono::milliseconds(qint64(std::ceil((cost - m_tokens) / m_perSecond * 1000)));
}

std::optional<std::chrono::milliseconds> RateLimiter::take(const QString &serviceSid, const QString &identity,
                                                           const RestRequest &request, qint64 nowMs)
{
    const auto [kind, id] = objectOf(request.path);
    if (id.isEmpty())
        return std::nullopt;
    const bool isQuery = kind == "Insights";
    const bool reads = request.method == "GET" || isQuery;
    QByteArray key = serviceSid.toUtf8() + '/' + kind + '/' + id + (reads ? '?' : '!');
    if (isQuery)
        key += identity.toUtf8();
    auto bucket = m_buckets.find(key);
    if (bucket == m_buckets.end()) {
        if (m_buckets.size() >= manyBuckets)
            forgetFull(nowMs);
        const double rate = kind == "Streams" && !reads ? streamRate : objectRate;
        bucket = m_buckets.insert(key, TokenBucket(rate, rate * burstSeconds));
    }
    const bool writes = !isQuery && (request.method == "POST" || request.method == "PUT");
    const double cost = writes ? std::clamp(double(request.body.size()) / bytesAToken, 1.0, mostTokens) : 1.0;
    return bucket->take(cost, nowMs);
}

void RateLimiter::forgetFull(qint64 nowMs)
{
    m_buckets.removeIf([nowMs](QHash<QByteArray, TokenBucket>::iterator it) { return it->isFull(nowMs); });
}

} // namespace Twilio::Server
