#pragma once

#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/json.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslsocket.h>
#include <QtNetwork/qtcpserver.h>

/*!
    \brief The service's end of real connections, where nothing happens by itself: the test answers the
   handshake, sends, hangs up. Writes down all that the client sends, pings included.
*/
class SocketGateway : private QTcpServer
{
    Q_DISABLE_COPY_MOVE(SocketGateway)

public:
    SocketGateway() = default;
    ~SocketGateway() override { close(); }

    bool listen() { return QTcpServer::listen(QHostAddress::LocalHost); }
    [[nodiscard]] QUrl url(const QString &scheme) const
    {
        return QUrl(QStringLiteral("%1://localhost:%2/v3/wsconnect").arg(scheme).arg(serverPort()));
    }

    // All of it acts on the latest connection, if there is one.

    //! Answers the handshake. False if none has come yet.
    bool accept()
    {
        if (!m_socket || !m_received.contains("\r\n\r\n"))
            return false;
        const qsizetype key = m_received.toLower().indexOf("sec-websocket-key: ") + 19;
        const QByteArray hash =
                QCryptographicHash::hash(m_received.sliced(key, m_received.indexOf('\r', key) - key)
                                                 + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                                         QCryptographicHash::Sha1);
        m_received.clear();
        m_isOpen = true;
        m_socket->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: "
                        + hash.toBase64() + "\r\n\r\n");
        return true;
    }
    //! Shows \a identity to a client that wants TLS.
    void encrypt(const QSslConfiguration &identity)
    {
        if (!m_socket)
            return;
        m_socket->setSslConfiguration(identity);
        m_socket->startServerEncryption();
    }
    void send(const QByteArray &header, const QByteArray &payload = {})
    {
        if (!m_socket || !m_isOpen)
            return;
        const QByteArray message = Twilio::Protocol::encodeFrame(header, payload);
        QByteArray head("\x82", 1);
        if (message.size() < 126)
            head += char(message.size());
        else
            head += QByteArray("\x7e", 1) + char(message.size() >> 8) + char(message.size() & 0xff);
        m_socket->write(head + message);
    }
    //! Replies to the oldest frame \a method without an answer; \a status is JSON.
    void reply(const QByteArray &method, const QByteArray &status)
    {
        for (Frame &frame : m_frames) {
            if (frame.method != method || std::exchange(frame.isAnswered, true))
                continue;
            send("{\"method\":\"reply\",\"id\":\"" + frame.id + "\",\"status\":" + status + '}');
            return;
        }
    }
    void hangUp()
    {
        if (m_socket)
            m_socket->disconnectFromHost();
    }

    //! Connections so far.
    [[nodiscard]] int attempts() const { return m_attempts; }
    //! "init token A", "update token B", "message", "reply", "close" and "ping", of all connections.
    [[nodiscard]] QStringList frames() const
    {
        QStringList texts;
        for (const Frame &frame : m_frames)
            texts.append(QString::fromUtf8((frame.method + ' ' + frame.token).trimmed()));
        return texts;
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *const socket = new QSslSocket(this);
        if (!socket->setSocketDescriptor(descriptor))
            return;
        ++m_attempts;
        m_socket = socket;
        m_received.clear();
        m_isOpen = false;
        connect(socket, &QSslSocket::readyRead, this, [this, socket] {
            if (socket != m_socket) {
                QByteArray rest = socket->readAll(); // of one that is hanging up
                take(rest);
                return;
            }
            constexpr char handshakeOfTls = 0x16;
            if (!socket->isEncrypted() && socket->peek(1).startsWith(handshakeOfTls))
                return; // encrypt() reads it
            m_received += socket->readAll();
            if (m_isOpen)
                take(m_received);
        });
        connect(socket, &QSslSocket::disconnected, socket, &QObject::deleteLater);
    }

private:
    struct Frame
    {
        QByteArray method;
        QByteArray id;
        QByteArray token;
        bool isAnswered = false;
    };

    //! Takes whole WebSocket frames off \a bytes.
    void take(QByteArray &bytes)
    {
        for (;;) {
            const auto byte = [&](qsizetype at) { return quint8(bytes.at(at)); };
            if (bytes.size() < 6)
                return;
            const bool isLong = (byte(1) & 0x7f) == 126; // longer ones are not sent here
            const qsizetype head = isLong ? 8 : 6;
            if (bytes.size() < head)
                return;
            const qsizetype size = isLong ? byte(2) << 8 | byte(3) : byte(1) & 0x7f;
            if (bytes.size() < head + size)
                return;
            QByteArray payload = bytes.sliced(head, size);
            for (qsizetype i = 0; i < size; ++i)
                payload[i] = char(payload.at(i) ^ bytes.at(head - 4 + i % 4));
            const int opcode = byte(0) & 0x0f;
            bytes.remove(0, head + size);
            if (opcode == 9)
                m_frames.append({ "ping", {}, {} });
            else if (opcode == 2)
                note(payload);
        }
    }
    void note(const QByteArray &message)
    {
        const auto parts = Twilio::Protocol::splitFrame(message);
        const auto *frame = std::get_if<Twilio::Protocol::FrameParts>(&parts);
        const auto header = frame ? Twilio::Protocol::JsonObjectView::parse(frame->header) : std::nullopt;
        if (!header)
            qFatal("SocketGateway: cannot read a frame");
        const auto text = [&](const char *name) { return header->value(name).toUtf8().value_or(""); };
        m_frames.append({ text("method"), text("id"), text("token") });
    }

    QPointer<QSslSocket> m_socket;
    QByteArray m_received;
    bool m_isOpen = false;
    QList<Frame> m_frames;
    int m_attempts = 0;
};
