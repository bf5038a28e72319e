#pragma once

#include "TwilioSync/transport/transport.h"

class QWebSocket;

namespace Twilio {

//! \brief The transport of real life: binary messages over a WebSocket, TLS verified by the system's
//! settings.
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
    template <typename Emit>
    void emitFromSocket(Emit &&emitSignal);

    QWebSocket *m_socket; // ours; no parent, since it may have to outlive us by a turn
    SyncError m_error;
    bool m_insideSocket = false; // one of the socket's own functions is on the stack
    bool m_finished = false;
};

} // namespace Twilio
