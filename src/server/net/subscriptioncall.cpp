#include "server/net/subscriptioncall.h"

#include "server/net/serverframes.h"
#include "TwilioSync/protocol/json.h"

namespace Twilio::Server {
namespace {

using Protocol::JsonObjectView;

std::optional<SubscriptionEntry> parseEntry(QByteArrayView json)
{
    const auto object = JsonObjectView::parse(json);
    if (!object)
        return std::nullopt;
    const auto sid = object->value("object_sid").toUtf8();
    if (!sid)
        return std::nullopt;
    SubscriptionEntry entry;
    entry.objectSid = *sid;
    entry.objectType = object->value("object_type").toUtf8().value_or(QByteArray());
    entry.kind = kindOf(entry.objectType);
    entry.cursor = object->value("last_event_id").toInteger();
    return entry;
}

} // namespace

bool isSubscriptionCall(const RestRequest &request)
{
    return QByteArray::fromPercentEncoding(request.path) == "/v4/Subscriptions";
}

std::variant<SubscriptionCall, RestReply> parseSubscriptionCall(const RestRequest &request,
                                                                const ServerOptions &options)
{
    const auto malformed = [](QByteArrayView what) { return errorReply(400, 20001, what); };
    if (request.method != "POST")
        return errorReply(405, 20004, "Method not allowed");
    const auto body = JsonObjectView::parse(request.body);
    if (!body || !Protocol::isValidJson(request.body))
        return malformed("Malformed request body");
    SubscriptionCall call;
    const auto action = body->value("action").toUtf8();
    if (action == "establish")
        call.action = SubscriptionCall::Action::Establish;
    else if (action == "cancel")
        call.action = SubscriptionCall::Action::Cancel;
    else
        return malformed("Malformed request body: action is establish or cancel");
    const auto requests = Protocol::parseJsonArray(body->value("requests").text());
    if (!requests)
        return malformed("Malformed request body: requests is an array");
    if (qsizetype(requests->size()) > options.maxBatchSize)
        return malformed(QByteArray("Malformed request body: at most "
                                    + QByteArray::number(options.maxBatchSize) + " requests"));
    for (const auto &entry : *requests) {
        if (auto parsed = parseEntry(entry.text()))
            call.entries.append(std::move(*parsed));
    }
    call.correlationId = body->value("correlation_id").text().toByteArray();
    return call;
}

RestReply subscriptionReply(const ServerOptions &options)
{
    QByteArray body = "{\"estimated_delivery_in_ms\":" + QByteArray::number(options.estimatedDelivery.count())
            + ",\"max_batch_size\":" + QByteArray::number(options.maxBatchSize);
    if (options.subscriptionTtl.count() > 0)
        body += ",\"ttl_in_s\":" + QByteArray::number(options.subscriptionTtl.count());
    return { 200, body + '}', {} };
}

} // namespace Twilio::Server
