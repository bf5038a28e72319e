#include "server/dialects/v3/queries.h"

#include "server/dialects/shared/jsonwriter.h"
#include "server/operations/errors.h"
#include "TwilioSync/protocol/json.h"

namespace Twilio::Server::V3 {
namespace {

// Event ids begin at 0, which the official SDK takes for no revision at all.
qint64 revisionOf(qint64 eventId) { return eventId + 1; }

QByteArray itemsOf(const QueryResult &result)
{
    QByteArray items = "[";
    for (const auto &it : result.items) {
        if (items.size() > 1)
            items += ',';
        items += JsonWriter()
                         .text("key", it->first.key)
                         .number("revision", revisionOf(it->second.lastEventId))
                         .raw("data", it->second.data)
                         .take();
    }
    return items + ']';
}

} // namespace

SyncResult<QString> parseQueryBody(const QByteArray &body)
{
    const auto members = Protocol::isValidJson(body) ? Protocol::JsonObjectView::parse(body) : std::nullopt;
    if (!members)
        return Errors::malformedBody();
    const auto expression = members->value("query_string").toString();
    if (!expression)
        return Errors::invalidQuery(0, QStringLiteral("expected query_string to be a string"), false);
    return *expression;
}

QByteArray queryBody(const QueryResult &result) { return queryEvent(result.id, result); }

QByteArray queryEvent(const QByteArray &id, const QueryResult &result)
{
    return JsonWriter()
            .text("query_id", id)
            .number("last_event_id", result.map->lastEventId)
            .raw("items", itemsOf(result))
            .take();
}

QByteArray emptyQueryEvent(const QByteArray &id, qint64 lastEventId)
{
    return JsonWriter().text("query_id", id).number("last_event_id", lastEventId).raw("items", "[]").take();
}

QByteArray queryItemEvent(const QByteArray &id, const EventRecord &record, bool isWanted)
{
    JsonWriter json;
    json.text("query_id", id)
            .number("last_event_id", record.id)
            .text("item_key", record.item.key)
            .number("item_revision", revisionOf(record.id));
    if (isWanted)
        json.raw("item_data", record.data);
    return json.take();
}

} // namespace Twilio::Server::V3
