#include "TwilioSync/transport/requestqueue.h"

#include <algorithm>

namespace Twilio {

using namespace Qt::StringLiterals;

RequestQueue::RequestQueue(QObject *parent) : QObject(parent)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RequestQueue::expire);
}

RequestQueue::~RequestQueue() = default;

void RequestQueue::setTimeouts(Milliseconds queue, Milliseconds reply)
{
    m_queueTimeout = queue;
    m_replyTimeout = reply;
}

void RequestQueue::setPaused(bool paused)
{
    if (paused == m_pausedSince.has_value())
        return;
    if (paused) {
        m_pausedSince = m_clock();
    } else {
        for (auto &[number, entry] : m_queued)
            entry.deadline += m_clock() - std::max(*m_pausedSince, entry.added);
        m_pausedSince.reset();
    }
    rearm();
}

void RequestQueue::replyProgressed() { m_lastProgress = m_clock(); }

RequestQueue::Milliseconds RequestQueue::timeLeft(const Entries &entries) const
{
    if (entries.empty() || (&entries == &m_queued && m_pausedSince))
        return Milliseconds::max();
    Milliseconds deadline = entries.begin()->second.deadline;
    if (&entries == &m_inFlight && m_lastProgress)
        deadline = std::max(deadline, *m_lastProgress + m_replyTimeout);
    return std::max(Milliseconds(0), deadline - m_clock());
}

void RequestQueue::add(quint64 number, RestRequest request, Done done)
{
    const Milliseconds now = m_clock();
    m_queued.emplace(number, Entry { std::move(request), std::move(done), now + m_queueTimeout, now });
    rearm();
}

std::optional<RequestQueue::Sendable> RequestQueue::takeSendable()
{
    if (m_queued.empty())
        return std::nullopt;
    auto node = m_queued.extract(m_queued.begin());
    Entry &entry = node.mapped();
    Sendable sendable { node.key(), std::move(entry.request) };
    entry.request.method = sendable.request.method;
    entry.request.url = sendable.request.url;
    entry.deadline = m_clock() + m_replyTimeout;
    entry.sent.start();
    m_inFlight.insert(std::move(node));
    rearm();
    return sendable;
}

std::optional<RequestQueue::Done> RequestQueue::take(quint64 number)
{
    for (Entries *entries : { &m_inFlight, &m_queued }) {
        if (auto node = entries->extract(number)) {
            rearm();
            return std::move(node.mapped().done);
        }
    }
    return std::nullopt;
}

std::optional<RequestQueue::Done> RequestQueue::takeAnswered(quint64 number, Latencies &roundTrips)
{
    const auto sent = m_inFlight.find(number);
    if (sent != m_inFlight.end())
        roundTrips.add(Latencies::Microseconds(sent->second.sent.nsecsElapsed() / 1'000));
    return take(number);
}

std::vector<RequestQueue::Done> RequestQueue::takeInFlight()
{
    std::vector<Done> callbacks;
    takeInto(callbacks, m_inFlight);
    rearm();
    return callbacks;
}

std::vector<RequestQueue::Done> RequestQueue::takeAll()
{
    std::vector<Done> callbacks = takeInFlight();
    takeInto(callbacks, m_queued);
    rearm();
    return callbacks;
}

void RequestQueue::takeInto(std::vector<Done> &callbacks, Entries &entries)
{
    for (auto &[number, entry] : entries)
        callbacks.push_back(std::move(entry.done));
    entries.clear();
}

void RequestQueue::expire()
{
    std::vector<Ended> ended;
    for (Entries *entries : { &m_inFlight, &m_queued }) {
        while (timeLeft(*entries) == Milliseconds(0)) {
            Entry &entry = entries->begin()->second;
            const SyncError error(u"request '%1' to '%2' timed out"_s.arg(
                    QString::fromUtf8(entry.request.method), QString::fromUtf8(entry.request.url.host())));
            ended.push_back(
                    { std::move(entry.done), entries == &m_inFlight ? error.withUnknownOutcome() : error });
            entries->erase(entries->begin());
        }
    }
    rearm();
    if (!ended.empty())
        Q_EMIT timedOut(ended);
}

// Left running while it fires no later than needed, even if for nothing: restarting it for every request
// would cost more.
void RequestQueue::rearm()
{
    const Milliseconds wait = std::min(timeLeft(m_inFlight), timeLeft(m_queued));
    if (wait != Milliseconds::max() && (!m_timer.isActive() || m_timer.remainingTimeAsDuration() > wait))
        m_timer.start(wait);
}

} // namespace Twilio
