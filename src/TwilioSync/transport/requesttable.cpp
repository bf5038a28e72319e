#include "TwilioSync/transport/requesttable.h"

#include <algorithm>

namespace Twilio {

using namespace Qt::StringLiterals;

RequestTable::RequestTable(QObject *parent) : QObject(parent)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RequestTable::expire);
}

RequestTable::~RequestTable() = default;

void RequestTable::setTimeouts(std::chrono::milliseconds queue, std::chrono::milliseconds reply)
{
    m_queueTimeout = queue;
    m_replyTimeout = reply;
}

void RequestTable::add(quint64 number, RestRequest request, Done done)
{
    const QString text =
            u"request '%1' to '%2' timed out"_s.arg(QString::fromUtf8(request.method), request.url.host());
    m_queued.emplace(number,
                     Entry { std::move(request), std::move(done), QDeadlineTimer(m_queueTimeout), text });
    rearm();
}

std::optional<RequestTable::Sendable> RequestTable::takeSendable()
{
    if (m_queued.empty())
        return std::nullopt;
    auto node = m_queued.extract(m_queued.begin());
    Entry &entry = node.mapped();
    Sendable sendable { node.key(), std::move(entry.request) };
    entry.request = {};
    entry.deadline = QDeadlineTimer(m_replyTimeout);
    m_inFlight.insert(std::move(node));
    rearm();
    return sendable;
}

std::optional<RequestTable::Done> RequestTable::take(quint64 number)
{
    for (Entries *entries : { &m_inFlight, &m_queued }) {
        if (auto node = entries->extract(number)) {
            rearm();
            return std::move(node.mapped().done);
        }
    }
    return std::nullopt;
}

std::vector<RequestTable::Done> RequestTable::takeInFlight()
{
    std::vector<Done> callbacks;
    takeInto(callbacks, m_inFlight);
    rearm();
    return callbacks;
}

std::vector<RequestTable::Done> RequestTable::takeAll()
{
    std::vector<Done> callbacks = takeInFlight();
    takeInto(callbacks, m_queued);
    rearm();
    return callbacks;
}

void RequestTable::takeInto(std::vector<Done> &callbacks, Entries &entries)
{
    for (auto &[number, entry] : entries)
        callbacks.push_back(std::move(entry.done));
    entries.clear();
}

void RequestTable::expire()
{
    std::vector<Ended> ended;
    for (Entries *entries : { &m_inFlight, &m_queued }) {
        while (!entries->empty() && entries->begin()->second.deadline.hasExpired()) {
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
void RequestTable::rearm()
{
    if (m_inFlight.empty() && m_queued.empty()) {
        m_timer.stop();
        return;
    }
    auto nearest = std::chrono::nanoseconds::max();
    for (const Entries *entries : { &m_inFlight, &m_queued }) {
        if (!entries->empty())
            nearest = std::min(nearest, entries->begin()->second.deadline.remainingTimeAsDuration());
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(nearest);
    if (!m_timer.isActive() || m_timer.remainingTimeAsDuration() > wait)
        m_timer.start(wait);
}

} // namespace Twilio
