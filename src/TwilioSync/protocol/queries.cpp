#include "TwilioSync/protocol/queries.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/queryparts.h"

#include <QtCore/qurl.h>

#include <limits>

namespace Twilio::Protocol {
namespace {

// What a record of an item can hold.
constexpr qsizetype maxQueryKey = std::numeric_limits<quint16>::max();

SyncError readQueryItems(const JsonSlice &array, const ReadLimits &limits, std::vector<QueryItem> &items)
{
    if (!array.exists() || array.isNull())
        return {}; // nothing was found
    std::vector<QueryItemMembers> found;
    const auto count =
            visitJsonObjects(array.text(), [&](std::size_t number, QByteArrayView name, JsonSlice value) {
                if (found.size() <= number)
                    found.resize(number + 1);
                if (name == "key")
                    found[number].key = value;
                else if (name == "data")
                    found[number].data = value;
                else if (name == "revision")
                    found[number].revision = value;
            });
    if (!count)
        return unexpectedQuery("result of a query", "an array of items");
    found.resize(*count);
    items.reserve(*count);
    for (const QueryItemMembers &members : found) {
        auto item = queryItemOf(members, false, limits);
        if (const auto *error = errorOf(item))
            return *error;
        items.push_back(std::get<QueryItem>(std::move(item)));
    }
    return {};
}

} // namespace

SyncError unexpectedQuery(const char *what, const char *expected)
{
    return SyncError(QStringLiteral("unexpected reply: %1: expected %2")
                             .arg(QLatin1String(what), QLatin1String(expected)));
}

SyncResult<QueryItem> queryItemOf(const QueryItemMembers &members, bool isGone, const ReadLimits &limits)
{
    const auto key = members.key.toUtf8();
    if (!key || key->size() > maxQueryKey)
        return unexpectedQuery("item of a query", "a key");
    if (isGone)
        return QueryItem { *key, {}, members.revision.toInteger() };
    if (!members.data.isObject() || isNestedDeeper(members.data.text(), limits.depth))
        return unexpectedQuery("item of a query", "data that is an object");
    return QueryItem { *key, members.data.text(), members.revision.toInteger() };
}

SyncError problemOf(const QueryResult &result, bool isLive)
{
    return isLive && result.id.isEmpty() ? unexpectedQuery("result of a query", "a query_id") : SyncError();
}

QueryEvent::Type queryTypeOf(QByteArrayView name)
{
    if (name == "live_query_item_updated")
        return QueryEvent::Type::ItemUpdated;
    if (name == "live_query_item_removed")
        return QueryEvent::Type::ItemRemoved;
    return name == "live_query_updated" ? QueryEvent::Type::Replaced : QueryEvent::Type::Unknown;
}

SyncResult<QueryEvent> queryEventOf(const JsonSlice &json, QueryEvent::Type type, const ReadLimits &limits)
{
    const auto object = JsonObjectView::parse(json.text());
    const auto id = object ? object->value("query_id").toUtf8() : std::nullopt;
    if (!id || id->isEmpty())
        return unexpectedQuery("event of a query", "a query_id");
    QueryEvent event { type, *id, object->value("last_event_id").toInteger(), {} };
    if (type == QueryEvent::Type::Replaced) {
        if (SyncError wrong = readQueryItems(object->value("items"), limits, event.items); !wrong.isNull())
            return wrong;
        return event;
    }
    auto item = queryItemOf(
            { object->value("item_key"), object->value("item_data"), object->value("item_revision") },
            type == QueryEvent::Type::ItemRemoved, limits);
    if (const auto *error = errorOf(item))
        return *error;
    event.items.push_back(std::get<QueryItem>(std::move(item)));
    return event;
}

QByteArray queryPath(const QString &indexName)
{
    return "/v3/Insights/" + QUrl::toPercentEncoding(indexName, {}, ".") + "/Items";
}

QByteArray queryBody(QStringView expression, bool isLive)
{
    return "{\"query_string\":" + quoteJson(expression) + (isLive ? ",\"type\":\"live_query\"}" : "}");
}

QByteArray querySubscription(QStringView indexName, QStringView expression)
{
    return ",\"index_name\":" + quoteJson(indexName) + ",\"query_string\":" + quoteJson(expression);
}

SyncResult<QueryResult> parseQueryResult(QByteArrayView body, bool isLive, const ReadLimits &limits)
{
    const auto object = isValidJson(body) ? JsonObjectView::parse(body) : std::nullopt;
    if (!object)
        return unexpectedQuery("result of a query", "a JSON object");
    QueryResult result { object->value("query_id").toUtf8().value_or(QByteArray()),
                         object->value("last_event_id").toInteger().value_or(-1),
                         {} };
    if (SyncError wrong = problemOf(result, isLive); !wrong.isNull())
        return wrong;
    if (SyncError wrong = readQueryItems(object->value("items"), limits, result.items); !wrong.isNull())
        return wrong;
    return result;
}

bool isOfQueries(QByteArrayView payload)
{
    return findJsonMember(payload, "event_type").text().startsWith("\"live_query_");
}

SyncResult<QueryEvents> parseQueryEvents(QByteArrayView payload, const ReadLimits &limits)
{
    const auto object = isValidJson(payload) ? JsonObjectView::parse(payload) : std::nullopt;
    if (!object)
        return unexpectedQuery("notification of a query", "a JSON object");
    QueryEvents events;
    events.isStrict = object->value("strictly_ordered").toBool().value_or(false);
    const auto type = queryTypeOf(object->value("event_type").toUtf8().value_or(QByteArray()));
    if (type == QueryEvent::Type::Unknown)
        return events;
    std::vector<JsonSlice> texts { object->value("event") };
    if (const JsonSlice several = object->value("events"); several.exists()) {
        auto array = parseJsonArray(several.text());
        if (!array)
            return unexpectedQuery("notification of a query", "an array of events");
        texts = std::move(*array);
    }
    for (const JsonSlice &text : texts) {
        auto event = queryEventOf(text, type, limits);
        if (const auto *error = errorOf(event))
            return *error;
        events.events.push_back(std::get<QueryEvent>(std::move(event)));
    }
    return events;
}

} // namespace Twilio::Protocol
