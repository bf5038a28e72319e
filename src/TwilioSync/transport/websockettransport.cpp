#include "TwilioSync/transport/websockettransport.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/transport/websocketframe.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qsslerror.h>
#include <QtNetwork/qsslsocket.h>
#include <QtWebSockets/qwebsocket.h>

#include <algorithm>
#include <utility>

namespace Twilio {
namespace {

using namespace Qt::StringLiterals;

// Of all that the peer may say before the connection is open.
constexpr qint64 handshakeSize = 64 * 1024;
// Beyond, requests wait in line, where they can still be taken back, and our pings do not wait behind them.
constexpr qint64 comfortable = 256 * 1024;
// What is sent in one turn is written at its end, or when there is so much.
constexpr qsizetype longOutbox = 32 * 1024;

// Written after what the application is told of in the same turn, which would wait for the system's call.
QEvent::Type writeType()
{
    static const int type = QEvent::registerEventType();
    return QEvent::Type(type);
}

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

WebSocketTransport::WebSocketTransport(const std::optional<QSslConfiguration> &configuration,
                                       const SyncLimits &limits, QObject *parent)
    : Transport(parent)
    , m_socket(new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this))
    , m_limits(limits)
{
    if (configuration)
        m_socket->setSslConfiguration(*configuration);
    m_socket->setMaxAllowedIncomingMessageSize(quint64(limits.messageSize));
    m_socket->setMaxAllowedIncomingFrameSize(quint64(limits.messageSize));
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
    connect(m_socket, &QWebSocket::aboutToClose, this, &WebSocketTransport::closing);
    connect(m_socket, &QWebSocket::disconnected, this, [this] { fail(m_error); });
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    constexpr auto failed = &QWebSocket::errorOccurred;
#else
    constexpr auto failed = qOverload<QAbstractSocket::SocketError>(&QWebSocket::error);
#endif
    connect(m_socket, failed, this, [this](QAbstractSocket::SocketError error) { fail(errorOf(error)); });
    // What follows is a refusal of the peer's identity, for good; other trouble with TLS may pass.
    connect(m_socket, &QWebSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
        if (!errors.isEmpty())
            m_error = SyncError(errors.first().errorString(), 0, 0, true);
    });
}

// A peer whose frames are wrong may go on with them for ever.
void WebSocketTransport::closing()
{
    const QWebSocketProtocol::CloseCode code = m_socket->closeCode();
    if (code == QWebSocketProtocol::CloseCodeNormal || code == QWebSocketProtocol::CloseCodeGoingAway)
        return;
    QString why = u"closed, '%1'"_s.arg(m_socket->closeReason());
    if (code == QWebSocketProtocol::CloseCodeTooMuchData)
        why += u": limits.messageSize is %1 bytes"_s.arg(m_limits.messageSize);
    cut(SyncError(why));
}

WebSocketTransport::~WebSocketTransport()
{
    QObject::disconnect(m_socket, nullptr, this, nullptr);
    m_socket->abort();
}

void WebSocketTransport::open(const QUrl &url)
{
    m_socket->setReadBufferSize(handshakeSize);
    m_socket->open(url);
    m_stream = m_socket->findChild<QAbstractSocket *>();
    if (!m_stream)
        return;
    // Connected after the WebSocket has, so that what was read has been delivered by then.
    connect(m_stream, &QAbstractSocket::readyRead, this, &WebSocketTransport::endTurn);
    connect(m_stream, &QAbstractSocket::bytesWritten, this, &WebSocketTransport::tellDrained);
    if (auto *const encrypted = qobject_cast<QSslSocket *>(m_stream))
        connect(encrypted, &QSslSocket::encryptedBytesWritten, this, &WebSocketTransport::tellDrained);
}

void WebSocketTransport::receive(const QByteArray &message)
{
    if (m_takenInTurn == 0)
        m_turn.start();
    m_takenInTurn += message.size();
    m_inboxSize += message.size();
    m_inbox.push_back(message);
    // Held, the socket takes but little in a turn; of very many turns that is too much in the end.
    if (m_isHeld && m_inboxSize > 2 * qint64(m_limits.messageSize))
        cut(SyncError(
                u"more than twice limits.messageSize, %1 bytes, wait behind a message that is being read"_s
                        .arg(m_limits.messageSize)));
    scheduleHandOn();
}

void WebSocketTransport::setHeld(bool held)
{
    if (std::exchange(m_isHeld, held) == held)
        return;
    if (m_wasOpen)
        m_socket->setReadBufferSize(held ? ReadBudget::least : m_budget.bytes());
    if (held)
        return;
    scheduleHandOn();
    if (m_finished)
        QMetaObject::invokeMethod(this, &WebSocketTransport::finish, Qt::QueuedConnection);
}

