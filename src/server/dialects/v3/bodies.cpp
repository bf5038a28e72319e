#include "server/dialects/v3/bodies.h"

#include "server/data/kinds.h"
#include "server/dialects/shared/jsonwriter.h"
#include "server/dialects/v3/urls.h"

namespace Twilio::Server::V3 {
namespace {

QByteArray links(const SyncObject &object, const QByteArray &url)
{
    JsonWriter json;
    switch (object.kind) {
    case ObjectKind::Document:
        break;
    case ObjectKind::List:
        json.text("items", url + "/Items").text("context", url + "/Context");
        break;
    case ObjectKind::Map:
        json.text("items", url + "/Items");
        break;
    case ObjectKind::Stream:
        json.text("messages", url + "/Messages");
        break;
    }
    return json.take();
}

// Everything of a root object but its value and items.
void writeObject(JsonWriter &json, const SyncObject &object)
{
    const QByteArray url = objectUrl(object);
    json.text("sid", object.sid);
    if (object.uniqueName)
        json.text("unique_name", *object.uniqueName);
    else
        json.raw("unique_name", "null");
    json.text("service_sid", object.service).text("created_by", object.creator).text("url", url);
    if (object.kind != ObjectKind::Stream)
        json.hex("revision", object.revision()).number("last_event_id", object.lastEventId);
    json.time("date_created", object.created)
            .time("date_updated", object.updated)
            .time("date_expires", object.expires);
    if (object.kind != ObjectKind::Document)
        json.raw("links", links(object, url));
}

} // namespace

QByteArray objectBody(const SyncObject &object, Data data)
{
    JsonWriter json;
    writeObject(json, object);
    if (data == Data::With && object.kind == ObjectKind::Document)
        json.raw("data", object.data);
    return json.take();
}

QByteArray objectWithItemsBody(const SyncObject &object, qsizetype limit)
{
    QByteArray items;
    for (auto it = object.items.cbegin(); it != object.items.cend() && limit > 0; ++it, --limit) {
        items += items.isEmpty() ? '[' : ',';
        items += itemBody(object, it->first, it->second, Data::With);
    }
    items += items.isEmpty() ? "[]" : "]";
    JsonWriter json;
    writeObject(json, object);
    return json.raw("items", items).take();
}

QByteArray itemBody(const SyncObject &object, const ItemId &id, const Item &item, Data data)
{
    JsonWriter json;
    json.text(joined(wordsOf(object.kind).name, "_sid"), object.sid);
    writeItemId(json, "index", "key", object.kind, id);
    json.text("url", itemUrl(objectUrl(object), object.kind, id))
            .hex("revision", item.lastEventId)
            .number("last_event_id", item.lastEventId)
            .time("date_created", item.created)
            .time("date_updated", item.updated)
            .time("date_expires", item.expires)
            .text("created_by", item.creator);
    if (data == Data::With)
        json.raw("data", item.data);
    return json.take();
}

QByteArray contextBody(const SyncObject &object, Data data)
{
    JsonWriter json;
    json.text("list_sid", object.sid)
            .number("last_event_id", object.contextEventId)
            .time("date_updated", object.updated);
    if (data == Data::With)
        json.raw("data", object.data);
    return json.take();
}

QByteArray configurationBody(const QString &service, const QByteArray &host)
{
    const QByteArray base = baseUrl(host);
    const QByteArray own = serviceUrl(service, host);
    const QByteArray all = JsonWriter()
                                   .text("subscriptions", base + "/v4/Subscriptions")
                                   .text("documents", base + "/v3/Documents")
                                   .text("lists", base + "/v3/Lists")
                                   .text("maps", base + "/v3/Maps")
                                   .text("streams", base + "/v3/Streams")
                                   .text("list_items", own + "/Lists/{listId}/Items")
                                   .text("list_item", own + "/Lists/{listId}/Items/{itemId}")
                                   .text("map_items", own + "/Maps/{mapId}/Items")
                                   .text("map_item", own + "/Maps/{mapId}/Items/{itemId}")
                                   .text("stream_messages", own + "/Streams/{streamId}/Messages")
                                   .text("insights_items", base + "/v3/Insights/{indexName}/Items")
                                   .take();
    return JsonWriter().raw("links", all).take();
}

QByteArray pageBody(const ItemPage &page)
{
    QByteArray items;
    for (const auto &it : page.items) {
        items += items.isEmpty() ? '[' : ',';
        items += itemBody(*page.object, it->first, it->second, Data::With);
    }
    items += items.isEmpty() ? "[]" : "]";
    const auto token = [](const std::optional<QByteArray> &text) {
        return text ? Protocol::quoteJson(QByteArrayView(*text)) : QByteArray("null");
    };
    const QByteArray meta = JsonWriter()
                                    .raw("previous_token", token(page.meta.previousToken))
                                    .raw("next_token", token(page.meta.nextToken))
                                    .number("page_size", page.meta.size)
                                    .take();
    return JsonWriter().raw("items", items).raw("meta", meta).take();
}

RestReply errorReply(const SyncError &error)
{
    return { error.status(),
             JsonWriter()
                     .number("status", error.status())
                     .number("code", error.code())
                     .text("message", error.message())
                     .take() };
}

} // namespace Twilio::Server::V3
