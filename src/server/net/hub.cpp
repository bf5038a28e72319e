#include "server/net/hub.h"

#include "server/dialects/v3/events.h"
#include "server/net/connection.h"
#include "server/net/session.h"
#include "TwilioSync/core/logging.h"

namespace Twilio::Server {

Hub::Hub(SyncData &data, const ServerOptions &options) : m_data(data), m_options(options)
{
    m_clock.start();
    connect(&m_data, &SyncData::changed, this, &Hub::onChanged);
    connect(&m_data, &SyncData::committed, this, &Hub::release);
    connect(&m_data, &SyncData::commitFailed, this, [this](const SyncError &error) {
        qCInfo(lcServer) << "cannot store:" << error.message(); // whoever owns the server tells it
        Q_EMIT commitFailed(error);
    });
}

Hub::~Hub() = default;

void Hub::subscribe(Session *session, const ObjectRef &object)
{
    if (session->addSubscription(object))
        m_subscribers[object.sid].append(session);
}

bool Hub::unsubscribe(Session *session, const QByteArray &objectSid)
{
    if (!session->takeSubscription(objectSid))
        return false;
    QList<Session *> &sessions = m_subscribers[objectSid];
    sessions.removeOne(session);
    if (sessions.isEmpty())
        m_subscribers.remove(objectSid);
    return true;
}

void Hub::drop(Session *session)
{
    const auto sids = session->subscriptions().keys();
    for (const QByteArray &sid : sids)
        unsubscribe(session, sid);
}

const QList<Session *> &Hub::subscribers(const QByteArray &objectSid) const
{
    static const QList<Session *> none;
    const auto it = m_subscribers.constFind(objectSid);
    return it == m_subscribers.cend() ? none : *it;
}

RestReply Hub::handle(const RestRequest &request, const Caller &caller)
{
    m_inCall = true;
    return m_calls.handle(request, caller);
}

void Hub::releaseEvents(Session *writer)
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

void Hub::deliver(const Change &change, Session *writer)
{
    ++m_counters.events;
    const QByteArray &sid = change.object.sid;
    const QList<Session *> readers = subscribers(sid); // a copy: a slow reader may drop out
    if (readers.isEmpty() && !m_collected)
        return;
    const QByteArray frame = liveEventFrame(change.object.kind, V3::eventOf(change));
    if (m_collected) {
        m_collected->append(frame);
    } else {
        for (Session *session : readers) {
            deliverDisturbed(session, frame);
            if (writer && session->connection().isBehind())
                writer->waitFor(session->connection());
        }
    }
    if (change.removesObject())
        for (Session *session : readers)
            unsubscribe(session, sid);
}

void Hub::deliverDisturbed(Session *session, const QByteArray &frame)
{
    const int times = m_faults.takeDuplicate() ? 2 : 1;
    if (const auto window = session->holdsEvent() ? std::nullopt : m_faults.takeReorder())
        session->holdEvent(frame, times, *window);
    else
        session->sendEvent(frame, times);
}

void Hub::commitLater(Connection *connection)
{
    m_dirty.append(connection);
    if (std::exchange(m_releaseScheduled, true))
        return;
    QMetaObject::invokeMethod(
            this,
            [this] {
                m_releaseScheduled = false;
                release();
            },
            Qt::QueuedConnection);
}

void Hub::forget(Connection *connection) { m_dirty.removeAll(connection); }

void Hub::release()
{
    if (!m_data.isDurable(m_data.ticket())) {
        m_data.commit(); // comes back here
        return;
    }
    for (Connection *connection : std::exchange(m_dirty, {}))
        connection->release();
}

} // namespace Twilio::Server
