#include "server/net/hub.h"

#include "server/dialects/v3/events.h"
#include "server/net/connection.h"
#include "server/net/session.h"
#include "server/webhooks/webhooktarget.h"
#include "TwilioSync/core/logging.h"

#include <array>

namespace Twilio::Server {

Hub::Hub(SyncData &data, const ServerOptions &options) : m_data(data), m_options(options)
{
    m_clock.start();
    m_services.setJudgeOfUrls(
            [this](const QString &url) { return refusalOfWebhooksTo(url, m_options.webhookHosts); });
    connect(&m_data, &SyncData::changed, this, &Hub::onChanged);
    connect(&m_data, &SyncData::restricted, this, &Hub::onRestricted);
    connect(&m_data, &SyncData::commitFailed, this, [this](const SyncError &error) {
        qCInfo(lcServer) << "cannot store:" << error.message(); // whoever owns the server tells it
        Q_EMIT commitFailed(error);
    });
}

Hub::~Hub() = default;

void Hub::subscribe(Session *session, const ObjectRef &object, EventForm form)
{
    if (session->subscriptions().add(object, form))
        m_subscribers[object.sid].append(session);
}

bool Hub::unsubscribe(Session *session, const QByteArray &objectSid)
{
    if (!session->subscriptions().take(objectSid))
        return m_queries.leave(session, objectSid);
    QList<Session *> &sessions = m_subscribers[objectSid];
    sessions.removeOne(session);
    if (sessions.isEmpty())
        m_subscribers.remove(objectSid);
    return true;
}

void Hub::welcome(Session *session)
{
    if (m_clients.contains(session))
        return; // it has shown another token of the same identity
    const Caller client = session->caller();
    m_clients.insert(session, client);
    Q_EMIT endpointConnected(client);
}

void Hub::drop(Session *session)
{
    if (m_clients.contains(session))
        Q_EMIT endpointDisconnected(m_clients.take(session));
    const auto sids = session->subscriptions().all().keys();
    for (const QByteArray &sid : sids)
        unsubscribe(session, sid);
    m_queries.drop(session);
}

const QList<Session *> &Hub::subscribers(const QByteArray &objectSid) const
{
    static const QList<Session *> none;
    const auto it = m_subscribers.constFind(objectSid);
    return it == m_subscribers.cend() ? none : *it;
}

RestReply Hub::handle(const RestRequest &request, const Caller &caller)
{
    holdEvents();
    return m_calls.handle(request, caller);
}

void Hub::releaseEvents(EventWriter *writer)
{
    m_inCall = false;
    for (const Change &change : std::exchange(m_pending, {}))
        deliver(change, writer);
}

void Hub::onChanged(const Change &change)
{
    if (m_inCall)
        m_pending.append(change);
    else
        deliver(change, nullptr);
}

// As the service does it: nobody is told (protocol.md 9.2).
void Hub::onRestricted(const QList<QByteArray> &objectSids)
{
    for (const QByteArray &sid : objectSids) {
        const QList<Session *> readers = subscribers(sid); // a copy: some drop out
        for (Session *session : readers) {
            if (!m_operations.mayRead(session->caller(), sid))
                unsubscribe(session, sid);
        }
    }
    m_queries.restrict(objectSids);
}

void Hub::deliver(const Change &change, EventWriter *writer)
{
    ++m_counters.events;
    const QList<Session *> readers = subscribers(change.object.sid); // a copy: a slow reader may drop out
    if (!m_hooks->takeChange(change)) {
        if (!readers.isEmpty())
            tellReaders(change, readers, writer);
        m_queries.deliver(change, writer);
    }
    if (change.removesObject())
        for (Session *session : readers)
            unsubscribe(session, change.object.sid);
}

void Hub::tellReaders(const Change &change, const QList<Session *> &readers, EventWriter *writer)
{
    if (writer)
        writer->countDeliveries(readers.size());
    const V3::Event event = V3::eventOf(change);
    // One text for all readers of a form.
    std::array<QByteArray, eventFormCount> frames;
    for (Session *session : readers) {
        const EventForm form = session->subscriptions().formOf(change.object.sid);
        QByteArray &frame = frames[std::size_t(form)];
        if (frame.isEmpty())
            frame = liveEventFrame(change.object.kind, event, form);
        sendEvent(session, frame, writer);
    }
}

void Hub::sendEvent(Session *session, const QByteArray &frame, EventWriter *writer)
{
    if (!m_hooks->takeEvent(*session, frame))
        session->sendEvent(frame);
    if (writer && session->connection().isBehind())
        writer->waitFor(session->connection());
}

} // namespace Twilio::Server
