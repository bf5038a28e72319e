#include "server/net/clientframe.h"

#include "server/http/httpmessage.h"
#include "TwilioSync/protocol/frame.h"

using namespace Qt::StringLiterals;
using Twilio::Protocol::JsonObjectView;
using Twilio::Protocol::JsonSlice;

namespace Twilio::Server {
namespace {

using Fields = QList<std::pair<QByteArray, QByteArray>>;

// Numbers and booleans count as their text: a client's HTTP library would have sent them so.
QByteArray scalarText(const JsonSlice &value)
{
    if (const auto text = value.toUtf8())
        return *text;
    return value.text().toByteArray();
}

Fields parseFields(const JsonSlice &object, QByteArray (*nameOf)(const QByteArray &),
                   QByteArray (*valueOf)(const QByteArray &))
{
    Fields fields;
    const auto members = JsonObjectView::parse(object.text());
    if (!members)
        return fields;
    const auto add = [&](const QByteArray &name, const JsonSlice &value) {
        if (!value.isNull() && !value.isObject() && !value.isArray())
            fields.append({ nameOf(name), valueOf(scalarText(value)) });
    };
    for (const auto &[name, value] : members->members()) {
        if (const auto values = Protocol::parseJsonArray(value.text())) {
            for (const JsonSlice &each : *values)
                add(name, each);
        } else {
            add(name, value);
        }
    }
    return fields;
}

QByteArray lowerCased(const QByteArray &text) { return text.toLower(); }

QByteArray asItIs(const QByteArray &text) { return text; }

} // namespace

SyncResult<ClientFrame> parseClientFrame(QByteArrayView message)
{
    const auto parts = Protocol::splitFrame(message);
    if (const auto *error = errorOf(parts))
        return *error;
    const auto &[headerText, rest] = std::get<Protocol::FrameParts>(parts);
    auto header = JsonObjectView::parse(headerText);
    if (!header || !Protocol::isValidJson(headerText))
        return SyncError(u"malformed frame: the header is not a JSON object"_s);

    ClientFrame frame;
    const JsonSlice id = header->value("id");
    const auto method = header->value("method").toUtf8();
    if (!id.isString() || !method)
        return SyncError(u"malformed frame: the header lacks id or method"_s);
    frame.id = id.text().toByteArray();
    frame.method = *method;

    std::optional<qint64> payloadSize;
    if (const JsonSlice size = header->value("payload_size"); size.exists() && !size.isNull()) {
        payloadSize = size.toInteger();
        if (!payloadSize)
            return SyncError(u"malformed frame: payload_size is not an integer"_s);
    }
    const auto payload = Protocol::framePayload(rest, payloadSize);
    if (const auto *error = errorOf(payload))
        return *error;
    frame.payload = std::get<QByteArrayView>(payload);
    frame.header = std::move(*header);
    return frame;
}

RestRequest parseRestRequest(const ClientFrame &frame)
{
    RestRequest request;
    request.body = frame.payload.toByteArray();
    const auto http = JsonObjectView::parse(frame.header.value("http_request").text());
    if (!http)
        return request;
    request.method = http->value("method").toUtf8().value_or(QByteArray()).toUpper();
    request.path = http->value("path").toUtf8().value_or(QByteArray());
    request.host = http->value("host").toUtf8().value_or(QByteArray());
    request.params = parseFields(http->value("params"), percentDecodedOrAsItIs, percentDecodedOrAsItIs);
    request.headers = parseFields(http->value("headers"), lowerCased, asItIs);
    return request;
}

QByteArray headerValue(const RestRequest &request, QByteArrayView name)
{
    for (const auto &[header, value] : request.headers) {
        if (header == name)
            return value;
    }
    return {};
}

} // namespace Twilio::Server
