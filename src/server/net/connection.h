#pragma once

#include "server/net/commitgate.h"
#include "server/net/hooks.h"
#include "server/net/pausablesocket.h"
#include "server/serverglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qqueue.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtWebSockets/qwebsocket.h>

#include <chrono>
#include <memory>

namespace Twilio::Server {

class Hub;

/*!
    \brief One WebSocket: order, commit gate and flow control of what is sent, and a rest from reading.

    A frame is \e held until the server has committed what it tells of, and \e queued until the socket has
    room; hooks may put a FrameStage in between. Bytes are shared with other connections until the
    socket takes them, so an event costs its memory once however many read slowly.

    A client that reads is never cut, however slow it is: whoever makes more for it waits while it isBehind().
    One that takes nothing of what it could take is cut when that is more than ServerOptions::maxOutput.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Connection : public QObject, private CommitGate::Holder
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Connection)

public:
    //! Takes \a socket over, and \a transport below it, which is Pausable. \a hub and what it refers to
    //! outlive the connection.
    Connection(Hub &hub, QWebSocket *socket, QTcpSocket *transport, qint64 number);
    ~Connection() override;

    //! Counts from 1 over the server's life; names the connection in logs and faults.
    [[nodiscard]] qint64 number() const { return m_number; }
    [[nodiscard]] bool isOpen() const;
    //! Whose it is, for faults and logs; empty before init.
    [[nodiscard]] const QString &identity() const { return m_identity; }
    void setIdentity(const QString &identity) { m_identity = identity; }

    //! Sends \a frame once the present changes are committed. Frames never overtake each other.
    void send(FrameKind kind, const QByteArray &frame);
    //! Hands \a frames to the socket at once, past gate and hooks.
    void sendAtOnce(const QList<QByteArray> &frames);
    //! Closes the WebSocket \a grace after everything before is on its way; a peer that lingers is cut.
    void closeAfterSending(std::chrono::milliseconds grace);
    //! Cuts the connection, without a close frame.
    void abort(const QByteArray &reason);
    //! Bytes that wait for the client to read.
    [[nodiscard]] qsizetype buffered() const;
    //! True while so much waits for the client that whoever makes more should wait for it.
    [[nodiscard]] bool isBehind() const;
    //! Asks for drained() once the client has read nearly all that waits now.
    void notifyWhenDrained() { m_wasFull = true; }

    //! Leaves what the client sends in the kernel, or reads on.
    void setReadingPaused(bool on) { m_reading.setPaused(on); }
    [[nodiscard]] bool isReadingPaused() const { return m_reading.isPaused(); }
    //! When the client last took something that waited, by the hub's clock.
    [[nodiscard]] qint64 lastTaken() const { return m_lastTaken; }

Q_SIGNALS:
    //! A binary message came in.
    void received(const QByteArray &message);
    //! Something that is not a binary message came in.
    void receivedText();
    //! What waited has gone below the mark where more may be made for this client.
    void drained();
    //! The socket is gone. Last signal.
    void closed();

private:
    struct Waiting
    {
        FrameKind kind;
        QByteArray frame;
        //! What must be durable before it may go.
        CommitTicket ticket;
    };

    bool release() override;
    void leave(const QByteArray &frame);
    void enqueue(const QByteArray &frame);
    void pump();
    void fillSocket();
    void onTaken();
    [[nodiscard]] qsizetype inSocket() const;
    void checkStall();
    void startClosing();

    Hub &m_hub;
    QWebSocket *const m_socket;
    QTcpSocket *const m_transport;
    Pausable &m_reading;
    const qint64 m_number;
    QString m_identity;
    QList<Waiting> m_held;
    const std::unique_ptr<FrameStage> m_stage;
    QQueue<QByteArray> m_queue;
    //! Held, or in the stage: nothing the client could take yet.
    qsizetype m_withheldBytes = 0;
    qsizetype m_queuedBytes = 0;
    qint64 m_lastTaken = 0;
    QTimer m_stallTimer;
    bool m_dirty = false;
    bool m_filling = false;
    bool m_closeWanted = false;
    std::chrono::milliseconds m_closeGrace { 0 };
    bool m_closing = false;
    bool m_wasFull = false;
};

} // namespace Twilio::Server
