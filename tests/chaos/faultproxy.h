#pragma once

#include "link.h"

#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qtcpserver.h>

/*!
    \brief What one client connects to instead of the service: passes everything on, but for the faults that
   it is told to make.
*/
class FaultProxy : public QTcpServer
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FaultProxy)

public:
    //! For client number \a client; \a log outlives it.
    FaultProxy(int client, FaultLog &log);

    void setTarget(quint16 port) { m_target = port; }
    [[nodiscard]] QUrl url() const;
    //! The number of the newest connection.
    [[nodiscard]] int link() const { return m_links; }
    //! The newest connection, if it is open.
    [[nodiscard]] Link *openLink() const { return m_link && m_link->isOpen() ? m_link.data() : nullptr; }
    [[nodiscard]] Orders &orders() { return m_orders; }
    //! Messages of the client over a connection long after a newer one had opened: there may be none.
    [[nodiscard]] int strays() const { return m_strays; }

private:
    void accept();

    const int m_client;
    FaultLog &m_log;
    quint16 m_target = 0;
    Orders m_orders;
    QPointer<Link> m_link;
    int m_links = 0;
    //! Which connection opened last, and when.
    int m_opened = 0;
    qint64 m_openedAt = 0;
    int m_strays = 0;
};
