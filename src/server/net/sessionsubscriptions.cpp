// The subscription side of Session: protocol.md, section 9.
#include "server/data/kinds.h"
#include "server/net/connection.h"
#include "server/net/hub.h"
#include "server/net/session.h"
#include "server/operations/errors.h"

#include "TwilioSync/protocol/json.h"

namespace Twilio::Server {
namespace {

// A replayed frame holds at most so many events and about so many bytes.
constexpr qsizetype eventsPerFrame = 50;
constexpr qsizetype bytesPerFrame = 64 * 1024;
// Of an event beside its data, about.
constexpr qsizetype eventOverhead = 400;
// A replay must not make its reader a slow one.
qsizetype replayShare(const ServerOptions &options)
{
    return qMin(options.replayBytes, options.outputShare());
}

QByteArray outcome(const SubscriptionEntry &entry)
{
    QByteArray json = "{\"object_sid\":" + Protocol::quoteJson(QByteArrayView(entry.objectSid));
    if (!entry.objectType.isEmpty())
        json += ",\"object_type\":" + Protocol::quoteJson(QByteArrayView(entry.objectType));
    return json;
}

QByteArray join(const QByteArray &list, const QByteArray &element)
{
    return list.isEmpty() ? element : list + ',' + element;
}

// Cuts the replay before \a limit events, or before it is larger than \a maxBytes; never the first event.
void cut(Replay &replay, qsizetype limit, qsizetype maxBytes, std::optional<qint64> cursor)
{
    qsizetype count = 0;
    qsizetype bytes = 0;
    for (; count < qMin(limit, replay.changes.size()); ++count) {
        bytes += eventOverhead + replay.changes[count].record.data.size();
        if (count > 0 && bytes > maxBytes)
            break;
    }
    if (count == replay.changes.size())
        return;
    replay.changes.resize(count);
    replay.interrupted = true;
    replay.lastEventId = count > 0 ? replay.changes.last().record.id : cursor;
}

} // namespace

bool Session::addSubscription(const ObjectRef &object)
{
    if (m_subscriptions.contains(object.sid))
        return false;
    m_subscriptions.insert(object.sid, object.kind);
    return true;
}

bool Session::takeSubscription(const QByteArray &objectSid) { return m_subscriptions.remove(objectSid) > 0; }

RestReply Session::subscribe(const RestRequest &request, std::optional<SubscriptionCall> &call)
{
    auto parsed = parseSubscriptionCall(request, m_hub.options());
    if (auto *error = std::get_if<RestReply>(&parsed))
        return std::move(*error);
    call = std::get<SubscriptionCall>(std::move(parsed));
    return subscriptionReply(m_hub.options());
}

void Session::begin(const SubscriptionCall &call)
{
    switch (call.action) {
    case SubscriptionCall::Action::Establish:
        m_establishing.enqueue({ call.correlationId, { call.entries } });
        continueReplays();
        return;
    case SubscriptionCall::Action::Cancel:
        cancel(call);
        return;
    }
}

void Session::cancel(const SubscriptionCall &call)
{
    QByteArray canceled;
    for (const SubscriptionEntry &entry : call.entries) {
        m_hub.unsubscribe(this, entry.objectSid);
        for (Establishing &establishing : m_establishing)
            establishing.entries.removeIf([&](const auto &e) { return e.objectSid == entry.objectSid; });
        canceled = join(canceled, outcome(entry) + '}');
    }
    sendOutcome("subscription_canceled", canceled, call.correlationId);
}

void Session::continueReplays()
{
    while (!m_establishing.isEmpty() && !m_over) {
        auto &[correlationId, entries] = m_establishing.head();
        QByteArray established;
        QByteArray failed;
        while (!entries.isEmpty() && m_connection->buffered() < replayShare(m_hub.options()))
            establish(entries.dequeue(), correlationId, established, failed);
        sendOutcome("subscription_established", established, correlationId);
        sendOutcome("subscription_failed", failed, correlationId);
        if (!entries.isEmpty()) {
            m_connection->notifyWhenDrained();
            return;
        }
        m_establishing.dequeue();
    }
}

void Session::establish(const SubscriptionEntry &entry, const QByteArray &correlationId,
                        QByteArray &established, QByteArray &failed)
{
    const ServerOptions &options = m_hub.options();
    const ObjectRef object { entry.objectSid, entry.kind.value_or(ObjectKind::Document) };
    SyncResult<Replay> found = Errors::notFound(object.kind);
    if (entry.kind)
        found = m_hub.operations().replay(caller(), object, entry.cursor, options.replayLimit);
    if (const SyncError *failure = errorOf(found)) {
        failed = join(failed,
                      outcome(entry) + ",\"error\":{\"status\":" + QByteArray::number(failure->status())
                              + ",\"code\":" + QByteArray::number(failure->code())
                              + ",\"message\":" + Protocol::quoteJson(failure->message()) + "}}");
        return;
    }
    auto &replay = std::get<Replay>(found);
    m_hub.subscribe(this, object);
    const auto interrupt = m_hub.faults().takeInterrupt(replay.changes.size());
    cut(replay, interrupt.value_or(replay.changes.size()), replayShare(options), entry.cursor);
    sendReplay(V3::eventsOf(replay.changes), correlationId);
    QByteArray done = outcome(entry) + ",\"replay_status\":\""
            + (replay.interrupted ? QByteArray("interrupted") : QByteArray("completed")) + '"';
    if (replay.lastEventId)
        done += ",\"last_event_id\":" + QByteArray::number(*replay.lastEventId);
    established = join(established, done + '}');
}

// Consecutive events of one type share a frame.
void Session::sendReplay(const QList<V3::Event> &events, const QByteArray &correlationId)
{
    for (qsizetype begin = 0; begin < events.size();) {
        qsizetype end = begin;
        qsizetype bytes = 0;
        while (end < events.size() && events[end].type == events[begin].type && end - begin < eventsPerFrame
               && bytes < bytesPerFrame)
            bytes += events[end++].json.size();
        m_connection->send(FrameKind::Event, replayFrame(events.sliced(begin, end - begin), correlationId));
        begin = end;
    }
}

void Session::sendOutcome(QByteArrayView type, const QByteArray &outcomes, const QByteArray &correlationId)
{
    if (!outcomes.isEmpty())
        m_connection->send(FrameKind::Event, outcomeFrame(type, outcomes, correlationId));
}

bool Session::revoke(const QByteArray &objectSid)
{
    const auto kind = m_subscriptions.constFind(objectSid);
    if (kind == m_subscriptions.cend())
        return false;
    const SubscriptionEntry entry { objectSid, wordsOf(*kind).name.toByteArray(), *kind, {} };
    m_hub.unsubscribe(this, objectSid);
    sendOutcome("subscription_canceled", outcome(entry) + '}', {});
    return true;
}

void Session::sendEvent(const QByteArray &frame, int times)
{
    for (int i = 0; i < times; ++i)
        m_connection->send(FrameKind::Event, frame);
    if (m_heldEvent.isEmpty())
        return;
    m_holdTimer.stop();
    const QByteArray earlier = std::exchange(m_heldEvent, {});
    sendEvent(earlier, m_heldTimes);
}

void Session::holdEvent(const QByteArray &frame, int times, std::chrono::milliseconds window)
{
    m_heldEvent = frame;
    m_heldTimes = times;
    m_holdTimer.start(window);
}

} // namespace Twilio::Server
