#include "TwilioSync/protocol/clientmessage.h"

#include "TwilioSync/protocol/frame.h"

#include <algorithm>
#include <vector>

namespace Twilio::Protocol {
namespace {

using NamesAndValues = std::vector<std::pair<QByteArray, std::vector<QByteArray>>>;

void add(NamesAndValues &all, const QByteArray &name, const QByteArray &value)
{
    const auto it =
            std::find_if(all.begin(), all.end(), [&](const auto &entry) { return entry.first == name; });
    if (it == all.end())
        all.push_back({ name, { value } });
    else
        it->second.push_back(value);
}

// A string, or an array if the name repeats.
QByteArray toJson(const NamesAndValues &all)
{
    QByteArray json("{");
    for (const auto &[name, values] : all) {
        if (json.size() > 1)
            json += ',';
        json += quoteJson(QByteArrayView(name)) + ':';
        if (values.size() == 1) {
            json += quoteJson(QByteArrayView(values.front()));
            continue;
        }
        json += '[';
        for (const QByteArray &value : values)
            json += quoteJson(QByteArrayView(value)) + ',';
        json.back() = ']';
    }
    return json + '}';
}

// Split at the first '=' only: a later one belongs to the value.
NamesAndValues paramsOf(const QUrl &url)
{
    NamesAndValues params;
    const QList<QByteArray> pairs = url.query(QUrl::FullyEncoded).toUtf8().split('&');
    for (const QByteArray &pair : pairs) {
        const qsizetype equals = pair.indexOf('=');
        if (!pair.isEmpty())
            add(params, equals < 0 ? pair : pair.left(equals),
                equals < 0 ? QByteArray() : pair.mid(equals + 1));
    }
    return params;
}

QByteArray hostOf(const QUrl &url)
{
    QByteArray host = url.host(QUrl::FullyEncoded).toUtf8();
    if (host.contains(':')) // IPv6
        host = '[' + host + ']';
    return url.port() < 0 ? host : host + ':' + QByteArray::number(url.port());
}

QByteArray pathOf(const QUrl &url)
{
    const QByteArray path = url.path(QUrl::FullyEncoded).toUtf8();
    return path.isEmpty() ? QByteArray("/") : path;
}

QByteArray start(QByteArrayView id, QByteArrayView method)
{
    QByteArray header("{\"id\":\"");
    header += id;
    header += "\",\"method\":\"";
    header += method;
    header += '"';
    return header;
}

} // namespace

QByteArray encodeInit(QByteArrayView id, const InitParameters &parameters)
{
    QByteArray header = start(id, "init");
    header += ",\"token\":" + quoteJson(parameters.token);
    header += ",\"continuation_token\":";
    header += parameters.continuationToken.isEmpty() ? QByteArray("null") : parameters.continuationToken;
    header += ",\"metadata\":" + parameters.metadata;
    header += R"(,"registrations":[{"product":"data_sync","type":"ers","notification_protocol_version":0,)"
              R"("message_types":["twilio.sync.event","com.twilio.rtd.cds.document",)"
              R"("com.twilio.rtd.cds.list","com.twilio.rtd.cds.map"]}],"tweaks":null,)"
              R"("capabilities":["client_update","account_descriptor"]})";
    return encodeFrame(header);
}

QByteArray encodeUpdate(QByteArrayView id, const QString &token)
{
    return encodeFrame(start(id, "update") + ",\"token\":" + quoteJson(token) + '}');
}

QByteArray encodeMessage(QByteArrayView id, const RestRequest &request)
{
    NamesAndValues headers;
    for (const auto &[name, value] : request.headers)
        add(headers, name, value);

    QByteArray header = start(id, "message");
    header += ",\"active_grant\":\"data_sync\",\"http_request\":{\"host\":"
            + quoteJson(QByteArrayView(hostOf(request.url)));
    header += ",\"path\":" + quoteJson(QByteArrayView(pathOf(request.url)));
    header += ",\"method\":" + quoteJson(QByteArrayView(request.method));
    header += ",\"params\":" + toJson(paramsOf(request.url));
    header += ",\"headers\":" + toJson(headers) + "}}";
    return encodeFrame(header, request.body);
}

QByteArray encodeAcknowledgement(JsonSlice id)
{
    // The bytes of CON-01: no payload and so no payload_size, which both SDKs and the service accept.
    return assembleFrame(
            { "{\"method\":\"reply\",\"id\":", id.text(), ",\"status\":{\"code\":200,\"status\":\"ok\"}}" });
}

QByteArray encodeClose(QByteArrayView id) { return encodeFrame(start(id, "close") + '}'); }

} // namespace Twilio::Protocol
