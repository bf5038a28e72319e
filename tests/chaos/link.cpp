#include "link.h"

#include <QtNetwork/qhostaddress.h>

namespace {

// For how long the service has a connection whose client is gone without a word.
constexpr int lingerMs = 5'000;
// For how long an event waits to be overtaken.
constexpr int overtakeMs = 100;

} // namespace

Link::Link(QTcpSocket *socket, quint16 port, int client, int number, Orders &orders, FaultLog &log)
    : m_client(socket)
    , m_server(new QTcpSocket(this))
    , m_clientNumber(client)
    , m_number(number)
    , m_orders(orders)
    , m_log(log)
    , m_up(m_server)
    , m_down(m_client)
{
    m_client->setParent(this);
    m_client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_client, &QTcpSocket::readyRead, this, [this] {
        m_upParts.add(m_client->readAll());
        while (const auto part = m_upParts.next())
            pass(Way::Up, *part);
    });
    connect(m_server, &QTcpSocket::readyRead, this, [this] {
        m_downParts.add(m_server->readAll());
        while (const auto part = m_downParts.next())
            pass(Way::Down, *part);
    });
    connect(m_client, &QTcpSocket::disconnected, this, &Link::clientLeft);
    connect(m_server, &QTcpSocket::disconnected, this, &Link::serverLeft);
    connect(m_server, &QTcpSocket::errorOccurred, this, [this] {
        if (m_server->state() == QTcpSocket::UnconnectedState)
            serverLeft(); // it could not be reached
    });
    m_server->connectToHost(QHostAddress::LocalHost, port);
    m_server->setSocketOption(QAbstractSocket::LowDelayOption, 1);
}

void Link::stall(qint64 ms)
{
    m_up.hold(ms);
    m_down.hold(ms);
}

void Link::trickle(int bytesPerSecond, qint64 ms)
{
    m_up.trickle(bytesPerSecond, ms);
    m_down.trickle(bytesPerSecond, ms);
}

void Link::die(Way way)
{
    (way == Way::Up ? m_up : m_down).die();
    m_lingers = true;
}

void Link::deliverLate(qint64 ms)
{
    m_lingers = true;
    m_isLate = true;
    m_up.hold(ms);
    QTimer::singleShot(int(ms / 3), m_client, &QTcpSocket::abort);
    QTimer::singleShot(int(ms), this, [this] { m_up.finish(); });
}

void Link::pass(Way way, const FrameSplitter::Part &part)
{
    if (cutIn(way, part))
        return;
    if (way == Way::Down) {
        passDown(part);
        return;
    }
    Q_EMIT used();
    m_isLateOver = m_isLateOver || (m_isLate && isBlindWrite(part.message));
    if (!m_isLateOver)
        m_up.push(part.bytes);
}

void Link::passDown(const FrameSplitter::Part &part)
{
    const auto take = [](int &count) { return count > 0 && count-- > 0; };
    const ServiceMessage message = readServiceMessage(part.message);
    if (message.answersCall && take(m_orders.lostReplies)) {
        const qint64 after = m_orders.cutAfterLossMs;
        m_log.strike(Fault::LostReply, m_clientNumber, m_number, after >= 0, qMax<qint64>(after, 0));
        if (after >= 0)
            QTimer::singleShot(int(after), this, [this] { hangUp(true); });
        return;
    }
    if (message.isLiveEvent && m_overtaken.isEmpty() && take(m_orders.overtakenEvents)) {
        m_log.strike(Fault::OvertakenEvent, m_clientNumber, m_number, false);
        m_overtaken = part.bytes;
        QTimer::singleShot(overtakeMs, this, &Link::releaseOvertaken);
        return;
    }
    m_down.push(part.bytes);
    if (message.answersCall && take(m_orders.doubledReplies)) {
        m_log.strike(Fault::DoubledReply, m_clientNumber, m_number, false);
        m_down.push(part.bytes);
    }
    if (message.isLiveEvent && take(m_orders.doubledEvents)) {
        m_log.strike(Fault::DoubledEvent, m_clientNumber, m_number, false);
        m_down.push(part.bytes);
    }
    releaseOvertaken();
    if (!message.isGood || m_down.isDead())
        return;
    const bool isOpening = message.isReply && !m_isOpen;
    m_isOpen = m_isOpen || message.isReply;
    m_log.heard(m_clientNumber, m_number, isOpening);
    if (isOpening)
        Q_EMIT opened();
}

void Link::releaseOvertaken()
{
    if (!m_overtaken.isEmpty())
        m_down.push(std::exchange(m_overtaken, {}));
}

bool Link::cutIn(Way way, const FrameSplitter::Part &part)
{
    auto &cut = m_orders.cuts[std::size_t(way)];
    if (!cut || cut->skip-- > 0)
        return false;
    const qsizetype position = cut->position % (part.bytes.size() + 1);
    (way == Way::Up ? m_up : m_down).push(part.bytes.first(position));
    m_log.strike(way == Way::Up ? Fault::CutUp : Fault::CutDown, m_clientNumber, m_number, true);
    m_log.noteCut(position);
    hangUp(cut->isAbrupt);
    cut.reset();
    return true;
}

void Link::hangUp(bool isAbrupt)
{
    if (!isAbrupt) {
        m_up.finish();
        m_down.finish();
        return;
    }
    m_server->flush();
    m_client->flush();
    m_server->abort();
    m_client->abort();
    deleteIfDone();
}

void Link::clientLeft()
{
    // What a stalled or slow way up still has would arrive after its client is back: a blind write among it
    // is what the protocol cannot tell from its repeat.
    if (m_lingers)
        QTimer::singleShot(lingerMs, m_server, &QTcpSocket::abort);
    else
        m_up.abandon();
    deleteIfDone();
}

void Link::serverLeft()
{
    if (!m_down.isDead())
        m_down.finish();
    deleteIfDone();
}

void Link::deleteIfDone()
{
    if (m_client->state() == QTcpSocket::UnconnectedState
        && m_server->state() == QTcpSocket::UnconnectedState)
        deleteLater();
}
