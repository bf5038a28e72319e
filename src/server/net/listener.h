#pragma once

#include "server/http/hostpolicy.h"
#include "server/http/httpconnection.h"
#include "server/net/serveroptions.h"

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

#include <functional>
#include <optional>

class QWebSocket;

namespace Twilio::Server {

/*!
    \brief The server's port: WebSockets and HTTP, plain or by TLS.

    Every connection begins with HTTP requests; an upgrade makes a WebSocket of it. Protocol: protocol.md,
    section 14, 1.
*/
class Listener : public QTcpServer, private HttpService
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Listener)

public:
    //! \a options outlives the listener. With \a tls every connection is encrypted.
    Listener(const ServerOptions &options, const std::optional<QSslConfiguration> &tls);
    ~Listener() override;

    //! Asked for each connection; true refuses it.
    std::function<bool()> isFull;
    //! Asked for each WebSocket; true answers 503.
    std::function<bool()> isDown;
    //! Answers what is not a WebSocket, now or later.
    std::function<void(const HttpRequest &request, const HttpAnswer &answer)> onHttp;
    //! Connections that are no WebSockets (yet).
    [[nodiscard]] qsizetype pendingCount() const { return m_pending; }

Q_SIGNALS:
    //! A WebSocket is open; the receiver owns it, and it \a transport, which is Pausable.
    void webSocketOpened(QWebSocket *socket, QTcpSocket *transport);

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void serve(const HttpRequest &request, const HttpAnswer &answer) override;
    [[nodiscard]] std::optional<HttpResponse> refusal(const HttpRequest &request,
                                                      const QTcpSocket &socket) const override;
    void upgrade(QTcpSocket *socket) override;
    void take(QWebSocket *webSocket);

    const ServerOptions &m_options;
    const std::optional<QSslConfiguration> m_tls;
    const HostPolicy m_hostPolicy;
    QWebSocketServer m_handshaker;
    // QWebSocket does not own its socket; by the peer's address and port the two find each other again.
    QHash<std::pair<QHostAddress, quint16>, QPointer<QTcpSocket>> m_upgrading;
    qsizetype m_pending = 0;
};

} // namespace Twilio::Server
