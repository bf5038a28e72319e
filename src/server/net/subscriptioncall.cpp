#include "server/net/subscriptioncall.h"

#include "server/data/kinds.h"
#include "server/dialects/v3/bodies.h"
#include "server/http/httpmessage.h"
#include "server/operations/errors.h"
#include "TwilioSync/protocol/json.h"

namespace Twilio::Server {
namespace {

using Protocol::JsonObjectView;

SubscriptionEntry parseEntry(QByteArrayView json)
{
    SubscriptionEntry entry;
    const auto object = JsonObjectView::parse(json);
    if (!object)
        return entry;
    entry.objectSid = object->value("object_sid").toUtf8().value_or(QByteArray());
    entry.objectType = object->value("object_type").toUtf8().value_or(QByteArray());
    entry.kind = kindFromName(entry.objectType);
    entry.isQuery = entry.objectType == "live_query";
    if (entry.isQuery) {
        entry.indexName = object->value("index_name").toString().value_or(QString());
        entry.expression = object->value("query_string").toString().value_or(QString());
    }
    entry.cursor = object->value("last_event_id").toInteger();
    return entry;
}

} // namespace

bool isSubscriptionCall(const RestRequest &request)
{
    return pathSegments(request.path) == QList<QByteArray> { "", "v4", "Subscriptions" };
}

std::variant<SubscriptionCall, RestReply> parseSubscriptionCall(const RestRequest &request,
                                                                const ServerOptions &options)
{
    const auto malformed = [](QByteArrayView what) {
        const SyncError error = Errors::malformedBody();
        return V3::errorReply(
                SyncError(error.message() + QString::fromUtf8(what), error.status(), error.code()));
    };
    if (request.method != "POST")
        return V3::errorReply(Errors::methodNotAllowed());
    const auto body = JsonObjectView::parse(request.body);
    if (!body || !Protocol::isValidJson(request.body))
        return malformed({});
    SubscriptionCall call;
    const auto action = body->value("action").toUtf8();
    if (action == "establish")
        call.action = SubscriptionCall::Action::Establish;
    else if (action == "cancel")
        call.action = SubscriptionCall::Action::Cancel;
    else
        return malformed(": action is establish or cancel");
    const auto requests = Protocol::parseJsonArray(body->value("requests").text());
    if (!requests)
        return malformed(": requests is an array");
    if (qsizetype(requests->size()) > options.maxBatchSize)
        return malformed(QByteArray(": at most " + QByteArray::number(options.maxBatchSize) + " requests"));
    for (const auto &entry : *requests)
        call.entries.append(parseEntry(entry.text()));
    if (body->value("event_protocol_version").toInteger().value_or(4) < 4)
        call.form = EventForm::Single;
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
