#pragma once

#include "TwilioSync/core/synclimits.h"
#include "TwilioSync/transport/readbudget.h"
#include "TwilioSync/transport/transport.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qsslconfiguration.h>

#include <deque>
#include <optional>

class QWebSocket;

namespace Twilio {

/*!
    \brief The transport of real life: binary messages over a WebSocket, TLS verified by the system's
   settings.

    Takes messages in slices, a ReadBudget each turn of the event loop; meanwhile the socket does not read on.
   They are only collected while the socket reads, and handed on in a turn of their own.
*/
class WebSocketTransport : public Transport
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WebSocketTransport)

public:
    //! \a configuration: none = the application's defaults. What goes beyond \a limits ends it.
    explicit WebSocketTransport(const std::optional<QSslConfiguration> &configuration = {},
                                const SyncLimits &limits = {}, QObject *parent = nullptr);
    ~WebSocketTransport() override;

    void open(const QUrl &url) override;
    void send(const QByteArray &message) override;
    void flush() override;
    void ping() override;
    [[nodiscard]] bool takesMore() override;
    void setHeld(bool held) override;
    void close() override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] qint64 unsentBytes() const;
    [[nodiscard]] qint64 comfortableBytes() const;
    //! False if there were too many, which has ended the connection.
    bool checkUnsent();
    //! Hangs up on a peer that may never do so.
    void cut(const SyncError &error);
    void tellDrained();
    void closing();
    [[nodiscard]] SyncError errorOf(QAbstractSocket::SocketError error) const;
    void fail(SyncError error);
    void finish();
    //! Hands over what send() was given.
    void writeOutbox();
    void receive(const QByteArray &message);
    void scheduleHandOn();
    void handOn();
    void endTurn();
    void adjustBudget();

    QWebSocket *const m_socket;
    QPointer<QAbstractSocket> m_stream; // what m_socket reads from; its child
    const SyncLimits m_limits;
    ReadBudget m_budget;
    QElapsedTimer m_turn; // since the turn's first message
    qint64 m_takenInTurn = 0;
    bool m_turnEnds = false;
    QByteArray m_outbox; // frames that go out at the end of the turn
    bool m_writeScheduled = false;
    bool m_isFlushed = false; // in this turn, by flush()
    std::deque<QByteArray> m_inbox; // received, not yet handed on
    qint64 m_inboxSize = 0;
    bool m_handOnScheduled = false;
    bool m_isHeld = false;
    SyncError m_error;
    bool m_wasOpen = false;
    bool m_isFull = false; // as takesMore() has said
    bool m_finished = false;
    bool m_toldEnd = false;
};

} // namespace Twilio
