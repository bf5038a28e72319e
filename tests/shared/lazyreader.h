#pragma once

#include "eventually.h"
#include "TwilioSync/protocol/frame.h"

#include <QtCore/qurl.h>
#include <QtNetwork/qsslsocket.h>
#include <QtTest/qtest.h>

#include <algorithm>

/*!
    \brief A WebSocket, plain or by TLS, that reads only when told to. For tests of servers.
*/
class LazyReader
{
public:
    bool open(const QUrl &url)
    {
        if (url.scheme() == u"wss") {
            m_socket.setPeerVerifyMode(QSslSocket::VerifyNone);
            m_socket.connectToHostEncrypted(url.host(), quint16(url.port()));
        } else {
            m_socket.connectToHost(url.host(), quint16(url.port()));
        }
        if (!waitUntil([&] {
                return url.scheme() == u"wss" ? m_socket.isEncrypted()
                                              : m_socket.state() == QAbstractSocket::ConnectedState;
            }))
            return false;
        m_socket.write("GET /v3/wsconnect HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n\r\n");
        return waitUntil([this] { return m_socket.peek(4096).contains("\r\n\r\n"); });
    }
    void send(const QByteArray &header, const QByteArray &payload = {})
    {
        const QByteArray frame = Twilio::Protocol::encodeFrame(header, payload);
        QByteArray bytes("\x82\xfe"); // binary, final; masked, 16 bits of length
        bytes += char(frame.size() >> 8);
        bytes += char(frame.size() & 0xff);
        m_socket.write(bytes + QByteArray(4, '\0') + frame);
    }
    bool waitFor(const QByteArray &text)
    {
        return waitUntil([&] { return m_socket.peek(1 << 20).contains(text); });
    }
    bool init(const QString &token)
    {
        send(R"({"method":"init","id":"1","token":")" + token.toLatin1() + "\"}");
        return waitFor("continuation_token");
    }
    //! As the client of \a token, with the body \a request.
    bool subscribe(const QString &token, const QByteArray &request)
    {
        if (!init(token))
            return false;
        send(R"({"method":"message","id":"2","http_request":{"method":"POST","path":"/v4/Subscriptions"}})",
             request);
        return waitFor("subscription_established");
    }
    void stopReading() { m_socket.setReadBufferSize(1); }
    //! And forgets what comes.
    void readOn()
    {
        m_socket.setReadBufferSize(0);
        QObject::connect(&m_socket, &QTcpSocket::readyRead, &m_socket, [this] { m_socket.readAll(); });
        m_socket.readAll();
    }
    bool waitForClosed()
    {
        m_socket.setReadBufferSize(0);
        return waitUntil([this] {
            m_socket.readAll();
            return m_socket.state() == QAbstractSocket::UnconnectedState;
        });
    }

    //! Reads on until \a text has come \a most times; how often it has.
    qsizetype readOnCounting(const QByteArray &text, qsizetype most)
    {
        m_socket.setReadBufferSize(0);
        qsizetype count = 0;
        QByteArray rest;
        waitUntil([&] {
            const QByteArray bytes = rest + m_socket.readAll();
            count += bytes.count(text);
            rest = bytes.last(std::min(bytes.size(), text.size() - 1));
            return count >= most;
        });
        return count;
    }

private:
    template <typename Condition>
    static bool waitUntil(Condition condition)
    {
        return eventually(condition, 30'000);
    }

    QSslSocket m_socket;
};
