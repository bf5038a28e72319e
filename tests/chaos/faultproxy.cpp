#include "faultproxy.h"

using namespace Qt::StringLiterals;

namespace {

// What was sent over the old connection before may still have to be read.
constexpr qint64 graceMs = 2'000;

} // namespace

FaultProxy::FaultProxy(int client, FaultLog &log) : m_client(client), m_log(log)
{
    connect(this, &QTcpServer::newConnection, this, &FaultProxy::accept);
    if (!listen(QHostAddress::LocalHost))
        qFatal("no port for a proxy: %s", qPrintable(errorString()));
}

QUrl FaultProxy::url() const { return QUrl(u"ws://127.0.0.1:%1/v3/wsconnect"_s.arg(serverPort())); }

void FaultProxy::accept()
{
    while (QTcpSocket *const socket = nextPendingConnection()) {
        auto *const link = new Link(socket, m_target, m_client, ++m_links, m_orders, m_log);
        link->setParent(this);
        connect(link, &Link::opened, this, [this, link] {
            if (link->number() < m_opened)
                return;
            m_opened = link->number();
            m_openedAt = m_log.now();
        });
        connect(link, &Link::used, this, [this, link] {
            if (link->number() < m_opened && m_log.now() > m_openedAt + graceMs)
                ++m_strays;
        });
        m_link = link;
    }
}
