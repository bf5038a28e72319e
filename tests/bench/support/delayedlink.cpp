#include "bench/support/delayedlink.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpsocket.h>

namespace Bench {
namespace {

void join(QTcpSocket *from, QTcpSocket *to, std::chrono::milliseconds delay)
{
    from->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    QObject::connect(from, &QTcpSocket::readyRead, to, [from, to, delay] {
        // Timers of the same interval end in the order in which they began.
        QTimer::singleShot(delay, Qt::PreciseTimer, to, [to, bytes = from->readAll()] { to->write(bytes); });
    });
    QObject::connect(from, &QTcpSocket::disconnected, to, &QTcpSocket::disconnectFromHost);
}

} // namespace

DelayedLink::DelayedLink(const QUrl &url, std::chrono::milliseconds roundTrip)
    : m_url(url)
    , m_roundTrip(roundTrip)
{
    connect(this, &QTcpServer::newConnection, this, &DelayedLink::accept);
    listen(QHostAddress::LocalHost);
}

QUrl DelayedLink::url() const
{
    QUrl url = m_url;
    url.setHost(serverAddress().toString());
    url.setPort(serverPort());
    return url;
}

void DelayedLink::accept()
{
    while (QTcpSocket *const client = nextPendingConnection()) {
        auto *const server = new QTcpSocket(client);
        server->connectToHost(m_url.host(), quint16(m_url.port()));
        join(client, server, m_roundTrip / 2);
        join(server, client, m_roundTrip / 2);
    }
}

} // namespace Bench
