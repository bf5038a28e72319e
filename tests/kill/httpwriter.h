#pragma once

#include "shared/rawclient.h"

#include <QtCore/qhash.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>

/*!
    \brief Changes the server's state by HTTP as fast as it is answered, and notes every answer: maps that are
    seeded, and bursts of events in one list.
*/
class HttpWriter : public QObject
{
    Q_OBJECT

public:
    //! What an answer has promised of an object.
    struct Promise
    {
        int items = 0;
        qint64 lastEventId = -1;
    };
    //! By sid.
    using Promises = QHash<QByteArray, Promise>;

    explicit HttpWriter(const QUrl &server, QByteArray list) : m_list(std::move(list))
    {
        m_base.setScheme(QStringLiteral("http"));
        m_base.setHost(server.host());
        m_base.setPort(server.port());
    }

    void start() { writeOne(); }
    [[nodiscard]] const Promises &promises() const { return m_promises; }
    [[nodiscard]] int acknowledged() const { return m_acknowledged; }

Q_SIGNALS:
    void answered();
    //! The server is gone.
    void ended();

private:
    void writeOne()
    {
        const bool seeds = m_serial++ % 2 == 0;
        QUrl url = m_base;
        url.setPath(seeds ? QStringLiteral("/_control/seed") : QStringLiteral("/_control/publish-burst"));
        const int count = 1 + m_serial % 7;
        QNetworkRequest request(url);
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
        QNetworkReply *const reply = m_network.post(
                request,
                (seeds ? QByteArray(R"({"kind":"map","count":)") : R"({"sid":")" + m_list + R"(","count":)")
                        + QByteArray::number(count) + '}');
        connect(reply, &QNetworkReply::finished, this, [this, reply, seeds, count] {
            reply->deleteLater();
            if (reply->error() != QNetworkReply::NoError) {
                Q_EMIT ended();
                return;
            }
            ++m_acknowledged;
            const QJsonObject body = QJsonDocument::fromJson(reply->readAll()).object();
            Promise &promise = m_promises[body.value(QStringLiteral("sid")).toString().toLatin1()];
            promise.items += count;
            promise.lastEventId = seeds ? count - 1 : body.value(QStringLiteral("lastEventId")).toInteger();
            writeOne();
            Q_EMIT answered();
        });
    }

    QNetworkAccessManager m_network;
    QUrl m_base;
    const QByteArray m_list;
    Promises m_promises;
    int m_serial = 0;
    int m_acknowledged = 0;
};
