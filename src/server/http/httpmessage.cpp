#include "server/http/httpmessage.h"

#include "TwilioSync/protocol/json.h"

#include <QtCore/qurl.h>

#include <algorithm>
#include <array>

namespace Twilio::Server {
namespace {

constexpr qsizetype maxHostLength = 255;

QByteArray withoutPluses(QByteArrayView text) { return text.toByteArray().replace('+', ' '); }

bool isHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

} // namespace

QByteArray HttpRequest::header(QByteArrayView name) const
{
    return firstValue(headers, name).value_or(QByteArray());
}

bool HttpRequest::headerHasToken(QByteArrayView name, QByteArrayView token) const
{
    for (const auto &[each, value] : headers) {
        if (each != name)
            continue;
        for (const QByteArray &part : value.split(',')) {
            if (part.trimmed().compare(token, Qt::CaseInsensitive) == 0)
                return true;
        }
    }
    return false;
}

bool HttpRequest::isUpgrade() const { return headerHasToken("upgrade", "websocket"); }

std::optional<HttpFields> HttpRequest::form() const
{
    const QByteArray type = header("content-type").split(';').first().trimmed().toLower();
    return type == "application/x-www-form-urlencoded" ? parseFormFields(body) : std::nullopt;
}

std::optional<QByteArray> firstValue(const HttpFields &fields, QByteArrayView name)
{
    const auto it = std::find_if(fields.cbegin(), fields.cend(),
                                 [&](const auto &field) { return field.first == name; });
    return it == fields.cend() ? std::nullopt : std::optional(it->second);
}

std::optional<QByteArray> percentDecoded(QByteArrayView text)
{
    for (qsizetype i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
        if (i + 2 >= text.size() || !isHexDigit(text[i + 1]) || !isHexDigit(text[i + 2]))
            return std::nullopt;
    }
    return QByteArray::fromPercentEncoding(text.toByteArray());
}

QByteArray percentDecodedOrAsItIs(const QByteArray &text) { return percentDecoded(text).value_or(text); }

QByteArray encodeURIComponent(const QString &text) { return QUrl::toPercentEncoding(text, "!'()*"); }

QByteArray safeHost(const QByteArray &host)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                || QByteArrayView(".-_:[]").contains(c);
    };
    const bool usable =
            !host.isEmpty() && host.size() <= maxHostLength && std::all_of(host.begin(), host.end(), fits);
    return usable ? host : QByteArray();
}

QList<QByteArray> pathSegments(const QByteArray &path)
{
    QList<QByteArray> segments = path.split('/');
    for (QByteArray &segment : segments)
        segment = percentDecodedOrAsItIs(segment);
    return segments;
}

std::optional<HttpFields> parseFormFields(QByteArrayView text)
{
    HttpFields fields;
    for (const QByteArray &pair : text.toByteArray().split('&')) {
        if (pair.isEmpty())
            continue;
        const qsizetype equals = pair.indexOf('=');
        const qsizetype nameSize = equals < 0 ? pair.size() : equals;
        const auto name = percentDecoded(withoutPluses(QByteArrayView(pair).first(nameSize)));
        const auto value = percentDecoded(
                withoutPluses(QByteArrayView(pair).sliced(equals < 0 ? pair.size() : equals + 1)));
        if (!name || !value)
            return std::nullopt;
        fields.append({ *name, *value });
    }
    return fields;
}

QByteArray httpStatusText(int status)
{
    static const std::array texts {
        std::pair { 101, "Switching Protocols" },
        std::pair { 200, "OK" },
        std::pair { 201, "Created" },
        std::pair { 204, "No Content" },
        std::pair { 308, "Permanent Redirect" },
        std::pair { 400, "Bad Request" },
        std::pair { 401, "Unauthorized" },
        std::pair { 403, "Forbidden" },
        std::pair { 404, "Not Found" },
        std::pair { 405, "Method Not Allowed" },
        std::pair { 408, "Request Timeout" },
        std::pair { 409, "Conflict" },
        std::pair { 412, "Precondition Failed" },
        std::pair { 413, "Request Entity Too Large" },
        std::pair { 415, "Unsupported Media Type" },
        std::pair { 417, "Expectation Failed" },
        std::pair { 426, "Upgrade Required" },
        std::pair { 429, "Too Many Requests" },
        std::pair { 431, "Request Header Fields Too Large" },
        std::pair { 500, "Internal Server Error" },
        std::pair { 501, "Not Implemented" },
        std::pair { 502, "Bad Gateway" },
        std::pair { 503, "Service Unavailable" },
        std::pair { 504, "Gateway Timeout" },
    };
    for (const auto &[code, text] : texts) {
        if (code == status)
            return text;
    }
    return "Unknown";
}

HttpResponse httpError(int status, int code, QByteArrayView message)
{
    const QByteArray number = QByteArray::number(code);
    // It may repeat what came, which need not be UTF-8
    const QString text = QString::fromUtf8(message);
    return { status,
             "{\"code\":" + number + ",\"message\":" + Protocol::quoteJson(text)
                     + ",\"more_info\":\"https://www.twilio.com/docs/errors/" + number
                     + "\",\"status\":" + QByteArray::number(status) + '}' };
}

QByteArray httpBytes(const HttpResponse &response, bool keepAlive, bool withBody)
{
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(response.status) + ' '
            + httpStatusText(response.status) + "\r\n";
    for (const auto &[name, value] : response.headers)
        bytes += name + ": " + value + "\r\n";
    // A 204 has no body, and must not say how long one is.
    if (response.status != 204) {
        if (!response.body.isEmpty())
            bytes += "Content-Type: " + response.contentType + "\r\n";
        bytes += "Content-Length: " + QByteArray::number(response.body.size()) + "\r\n";
    }
    bytes += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return withBody && response.status != 204 ? bytes + response.body : bytes;
}

} // namespace Twilio::Server
