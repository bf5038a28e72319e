#include "writer.h"

bool Writer::open(const QUrl &url, const QString &token)
{
    if (!m_client.open(url, token))
        return false;
    // Events count as told, too.
    QByteArray requests;
    for (const auto &[sid, type] : { std::pair { m_targets.list, "list" },
                                     { m_targets.map, "map" },
                                     { m_targets.document, "document" } }) {
        requests += (requests.isEmpty() ? "" : ",") + QByteArray(R"({"object_sid":")") + sid
                + R"(","object_type":")" + type + R"(","last_event_id":null})";
    }
    return m_client.rest(QStringLiteral("POST"), QStringLiteral("/v4/Subscriptions"),
                         R"({"action":"establish","correlation_id":1,"requests":[)" + requests + "]}")
                   .httpStatus()
            == 200;
}
