#include "server/dialects/v3/events.h"

#include "server/data/kinds.h"
#include "server/dialects/shared/jsonwriter.h"
#include "server/dialects/v3/urls.h"

#include <tuple>

namespace Twilio::Server::V3 {
namespace {

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
            .raw("item_data", record.data.isEmpty() ? QByteArray("{}") : record.data)
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

Event eventOf(const Change &change)
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
        return { id, joined(kind, "_removed"), removalEvent(change) };
    case EventType::MessagePublished:
        return { id, "stream_message_published", messageEvent(change) };
    case EventType::ObjectCreated:
        break; // no client is told
    }
    Q_UNREACHABLE();
}

QList<Event> eventsOf(const QList<Change> &changes)
{
    QList<Event> events;
    events.reserve(changes.size());
    for (const Change &change : changes)
        events << eventOf(change);
    return events;
}

} // namespace Twilio::Server::V3
