#include "server/net/gateway.h"

#include "server/net/connection.h"
#include "server/net/restapi.h"
#include "server/net/session.h"
#include "server/webhooks/webhooks.h"
#include "TwilioSync/core/logging.h"

#include <QtWebSockets/qwebsocket.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {

Gateway::Gateway(SyncData &data, const ServerOptions &options, const QByteArray &secret,
                 const std::optional<QSslConfiguration> &tls, const MakeHooks &makeHooks)
    : m_options(options)
    , m_hub(data, m_options)
    , m_credentials(secret, data.storageId())
    , m_tls(tls)
{
    m_router.add("GET", "/v3/wsconnect", [](const auto &, const auto &, const HttpAnswer &answer) {
        HttpResponse response = httpError(426, 20001, "This is where WebSockets are opened");
        response.headers = { { "Upgrade", "websocket" } };
        answer(response);
    });
    m_router.setFallback([](const HttpRequest &request) {
        return httpError(404, 20404,
                         "The requested resource " + request.path
                                 + " was not found: this is twilio-sync-server, for clients of Sync over "
                                   "WebSocket at /v3/wsconnect, and for backends at /v1/Services");
    });
    m_rest = std::make_unique<RestApi>(m_hub, m_credentials, tls ? "https" : "http", m_router);
    m_webhooks = std::make_unique<Webhooks>(
            data, secret, m_options.webhookHosts,
            [this](std::function<void()> leave) { m_hub.gate().pass(std::move(leave)); });
    connect(&m_hub, &Hub::endpointConnected, m_webhooks.get(), &Webhooks::endpointConnected);
    connect(&m_hub, &Hub::endpointDisconnected, m_webhooks.get(), &Webhooks::endpointDisconnected);
    if (makeHooks) {
        m_hooks = makeHooks(*this, m_router);
        m_hub.setHooks(m_hooks.get());
    }
    connect(&m_hub, &Hub::commitFailed, this, &Gateway::failed);
}

Gateway::~Gateway()
{
    m_listeners.clear();
    m_webhooks.reset(); // that the server ends is told to nobody
    m_extension.reset();
    m_rest.reset(); // its answers wait for sessions
    m_sessions.clear();
    // Those that have ended but still wait for their deferred deletion need the hub as well.
    for (Session *session : findChildren<Session *>(Qt::FindDirectChildrenOnly)) {
        session->disconnect(this);
        delete session;
    }
}

void Gateway::extend(const MakeExtension &make) { m_extension = make(*this, m_router); }

std::unique_ptr<Listener> Gateway::makeListener()
{
    auto listener = std::make_unique<Listener>(m_options, m_tls);
    listener->isFull = [this] { return isFull(); };
    listener->isDown = [this] { return m_hub.hooks().isDown(); };
    listener->onHttp = [this](const HttpRequest &request, const HttpAnswer &answer) {
        m_router.route(request, [this, answer](const HttpResponse &response) {
            m_hub.gate().pass([answer, response] { answer(response); });
        });
    };
    connect(listener.get(), &Listener::webSocketOpened, this, &Gateway::adopt);
    return listener;
}

bool Gateway::isFull() const
{
    qsizetype open = m_sessions.size();
    for (const auto &listener : m_listeners)
        open += listener->pendingCount();
    return open >= m_options.maxConnections;
}

quint16 Gateway::port() const { return m_listeners.empty() ? 0 : m_listeners.front()->serverPort(); }

SyncResult<Nothing> Gateway::listen(const QList<QHostAddress> &addresses, quint16 port)
{
    // A port that is free at one address may be taken at the next one.
    for (int attempts = port == 0 ? 50 : 1;; --attempts) {
        bool isTaken = false;
        auto result = listenOnce(addresses, port, isTaken);
        if (!errorOf(result) || !isTaken || attempts == 1)
            return result;
    }
}

SyncResult<Nothing> Gateway::listenOnce(const QList<QHostAddress> &addresses, quint16 port, bool &isTaken)
{
    std::vector<std::unique_ptr<Listener>> listeners;
    for (const QHostAddress &address : addresses) {
        auto listener = makeListener();
        const quint16 wanted = listeners.empty() ? port : listeners.front()->serverPort();
        if (listener->listen(address, wanted)) {
            listeners.push_back(std::move(listener));
            continue;
        }
        isTaken = listener->serverError() == QAbstractSocket::AddressInUseError;
        if (!listeners.empty() && !isTaken) {
            qCInfo(lcServer) << "not listening on" << address << listener->errorString();
            continue;
        }
        return SyncError(u"cannot listen on %1 port %2: %3"_s.arg(address.toString())
                                 .arg(wanted)
                                 .arg(listener->errorString()));
    }
    m_listeners = std::move(listeners);
    return Nothing();
}

void Gateway::adopt(QWebSocket *socket, QTcpSocket *transport)
{
    socket->setMaxAllowedIncomingFrameSize(quint64(m_options.maxFrame));
    socket->setMaxAllowedIncomingMessageSize(quint64(m_options.maxFrame));
    ++m_hub.counters().connectionsTotal;
    auto *const connection = new Connection(m_hub, socket, transport, ++m_connectionNumber);
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

} // namespace Twilio::Server
