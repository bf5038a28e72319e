#include "server/net/listener.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qsslsocket.h>
#include <QtWebSockets/qwebsocket.h>

namespace Twilio::Server {
namespace {

// Bodies of control requests are short.
constexpr qsizetype maxHttpBody = 1024 * 1024;

QByteArray peerOf(const QTcpSocket *socket)
{
    return socket->peerAddress().toString().toLatin1() + ':' + QByteArray::number(socket->peerPort());
}

// Of a socket that is still pending.
QTimer *deadlineOf(const QTcpSocket *socket)
{
    return socket->findChild<QTimer *>(QStringLiteral("deadline"), Qt::FindDirectChildrenOnly);
}

} // namespace

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
        qCWarning(lcServer, "connection from %s refused: %lld are open", peerOf(socket).constData(),
                  qint64(m_options.maxConnections));
        socket->abort();
        socket->deleteLater();
        return;
    }
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    socket->setReadBufferSize(4 * maxHttpHead);

    // Lives as long as the socket is pending; whoever takes the socket on deletes it.
    auto *const deadline = new QTimer(socket);
    deadline->setObjectName(QStringLiteral("deadline"));
    deadline->setSingleShot(true);
    ++m_pending;
    connect(deadline, &QObject::destroyed, this, [this] { --m_pending; });
    connect(deadline, &QTimer::timeout, socket, [socket] {
        qCWarning(lcServer, "connection from %s cut: its handshake takes too long",
                  peerOf(socket).constData());
        socket->abort();
    });
    connect(socket, &QTcpSocket::disconnected, deadline, [socket] { socket->deleteLater(); });
    connect(socket, &QTcpSocket::readyRead, deadline, [this, socket] { look(socket); });
    deadline->start(m_options.handshakeTimeout);

    if (auto *const tls = qobject_cast<QSslSocket *>(socket)) {
        connect(tls, &QSslSocket::errorOccurred, deadline, [tls] {
            if (!tls->isEncrypted())
                qCWarning(lcServer, "TLS handshake with %s failed: %s", peerOf(tls).constData(),
                          qUtf8Printable(tls->errorString()));
        });
        tls->setSslConfiguration(*m_tls);
        tls->startServerEncryption();
    }
}

void Listener::look(QTcpSocket *socket)
{
    const QByteArray bytes = socket->peek(maxHttpHead);
    const auto headSize = httpHeadSize(bytes);
    if (!headSize) {
        if (bytes.size() >= maxHttpHead)
            answer(socket, 431, "{\"error\":\"request head too large\"}");
        return;
    }
    const auto head = parseHttpHead(QByteArrayView(bytes).first(*headSize));
    if (!head)
        answer(socket, 400, "{\"error\":\"not an HTTP request\"}");
    else if (!head->isUpgrade())
        serveHttp(socket, *head, *headSize);
    else if (isDown())
        answer(socket, 503, {});
    else
        upgrade(socket);
}

void Listener::upgrade(QTcpSocket *socket)
{
    QTimer *const deadline = deadlineOf(socket);
    QObject::disconnect(socket, nullptr, deadline, nullptr);
    // The head is whole already, so the handshake itself needs no deadline.
    delete deadline;
    socket->setReadBufferSize(0);
    const std::pair peer(socket->peerAddress(), socket->peerPort());
    m_upgrading.insert(peer, socket);
    // A refused handshake ends here; after an accepted one the entry is gone already.
    connect(socket, &QObject::destroyed, this, [this, peer] {
        if (const auto it = m_upgrading.constFind(peer); it != m_upgrading.cend() && it->isNull())
            m_upgrading.erase(it);
    });
    // Reads the head itself, hence the peek; emits readyRead() for what is there.
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

void Listener::serveHttp(QTcpSocket *socket, const HttpHead &head, qsizetype headSize)
{
    if (!head.header("transfer-encoding").isEmpty()) {
        answer(socket, 411, "{\"error\":\"Content-Length expected\"}");
        return;
    }
    const qsizetype bodySize = head.header("content-length").toLongLong();
    if (bodySize < 0 || bodySize > maxHttpBody) {
        answer(socket, 413, "{\"error\":\"body too large\"}");
        return;
    }
    socket->setReadBufferSize(headSize + bodySize + maxHttpHead);
    if (socket->bytesAvailable() < headSize + bodySize)
        return;
    socket->read(headSize);
    const QByteArray body = socket->read(bodySize);
    // One request a connection: what else comes is not looked at. The answer takes its time.
    QTimer *const deadline = deadlineOf(socket);
    QObject::disconnect(socket, &QTcpSocket::readyRead, deadline, nullptr);
    deadline->stop();
    onHttp(head, body, [socket = QPointer(socket)](int status, const QByteArray &json) {
        if (socket)
            answer(socket, status, json);
    });
}

void Listener::answer(QTcpSocket *socket, int status, const QByteArray &json)
{
    QTimer *const deadline = deadlineOf(socket);
    QObject::disconnect(socket, &QTcpSocket::readyRead, deadline, nullptr);
    deadline->start(); // for the peer to take it
    socket->write(httpResponse(status, json));
    socket->disconnectFromHost();
}

} // namespace Twilio::Server
