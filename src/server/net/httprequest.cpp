#include "server/net/httprequest.h"

#include "server/net/serverframes.h"

namespace Twilio::Server {

QByteArray HttpHead::header(QByteArrayView name) const
{
    for (const auto &[each, value] : headers) {
        if (each == name)
            return value;
    }
    return {};
}

bool HttpHead::isUpgrade() const { return header("upgrade").toLower() == "websocket"; }

std::optional<qsizetype> httpHeadSize(QByteArrayView bytes)
{
    const qsizetype end = bytes.indexOf(QByteArrayView("\r\n\r\n"));
    return end < 0 ? std::nullopt : std::optional(end + 4);
}

std::optional<HttpHead> parseHttpHead(QByteArrayView bytes)
{
    QList<QByteArray> lines = bytes.toByteArray().split('\n');
    const QList<QByteArray> first = lines.takeFirst().trimmed().split(' ');
    if (first.size() != 3 || !first[2].startsWith("HTTP/1."))
        return std::nullopt;
    HttpHead head { first[0], first[1], {} };
    for (const QByteArray &line : std::as_const(lines)) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            head.headers.append({ line.first(colon).trimmed().toLower(), line.sliced(colon + 1).trimmed() });
    }
    return head;
}

QByteArray httpResponse(int status, QByteArrayView json)
{
    return "HTTP/1.1 " + QByteArray::number(status) + ' ' + httpStatusText(status)
            + "\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(json.size())
            + (status == 426 ? QByteArray("\r\nUpgrade: websocket\r\nConnection: Upgrade, close")
                             : QByteArray("\r\nConnection: close"))
            + "\r\n\r\n" + json.toByteArray();
}

} // namespace Twilio::Server
