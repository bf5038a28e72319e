#include "TwilioSync/protocol/restresources.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/literalname.h"
#include "TwilioSync/protocol/timestamp.h"

#include <algorithm>
#include <string_view>

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
    if (slice.isString() && slice.text().size() > 2) { // as nearly all are
        if (const auto time = canonicalTimestamp(slice.text().sliced(1).chopped(1)))
            return time;
    }
    const auto text = slice.toUtf8();
    return text ? parseTimestamp(*text) : std::nullopt;
}

bool isValue(const JsonSlice &slice, const ReadLimits &limits)
{
    return slice.isObject() && !isNestedDeeper(slice.text(), limits.depth);
}

QByteArray objectText(const JsonSlice &slice, const ReadLimits &limits)
{
    return isValue(slice, limits) ? slice.text().toByteArray() : QByteArray();
}

QByteArray viewOf(QByteArrayView text) { return QByteArray::fromRawData(text.data(), text.size()); }

// Locations first: whoever visits JSON must not decode any.
struct ItemMembers
{
    JsonSlice index;
    JsonSlice key;
    JsonSlice revision;
    JsonSlice lastEventId;
    JsonSlice created;
    JsonSlice updated;
    JsonSlice expires;
    JsonSlice data;

    void note(QByteArrayView name, JsonSlice value)
    {
        if (JsonSlice *const member = named(name))
            *member = value;
    }
    [[nodiscard]] SyncResult<ItemResource> item(const ReadLimits &limits) const
    {
        const auto eventId = lastEventId.toInteger();
        if (!eventId || *eventId < 0)
            return unexpected("item's last_event_id", "an integer from 0 on");
        ItemResource item;
        item.index = index.toInteger();
        item.key = key.toUtf8();
        const auto plainRevision = revision.plainText();
        item.revision = plainRevision ? viewOf(*plainRevision) : textOf(revision);
        item.lastEventId = *eventId;
        item.created = timeOf(created);
        item.updated = timeOf(updated);
        item.hasExpires = expires.exists();
        item.expires = timeOf(expires);
        if (isValue(data, limits))
            item.data = viewOf(data.text());
        return item;
    }

private:
    JsonSlice *named(QByteArrayView member)
    {
        const std::string_view name(member.data(), std::size_t(member.size()));
        if (isName(name, "index"))
            return &index;
        if (isName(name, "key"))
            return &key;
        if (isName(name, "revision"))
            return &revision;
        if (isName(name, "last_event_id"))
            return &lastEventId;
        if (isName(name, "date_created"))
            return &created;
        if (isName(name, "date_updated"))
            return &updated;
        if (isName(name, "date_expires"))
            return &expires;
        return isName(name, "data") ? &data : nullptr;
    }
};

SyncError add(PageResource &page, SyncResult<ItemResource> item)
{
    if (const auto *error = errorOf(item))
        return *error;
    auto &found = std::get<ItemResource>(item);
    if (found.data.isEmpty() || (!found.index && !found.key))
        return unexpected("item", "an index or key, and data");
    page.items.push_back(std::move(found));
    return {};
}

} // namespace

SyncResult<RootResource> parseRootResource(QByteArrayView body, const ReadLimits &limits)
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
    root.data = objectText(object->value("data"), limits);
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

SyncResult<ItemResource> parseItemResource(QByteArrayView body, const ReadLimits &limits)
{
    ItemMembers members;
    if (!visitJsonObject(body, [&](QByteArrayView name, JsonSlice value) { members.note(name, value); }))
        return unexpected("item", "a JSON object");
    return members.item(limits);
}

SyncError pageSizeProblem(std::size_t items, const ReadLimits &limits)
{
    return items <= std::size_t(limits.items)
            ? SyncError()
            : SyncError(QStringLiteral("unexpected reply: page: expected at most %1 items, got %2")
                                .arg(limits.items)
                                .arg(items));
}

SyncError addPageItem(PageResource &page, QByteArrayView item, const ReadLimits &limits)
{
    return add(page, parseItemResource(item, limits));
}

SyncError endPage(PageResource &page, QByteArrayView meta)
{
    if (!meta.startsWith('{'))
        return unexpectedPage();
    page.hasNext = findJsonMember(meta, "next_token").isString();
    page.hasPrevious = findJsonMember(meta, "previous_token").isString();
    return {};
}

SyncError unexpectedPage() { return unexpected("page", "an object with items and meta"); }

SyncResult<PageResource> parsePageResource(QByteArrayView body, const ReadLimits &limits)
{
    JsonSlice meta;
    std::vector<ItemMembers> items;
    const auto noteMember = [&items, &limits](std::size_t number, QByteArrayView name, JsonSlice value) {
        if (number >= std::size_t(limits.items))
            return; // too many are counted, not kept
        if (number >= items.size())
            items.resize(number + 1);
        items[number].note(name, value);
    };
    const auto noteOther = [&meta](QByteArrayView name, JsonSlice value) {
        if (name == QByteArrayView("meta"))
            meta = value;
    };
    const auto count = visitJsonObjects(body, "items", noteMember, noteOther);
    if (!count)
        return unexpectedPage();
    if (const SyncError problem = pageSizeProblem(*count, limits); !problem.isNull())
        return problem;
    items.resize(*count);
    PageResource page;
    page.items.reserve(items.size());
    for (const ItemMembers &members : items) {
        if (const SyncError problem = add(page, members.item(limits)); !problem.isNull())
            return problem;
    }
    if (const SyncError problem = endPage(page, meta.text()); !problem.isNull())
        return problem;
    return page;
}

SyncResult<ContextResource> parseContextResource(QByteArrayView body, const ReadLimits &limits)
{
    const auto object = JsonObjectView::parse(body);
    QByteArray data = object ? objectText(object->value("data"), limits) : QByteArray();
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
