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

void RequestQueue::setTimeouts(std::chrono::milliseconds queue, std::chrono::milliseconds reply)
{
    m_queueTimeout = queue;
    m_replyTimeout = reply;
}

void RequestQueue::setPaused(bool paused)
{
    if (paused == m_paused.isValid())
        return;
    if (paused) {
        m_paused.start();
    } else {
        for (auto &[number, entry] : m_queued)
            entry.deadline += std::min(m_paused.elapsed(), entry.age.elapsed());
        m_paused.invalidate();
    }
    rearm();
}

void RequestQueue::replyProgressed() { m_replyProgress.start(); }

std::chrono::nanoseconds RequestQueue::timeLeft(const Entries &entries) const
{
    if (entries.empty() || (&entries == &m_queued && m_paused.isValid()))
        return std::chrono::nanoseconds::max();
    const auto left = entries.begin()->second.deadline.remainingTimeAsDuration();
    if (&entries == &m_queued || !m_replyProgress.isValid())
        return left;
    return std::max<std::chrono::nanoseconds>(
            left, m_replyTimeout - std::chrono::milliseconds(m_replyProgress.elapsed()));
}

void RequestQueue::add(quint64 number, RestRequest request, Done done)
{
    const QString text =
            u"request '%1' to '%2' timed out"_s.arg(QString::fromUtf8(request.method), request.url.host());
    m_queued.emplace(number,
                     Entry { std::move(request), std::move(done), QDeadlineTimer(m_queueTimeout), text, {} })
            .first->second.age.start();
    rearm();
}

std::optional<RequestQueue::Sendable> RequestQueue::takeSendable()
{
    if (m_queued.empty())
        return std::nullopt;
    auto node = m_queued.extract(m_queued.begin());
    Entry &entry = node.mapped();
    Sendable sendable { node.key(), std::move(entry.request) };
    entry.request = {};
    entry.deadline = QDeadlineTimer(m_replyTimeout);
    entry.age.start();
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
        roundTrips.add(Latencies::Microseconds(sent->second.age.nsecsElapsed() / 1'000));
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
        while (timeLeft(*entries) == std::chrono::nanoseconds(0)) {
            Entry &entry = entries->begin()->second;
            const SyncError error(entry.timeoutText);
            ended.push_back(
                    { std::move(entry.done), entries == &m_inFlight ? error.withUnknownOutcome() : error });
            entries->erase(entries->begin());
        }
    }
    rearm();
    if (!ended.empty())
        Q_EMIT timedOut(ended);
}

// Left running while it fires no later than needed: restarting it for every request would cost more.
void RequestQueue::rearm()
{
    const auto nearest = std::min(timeLeft(m_inFlight), timeLeft(m_queued));
    if (nearest == std::chrono::nanoseconds::max()) {
        m_timer.stop();
        return;
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(nearest);
    if (!m_timer.isActive() || m_timer.remainingTimeAsDuration() > wait)
        m_timer.start(wait);
}

} // namespace Twilio
