#pragma once

#include "bench/support/serverprocess.h"
#include "shared/rawclient.h"

namespace Bench {

/*!
    \brief Counts the events of one list or map and whether they come with ids 0, 1, 2, …; costs little, so
   that figures are the server's.
*/
class ListSubscriber : public QObject
{
public:
    //! Opens a session; not subscribed yet.
    bool open(const ServerProcess &server, const QString &identity)
    {
        if (!m_client.open(server.url(), server.token(identity)))
            return false;
        connect(&m_client.socket(), &QWebSocket::disconnected, this, [this] { m_isLost = true; });
        return true;
    }
    //! Subscribes to \a sid, which has had no events yet.
    bool subscribe(const QByteArray &sid, const QByteArray &kind)
    {
        const QByteArray request = R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")"
                + sid + R"(","object_type":")" + kind + R"(","last_event_id":-1}]})";
        if (!ask(request)
            || m_client.notification(QStringLiteral("subscription_established")).payload.isEmpty())
            return false;
        // From here on the bytes are only looked at.
        m_client.socket().disconnect(&m_client);
        connect(&m_client.socket(), &QWebSocket::binaryMessageReceived, this, &ListSubscriber::look);
        return true;
    }
    //! Sends \a request to the subscription endpoint.
    bool ask(const QByteArray &request)
    {
        return m_client.rest(QStringLiteral("POST"), QStringLiteral("/v4/Subscriptions"), request)
                       .httpStatus()
                == 200;
    }
    [[nodiscard]] RawClient &client() { return m_client; }

    [[nodiscard]] qint64 seen() const { return m_seen; }
    [[nodiscard]] qint64 misplaced() const { return m_misplaced; }
    //! True once the server has ended the connection.
    [[nodiscard]] bool isLost() const { return m_isLost; }

private:
    void look(const QByteArray &message)
    {
        const qsizetype events = message.indexOf("\"events\":[{\"id\":");
        if (events >= 0) {
            const char *digits = message.constData() + events + qstrlen("\"events\":[{\"id\":");
            if (std::strtoll(digits, nullptr, 10) != m_seen)
                ++m_misplaced;
            ++m_seen;
            return;
        }
        if (!message.contains("\"method\":\"ping\""))
            return;
        const qsizetype id = message.indexOf("\"id\":\"") + qsizetype(qstrlen("\"id\":\""));
        m_client.sendFrame({ { QStringLiteral("method"), QStringLiteral("reply") },
                             { QStringLiteral("id"),
                               QString::fromLatin1(message.sliced(id, message.indexOf('"', id) - id)) },
                             { QStringLiteral("status"),
                               QJsonObject { { QStringLiteral("code"), 200 },
                                             { QStringLiteral("status"), QStringLiteral("OK") } } } });
    }

    RawClient m_client;
    qint64 m_seen = 0;
    qint64 m_misplaced = 0;
    bool m_isLost = false;
};

} // namespace Bench
