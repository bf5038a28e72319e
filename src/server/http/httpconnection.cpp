#include "server/http/httpconnection.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qpointer.h>
#include <QtNetwork/qsslsocket.h>

#include <sys/socket.h>

namespace Twilio::Server {
namespace {

// Why the handshake of \a request, with \a unread behind it, cannot succeed; none if it can (RFC
// 6455, 4.2.1).
std::optional<HttpResponse> handshakeFault(const HttpRequest &request, QByteArrayView unread)
{
    if (request.method != "GET" || !request.headerHasToken("connection", "upgrade"))
        return httpError(400, 20001, "A WebSocket is opened by GET with Connection: Upgrade");
    if (request.header("sec-websocket-version") != "13") {
        HttpResponse response = httpError(426, 20001, "The only WebSocket version known here is 13");
        response.headers = { { "Sec-WebSocket-Version", "13" } };
        return response;
    }
    const auto key = QByteArray::fromBase64Encoding(request.header("sec-websocket-key"),
                                                    QByteArray::AbortOnBase64DecodingErrors);
    if (!key || key.decoded.size() != 16)
        return httpError(400, 20001, "Sec-WebSocket-Key: expected 16 bytes in base64");
    if (!unread.isEmpty())
        return httpError(400, 20001, "A WebSocket's frames wait for the answer to its handshake");
    return std::nullopt;
}

} // namespace

QByteArray peerOf(const QTcpSocket &socket)
{
    return socket.peerAddress().toString().toLatin1() + ':' + QByteArray::number(socket.peerPort());
}

HttpConnection::HttpConnection(QTcpSocket *socket, HttpService &service, const Times &times)
    : m_socket(socket)
    , m_service(service)
    , m_times(times)
{
    m_socket->setParent(this);
    // More is left to the kernel while a request is being answered.
    m_socket->setReadBufferSize(64 * 1024);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, &HttpConnection::onDeadline);
    connect(m_socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
    connect(m_socket, &QTcpSocket::readyRead, this, &HttpConnection::read);
    m_deadline.start(m_times.request);
}

void HttpConnection::onDeadline()
{
    if (!m_idle && !m_ending)
        qCWarning(lcServer, "connection from %s cut: its handshake takes too long",
                  peerOf(*m_socket).constData());
    m_socket->abort();
    deleteLater();
}

void HttpConnection::read()
{
    if (m_ending)
        m_socket->skip(m_socket->bytesAvailable());
    if (m_busy)
        return;
    m_unread += m_socket->readAll();
    if (m_unread.isEmpty())
        return;
    if (std::exchange(m_idle, false))
        m_deadline.start(m_times.request);
    if (!m_parser)
        m_parser.emplace();
    switch (m_parser->feed(m_unread)) {
    case HttpParser::Progress::NeedsMore:
        return;
    case HttpParser::Progress::ExpectsContinue:
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
        return;
    case HttpParser::Progress::Failed:
        qCWarning(lcServer, "connection from %s refused: %s", peerOf(*m_socket).constData(),
                  m_parser->refusal().body.constData());
        m_busy = true;
        respond(m_parser->refusal(), false, true);
        return;
    case HttpParser::Progress::Complete:
        m_busy = true;
        HttpRequest request = m_parser->takeRequest();
        request.isFromLoopback = m_socket->peerAddress().isLoopback();
        m_parser.reset();
        handle(request);
        return;
    }
}

void HttpConnection::handle(const HttpRequest &request)
{
    const bool withBody = request.method != "HEAD";
    const bool keepAlive = request.keepAlive;
    auto refusal = m_service.refusal(request, *m_socket);
    if (!refusal && request.isUpgrade())
        refusal = handshakeFault(request, m_unread);
    if (refusal) {
        respond(*refusal, false, withBody);
    } else if (request.isUpgrade()) {
        startUpgrade(request);
    } else {
        m_deadline.stop(); // the answer takes its time
        m_service.serve(request, [self = QPointer(this), keepAlive, withBody](const HttpResponse &response) {
            if (self)
                self->respond(response, keepAlive, withBody);
        });
    }
}

void HttpConnection::respond(const HttpResponse &response, bool keepAlive, bool withBody)
{
    if (response.status == 0) {
        m_socket->abort();
        return;
    }
    m_deadline.start(m_times.request); // for the peer to take it
    m_ending = !keepAlive;
    m_socket->write(httpBytes(response, keepAlive, withBody));
    m_socket->flush();
    if (m_socket->bytesToWrite() == 0)
        onWritten();
    else
        connect(m_socket, &QTcpSocket::bytesWritten, this, &HttpConnection::onWritten, Qt::UniqueConnection);
}

void HttpConnection::onWritten()
{
    if (!m_busy || m_socket->bytesToWrite() > 0)
        return;
    if (m_ending && qobject_cast<QSslSocket *>(m_socket)) {
        m_socket->disconnectFromHost();
    } else if (m_ending) {
        // Closing with bytes unread would take the answer from a peer that is still sending: it hears the
        // end, and what it sends until it goes is thrown away.
        m_socket->setReadBufferSize(0);
        ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR);
    } else {
        waitForNext();
    }
}

void HttpConnection::waitForNext()
{
    m_busy = false;
    m_idle = true;
    m_deadline.start(m_times.idle);
    // Not at once: many small requests in a row must not hold the turn.
    QMetaObject::invokeMethod(this, &HttpConnection::read, Qt::QueuedConnection);
}

void HttpConnection::startUpgrade(const HttpRequest &request)
{
    QObject::disconnect(m_socket, nullptr, this, nullptr);
    // Qt's handshake takes heads of 8 KiB a line and 100 lines, and goes without a word beyond: it gets what
    // it needs of the request, checked already.
    const QByteArray opening =
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade"
            "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            + request.header("sec-websocket-key") + "\r\n\r\n";
    for (auto byte = opening.crbegin(); byte != opening.crend(); ++byte)
        m_socket->ungetChar(*byte);
    m_socket->setParent(nullptr);
    deleteLater();
    m_service.upgrade(m_socket);
}

} // namespace Twilio::Server
