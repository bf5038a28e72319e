#include "server/data/bodies.h"

#include "server/data/jsonwriter.h"
#include "server/data/kinds.h"

#include <QtCore/qurl.h>

#include <algorithm>
#include <tuple>

namespace Twilio::Server::Bodies {
namespace {

constexpr QByteArrayView defaultHost("cds.us1.twilio.com");
constexpr qsizetype maxHostLength = 255;

QByteArray joined(QByteArrayView a, QByteArrayView b)
{
    QByteArray text(a.toByteArray());
    text += b;
    return text;
}

// As JavaScript does, so that a URL is the one its client would build.
QByteArray encodeURIComponent(const QString &text) { return QUrl::toPercentEncoding(text, "!'()*"); }

QByteArray serviceUrl(const QString &service, const QByteArray &host)
{
    return "https://" + host + "/v3/Services/" + encodeURIComponent(service);
}

QByteArray objectUrl(const QString &service, const QByteArray &host, const ObjectRef &object)
{
    return serviceUrl(service, host) + '/' + wordsOf(object.kind).collection.toByteArray() + '/' + object.sid;
}

QByteArray objectUrl(const SyncObject &object)
{
    return objectUrl(object.service, object.host, object.ref());
}

QByteArray itemUrl(const QByteArray &objectUrl, ObjectKind kind, const ItemId &id)
{
    const QByteArray last =
            kind == ObjectKind::List ? QByteArray::number(id.index) : encodeURIComponent(id.key);
    return objectUrl + "/Items/" + last;
}

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

void writeItemId(JsonWriter &json, QByteArrayView indexName, QByteArrayView keyName, ObjectKind kind,
                 const ItemId &id)
{
    if (kind == ObjectKind::List)
        json.number(indexName, id.index);
    else
        json.text(keyName, id.key);
}

QByteArray itemEvent(const Change &change)
{
    const auto &[record, object] = std::tie(change.record, change.object);
    const QByteArrayView kind = wordsOf(object.kind).name;
    const QByteArray url = objectUrl(change.service, change.host, object);
    JsonWriter json;
    json.number("id", record.id)
            .text(joined(kind, "_sid"), object.sid)
            .hex(joined(kind, "_revision"), record.id + 1);
    writeItemId(json, "item_index", "item_key", object.kind, record.item);
    return json.text("item_url", itemUrl(url, object.kind, record.item))
            .hex("item_revision", record.id)
            .time("date_created", record.time)
            .time("date_expires", record.expires)
            .raw("item_data", record.data)
            .take();
}

QByteArray documentEvent(const Change &change)
{
    const EventRecord &record = change.record;
    JsonWriter json;
    json.number("id", record.id).text("document_sid", change.object.sid);
    if (change.uniqueName)
        json.text("document_unique_name", *change.uniqueName);
    else
        json.raw("document_unique_name", "null");
    return json.hex("document_revision", record.id)
            .time("date_created", record.time)
            .time("date_expires", record.expires)
            .raw("document_data", record.data)
            .take();
}

QByteArray contextEvent(const Change &change)
{
    const EventRecord &record = change.record;
    return JsonWriter()
            .number("id", record.id)
            .text("list_sid", change.object.sid)
            .hex("list_revision", record.id + 1)
            .time("date_created", record.time)
            .raw("context_data", record.data)
            .take();
}

QByteArray removalEvent(const Change &change)
{
    JsonWriter json;
    if (change.object.kind != ObjectKind::Stream)
        json.number("id", change.record.id);
    return json.text(joined(wordsOf(change.object.kind).name, "_sid"), change.object.sid)
            .time("date_created", change.record.time)
            .take();
}

QByteArray messageEvent(const Change &change)
{
    return JsonWriter()
            .text("stream_sid", change.object.sid)
            .text("message_sid", change.record.item.key)
            .time("date_created", change.record.time)
            .raw("message_data", change.record.data)
            .take();
}

} // namespace

QByteArray safeHost(const QByteArray &host)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                || QByteArrayView(".-_:[]").contains(c);
    };
    const bool usable =
            !host.isEmpty() && host.size() <= maxHostLength && std::all_of(host.begin(), host.end(), fits);
    return usable ? host : defaultHost.toByteArray();
}

QByteArray object(const SyncObject &object, Data data)
{
    JsonWriter json;
    writeObject(json, object);
    if (data == Data::With && object.kind == ObjectKind::Document)
        json.raw("data", object.data);
    return json.take();
}

QByteArray objectWithItems(const SyncObject &object, qsizetype limit)
{
    QByteArray items;
    for (auto it = object.items.cbegin(); it != object.items.cend() && limit > 0; ++it, --limit) {
        items += items.isEmpty() ? '[' : ',';
        items += item(object, it->first, it->second, Data::With);
    }
    items += items.isEmpty() ? "[]" : "]";
    JsonWriter json;
    writeObject(json, object);
    return json.raw("items", items).take();
}

QByteArray item(const SyncObject &object, const ItemId &id, const Item &item, Data data)
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

QByteArray context(const SyncObject &object, Data data)
{
    JsonWriter json;
    json.text("list_sid", object.sid)
            .number("last_event_id", object.contextEventId)
            .time("date_updated", object.updated);
    if (data == Data::With)
        json.raw("data", object.data);
    return json.take();
}

QByteArray configuration(const QString &service, const QByteArray &host)
{
    const QByteArray base = "https://" + host;
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

EventRecord documentRecord(const SyncObject &object)
{
    return {
        EventType::DocumentUpdated, object.lastEventId, object.updated, object.expires, {}, object.data
    };
}

Event event(const Change &change)
{
    const QByteArrayView kind = wordsOf(change.object.kind).name;
    const qint64 id = change.record.id;
    switch (change.record.type) {
    case EventType::ItemAdded:
        return { id, joined(kind, "_item_added"), itemEvent(change) };
    case EventType::ItemUpdated:
        return { id, joined(kind, "_item_updated"), itemEvent(change) };
    case EventType::ItemRemoved:
        return { id, joined(kind, "_item_removed"), itemEvent(change) };
    case EventType::ContextUpdated:
        return { id, "list_context_updated", contextEvent(change) };
    case EventType::DocumentUpdated:
        return { id, "document_updated", documentEvent(change) };
    case EventType::ObjectRemoved:
        return { id, joined(kind, "_removed"), removalEvent(change), true };
    case EventType::MessagePublished:
        return { id, "stream_message_published", messageEvent(change) };
    }
    Q_UNREACHABLE();
}

} // namespace Twilio::Server::Bodies
