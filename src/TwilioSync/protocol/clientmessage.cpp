#include "TwilioSync/protocol/clientmessage.h"

#include "TwilioSync/protocol/frame.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace Twilio::Protocol {
namespace {

struct NameAndValue
{
    QByteArrayView name;
    QByteArrayView value;
};

// A string, or an array if the name repeats.
void appendJson(QByteArray &to, const std::vector<NameAndValue> &all)
{
    const auto isOf = [](QByteArrayView name) {
        return [name](const NameAndValue &other) { return other.name == name; };
    };
    to += '{';
    bool isFirst = true;
    for (auto it = all.begin(); it != all.end(); ++it) {
        if (std::any_of(all.begin(), it, isOf(it->name)))
            continue; // stands with the first of its name
        if (!std::exchange(isFirst, false))
            to += ',';
        appendQuoted(to, it->name);
        to += ':';
        auto next = std::find_if(it + 1, all.end(), isOf(it->name));
        if (next == all.end()) {
            appendQuoted(to, it->value);
            continue;
        }
        to += '[';
        appendQuoted(to, it->value);
        for (; next != all.end(); next = std::find_if(next + 1, all.end(), isOf(it->name))) {
            to += ',';
            appendQuoted(to, next->value);
        }
        to += ']';
    }
    to += '}';
}

// Split at the first '=' only: a later one belongs to the value.
std::vector<NameAndValue> paramsOf(QByteArrayView query)
{
    std::vector<NameAndValue> params;
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView pair = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        const qsizetype equals = pair.indexOf('=');
        if (!pair.isEmpty())
            params.push_back(equals < 0 ? NameAndValue { pair, {} }
                                        : NameAndValue { pair.first(equals), pair.sliced(equals + 1) });
    }
    return params;
}

void appendStart(QByteArray &header, QByteArrayView id, QByteArrayView method)
{
    header += "{\"id\":\"";
    header += id;
    header += "\",\"method\":\"";
    header += method;
    header += '"';
}

QByteArray start(QByteArrayView id, QByteArrayView method)
{
    QByteArray header;
    appendStart(header, id, method);
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
              R"("capabilities":["client_update","offline_storage","account_descriptor"]})";
    return encodeFrame(header);
}

QByteArray encodeUpdate(QByteArrayView id, const QString &token)
{
    return encodeFrame(start(id, "update") + ",\"token\":" + quoteJson(token) + '}');
}

QByteArray encodeMessage(QByteArrayView id, const RestRequest &request)
{
    const RestUrl &url = request.url;
    std::vector<NameAndValue> headers;
    headers.reserve(std::size_t(request.headers.size()));
    for (const auto &[name, value] : request.headers)
        headers.push_back({ name, value });

    QByteArray header;
    header.reserve(2 * url.text().size() + 500);
    appendStart(header, id, "message");
    header += ",\"active_grant\":\"data_sync\",\"http_request\":{\"host\":";
    appendQuoted(header, url.hostAndPort());
    header += ",\"path\":";
    appendQuoted(header, url.path());
    header += ",\"method\":";
    appendQuoted(header, request.method);
    header += ",\"params\":";
    appendJson(header, paramsOf(url.query()));
    header += ",\"headers\":";
    appendJson(header, headers);
    header += "}}";
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
