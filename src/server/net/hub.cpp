#include "server/net/hub.h"

#include "server/net/connection.h"
#include "server/net/session.h"
#include "TwilioSync/core/logging.h"

namespace Twilio::Server {

Hub::Hub(SyncData &data, const ServerOptions &options) : m_data(data), m_options(options)
{
    m_clock.start();
    connect(&m_data, &SyncData::changed, this, &Hub::onChanged);
    connect(&m_data, &SyncData::expiredOutsideCall, this, &Hub::scheduleCommit);
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
    return m_data.handle(request, caller);
}

void Hub::releaseEvents()
{
    m_inCall = false;
    for (const auto &[object, event] : std::exchange(m_pending, {}))
        deliver(object, event);
}

void Hub::onChanged(const QString &, const ObjectRef &object, const Event &event)
{
    scheduleCommit();
    if (m_inCall)
        m_pending.append({ object, event });
    else
        deliver(object, event);
}

void Hub::deliver(const ObjectRef &object, const Event &event)
{
    ++m_counters.events;
    const QList<Session *> readers = subscribers(object.sid); // a copy: a slow reader may drop out
    if (readers.isEmpty() && !m_collected)
        return;
    const QByteArray frame = liveEventFrame(object.kind, event);
    if (m_collected)
        m_collected->append(frame);
    else
        for (Session *session : readers)
            deliverDisturbed(session, frame);
    if (event.removesObject)
        for (Session *session : readers)
            unsubscribe(session, object.sid);
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
    scheduleCommit();
}

void Hub::forget(Connection *connection) { m_dirty.removeAll(connection); }

void Hub::scheduleCommit()
{
    if (m_commitScheduled || m_failed)
        return;
    m_commitScheduled = true;
    QMetaObject::invokeMethod(this, &Hub::commitNow, Qt::QueuedConnection);
}

void Hub::commitNow()
{
    m_commitScheduled = false;
    const auto result = m_data.commit();
    if (const auto *error = errorOf(result)) {
        m_failed = true;
        qCInfo(lcServer) << "cannot store:" << error->message(); // whoever owns the server tells it
        Q_EMIT commitFailed(*error);
        return;
    }
    for (Connection *connection : std::exchange(m_dirty, {}))
        connection->release();
}

} // namespace Twilio::Server
