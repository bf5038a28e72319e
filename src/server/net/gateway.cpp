#include "server/net/gateway.h"

#include "server/net/connection.h"
#include "server/net/control.h"
#include "server/net/session.h"
#include "TwilioSync/core/logging.h"

#include <QtWebSockets/qwebsocket.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {

Gateway::Gateway(SyncData &data, const ServerOptions &options, const QByteArray &secret,
                 const QByteArray &storage, const std::optional<QSslConfiguration> &tls)
    : m_options(options)
    , m_hub(data, m_options)
    , m_credentials(secret, storage)
    , m_listener(m_options, tls)
    , m_control(options.enableControl ? std::make_unique<Control>(*this) : nullptr)
{
    m_listener.isFull = [this] {
        return m_sessions.size() + m_listener.pendingCount() >= m_options.maxConnections;
    };
    m_listener.isDown = [this] { return m_hub.faults().isDown(m_hub.now()); };
    m_listener.onHttp = [this](const HttpRequest &request, const HttpAnswer &answer) {
        m_router.route(request, answer);
    };
    m_router.add("GET", "/v3/wsconnect", [](const auto &, const auto &, const HttpAnswer &answer) {
        HttpResponse response = httpError(426, 20001, "This is where WebSockets are opened");
        response.headers = { { "Upgrade", "websocket" } };
        answer(response);
    });
    m_router.setFallback([](const HttpRequest &request) {
        return httpError(404, 20404,
                         "The requested resource " + request.path
                                 + " was not found: this is twilio-sync-server, for clients of Sync over "
                                   "WebSocket at /v3/wsconnect; it has no REST API yet");
    });
    if (m_control)
        m_control->addRoutes(m_router);
    connect(&m_listener, &Listener::webSocketOpened, this, &Gateway::adopt);
    connect(&m_hub, &Hub::commitFailed, this, &Gateway::failed);
}

Gateway::~Gateway()
{
    m_listener.close();
    m_sessions.clear();
    // Those that have ended but still wait for their deferred deletion need the hub as well.
    for (Session *session : findChildren<Session *>(Qt::FindDirectChildrenOnly)) {
        session->disconnect(this);
        delete session;
    }
}

SyncResult<Nothing> Gateway::listen(const QHostAddress &address, quint16 port)
{
    if (m_listener.listen(address, port))
        return Nothing();
    return SyncError(u"cannot listen on %1 port %2: %3"_s.arg(address.toString())
                             .arg(port)
                             .arg(m_listener.errorString()));
}

void Gateway::adopt(QWebSocket *socket)
{
    socket->setMaxAllowedIncomingFrameSize(quint64(m_options.maxFrame));
    socket->setMaxAllowedIncomingMessageSize(quint64(m_options.maxFrame));
    ++m_hub.counters().connectionsTotal;
    auto *const connection = new Connection(m_hub, socket, ++m_connectionNumber);
    auto *const session = new Session(m_hub, m_credentials, connection);
    session->setParent(this);
    m_sessions.append(session);
    qCDebug(lcServer) << "connection" << m_connectionNumber << "from" << socket->peerAddress()
                      << socket->peerPort();
    connect(session, &Session::ended, this, [this, session] {
        qCDebug(lcServer) << "connection" << session->connection().number() << "ended";
        m_sessions.removeOne(session);
        session->deleteLater();
    });
}

QList<Session *> Gateway::sessions(const SessionFilter &filter) const
{
    QList<Session *> chosen;
    for (Session *session : m_sessions) {
        if ((!filter.identity || session->identity() == *filter.identity)
            && (!filter.connection || session->connection().number() == *filter.connection))
            chosen.append(session);
    }
    return chosen;
}

qsizetype Gateway::kick(const SessionFilter &filter)
{
    const QList<Session *> chosen = sessions(filter);
    for (Session *session : chosen)
        session->connection().abort({});
    return chosen.size();
}

void Gateway::refuseFor(std::chrono::milliseconds time)
{
    m_hub.faults().setDownUntil(m_hub.now() + time.count());
}

void Gateway::reset()
{
    m_hub.faults().clear();
    kick({});
    m_hub.data().clear();
    m_credentials.forgetContinuations();
    m_credentials.forgetStorage();
    m_hub.counters() = {};
}

} // namespace Twilio::Server
