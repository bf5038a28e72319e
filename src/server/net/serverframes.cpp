#include "server/net/serverframes.h"

#include "server/data/kinds.h"
#include "server/http/httpmessage.h"
#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/json.h"

#include <QtCore/qrandom.h>
#include <QtCore/qstringbuilder.h>

#include <array>

namespace Twilio::Server {
namespace {

using Protocol::encodeFrame;
using Protocol::quoteJson;

constexpr QByteArrayView strictlyOrdered("twilio.sync.event");

QByteArray quoted(const QByteArray &text) { return quoteJson(QByteArrayView(text)); }

QByteArray statusJson(const FrameStatus &status)
{
    QByteArray json = "{\"code\":" + QByteArray::number(status.code) + ",\"status\":" + quoted(status.status);
    if (!status.description.isEmpty())
        json += ",\"description\":" + quoted(status.description);
    if (status.errorCode != 0)
        json += ",\"errorCode\":" + QByteArray::number(status.errorCode);
    return json + '}';
}

QByteArray newFrameId() { return '"' + randomId("TM") + '"'; }

QByteArray correlation(QByteArrayView correlationId)
{
    return correlationId.isEmpty() ? QByteArray() : ",\"correlation_id\":" + correlationId.toByteArray();
}

// \a events: the text between the brackets, or the one event. \a extra: further members, each ",name:value".
QByteArray notificationPayload(QByteArrayView type, QByteArrayView events, QByteArrayView correlationId,
                               EventForm form, QByteArrayView extra = {})
{
    const QByteArray head = "{\"event_type\":\"" + type.toByteArray() + '"' + correlation(correlationId)
            + extra.toByteArray();
    if (form == EventForm::Single)
        return head + ",\"event_protocol_version\":3,\"event\":" + events.toByteArray() + '}';
    return head + ",\"event_protocol_version\":4,\"events\":[" + events.toByteArray() + "]}";
}

} // namespace

QByteArray randomId(QByteArrayView prefix)
{
    std::array<quint32, 4> words;
    QRandomGenerator::global()->fillRange(words.data(), words.size());
    QByteArray id = prefix.toByteArray();
    id += QByteArray::fromRawData(reinterpret_cast<const char *>(words.data()), sizeof(words)).toHex();
    return id;
}

QByteArray replyFrame(QByteArrayView id, const FrameStatus &status, QByteArrayView extra,
                      QByteArrayView payload)
{
    const QByteArray header = "{\"method\":\"reply\",\"id\":" + id.toByteArray()
            + ",\"status\":" + statusJson(status) + extra.toByteArray() + '}';
    return encodeFrame(header, payload);
}

QByteArray restReplyFrame(QByteArrayView id, const RestReply &reply, QByteArrayView requestId)
{
    QByteArray extra = ",\"http_status\":{\"code\":" + QByteArray::number(reply.status)
            + ",\"status\":" + quoted(httpStatusText(reply.status))
            + "},\"http_headers\":{\"content-type\":\"application/json\"";
    if (!requestId.isEmpty())
        extra += ",\"twilio-request-id\":" + quoteJson(requestId);
    for (const auto &[name, value] : reply.headers)
        extra += ',' + quoted(name) + ':' + quoted(value);
    extra += '}';
    return replyFrame(id, {}, extra, reply.body);
}

QByteArray closeFrame(const FrameStatus &status, const std::optional<BackoffPolicy> &backoff)
{
    const QByteArray header =
            "{\"method\":\"close\",\"id\":" + newFrameId() + ",\"status\":" + statusJson(status) + '}';
    return encodeFrame(header, backoffPayload(backoff));
}

QByteArray pingFrame()
{
    return encodeFrame(QByteArray("{\"method\":\"ping\",\"id\":" + newFrameId() + '}'));
}

QByteArray tokenAboutToExpireFrame(qint64 leftMs)
{
    return encodeFrame(QByteArray("{\"method\":\"client_update\",\"id\":" + newFrameId()
                                  + ",\"client_update_type\":\"token_about_to_expire\","
                                    "\"client_update_message\":\"Your token is about to expire. Time left: "
                                    "less than "
                                  + QByteArray::number(leftMs) + " ms\"}"));
}

QByteArray notificationFrame(QByteArrayView messageType, QByteArrayView payload)
{
    const QByteArray header = "{\"method\":\"notification\",\"id\":" + newFrameId()
            + ",\"message_type\":" + quoteJson(messageType) + ",\"notification_ctx_id\":\"\"}";
    return encodeFrame(header, payload);
}

QByteArray liveEventFrame(ObjectKind kind, const V3::Event &event, EventForm form)
{
    const QByteArray payload = notificationPayload(event.type, event.json, {}, form);
    if (kind == ObjectKind::Stream)
        return notificationFrame(strictlyOrdered, payload);
    return notificationFrame(QByteArray("com.twilio.rtd.cds." + wordsOf(kind).name.toByteArray()), payload);
}

QByteArray queryFrame(QByteArrayView type, QByteArrayView event, QByteArrayView correlationId, EventForm form)
{
    return notificationFrame(
            strictlyOrdered,
            notificationPayload(type, event, correlationId, form, ",\"strictly_ordered\":true"));
}

QByteArray replayFrame(const QList<V3::Event> &events, QByteArrayView correlationId, EventForm form)
{
    Q_ASSERT(!events.isEmpty() && (form == EventForm::List || events.size() == 1));
    QByteArray list;
    for (const V3::Event &event : events) {
        Q_ASSERT(event.type == events.first().type);
        list += list.isEmpty() ? event.json : ',' + event.json;
    }
    return notificationFrame(strictlyOrdered,
                             notificationPayload(events.first().type, list, correlationId, form));
}

QByteArray outcomeFrame(QByteArrayView eventType, QByteArrayView outcomes, QByteArrayView correlationId,
                        EventForm form)
{
    return notificationFrame(strictlyOrdered, notificationPayload(eventType, outcomes, correlationId, form));
}

QByteArray backoffPayload(const std::optional<BackoffPolicy> &backoff)
{
    if (!backoff)
        return {};
    return "{\"backoff_policy\":{\"reconnect_min_ms\":" + QByteArray::number(backoff->minMs)
            + ",\"reconnect_max_ms\":" + QByteArray::number(backoff->maxMs) + "}}";
}

} // namespace Twilio::Server
