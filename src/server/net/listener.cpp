#include "server/net/listener.h"

#include "TwilioSync/core/logging.h"

#include <QtNetwork/qsslsocket.h>
#include <QtWebSockets/qwebsocket.h>

namespace Twilio::Server {

Listener::Listener(const ServerOptions &options, const std::optional<QSslConfiguration> &tls)
    : m_options(options)
    , m_tls(tls)
    , m_handshaker(QStringLiteral("twilio-sync-server"),
                   tls ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode)
{
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
    auto *const socket = m_tls ? new QSslSocket(this) : new QTcpSocket(this);
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

std::optional<HttpResponse> Listener::refusal(const HttpRequest &request, const QTcpSocket &) const
{
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
    // Children go after their parent's own farewell, which still writes to the socket.
    if (socket)
        socket->setParent(webSocket);
    Q_EMIT webSocketOpened(webSocket);
}

} // namespace Twilio::Server
