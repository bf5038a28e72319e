#pragma once

#include "faultlog.h"
#include "framesplitter.h"
#include "lane.h"

#include <QtCore/qobject.h>

#include <array>
#include <optional>

//! From a client to the service, or back.
enum class Way : quint8 { Up, Down };

//! What a proxy shall do to the next messages of its client, over whatever connection they come.
struct Orders
{
    struct Cut
    {
        //! Parts that pass before: the head of the handshake and frames, on one connection.
        int skip = 0;
        //! Bytes of the part that still pass; counted round and round.
        qsizetype position = 0;
        //! Reset instead of closed.
        bool isAbrupt = false;
    };

    std::array<std::optional<Cut>, 2> cuts; // by Way
    int lostReplies = 0;
    //! For how long the connection stays after a reply was lost; -1 = it stays.
    qint64 cutAfterLossMs = -1;
    int doubledReplies = 0;
    int doubledEvents = 0;
    int overtakenEvents = 0;
};

/*!
    \brief One connection of a client through the proxy, and the one to the service behind it.

    TCP hands over in order, so messages are lost, doubled or change places only as the service itself admits:
   a reply may get lost or come twice (protocol.md 5.8), live events come twice or behind their successors
   (8.3); replays, outcomes and stream messages keep their order. Deletes itself when both sides are gone.
*/
class Link : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Link)

public:
    //! Takes \a socket of client \a client over; \a orders and \a log outlive it.
    Link(QTcpSocket *socket, quint16 port, int client, int number, Orders &orders, FaultLog &log);

    [[nodiscard]] int number() const { return m_number; }
    //! True while the client has it, and the service has accepted it.
    [[nodiscard]] bool isOpen() const { return m_isOpen && m_client->state() == QTcpSocket::ConnectedState; }
    void stall(qint64 ms);
    void trickle(int bytesPerSecond, qint64 ms);
    //! What goes that way is lost from now on.
    void die(Way way);
    //! What the client sends waits for \a ms, before whose end the client has lost the connection. It is lost
    //! from the first write on that has no condition: the protocol has nothing that would tell a service
    //! that such a write has been repeated since, over another connection.
    void deliverLate(qint64 ms);

Q_SIGNALS:
    //! The client has sent something.
    void used();
    //! The service has accepted the token.
    void opened();

private:
    void pass(Way way, const FrameSplitter::Part &part);
    void passDown(const FrameSplitter::Part &part);
    [[nodiscard]] bool cutIn(Way way, const FrameSplitter::Part &part);
    void hangUp(bool isAbrupt);
    void releaseOvertaken();
    void clientLeft();
    void serverLeft();
    void deleteIfDone();

    QTcpSocket *const m_client;
    QTcpSocket *const m_server;
    const int m_clientNumber;
    const int m_number;
    Orders &m_orders;
    FaultLog &m_log;
    FrameSplitter m_upParts;
    FrameSplitter m_downParts;
    Lane m_up;
    Lane m_down;
    QByteArray m_overtaken;
    bool m_isOpen = false;
    //! The service is not to learn at once that the client has gone.
    bool m_lingers = false;
    //! What the client sends comes after its next connection;
    bool m_isLate = false;
    //! up to here.
    bool m_isLateOver = false;
};
