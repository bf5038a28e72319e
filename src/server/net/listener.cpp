#include "server/net/listener.h"

#include "server/net/pausablesocket.h"
#include "TwilioSync/core/logging.h"

#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qsslsocket.h>
#include <QtWebSockets/qwebsocket.h>

namespace Twilio::Server {

Listener::Listener(const ServerOptions &options, const std::optional<QSslConfiguration> &tls)
    : m_options(options)
    , m_tls(tls)
    , m_hostPolicy(options.allowedHosts)
    , m_handshaker(QStringLiteral("twilio-sync-server"),
                   tls ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode)
{
    // What the application's proxy is for is the network; no proxy accepts connections on this machine.
    setProxy(QNetworkProxy::NoProxy);
    connect(&m_handshaker, &QWebSocketServer::newConnection, this, [this] {
        while (QWebSocket *socket = m_handshaker.nextPendingConnection())
            take(socket);
    });
    connect(this, &QTcpServer::acceptError, this, [](QAbstractSocket::SocketError error) {
        qCWarning(lcServer) << "cannot accept a connection:" << error;
    });
}

Listener::~Listener() = default;

void Listener::incomingConnection(qintptr descriptor)
{
    auto *const socket = m_tls ? static_cast<QTcpSocket *>(new PausableSocket<QSslSocket>(this))
                               : new PausableSocket<QTcpSocket>(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        qCWarning(lcServer) << "cannot take a connection:" << socket->errorString();
        delete socket;
        return;
    }
    if (isFull()) {
        qCWarning(lcServer, "connection from %s refused: %lld are open", peerOf(*socket).constData(),
                  qint64(m_options.maxConnections));
        socket->abort();
        socket->deleteLater();
        return;
    }
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);

    auto *const connection =
            new HttpConnection(socket, *this, { m_options.handshakeTimeout, m_options.idleTimeout });
    connection->setParent(this);
    ++m_pending;
    connect(connection, &QObject::destroyed, this, [this] { --m_pending; });

    if (auto *const tls = qobject_cast<QSslSocket *>(socket)) {
        connect(tls, &QSslSocket::errorOccurred, connection, [tls] {
            if (!tls->isEncrypted())
                qCWarning(lcServer, "TLS handshake with %s failed: %s", peerOf(*tls).constData(),
                          qUtf8Printable(tls->errorString()));
        });
        tls->setSslConfiguration(*m_tls);
        tls->startServerEncryption();
    }
}

void Listener::serve(const HttpRequest &request, const HttpAnswer &answer) { onHttp(request, answer); }

std::optional<HttpResponse> Listener::refusal(const HttpRequest &request, const QTcpSocket &socket) const
{
    if (auto refused = m_hostPolicy.refusal(request, socket.localAddress())) {
        qCWarning(lcServer, "connection from %s refused: %s", peerOf(socket).constData(),
                  refused->body.constData());
        return refused;
    }
    if (request.isUpgrade() && isDown())
        return HttpResponse { 503 };
    return std::nullopt;
}

void Listener::upgrade(QTcpSocket *socket)
{
    socket->setParent(this);
    socket->setReadBufferSize(0);
    const std::pair peer(socket->peerAddress(), socket->peerPort());
    m_upgrading.insert(peer, socket);
    // A refused handshake ends here; after an accepted one the entry is gone already.
    connect(socket, &QObject::destroyed, this, [this, peer] {
        if (const auto it = m_upgrading.constFind(peer); it != m_upgrading.cend() && it->isNull())
            m_upgrading.erase(it);
    });
    // Emits readyRead() for what is there.
    m_handshaker.handleConnection(socket);
}

void Listener::take(QWebSocket *webSocket)
{
    const auto socket = m_upgrading.take({ webSocket->peerAddress(), webSocket->peerPort() });
    if (!socket) { // gone already
        webSocket->deleteLater();
        return;
    }
    // Children go after their parent's own farewell, which still writes to the socket.
    socket->setParent(webSocket);
    Q_EMIT webSocketOpened(webSocket, socket);
}

} // namespace Twilio::Server
