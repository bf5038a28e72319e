#include "TwilioSync/api/metricswatch_p.h"

#include "TwilioSync/session/clientsession.h"

#include <utility>

namespace Twilio {

MetricsWatch::MetricsWatch(ClientSession *session, std::function<bool()> isWatched, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_isWatched(std::move(isWatched))
{
    m_timer.setInterval(std::chrono::seconds(1));
    connect(&m_timer, &QTimer::timeout, this, &MetricsWatch::takeAgain);
}

void MetricsWatch::start()
{
    if (m_timer.isActive())
        return;
    m_told = taken();
    m_timer.start();
}

SyncMetrics MetricsWatch::current() const { return m_timer.isActive() && m_isWatched() ? m_told : taken(); }

void MetricsWatch::takeAgain()
{
    if (!m_isWatched()) {
        m_timer.stop();
        return;
    }
    const SyncMetrics now = taken();
    if (now == m_told)
        return;
    m_told = now;
    Q_EMIT changed();
}

SyncMetrics MetricsWatch::taken() const
{
    using Milliseconds = std::chrono::duration<double, std::milli>;
    const ChannelCounters counters = m_session->channel().counters();
    const auto within = [&](double share) {
        return Milliseconds(counters.roundTrips.percentile(share)).count();
    };
    SyncMetrics metrics;
    metrics.eventsReceived = double(m_session->eventsReceived());
    metrics.bytesReceived = double(counters.bytesReceived);
    metrics.bytesSent = double(counters.bytesSent);
    metrics.reconnects = qMax(counters.sessions - 1, 0);
    metrics.retries = double(m_session->retries());
    metrics.throttledTime = double(counters.throttled.count());
    metrics.roundTripMedian = within(0.5);
    metrics.roundTrip95 = within(0.95);
    metrics.roundTrip99 = within(0.99);
    metrics.queuedRequests = m_session->queuedRequests();
    metrics.requestsInFlight = m_session->channel().requestsInFlight();
    metrics.pendingWrites = m_session->pendingWrites();
    metrics.objects = m_session->objects();
    metrics.storeMemory = double(m_session->storeMemory());
    return metrics;
}

} // namespace Twilio
