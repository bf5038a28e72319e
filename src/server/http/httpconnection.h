#pragma once

#include "server/http/httpmessage.h"
#include "server/http/httpparser.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpsocket.h>

#include <chrono>
#include <functional>
#include <optional>

namespace Twilio::Server {

using HttpAnswer = std::function<void(const HttpResponse &response)>;

/*!
    \brief Whom connections bring their requests to.
*/
class HttpService
{
public:
    HttpService() = default;
    Q_DISABLE_COPY_MOVE(HttpService)
    virtual ~HttpService() = default;

    //! Has \a request answered once, now or later.
    virtual void serve(const HttpRequest &request, const HttpAnswer &answer) = 0;
    //! Why \a request, which came in by \a socket, is not looked at any further; none if it is.
    [[nodiscard]] virtual std::optional<HttpResponse> refusal(const HttpRequest &request,
                                                              const QTcpSocket &socket) const = 0;
    //! Takes over \a socket, whose unread bytes begin with a WebSocket's opening request.
    virtual void upgrade(QTcpSocket *socket) = 0;
};

/*!
    \brief One connection of an HTTP/1.1 client: requests one after another, each answered before the next is
    looked at.

    Deletes itself and its socket at the end of the connection, or itself alone when the socket becomes a
    WebSocket. Sockets that take too long are cut and logged.
*/
class HttpConnection : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HttpConnection)

public:
    //! How long a request may take to come in, and its answer to be taken.
    struct Times
    {
        std::chrono::milliseconds request;
        //! Between requests.
        std::chrono::milliseconds idle;
    };

    //! Takes \a socket over. \a service outlives the connection.
    HttpConnection(QTcpSocket *socket, HttpService &service, const Times &times);

private:
    void read();
    void handle(const HttpRequest &request);
    void respond(const HttpResponse &response, bool keepAlive, bool withBody);
    void onWritten();
    void waitForNext();
    void startUpgrade(const HttpRequest &request);
    void onDeadline();

    QTcpSocket *const m_socket;
    HttpService &m_service;
    const Times m_times;
    QTimer m_deadline;
    QByteArray m_unread;
    std::optional<HttpParser> m_parser;
    //! A request is being answered, or the last answer is on its way.
    bool m_busy = false;
    //! Between two requests.
    bool m_idle = false;
    bool m_ending = false;
};

//! Where the other end of \a socket is, for logs.
[[nodiscard]] QByteArray peerOf(const QTcpSocket &socket);

} // namespace Twilio::Server
