#include "server/net/connection.h"

#include "server/net/hub.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qsslsocket.h>

namespace Twilio::Server {
namespace {

// Bytes handed to the socket ahead of what the peer has read; the rest stays shared in the queue.
constexpr qint64 socketShare = 256 * 1024;

} // namespace

Connection::Connection(Hub &hub, QWebSocket *socket, QTcpSocket *transport, qint64 number)
    : m_hub(hub)
    , m_socket(socket)
    , m_transport(transport)
    , m_reading(dynamic_cast<Pausable &>(*transport))
    , m_number(number)
    , m_stage(hub.hooks().makeStage(*this))
{
    m_socket->setParent(this);
    if (m_stage)
        m_stage->onward = [this](const QByteArray &frame) {
            leave(frame);
            pump();
        };
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &Connection::received);
    connect(m_socket, &QWebSocket::textMessageReceived, this, &Connection::receivedText);
    // What QSslSocket calls written it has only encrypted.
    if (auto *const tls = qobject_cast<QSslSocket *>(transport))
        connect(tls, &QSslSocket::encryptedBytesWritten, this, &Connection::onTaken);
    else
        connect(transport, &QTcpSocket::bytesWritten, this, &Connection::onTaken);
    m_stallTimer.setSingleShot(true);
    connect(&m_stallTimer, &QTimer::timeout, this, [this] {
        if (m_hub.now() - m_lastTaken >= m_hub.options().stallTimeout.count()
            && m_queuedBytes + inSocket() > m_hub.options().maxOutput)
            abort("slow reader: " + QByteArray::number(m_queuedBytes + inSocket()) + " bytes wait for it");
        else
            checkStall();
    });
    connect(m_socket, &QWebSocket::disconnected, this, [this] {
        m_closing = true;
        Q_EMIT closed();
    });
}

Connection::~Connection()
{
    m_hub.gate().forget(this);
    // The socket's own destructor says goodbye; nobody listens any more.
    m_socket->disconnect(this);
}

bool Connection::isOpen() const { return !m_closing && m_socket->state() == QAbstractSocket::ConnectedState; }

void Connection::send(FrameKind kind, const QByteArray &frame)
{
    if (m_closing || m_closeWanted)
        return;
    m_held.append({ kind, frame, m_hub.gate().ticket() });
    m_withheldBytes += frame.size();
    if (!m_dirty) {
        m_dirty = true;
        m_hub.gate().enter(this);
    }
}

bool Connection::release()
{
    const auto held = std::find_if(m_held.cbegin(), m_held.cend(), [this](const Waiting &waiting) {
        return !m_hub.gate().isDurable(waiting.ticket);
    });
    const qsizetype count = std::distance(m_held.cbegin(), held);
    const QList<Waiting> ready = m_held.first(count);
    m_held.remove(0, count);
    m_dirty = !m_held.isEmpty();
    for (const Waiting &waiting : ready) {
        if (m_stage)
            m_stage->push(waiting.kind, waiting.frame);
        else
            leave(waiting.frame);
    }
    pump();
    return m_held.isEmpty();
}

void Connection::leave(const QByteArray &frame)
{
    m_withheldBytes -= frame.size();
    enqueue(frame);
}

void Connection::enqueue(const QByteArray &frame)
{
    if (m_closing)
        return;
    m_queuedBytes += frame.size();
    m_queue.enqueue(frame);
    if (m_queuedBytes >= socketShare)
        fillSocket();
}

void Connection::sendAtOnce(const QList<QByteArray> &frames)
{
    for (const QByteArray &frame : frames)
        enqueue(frame);
    pump();
}

void Connection::fillSocket()
{
    if (std::exchange(m_filling, true))
        return; // flush() tells of what it has written
    while (!m_queue.isEmpty() && isOpen()) {
        if (inSocket() >= socketShare) {
            m_socket->flush();
            if (inSocket() >= socketShare)
                break;
        }
        const QByteArray frame = m_queue.dequeue();
        m_queuedBytes -= frame.size();
        m_hub.counters().countSent(frame.size());
        m_socket->sendBinaryMessage(frame);
    }
    m_socket->flush();
    m_filling = false;
}

void Connection::pump()
{
    if (m_filling)
        return;
    fillSocket();
    if (m_queue.isEmpty())
        startClosing();
    else
        m_wasFull = true;
    checkStall();
    if (m_wasFull && buffered() < socketShare) {
        m_wasFull = false;
        Q_EMIT drained();
    }
}

void Connection::onTaken()
{
    m_lastTaken = m_hub.now();
    pump();
}

qsizetype Connection::inSocket() const
{
    const auto *const tls = qobject_cast<const QSslSocket *>(m_transport);
    return qsizetype(m_transport->bytesToWrite() + (tls ? tls->encryptedBytesToWrite() : 0));
}

// From here on the client has its chance; nothing taken until the timer fires means that it does not read.
void Connection::checkStall()
{
    if (!m_closing && !m_stallTimer.isActive() && m_queuedBytes + inSocket() > m_hub.options().maxOutput)
        m_stallTimer.start(m_hub.options().stallTimeout);
}

qsizetype Connection::buffered() const { return m_withheldBytes + m_queuedBytes + inSocket(); }

bool Connection::isBehind() const { return buffered() > m_hub.options().maxOutput; }

void Connection::closeAfterSending(std::chrono::milliseconds grace)
{
    if (m_closeWanted)
        return;
    m_closeWanted = true;
    m_closeGrace = grace;
    // What is before may never get on its way if nobody reads.
    QTimer::singleShot(m_hub.options().handshakeTimeout + grace, m_socket, &QWebSocket::abort);
    startClosing();
}

void Connection::startClosing()
{
    if (!m_closeWanted || m_closing || m_withheldBytes > 0 || !m_queue.isEmpty())
        return;
    m_closing = true;
    // Both SDKs close by themselves when they see a close frame; the grace lets them.
    QTimer::singleShot(m_closeGrace, m_socket, [this] { m_socket->close(); });
}

void Connection::abort(const QByteArray &reason)
{
    if (m_closing && m_socket->state() == QAbstractSocket::UnconnectedState)
        return;
    m_closing = true;
    m_held.clear();
    if (m_stage)
        m_stage->clear();
    m_queue.clear();
    m_withheldBytes = 0;
    m_queuedBytes = 0;
    if (!reason.isEmpty())
        qCWarning(lcServer, "connection %lld cut: %s", m_number, reason.constData());
    // Not from within a caller that goes through the connections: closed() takes this one out.
    QMetaObject::invokeMethod(m_socket, &QWebSocket::abort, Qt::QueuedConnection);
}

} // namespace Twilio::Server
