#pragma once

#include "eventually.h"
#include "server/http/httpmessage.h"

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>

#include <functional>

/*!
    \brief A backend that hears webhooks: keeps each, and answers as the test says.
*/
class WebhookReceiver : public QObject
{
    Q_OBJECT

public:
    struct Heard
    {
        //! With the names in lower case.
        QMap<QByteArray, QByteArray> headers;
        //! As it came.
        QByteArray body;
        Twilio::Server::HttpFields form;

        [[nodiscard]] QByteArray id() const { return headers.value("i-twilio-idempotency-token"); }
        [[nodiscard]] QByteArray field(QByteArrayView name) const
        {
            return Twilio::Server::firstValue(form, name).value_or(QByteArray());
        }
    };
    //! Status of the answer to \a heard, 0 = none ever; and lines for its head.
    struct Answer
    {
        int status = 200;
        QByteArray headers = {};
    };

    explicit WebhookReceiver(quint16 port = 0)
    {
        m_server.listen(QHostAddress::LocalHost, port);
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *const socket = m_server.nextPendingConnection())
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        });
    }

    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] QByteArray url(const QByteArray &path = "/hook") const
    {
        return "http://127.0.0.1:" + QByteArray::number(port()) + path;
    }
    //! The same for a form.
    [[nodiscard]] QByteArray encodedUrl() const { return url().toPercentEncoding(); }
    bool waitFor(qsizetype count)
    {
        return eventually([&] { return heard.size() >= count; }, 10'000);
    }
    [[nodiscard]] QByteArrayList eventTypes() const
    {
        QByteArrayList types;
        for (const Heard &each : heard)
            types << each.field("EventType");
        return types;
    }

    QList<Heard> heard;
    std::function<Answer(const Heard &)> answer = [](const Heard &) { return Answer(); };

private:
    void read(QTcpSocket *socket)
    {
        QByteArray &bytes = m_unread[socket];
        bytes += socket->readAll();
        for (;;) {
            const qsizetype end = bytes.indexOf("\r\n\r\n");
            if (end < 0)
                return;
            Heard each;
            const QByteArrayList lines = bytes.first(end).split('\n');
            for (const QByteArray &line : lines) {
                const qsizetype colon = line.indexOf(": ");
                if (colon > 0)
                    each.headers.insert(line.first(colon).toLower(), line.sliced(colon + 2).trimmed());
            }
            const qsizetype size = each.headers.value("content-length").toLongLong();
            if (bytes.size() < end + 4 + size)
                return;
            each.body = bytes.sliced(end + 4, size);
            each.form = Twilio::Server::parseFormFields(each.body).value_or(Twilio::Server::HttpFields());
            bytes.remove(0, end + 4 + size);
            heard.append(each);
            const Answer said = answer(each);
            if (said.status != 0)
                socket->write("HTTP/1.1 " + QByteArray::number(said.status) + " X\r\n" + said.headers
                              + "Content-Length: 0\r\n\r\n");
        }
    }

    QTcpServer m_server;
    QHash<QTcpSocket *, QByteArray> m_unread;
};
