#pragma once

#include "eventually.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

#include <memory>

/*!
    \brief An HTTP connection that sends any bytes, for tests of servers.
*/
class RawHttp
{
public:
    struct Response
    {
        //! 0: none came.
        int status = 0;
        QByteArray head;
        QByteArray body;

        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
        [[nodiscard]] bool says(const QByteArray &line) const
        {
            return head.contains("\r\n" + line + "\r\n");
        }
    };
    static constexpr int timeout = 10'000;

    //! To the server of \a url, whatever that one's scheme and path.
    explicit RawHttp(const QUrl &url) { m_socket->connectToHost(url.host(), quint16(url.port())); }
    //! Takes over \a socket, which is connected already.
    explicit RawHttp(std::unique_ptr<QTcpSocket> socket) : m_socket(std::move(socket)) { }

    [[nodiscard]] QTcpSocket &socket() { return *m_socket; }
    void send(const QByteArray &bytes) { m_socket->write(bytes); }

    //! The next response; to HEAD it has no body.
    Response response(bool toHead = false)
    {
        const auto headEnd = [this] { return m_bytes.indexOf("\r\n\r\n"); };
        if (!waitUntil([&] { return headEnd() >= 0; }))
            return {};
        Response response;
        response.head = m_bytes.first(headEnd() + 4);
        m_bytes.remove(0, response.head.size());
        response.status = response.head.sliced(9, 3).toInt();
        const QByteArray lower = response.head.toLower();
        const qsizetype length = lower.indexOf("content-length: ");
        const qsizetype size = length < 0 || toHead
                ? 0
                : lower.sliced(length + 16, lower.indexOf('\r', length) - length - 16).toLongLong();
        if (!waitUntil([&] { return m_bytes.size() >= size; }))
            return {};
        response.body = m_bytes.first(size);
        m_bytes.remove(0, size);
        return response;
    }
    //! One request with \a headers (each line with its end) and its response.
    Response request(const QByteArray &method, const QByteArray &target, const QByteArray &body = {},
                     const QByteArray &headers = {})
    {
        QByteArray head = method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
        if (!body.isEmpty())
            head += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
        send(head + "\r\n" + body);
        return response(method == "HEAD");
    }
    //! True once the server has closed and nothing is unread.
    bool waitForClosed()
    {
        return eventually([this] { return m_socket->state() == QAbstractSocket::UnconnectedState; }, timeout)
                && m_bytes.isEmpty() && m_socket->bytesAvailable() == 0;
    }

private:
    template <typename Condition>
    bool waitUntil(Condition condition)
    {
        return eventually(
                [&] {
                    m_bytes += m_socket->readAll();
                    return condition();
                },
                timeout);
    }

    std::unique_ptr<QTcpSocket> m_socket = std::make_unique<QTcpSocket>();
    QByteArray m_bytes;
};
