#pragma once

#include <QtCore/qcryptographichash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <functional>

/*!
    \brief A server of bytes, on a real socket: answers the WebSocket handshake, or whatever the test says,
   and then sends without end. For tests of clients.
*/
class RawPeer
{
    Q_DISABLE_COPY_MOVE(RawPeer)

public:
    //! Sent after the request of the handshake; {accept} stands for the key that the client expects.
    QByteArray greeting = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: {accept}\r\n\r\n";
    //! Gives what is sent next, again and again, as fast as the client takes it; null = nothing.
    std::function<QByteArray()> next;
    //! Whether it reads what the client sends after the handshake.
    bool reads = true;

    RawPeer()
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { accept(); });
    }

    bool listen() { return m_server.listen(QHostAddress::LocalHost); }
    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("ws://127.0.0.1:%1/").arg(m_server.serverPort()));
    }
    //! Bytes that the network has taken, handshakes included.
    [[nodiscard]] qint64 sent() const { return m_sent; }
    [[nodiscard]] int connections() const { return m_connections; }
    [[nodiscard]] QTcpSocket *socket() const { return m_socket; }

    //! A frame of \a size bytes of payload, of which \a payload comes; \a first is its first byte: FIN and
    //! the opcode.
    [[nodiscard]] static QByteArray frame(char first, const QByteArray &payload, quint64 size)
    {
        QByteArray head(1, first);
        if (size < 126) {
            head += char(size);
        } else {
            head += char(127);
            for (int shift = 56; shift >= 0; shift -= 8)
                head += char(size >> shift);
        }
        return head + payload;
    }

private:
    void accept()
    {
        while (QTcpSocket *const socket = m_server.nextPendingConnection()) {
            m_socket = socket;
            ++m_connections;
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { greet(socket); });
            QObject::connect(socket, &QTcpSocket::bytesWritten, socket, [this, socket](qint64 bytes) {
                m_sent += bytes;
                sendOn(socket);
            });
            QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        }
    }
    void greet(QTcpSocket *socket)
    {
        const QByteArray request = socket->peek(16 * 1024);
        if (!request.contains("\r\n\r\n"))
            return;
        socket->disconnect(SIGNAL(readyRead()));
        const qsizetype key = request.toLower().indexOf("sec-websocket-key: ") + 19;
        const QByteArray accepted =
                QCryptographicHash::hash(request.sliced(key, request.indexOf('\r', key) - key)
                                                 + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                                         QCryptographicHash::Sha1)
                        .toBase64();
        if (reads) {
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->readAll(); });
            socket->readAll();
        } else {
            socket->setReadBufferSize(1);
        }
        socket->write(QByteArray(greeting).replace("{accept}", accepted));
    }
    void sendOn(QTcpSocket *socket)
    {
        constexpr qint64 enough = 64 * 1024;
        while (next && socket->bytesToWrite() < enough
               && socket->state() == QAbstractSocket::ConnectedState) {
            const QByteArray bytes = next();
            if (bytes.isEmpty())
                return;
            socket->write(bytes);
        }
    }

    QTcpServer m_server;
    QPointer<QTcpSocket> m_socket;
    qint64 m_sent = 0;
    int m_connections = 0;
};
