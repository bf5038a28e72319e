#include "TwilioSync/protocol/clientmessage.h"

#include "TwilioSync/protocol/frame.h"

#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace Twilio::Protocol {
namespace {

struct NameAndValue
{
    QByteArrayView name;
    QByteArrayView value;
};
using NamesAndValues = QVarLengthArray<NameAndValue, 8>;

// JSON in parts, most of which are views of what it is made of.
class Parts
{
public:
    void add(QByteArrayView json) { m_parts.append(json); }
    void addQuoted(QByteArrayView utf8)
    {
        if (needsEscapes(utf8)) {
            m_escaped.push_back(quoteJson(utf8));
            add(m_escaped.back());
            return;
        }
        add("\"");
        add(utf8);
        add("\"");
    }
    // A string, or an array if the name repeats.
    void addObject(const NamesAndValues &all)
    {
        add("{");
        bool isFirst = true;
        for (auto it = all.begin(); it != all.end(); ++it) {
            const auto isOfName = [name = it->name](const NameAndValue &other) { return other.name == name; };
            if (std::any_of(all.begin(), it, isOfName))
                continue; // stands with the first of its name
            if (!std::exchange(isFirst, false))
                add(",");
            addQuoted(it->name);
            add(":");
            auto next = std::find_if(it + 1, all.end(), isOfName);
            if (next == all.end()) {
                addQuoted(it->value);
                continue;
            }
            add("[");
            addQuoted(it->value);
            for (; next != all.end(); next = std::find_if(next + 1, all.end(), isOfName)) {
                add(",");
                addQuoted(next->value);
            }
            add("]");
        }
        add("}");
    }

    [[nodiscard]] std::span<const QByteArrayView> all() const
    {
        return { m_parts.constData(), std::size_t(m_parts.size()) };
    }

private:
    QVarLengthArray<QByteArrayView, 96> m_parts;
    std::vector<QByteArray> m_escaped; // those move, their bytes do not
};

// Split at the first '=' only: a later one belongs to the value.
NamesAndValues paramsOf(QByteArrayView query)
{
    NamesAndValues params;
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView pair = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        const qsizetype equals = pair.indexOf('=');
        if (!pair.isEmpty())
            params.append(equals < 0 ? NameAndValue { pair, {} }
                                     : NameAndValue { pair.first(equals), pair.sliced(equals + 1) });
    }
    return params;
}

QByteArray start(QByteArrayView id, QByteArrayView method)
{
    QByteArray header = "{\"id\":\"";
    return header.append(id).append("\",\"method\":\"").append(method).append('"');
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
    const RestUrl::Parts url = request.url.parts();
    NamesAndValues headers;
    for (const auto &[name, value] : request.headers)
        headers.append({ name, value });

    Parts header;
    header.add("{\"id\":\"");
    header.add(id);
    header.add(R"(","method":"message","active_grant":"data_sync","http_request":{"host":)");
    header.addQuoted(url.hostAndPort);
    header.add(",\"path\":");
    header.addQuoted(url.path);
    header.add(",\"method\":");
    header.addQuoted(request.method);
    header.add(",\"params\":");
    header.addObject(paramsOf(url.query));
    header.add(",\"headers\":");
    header.addObject(headers);
    header.add("},");
    return encodeFrame(header.all(), request.body);
}

QByteArray encodeAcknowledgement(JsonSlice id)
{
    // The bytes of CON-01: no payload and so no payload_size, which both SDKs and the service accept.
    return assembleFrame(
            { "{\"method\":\"reply\",\"id\":", id.text(), ",\"status\":{\"code\":200,\"status\":\"ok\"}}" });
}

QByteArray encodeClose(QByteArrayView id) { return encodeFrame(start(id, "close") + '}'); }

} // namespace Twilio::Protocol
