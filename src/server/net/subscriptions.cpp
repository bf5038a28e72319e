#include "server/net/subscriptions.h"

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

// The members that every outcome has, its brace still open.
QByteArray outcome(const SubscriptionEntry &entry)
{
    QByteArray json = "{\"object_sid\":" + Protocol::quoteJson(QByteArrayView(entry.objectSid));
    if (!entry.objectType.isEmpty())
        json += ",\"object_type\":" + Protocol::quoteJson(QByteArrayView(entry.objectType));
    return json;
}

QByteArray failure(const SubscriptionEntry &entry, const SyncError &error)
{
    return outcome(entry) + ",\"error\":{\"status\":" + QByteArray::number(error.status())
            + ",\"code\":" + QByteArray::number(error.code())
            + ",\"message\":" + Protocol::quoteJson(error.message()) + "}}";
}

SyncError withoutSid()
{
    const SyncError error = Errors::malformedBody();
    return SyncError(error.message() + QStringLiteral(": object_sid is a string"), error.status(),
                     error.code());
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

Subscriptions::Subscriptions(Hub &hub, Session &session) : m_hub(hub), m_session(session) { }

EventForm Subscriptions::formOf(const QByteArray &objectSid) const { return m_all.value(objectSid).form; }

bool Subscriptions::add(const ObjectRef &object, EventForm form)
{
    const bool isNew = !m_all.contains(object.sid);
    m_all.insert(object.sid, { object.kind, form });
    return isNew;
}

bool Subscriptions::take(const QByteArray &objectSid) { return m_all.remove(objectSid) > 0; }

void Subscriptions::forgetQueued(const QByteArray &objectSid)
{
    for (Establishing &establishing : m_establishing)
        establishing.entries.removeIf([&](const auto &entry) { return entry.objectSid == objectSid; });
}

void Subscriptions::apply(const SubscriptionCall &call)
{
    if (call.action == SubscriptionCall::Action::Cancel) {
        cancel(call);
        return;
    }
    // A client that asks again waits for the outcome of its last request, and for one replay.
    for (const SubscriptionEntry &entry : call.entries) {
        if (!entry.objectSid.isEmpty())
            forgetQueued(entry.objectSid);
    }
    m_establishing.enqueue({ call.correlationId, call.form, { call.entries } });
    goOn();
}

void Subscriptions::cancel(const SubscriptionCall &call)
{
    QList<QByteArray> canceled;
    QList<QByteArray> failed;
    for (const SubscriptionEntry &entry : call.entries) {
        if (entry.objectSid.isEmpty()) {
            failed.append(failure(entry, withoutSid()));
            continue;
        }
        m_hub.unsubscribe(&m_session, entry.objectSid);
        forgetQueued(entry.objectSid);
        canceled.append(outcome(entry) + '}');
    }
    sendOutcomes("subscription_canceled", canceled, call.correlationId, call.form);
    sendOutcomes("subscription_failed", failed, call.correlationId, call.form);
}

void Subscriptions::goOn()
{
    while (!m_establishing.isEmpty() && !m_session.isOver()) {
        Establishing &call = m_establishing.head();
        Outcomes outcomes;
        while (!call.entries.isEmpty() && m_session.connection().buffered() < replayShare(m_hub.options()))
            establish(call.entries.dequeue(), call, outcomes);
        sendOutcomes("subscription_established", outcomes.established, call.correlationId, call.form);
        sendOutcomes("subscription_failed", outcomes.failed, call.correlationId, call.form);
        if (!call.entries.isEmpty()) {
            m_session.connection().notifyWhenDrained();
            return;
        }
        m_establishing.dequeue();
    }
}

void Subscriptions::establish(const SubscriptionEntry &entry, const Establishing &call, Outcomes &outcomes)
{
    if (entry.isQuery && !entry.objectSid.isEmpty()) {
        establishQuery(entry, call, outcomes);
        return;
    }
    const ServerOptions &options = m_hub.options();
    const ObjectRef object { entry.objectSid, entry.kind.value_or(ObjectKind::Document) };
    SyncResult<Replay> found = Errors::notFound(object.kind);
    if (entry.objectSid.isEmpty())
        found = withoutSid();
    else if (entry.kind)
        found = m_hub.operations().replay(m_session.caller(), object, entry.cursor, options.replayLimit);
    if (const SyncError *error = errorOf(found)) {
        outcomes.failed.append(failure(entry, *error));
        return;
    }
    auto &replay = std::get<Replay>(found);
    const auto interrupt = m_hub.hooks().takeInterrupt(replay.changes.size());
    cut(replay, interrupt.value_or(replay.changes.size()), replayShare(options), entry.cursor);
    if (replay.interrupted)
        m_hub.unsubscribe(&m_session, object.sid);
    else
        m_hub.subscribe(&m_session, object, call.form);
    sendReplay(V3::eventsOf(replay.changes), call);
    QByteArray done = outcome(entry) + ",\"replay_status\":\""
            + (replay.interrupted ? QByteArray("interrupted") : QByteArray("completed")) + '"';
    if (replay.lastEventId)
        done += ",\"last_event_id\":" + QByteArray::number(*replay.lastEventId);
    outcomes.established.append(done + '}');
}

void Subscriptions::establishQuery(const SubscriptionEntry &entry, const Establishing &call,
                                   Outcomes &outcomes)
{
    const auto found = m_hub.queries().follow(&m_session, entry, call.form);
    if (const SyncError *error = errorOf(found)) {
        outcomes.failed.append(failure(entry, *error));
        return;
    }
    const auto &established = std::get<LiveQueries::Established>(found);
    for (const QByteArray &event : established.events)
        m_session.connection().send(FrameKind::Event,
                                    queryFrame("live_query_updated", event, call.correlationId, call.form));
    outcomes.established.append(outcome(entry) + ",\"replay_status\":\"completed\",\"last_event_id\":"
                                + QByteArray::number(established.lastEventId) + '}');
}

// Consecutive events of one type share a frame, if the client knows such frames.
void Subscriptions::sendReplay(const QList<V3::Event> &events, const Establishing &call)
{
    const qsizetype most = call.form == EventForm::List ? eventsPerFrame : 1;
    for (qsizetype begin = 0; begin < events.size();) {
        qsizetype end = begin;
        qsizetype bytes = 0;
        while (end < events.size() && events[end].type == events[begin].type && end - begin < most
               && bytes < bytesPerFrame)
            bytes += events[end++].json.size();
        m_session.connection().send(
                FrameKind::Event,
                replayFrame(events.sliced(begin, end - begin), call.correlationId, call.form));
        begin = end;
    }
}

void Subscriptions::sendOutcomes(QByteArrayView type, const QList<QByteArray> &outcomes,
                                 const QByteArray &correlationId, EventForm form)
{
    const auto send = [&](const QByteArray &some) {
        m_session.connection().send(FrameKind::Event, outcomeFrame(type, some, correlationId, form));
    };
    if (form == EventForm::List && !outcomes.isEmpty()) {
        send(outcomes.join(','));
        return;
    }
    for (const QByteArray &each : outcomes)
        send(each);
}

qsizetype Subscriptions::revoke(const QByteArray &sid)
{
    const auto tell = [this](const QByteArray &id, const QByteArray &type, EventForm form) {
        sendOutcomes("subscription_canceled", { outcome({ id, type, {}, {} }) + '}' }, {}, form);
    };
    const auto queries = m_hub.queries().revoke(&m_session, sid);
    for (const auto &[id, form] : queries)
        tell(id, "live_query", form);
    const auto it = m_all.constFind(sid);
    if (it == m_all.cend())
        return queries.size();
    const auto [kind, form] = *it;
    m_hub.unsubscribe(&m_session, sid);
    tell(sid, wordsOf(kind).name.toByteArray(), form);
    return queries.size() + 1;
}

} // namespace Twilio::Server
