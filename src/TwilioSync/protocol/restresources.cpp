#include "TwilioSync/protocol/restresources.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/timestamp.h"

#include <algorithm>

namespace Twilio::Protocol {
namespace {

SyncError unexpected(const char *what, const char *expected)
{
    return SyncError(QStringLiteral("unexpected reply: %1: expected %2")
                             .arg(QString::fromLatin1(what), QString::fromLatin1(expected)));
}

QByteArray textOf(const JsonSlice &slice) { return slice.toUtf8().value_or(QByteArray()); }

std::optional<qint64> timeOf(const JsonSlice &slice)
{
    const auto text = slice.toUtf8();
    return text ? parseTimestamp(*text) : std::nullopt;
}

QByteArray objectText(const JsonSlice &slice)
{
    return slice.isObject() && !isNestedTooDeep(slice.text()) ? slice.text().toByteArray() : QByteArray();
}

} // namespace

SyncResult<RootResource> parseRootResource(QByteArrayView body)
{
    const auto object = JsonObjectView::parse(body);
    if (!object)
        return unexpected("object", "a JSON object");
    RootResource root;
    root.sid = textOf(object->value("sid"));
    root.uniqueName = textOf(object->value("unique_name"));
    root.url = textOf(object->value("url"));
    root.revision = textOf(object->value("revision"));
    root.lastEventId = object->value("last_event_id").toInteger();
    root.created = timeOf(object->value("date_created"));
    root.updated = timeOf(object->value("date_updated"));
    root.hasExpires = object->contains("date_expires");
    root.expires = timeOf(object->value("date_expires"));
    root.data = objectText(object->value("data"));
    if (const auto links = JsonObjectView::parse(object->value("links").text())) {
        root.itemsUrl = textOf(links->value("items"));
        if (root.itemsUrl.isEmpty())
            root.itemsUrl = textOf(links->value("messages"));
        root.contextUrl = textOf(links->value("context"));
    }
    if (root.sid.isEmpty())
        return unexpected("sid", "a string");
    return root;
}

SyncResult<ItemResource> parseItemResource(QByteArrayView body)
{
    const auto object = JsonObjectView::parse(body);
    if (!object)
        return unexpected("item", "a JSON object");
    ItemResource item;
    item.index = object->value("index").toInteger();
    item.key = object->value("key").toUtf8();
    item.revision = textOf(object->value("revision"));
    item.created = timeOf(object->value("date_created"));
    item.updated = timeOf(object->value("date_updated"));
    item.hasExpires = object->contains("date_expires");
    item.expires = timeOf(object->value("date_expires"));
    item.data = objectText(object->value("data"));
    const auto lastEventId = object->value("last_event_id").toInteger();
    if (!lastEventId || *lastEventId < 0)
        return unexpected("item's last_event_id", "an integer from 0 on");
    item.lastEventId = *lastEventId;
    return item;
}

SyncResult<PageResource> parsePageResource(QByteArrayView body)
{
    const auto object = JsonObjectView::parse(body);
    const auto meta = object ? JsonObjectView::parse(object->value("meta").text()) : std::nullopt;
    const auto items = object ? parseJsonArray(object->value("items").text()) : std::nullopt;
    if (!meta || !items)
        return unexpected("page", "an object with items and meta");
    if (items->size() > maxPageItems)
        return SyncError(QStringLiteral("unexpected reply: page: expected at most %1 items, got %2")
                                 .arg(maxPageItems)
                                 .arg(items->size()));
    PageResource page;
    page.items.reserve(items->size());
    for (const JsonSlice &text : *items) {
        auto item = parseItemResource(text.text());
        if (const auto *error = errorOf(item))
            return *error;
        auto &found = std::get<ItemResource>(item);
        if (found.data.isEmpty() || (!found.index && !found.key))
            return unexpected("item", "an index or key, and data");
        page.items.push_back(std::move(found));
    }
    page.hasNext = meta->value("next_token").isString();
    page.hasPrevious = meta->value("previous_token").isString();
    return page;
}

SyncResult<ContextResource> parseContextResource(QByteArrayView body)
{
    const auto object = JsonObjectView::parse(body);
    QByteArray data = object ? objectText(object->value("data")) : QByteArray();
    if (data.isEmpty())
        return unexpected("context", "an object with data");
    return ContextResource { std::move(data), object->value("last_event_id").toInteger().value_or(-1) };
}

SyncResult<SubscriptionTerms> parseSubscriptionTerms(QByteArrayView body)
{
    const auto object = JsonObjectView::parse(body);
    if (!object)
        return unexpected("subscription", "a JSON object");
    return SubscriptionTerms { object->value("estimated_delivery_in_ms").toInteger(),
                               object->value("max_batch_size").toInteger(),
                               object->value("ttl_in_s").toInteger() };
}

SyncResult<QByteArray> parseMessageSid(QByteArrayView body)
{
    const auto object = JsonObjectView::parse(body);
    const QByteArray sid = object ? textOf(object->value("sid")) : QByteArray();
    if (sid.isEmpty())
        return unexpected("message sid", "a string");
    return sid;
}

SyncError errorOfReply(const RestReply &reply)
{
    const auto body = JsonObjectView::parse(reply.body);
    const int code = body ? int(body->value("code").toInteger().value_or(0)) : 0;
    QString message = body ? body->value("message").toString().value_or(QString()) : QString();
    if (message.isEmpty()) {
        message = reply.status == 429 ? QStringLiteral("Throttled by server")
                : reply.status == 404 ? QStringLiteral("Not found from server")
                                      : QStringLiteral("Error from server");
    }
    return SyncError(message, reply.status, code);
}

bool looksLikeSid(QStringView text)
{
    const auto isUpper = [](QChar c) { return c >= u'A' && c <= u'Z'; };
    const auto isHex = [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); };
    return text.size() == 34 && isUpper(text[0]) && isUpper(text[1])
            && std::all_of(text.begin() + 2, text.end(), isHex);
}

} // namespace Twilio::Protocol
