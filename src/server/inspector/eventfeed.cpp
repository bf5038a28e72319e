#include "server/inspector/eventfeed.h"

#include "server/data/kinds.h"
#include "server/dialects/shared/jsonwriter.h"

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;

namespace Twilio::Server {
namespace {

// Of an event, besides its data.
constexpr qsizetype overhead = 512;

qsizetype sizeOf(const Change &change) { return change.record.data.size() + overhead; }

QByteArray typeOf(EventType type)
{
    switch (type) {
    case EventType::ItemAdded:
        return "item added";
    case EventType::ItemUpdated:
        return "item updated";
    case EventType::ItemRemoved:
        return "item removed";
    case EventType::ContextUpdated:
        return "context updated";
    case EventType::DocumentUpdated:
        return "updated";
    case EventType::ObjectCreated:
        return "created";
    case EventType::ObjectRemoved:
        return "removed";
    case EventType::MessagePublished:
        return "message";
    }
    Q_UNREACHABLE();
}

bool isOfItem(EventType type)
{
    return type == EventType::ItemAdded || type == EventType::ItemUpdated || type == EventType::ItemRemoved;
}

QByteArray jsonOf(const Change &change, qint64 number)
{
    const EventRecord &record = change.record;
    JsonWriter json;
    json.number("number", number)
            .time("time", record.time)
            .text("service", change.service)
            .text("kind", wordsOf(change.object.kind).name)
            .text("sid", change.object.sid);
    if (change.uniqueName)
        json.text("name", *change.uniqueName);
    json.text("type", typeOf(record.type));
    if (record.id >= 0)
        json.number("id", record.id);
    if (isOfItem(record.type))
        writeItemId(json, "item", "item", change.object.kind, record.item);
    json.text("by", change.by.identity).boolean("rest", change.by.viaRest);
    if (!record.data.isEmpty())
        json.raw("data", record.data);
    return json.take();
}

} // namespace

EventFeed::EventFeed(SyncData &data, std::chrono::milliseconds idleTime) : m_data(data), m_idleTime(idleTime)
{
    m_clock.start();
    for (QTimer *timer : { &m_answerTimer, &m_deadlineTimer, &m_idleTimer })
        timer->setSingleShot(true);
    connect(&m_answerTimer, &QTimer::timeout, this, &EventFeed::answerWaiting);
    connect(&m_deadlineTimer, &QTimer::timeout, this, &EventFeed::answerWaiting);
    connect(&m_idleTimer, &QTimer::timeout, this, &EventFeed::stopWatching);
}

void EventFeed::ask(std::optional<qint64> from, std::chrono::milliseconds wait, const HttpAnswer &answer)
{
    watch();
    // A number that has not been given yet is of an earlier run.
    const qint64 first = from && *from <= m_next ? *from : m_next;
    if (!from || *from > m_next || first < m_next || wait <= 0ms) {
        answer(response(first));
        return;
    }
    m_waiting.push_back({ first, now() + std::min(wait, longestWait).count(), answer });
    if (m_waiting.size() > maxWaiting) {
        const Asking oldest = std::move(m_waiting.front());
        m_waiting.pop_front();
        oldest.answer(response(oldest.from));
    }
    if (!m_deadlineTimer.isActive())
        m_deadlineTimer.start(std::min(wait, longestWait));
}

void EventFeed::watch()
{
    m_idleTimer.start(m_idleTime);
    if (!m_watching)
        m_watching = connect(&m_data, &SyncData::changed, this, &EventFeed::onChanged);
}

void EventFeed::stopWatching()
{
    if (!m_waiting.empty()) {
        m_idleTimer.start(m_idleTime);
        return;
    }
    disconnect(m_watching);
    m_watching = {};
    m_kept.clear();
    m_keptBytes = 0;
    ++m_next; // whoever comes back has missed something
}

void EventFeed::onChanged(const Change &change)
{
    m_kept.push_back(change);
    m_keptBytes += sizeOf(change);
    ++m_next;
    while (m_kept.size() > maxKept || m_keptBytes > maxKeptBytes) {
        m_keptBytes -= sizeOf(m_kept.front());
        m_kept.pop_front();
    }
    // What one turn changes goes in one answer.
    if (!m_waiting.empty() && !m_answerTimer.isActive())
        m_answerTimer.start(0ms);
}

void EventFeed::answerWaiting()
{
    std::deque<Asking> ready;
    const qint64 time = now();
    qint64 nextDeadline = -1;
    for (Asking &asking : std::exchange(m_waiting, {})) {
        if (asking.from < m_next || asking.deadline <= time) {
            ready.push_back(std::move(asking));
        } else {
            nextDeadline = nextDeadline < 0 ? asking.deadline : std::min(nextDeadline, asking.deadline);
            m_waiting.push_back(std::move(asking));
        }
    }
    m_deadlineTimer.stop();
    if (nextDeadline >= 0)
        m_deadlineTimer.start(std::chrono::milliseconds(nextDeadline - time));
    for (const Asking &asking : ready)
        asking.answer(response(asking.from));
}

HttpResponse EventFeed::response(qint64 from) const
{
    const qint64 oldest = m_next - qint64(m_kept.size());
    const qint64 first = std::max(from, oldest);
    QByteArray events = "[";
    qint64 number = first;
    for (; number < m_next && number - first < qint64(maxAnswered) && events.size() < maxAnsweredBytes;
         ++number) {
        if (events.size() > 1)
            events += ',';
        events += jsonOf(m_kept[std::size_t(number - oldest)], number);
    }
    events += ']';
    return {
        200, JsonWriter().raw("events", events).number("next", number).number("missed", first - from).take()
    };
}

} // namespace Twilio::Server
