#pragma once

#include "TwilioSync/transport/readbudget.h"
#include "TwilioSync/transport/transport.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qpointer.h>

class QAbstractSocket;
class QWebSocket;

namespace Twilio {

/*!
    \brief The transport of real life: binary messages over a WebSocket, TLS verified by the system's
   settings.

    Takes messages in slices, a ReadBudget each turn of the event loop; meanwhile the socket does not read on.
*/
class WebSocketTransport : public Transport
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WebSocketTransport)

public:
    explicit WebSocketTransport(QObject *parent = nullptr);
    ~WebSocketTransport() override;

    void open(const QUrl &url) override;
    void send(const QByteArray &message) override;
    void close() override;

private:
    void fail(SyncError error);
    void finish();
    void receive(const QByteArray &message);
    void endTurn();
    void adjustBudget();
    template <typename Emit>
    void emitFromSocket(Emit &&emitSignal);

    QWebSocket *m_socket; // ours; no parent, since it may have to outlive us by a turn
    QPointer<QAbstractSocket> m_stream; // what m_socket reads from; its child
    ReadBudget m_budget;
    QElapsedTimer m_turn; // since the turn's first message
    qint64 m_takenInTurn = 0;
    bool m_turnEnds = false;
    SyncError m_error;
    bool m_insideSocket = false; // one of the socket's own functions is on the stack
    bool m_finished = false;
};

} // namespace Twilio
