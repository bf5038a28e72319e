#include "TwilioSync/transport/websockettransport.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qpointer.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qsslerror.h>
#include <QtWebSockets/qwebsocket.h>

#include <utility>

namespace Twilio {
namespace {

using namespace Qt::StringLiterals;

// A full page of the largest items is about 2 MiB (protocol.md, section 12).
constexpr quint64 maxMessageSize = 64 * 1024 * 1024;

// " (proxy host:port)" if a connection to \a url goes through one, as QAbstractSocket finds out.
QString proxyOf(const QUrl &url)
{
    const int port = url.port(url.scheme() == "wss"_L1 ? 443 : 80);
    const QList<QNetworkProxy> proxies =
            QNetworkProxyFactory::proxyForQuery(QNetworkProxyQuery(url.host(), port));
    if (proxies.isEmpty() || proxies.first().type() == QNetworkProxy::NoProxy)
        return {};
    return u" (proxy %1:%2)"_s.arg(proxies.first().hostName()).arg(proxies.first().port());
}

} // namespace

WebSocketTransport::WebSocketTransport(const std::optional<QSslConfiguration> &configuration, QObject *parent)
    : Transport(parent)
    , m_socket(new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this))
{
    if (configuration)
        m_socket->setSslConfiguration(*configuration);
    m_socket->setMaxAllowedIncomingMessageSize(maxMessageSize);
    m_socket->setMaxAllowedIncomingFrameSize(maxMessageSize);
    // Queued: whatever these lead to never runs within the socket.
    connect(m_socket, &QWebSocket::connected, this, [this] {
        m_wasOpen = true;
        QMetaObject::invokeMethod(this, &WebSocketTransport::opened, Qt::QueuedConnection);
    });
    connect(m_socket, &QWebSocket::pong, this, &WebSocketTransport::ponged, Qt::QueuedConnection);
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &WebSocketTransport::receive);
    connect(m_socket, &QWebSocket::textMessageReceived, this, [](const QString &message) {
        qCWarning(lcChannel) << "text message of" << message.size() << "characters ignored, expected binary";
    });
    connect(m_socket, &QWebSocket::disconnected, this, [this] { fail(m_error); });
    connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
            [this](QAbstractSocket::SocketError error) { fail(errorOf(error)); });
    // What follows is a refusal of the peer's identity, for good; other trouble with TLS may pass.
    connect(m_socket, &QWebSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
        if (!errors.isEmpty())
            m_error = SyncError(errors.first().errorString(), 0, 0, true);
    });
}

WebSocketTransport::~WebSocketTransport()
{
    QObject::disconnect(m_socket, nullptr, this, nullptr);
    m_socket->abort();
}

void WebSocketTransport::open(const QUrl &url)
{
    m_socket->setReadBufferSize(m_budget.bytes());
    m_socket->open(url);
    m_stream = m_socket->findChild<QAbstractSocket *>();
    // Connected after the WebSocket has, so that what was read has been delivered by then.
    if (m_stream)
        connect(m_stream, &QAbstractSocket::readyRead, this, &WebSocketTransport::endTurn);
}

void WebSocketTransport::receive(const QByteArray &message)
{
    if (m_takenInTurn == 0)
        m_turn.start();
    m_takenInTurn += message.size();
    m_inbox.push_back(message);
    scheduleHandOn();
}

void WebSocketTransport::scheduleHandOn()
{
    if (!m_inbox.empty() && !std::exchange(m_handOnScheduled, true))
        QMetaObject::invokeMethod(this, &WebSocketTransport::handOn, Qt::QueuedConnection);
}

void WebSocketTransport::handOn()
{
    m_handOnScheduled = false;
    const QPointer guard(this);
    while (guard && !m_inbox.empty()) {
        const QByteArray next = std::move(m_inbox.front());
        m_inbox.pop_front();
        scheduleHandOn(); // for an event loop within
        Q_EMIT messageReceived(next);
    }
}

void WebSocketTransport::endTurn()
{
    if (m_takenInTurn == 0) {
        if (m_stream->bytesAvailable() > 0)
            QMetaObject::invokeMethod(this, &WebSocketTransport::messageProgressed, Qt::QueuedConnection);
        adjustBudget();
        return;
    }
    // What the messages led to is in part done by events that were posted meanwhile; it counts as well.
    if (!std::exchange(m_turnEnds, true))
        QMetaObject::invokeMethod(this, &WebSocketTransport::adjustBudget, Qt::QueuedConnection);
}

void WebSocketTransport::adjustBudget()
{
    m_turnEnds = false;
    const qint64 taken = std::exchange(m_takenInTurn, 0);
    const qint64 before = m_budget.bytes();
    m_budget.turnEnded(taken, ReadBudget::Nanoseconds(taken > 0 ? m_turn.nsecsElapsed() : 0),
                       m_stream ? m_stream->bytesAvailable() : 0);
    if (m_budget.bytes() != before)
        m_socket->setReadBufferSize(m_budget.bytes());
}

void WebSocketTransport::send(const QByteArray &message)
{
    if (m_socket->state() == QAbstractSocket::ConnectedState)
        m_socket->sendBinaryMessage(message);
}

void WebSocketTransport::close()
{
    if (m_socket->state() == QAbstractSocket::ConnectedState)
        m_socket->close();
    else
        fail(SyncError(u"closed before it was open"_s));
}

void WebSocketTransport::ping()
{
    if (m_socket->state() == QAbstractSocket::ConnectedState)
        m_socket->ping();
}

// A TLS server hangs up on plain text without a word.
SyncError WebSocketTransport::errorOf(QAbstractSocket::SocketError error) const
{
    QString why = m_socket->errorString();
    if (error == QAbstractSocket::RemoteHostClosedError && !m_wasOpen
        && m_socket->requestUrl().scheme() == "ws"_L1)
        why += u"; if the server expects TLS, the url has to begin with wss://"_s;
    if (!m_wasOpen)
        why += proxyOf(m_socket->requestUrl());
    return SyncError(why);
}

// The socket reports an end once or twice, in either order; what is said here comes a turn later, once.
void WebSocketTransport::fail(SyncError error)
{
    if (m_error.isNull())
        m_error = std::move(error);
    if (!std::exchange(m_finished, true))
        QMetaObject::invokeMethod(this, &WebSocketTransport::finish, Qt::QueuedConnection);
}

void WebSocketTransport::finish()
{
    const QPointer guard(this);
    handOn();
    if (!guard)
        return;
    Q_EMIT closed(m_error.isNull() ? SyncError(u"the peer closed the connection"_s) : m_error);
}

} // namespace Twilio
