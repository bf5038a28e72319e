#pragma once

#include "server/dialects/v3/calls.h"
#include "server/net/commitgate.h"
#include "server/net/hooks.h"
#include "server/net/livequeries.h"
#include "server/net/ratelimiter.h"
#include "server/net/serveroptions.h"
#include "server/operations/permissions.h"
#include "server/operations/services.h"
#include "server/serverglobal.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qset.h>

#include <optional>

namespace Twilio::Server {

class EventWriter;
class Session;

//! What \c stats tells.
struct Counters
{
    qint64 framesIn = 0;
    qint64 framesOut = 0;
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;
    qint64 inits = 0;
    qint64 requests = 0;
    qint64 events = 0;
    qint64 rejected = 0;
    qint64 connectionsTotal = 0;
    QHash<int, qint64> byStatus = {};

    void countSent(qsizetype bytes)
    {
        ++framesOut;
        bytesOut += bytes;
    }
};

/*!
    \brief Who is subscribed to what, and the way of every event to its readers.

    A change that somebody reads becomes one frame whose bytes all subscribers share. Protocol: protocol.md, 8
    and 9.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Hub : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Hub)

public:
    //! Both outlive the hub.
    Hub(SyncData &data, const ServerOptions &options);
    ~Hub() override;

    [[nodiscard]] SyncData &data() { return m_data; }
    [[nodiscard]] CommitGate &gate() { return m_gate; }
    [[nodiscard]] Operations &operations() { return m_operations; }
    [[nodiscard]] Insights &insights() { return m_insights; }
    [[nodiscard]] LiveQueries &queries() { return m_queries; }
    [[nodiscard]] Services &services() { return m_services; }
    [[nodiscard]] Permissions &permissions() { return m_permissions; }
    [[nodiscard]] const ServerOptions &options() const { return m_options; }
    [[nodiscard]] Hooks &hooks() { return *m_hooks; }
    //! \a hooks stay while there are sessions.
    void setHooks(Hooks *hooks) { m_hooks = hooks; }
    [[nodiscard]] RateLimiter &rateLimiter() { return m_rateLimiter; }
    [[nodiscard]] Counters &counters() { return m_counters; }
    //! Milliseconds of a monotonic clock.
    [[nodiscard]] qint64 now() const { return m_clock.elapsed(); }

    //! Idempotent.
    void subscribe(Session *session, const ObjectRef &object, EventForm form);
    //! False if \a session had no such subscription, to an object or a query.
    bool unsubscribe(Session *session, const QByteArray &objectSid);
    //! \a session has shown a token.
    void welcome(Session *session);
    //! Ends all subscriptions of \a session, which is about to go.
    void drop(Session *session);
    [[nodiscard]] const QList<Session *> &subscribers(const QByteArray &objectSid) const;

    //! Sends \a frame, a live event; \a writer waits if the reader is behind.
    void sendEvent(Session *session, const QByteArray &frame, EventWriter *writer);

    //! Keeps all events from now on until releaseEvents().
    void holdEvents() { m_inCall = true; }
    //! Answers \a request; events of it are held, so that the reply can go first.
    [[nodiscard]] RestReply handle(const RestRequest &request, const Caller &caller);
    //! \a writer waits for those readers of the events that are behind.
    void releaseEvents(EventWriter *writer);

Q_SIGNALS:
    //! Nothing more may be answered: memory is ahead of the file.
    void commitFailed(const Twilio::SyncError &error);
    //! A client is there.
    void endpointConnected(const Twilio::Server::Caller &client);
    //! It is not any more.
    void endpointDisconnected(const Twilio::Server::Caller &client);

private:
    void onChanged(const Change &change);
    void onRestricted(const QList<QByteArray> &objectSids);
    void deliver(const Change &change, EventWriter *writer);
    void tellReaders(const Change &change, const QList<Session *> &readers, EventWriter *writer);

    SyncData &m_data;
    CommitGate m_gate { m_data };
    Operations m_operations { m_data };
    Insights m_insights { m_operations };
    LiveQueries m_queries { *this };
    Services m_services { m_data };
    Permissions m_permissions { m_operations, m_data };
    V3::Calls m_calls { m_operations };
    const ServerOptions &m_options;
    Hooks m_noHooks;
    Hooks *m_hooks = &m_noHooks;
    RateLimiter m_rateLimiter;
    Counters m_counters;
    QElapsedTimer m_clock;
    QHash<QByteArray, QList<Session *>> m_subscribers;
    //! As they were welcomed.
    QHash<Session *, Caller> m_clients;
    QList<Change> m_pending;
    bool m_inCall = false;
};

} // namespace Twilio::Server
