#pragma once

#include "eventually.h"
#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/json.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qurl.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>
#include <QtWebSockets/qwebsocket.h>

#include <algorithm>
#include <functional>

/*!
    \brief A client of the wire alone: sends any bytes, keeps every frame. For tests of servers.
*/
class RawClient : public QObject
{
    Q_OBJECT

public:
    struct Frame
    {
        QJsonObject header;
        //! The payload as it came, and decoded.
        QByteArray payload;
        QJsonObject body;

        [[nodiscard]] QString text(const QString &name) const { return header.value(name).toString(); }
        //! code of \c status.
        [[nodiscard]] int status() const
        {
            return header.value(QStringLiteral("status")).toObject().value(QStringLiteral("code")).toInt();
        }
        [[nodiscard]] int errorCode() const
        {
            return header.value(QStringLiteral("status"))
                    .toObject()
                    .value(QStringLiteral("errorCode"))
                    .toInt();
        }
        [[nodiscard]] int httpStatus() const
        {
            return header.value(QStringLiteral("http_status"))
                    .toObject()
                    .value(QStringLiteral("code"))
                    .toInt();
        }
    };
    using Predicate = std::function<bool(const Frame &)>;
    static constexpr int timeout = 5000;

    RawClient() { connect(&m_socket, &QWebSocket::binaryMessageReceived, this, &RawClient::receive); }

    [[nodiscard]] QWebSocket &socket() { return m_socket; }
    //! Opens the WebSocket; no init yet.
    bool open(const QUrl &url)
    {
        m_socket.open(url);
        return eventually([this] { return m_socket.state() == QAbstractSocket::ConnectedState; }, timeout);
    }
    //! Opens the WebSocket and a session.
    bool open(const QUrl &url, const QString &token) { return open(url) && init(token).status() == 200; }
    //! True once the server has closed.
    bool waitForClosed()
    {
        return eventually([this] { return m_socket.state() == QAbstractSocket::UnconnectedState; }, timeout);
    }
    //! False: what the server sends is left without an answer.
    void setAcknowledging(bool on) { m_acknowledging = on; }

    void sendBytes(const QByteArray &bytes) { m_socket.sendBinaryMessage(bytes); }
    void sendFrame(const QJsonObject &header, const QByteArray &payload = {})
    {
        sendBytes(Twilio::Protocol::encodeFrame(
                QByteArray(QJsonDocument(header).toJson(QJsonDocument::Compact)), payload));
    }

    //! The first unread frame that \a fits, which is then read; one without header if none comes in time.
    Frame next(const Predicate &fits)
    {
        const QDeadlineTimer deadline(timeout);
        QSignalSpy spy(this, &RawClient::received);
        for (;;) {
            const auto found = std::find_if(m_frames.cbegin(), m_frames.cend(), fits);
            if (found != m_frames.cend())
                return m_frames.takeAt(found - m_frames.cbegin());
            if (deadline.hasExpired() || !spy.wait(int(deadline.remainingTime())))
                return {};
        }
    }
    Frame nextOf(const QString &method)
    {
        return next([&](const Frame &f) { return f.text(QStringLiteral("method")) == method; });
    }
    //! The next notification of \a eventType; any if empty.
    Frame notification(const QString &eventType = {})
    {
        return next([&](const Frame &f) {
            return f.text(QStringLiteral("method")) == u"notification"
                    && (eventType.isEmpty()
                        || f.body.value(QStringLiteral("event_type")).toString() == eventType);
        });
    }

    //! Sends a request and waits for its reply.
    Frame call(QJsonObject header, const QByteArray &payload = {})
    {
        const QString id = QStringLiteral("TM%1").arg(++m_serial);
        header.insert(QStringLiteral("id"), id);
        sendFrame(header, payload);
        return next([&](const Frame &f) {
            return f.text(QStringLiteral("method")) == u"reply" && f.text(QStringLiteral("id")) == id;
        });
    }
    Frame init(const QString &token, QJsonObject more = {})
    {
        more.insert(QStringLiteral("method"), QStringLiteral("init"));
        more.insert(QStringLiteral("token"), token);
        return call(more);
    }
    //! One tunnelled REST call; \a body is JSON text.
    Frame rest(const QString &method, const QString &path, const QByteArray &body = {},
               const QJsonObject &params = {}, const QJsonObject &headers = {})
    {
        return call({ { QStringLiteral("method"), QStringLiteral("message") },
                      { QStringLiteral("active_grant"), QStringLiteral("data_sync") },
                      { QStringLiteral("http_request"),
                        QJsonObject { { QStringLiteral("host"), QStringLiteral("cds.us1.twilio.com") },
                                      { QStringLiteral("method"), method },
                                      { QStringLiteral("path"), path },
                                      { QStringLiteral("params"), params },
                                      { QStringLiteral("headers"), headers } } } },
                    body);
    }
    //! Frames nobody has read yet.
    [[nodiscard]] const QList<Frame> &unread() const { return m_frames; }

Q_SIGNALS:
    void received(const QByteArray &message);

private:
    void receive(const QByteArray &message)
    {
        const auto parts = Twilio::Protocol::splitFrame(message);
        if (Twilio::errorOf(parts))
            return;
        const auto &[header, rest] = std::get<Twilio::Protocol::FrameParts>(parts);
        Frame frame;
        frame.header = QJsonDocument::fromJson(header.toByteArray()).object();
        if (frame.header.isEmpty())
            return;
        frame.payload = rest.toByteArray();
        frame.body = QJsonDocument::fromJson(frame.payload).object();
        if (m_acknowledging && frame.text(QStringLiteral("method")) != u"reply")
            sendFrame({ { QStringLiteral("method"), QStringLiteral("reply") },
                        { QStringLiteral("id"), frame.text(QStringLiteral("id")) },
                        { QStringLiteral("status"),
                          QJsonObject { { QStringLiteral("code"), 200 },
                                        { QStringLiteral("status"), QStringLiteral("OK") } } } });
        m_frames.append(frame);
        Q_EMIT received(message);
    }

    QWebSocket m_socket;
    QList<Frame> m_frames;
    int m_serial = 0;
    bool m_acknowledging = true;
};