void WebSocketTransport::scheduleHandOn()
{
    if (!m_isHeld && !m_inbox.empty() && !std::exchange(m_handOnScheduled, true))
        QMetaObject::invokeMethod(this, &WebSocketTransport::handOn, Qt::QueuedConnection);
}

void WebSocketTransport::handOn()
{
    m_handOnScheduled = false;
    const QPointer guard(this);
    while (guard && !m_isHeld && !m_inbox.empty()) {
        const QByteArray next = std::move(m_inbox.front());
        m_inbox.pop_front();
        m_inboxSize -= next.size();
        scheduleHandOn(); // for an event loop within
        Q_EMIT messageReceived(next);
    }
}

void WebSocketTransport::endTurn()
{
    if (!m_wasOpen) {
        if (m_stream->bytesAvailable() >= handshakeSize)
            cut(SyncError(u"more than %1 bytes in answer to the handshake"_s.arg(handshakeSize)));
        return;
    }
    if (!checkUnsent())
        return;
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
    if (m_budget.bytes() != before && !m_isHeld)
        m_socket->setReadBufferSize(m_budget.bytes());
}

// Frames go to the stream below the WebSocket, which writes whole frames as well: all of a turn by one call,
// without a copy, a header and a call of the system for each.
void WebSocketTransport::send(const QByteArray &message)
{
    if (m_socket->state() != QAbstractSocket::ConnectedState || !m_stream)
        return;
    // For each outbox once, not for each message: one that does not read would cost a call of the system each
    // time.
    if (m_outbox.isEmpty() && !checkUnsent())
        return;
    appendWebSocketFrame(m_outbox, message, QRandomGenerator::global()->generate());
    if (m_outbox.size() > longOutbox)
        writeOutbox();
    else if (!std::exchange(m_writeScheduled, true))
        QCoreApplication::postEvent(this, new QEvent(writeType()), Qt::LowEventPriority);
}

// Once in a turn: the others share a write at its end.
void WebSocketTransport::flush()
{
    if (m_writeScheduled && !std::exchange(m_isFlushed, true))
        writeOutbox();
}

bool WebSocketTransport::event(QEvent *event)
{
    if (event->type() != writeType())
        return Transport::event(event);
    m_writeScheduled = m_isFlushed = false;
    writeOutbox();
    return true;
}

void WebSocketTransport::writeOutbox()
{
    if (m_outbox.isEmpty())
        return;
    if (m_stream && m_socket->state() == QAbstractSocket::ConnectedState) {
        m_stream->write(m_outbox);
        m_stream->flush();
    }
    if (m_outbox.capacity() > 2 * longOutbox)
        m_outbox = QByteArray();
    else
        m_outbox.resize(0);
}

qint64 WebSocketTransport::comfortableBytes() const
{
    return std::min<qint64>(comfortable, m_limits.unsentBytes / 2);
}

qint64 WebSocketTransport::unsentBytes() const
{
    if (!m_stream)
        return 0;
    const auto *const encrypted = qobject_cast<const QSslSocket *>(m_stream.data());
    return m_outbox.size() + m_stream->bytesToWrite() + (encrypted ? encrypted->encryptedBytesToWrite() : 0);
}

// Before something is added, so that a single message may be as large as it likes.
bool WebSocketTransport::checkUnsent()
{
    if (unsentBytes() > comfortableBytes())
        writeOutbox();
    // By itself the socket writes one block in a turn, which may be less than a turn adds.
    while (unsentBytes() > comfortableBytes() && m_stream->flush()) { }
    if (unsentBytes() <= m_limits.unsentBytes)
        return true;
    cut(SyncError(u"the service does not read: more than limits.unsentBytes, %1, wait"_s.arg(
            m_limits.unsentBytes)));
    return false;
}

// In a turn of its own: the socket may be in the middle of something.
void WebSocketTransport::cut(const SyncError &error)
{
    fail(error);
    QMetaObject::invokeMethod(m_socket, &QWebSocket::abort, Qt::QueuedConnection);
}

bool WebSocketTransport::takesMore()
{
    m_isFull = unsentBytes() > comfortableBytes();
    return !m_isFull;
}

void WebSocketTransport::tellDrained()
{
    if (m_isFull && takesMore())
        QMetaObject::invokeMethod(this, &WebSocketTransport::drained, Qt::QueuedConnection);
}

void WebSocketTransport::close()
{
    writeOutbox();
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
    if (!guard || m_isHeld || std::exchange(m_toldEnd, true))
        return;
    Q_EMIT closed(m_error.isNull() ? SyncError(u"the peer closed the connection"_s) : m_error);
}

} // namespace Twilio
