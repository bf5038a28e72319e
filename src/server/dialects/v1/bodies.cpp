#include "server/dialects/v1/bodies.h"

#include "server/data/kinds.h"
#include "server/dialects/shared/jsonwriter.h"
#include "server/http/httpmessage.h"

#include "TwilioSync/core/utctime.h"

using namespace Qt::StringLiterals;

namespace Twilio::Server::V1 {
namespace {

// In whole seconds: the helper libraries of some languages read nothing else as a date.
void writeTime(JsonWriter &json, QByteArrayView name, qint64 msecs)
{
    if (msecs == never) {
        json.raw(name, "null");
        return;
    }
    json.text(name, utcTime(msecs).toString(u"yyyy-MM-ddTHH:mm:ss'Z'"_s));
}

// Documents, lists, maps and items are made by somebody and change; services and streams have less.
template <typename T>
void writeTimes(JsonWriter &json, const T &resource)
{
    writeTime(json, "date_created", resource.created);
    writeTime(json, "date_updated", resource.updated);
    writeTime(json, "date_expires", resource.expires);
    json.text("created_by", resource.creator);
}

QByteArray serviceUrl(const QString &sid, const View &view)
{
    return view.origin + "/v1/Services/" + encodeURIComponent(sid);
}

QByteArray objectUrl(const SyncObject &object, const View &view)
{
    return serviceUrl(object.service, view) + '/' + wordsOf(object.kind).collection.toByteArray() + '/'
            + object.sid;
}

} // namespace

QByteArray serviceBody(const Service &service, const View &view)
{
    const QByteArray url = serviceUrl(service.sid, view);
    const QByteArray links = JsonWriter()
                                     .text("documents", url + "/Documents")
                                     .text("lists", url + "/Lists")
                                     .text("maps", url + "/Maps")
                                     .text("streams", url + "/Streams")
                                     .take();
    JsonWriter json;
    json.text("sid", service.sid);
    if (service.sid == QLatin1StringView(defaultServiceSid))
        json.text("unique_name", "default");
    else
        json.raw("unique_name", "null");
    json.text("account_sid", view.accountSid).text("friendly_name", service.friendlyName);
    writeTime(json, "date_created", service.created);
    writeTime(json, "date_updated", service.updated);
    const WebhookSettings &webhooks = service.webhooks;
    json.text("url", url);
    if (webhooks.url.isEmpty())
        json.raw("webhook_url", "null");
    else
        json.text("webhook_url", webhooks.url);
    return json.boolean("webhooks_from_rest_enabled", webhooks.fromRest)
            .boolean("reachability_webhooks_enabled", webhooks.reachability)
            .boolean("acl_enabled", service.aclEnabled)
            .boolean("reachability_debouncing_enabled", webhooks.debouncing)
            .number("reachability_debouncing_window", webhooks.debouncingWindow)
            .raw("links", links)
            .take();
}

QByteArray objectBody(const SyncObject &object, const View &view)
{
    const QByteArray url = objectUrl(object, view);
    JsonWriter json;
    json.text("sid", object.sid);
    if (object.uniqueName)
        json.text("unique_name", *object.uniqueName);
    else
        json.raw("unique_name", "null");
    json.text("account_sid", view.accountSid).text("service_sid", object.service).text("url", url);
    JsonWriter links;
    if (hasItems(object.kind))
        links.text("items", url + "/Items");
    else if (object.kind == ObjectKind::Stream)
        links.text("messages", url + "/Messages");
    if (object.kind != ObjectKind::Stream)
        links.text("permissions", url + "/Permissions");
    json.raw("links", links.take());
    if (object.kind != ObjectKind::Stream)
        json.hex("revision", object.revision());
    if (object.kind == ObjectKind::Document)
        json.raw("data", object.data);
    writeTimes(json, object);
    return json.take();
}

QByteArray permissionBody(const SyncObject &object, const QString &identity, const Permission &permission,
                          const View &view)
{
    return JsonWriter()
            .text("account_sid", view.accountSid)
            .text("service_sid", object.service)
            .text(joined(wordsOf(object.kind).name, "_sid"), object.sid)
            .text("identity", identity)
            .boolean("read", permission.read)
            .boolean("write", permission.write)
            .boolean("manage", permission.manage)
            .text("url", objectUrl(object, view) + "/Permissions/" + encodeURIComponent(identity))
            .take();
}

QByteArray itemBody(const SyncObject &object, const ItemId &id, const Item &item, const View &view)
{
    JsonWriter json;
    writeItemId(json, "index", "key", object.kind, id);
    const QByteArray last =
            object.kind == ObjectKind::List ? QByteArray::number(id.index) : encodeURIComponent(id.key);
    json.text("account_sid", view.accountSid)
            .text("service_sid", object.service)
            .text(joined(wordsOf(object.kind).name, "_sid"), object.sid)
            .text("url", objectUrl(object, view) + "/Items/" + last)
            .hex("revision", item.lastEventId)
            .raw("data", item.data);
    writeTimes(json, item);
    return json.take();
}

QByteArray messageBody(const QByteArray &sid, const QByteArray &data)
{
    return JsonWriter().text("sid", sid).raw("data", data).take();
}

} // namespace Twilio::Server::V1
