#include "server/data/rest.h"

#include "server/data/bodies.h"
#include "server/data/callparts.h"
#include "server/data/errors.h"
#include "server/data/jsonwriter.h"
#include "server/data/kinds.h"
#include "server/data/limits.h"
#include "server/data/paging.h"

#include <QtCore/qstringlist.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

using Bodies::Data;

QByteArray hex(qint64 number) { return QByteArray::number(number, 16); }

// Of the root objects only documents have data; in a body for the others it is one unknown member more.
std::optional<ObjectKind> dataOfRoot(ObjectKind kind)
{
    return kind == ObjectKind::Document ? std::optional(kind) : std::nullopt;
}

// protocol.md 7.6; "-1" is equal to no revision.
std::optional<SyncError> checkIfMatch(const RestRequest &request, ObjectKind kind, const QByteArray &revision)
{
    const auto wanted = parseIfMatch(request);
    if (const SyncError *error = errorOf(wanted))
        return *error;
    const auto &value = std::get<0>(wanted);
    if (value && *value != revision)
        return Errors::revisionMismatch(kind);
    return std::nullopt;
}

} // namespace

RestReply Rest::handle(const RestRequest &request, const Caller &caller)
{
    auto segments = pathSegments(request.path).value_or(QStringList());
    if (segments.isEmpty() || segments.takeFirst() != "v3"_L1 || segments.isEmpty())
        return Errors::reply(Errors::noResource());
    if (segments.first() == "Services"_L1) {
        if (segments.value(1) != caller.serviceSid)
            return Errors::reply(Errors::serviceNotFound());
        segments = segments.mid(2);
    }
    Call call { request, caller, { caller.identity, caller.viaRest }, request.method.toUpper() };
    const QString collection = segments.value(0);
    if (collection == "Configuration"_L1 && segments.size() == 1) {
        if (call.method != "GET")
            return Errors::reply(Errors::methodNotAllowed());
        return { 200, Bodies::configuration(caller.serviceSid, Bodies::safeHost(request.host)) };
    }
    const auto kind = kindFromCollection(collection.toUtf8());
    if (!kind || segments.size() > 4)
        return Errors::reply(Errors::noResource());
    call.kind = *kind;
    if (segments.size() == 1)
        return create(call);

    const auto found = resolve(call, segments[1]);
    if (const SyncError *error = errorOf(found))
        return Errors::reply(*error);
    SyncObject &object = *std::get<SyncObject *>(found);
    if (!request.host.isEmpty())
        object.host = Bodies::safeHost(request.host);
    if (segments.size() == 2)
        return root(call, object);
    const QString &part = segments[2];
    if (part == "Items"_L1 && hasItems(*kind))
        return segments.size() == 3 ? items(call, object) : item(call, object, segments[3]);
    if (part == "Context"_L1 && *kind == ObjectKind::List && segments.size() == 3)
        return context(call, object);
    if (part == "Messages"_L1 && *kind == ObjectKind::Stream && segments.size() == 3)
        return messages(call, object);
    return Errors::reply(Errors::noResource());
}

SyncResult<SyncObject *> Rest::resolve(const Call &call, const QString &id) const
{
    if (!looksLikeSid(id)) {
        SyncObject *const object = m_store.find(call.caller.serviceSid, call.kind, id);
        return object ? SyncResult<SyncObject *>(object) : Errors::nameNotFound();
    }
    SyncObject *const object = m_store.find(id.toLatin1());
    if (!object || object->service != call.caller.serviceSid || object->kind != call.kind)
        return Errors::notFound(call.kind);
    return object;
}

RestReply Rest::create(const Call &call)
{
    if (call.method != "POST")
        return Errors::reply(Errors::methodNotAllowed());
    auto body = parseWrite(call.request.body, dataOfRoot(call.kind));
    if (const SyncError *error = errorOf(body))
        return Errors::reply(*error);
    auto &write = std::get<WriteBody>(body);
    const auto name = parseUniqueName(write);
    if (const SyncError *error = errorOf(name))
        return Errors::reply(*error);
    const auto &uniqueName = std::get<0>(name);
    QByteArray data = write.data.value_or("{}");
    if (call.kind == ObjectKind::List) {
        auto context = parseContext(write);
        if (const SyncError *error = errorOf(context))
            return Errors::reply(*error);
        data = std::get<QByteArray>(std::move(context));
    }
    if (uniqueName && m_store.find(call.caller.serviceSid, call.kind, *uniqueName))
        return Errors::reply(Errors::nameExists());
    const SyncObject &object = m_store.create(
            { call.caller.serviceSid, call.kind, uniqueName, call.request.host, data, write.ttl.value_or(0) },
            call.by);
    return { 201, Bodies::object(object, Data::Without) };
}

RestReply Rest::root(const Call &call, SyncObject &object)
{
    if (call.method == "GET") {
        const bool items =
                object.kind == ObjectKind::Map && firstValue(call.request.params, "Include") == "items";
        return { 200,
                 items ? Bodies::objectWithItems(object, Limits::pageSize)
                       : Bodies::object(object, Data::With) };
    }
    if (call.method == "POST")
        return updateRoot(call, object);
    if (call.method == "DELETE")
        return removeRoot(call, object);
    return Errors::reply(Errors::methodNotAllowed());
}

RestReply Rest::updateRoot(const Call &call, SyncObject &object)
{
    const auto body = parseWrite(call.request.body, dataOfRoot(call.kind));
    if (const SyncError *error = errorOf(body))
        return Errors::reply(*error);
    const auto &write = std::get<WriteBody>(body);
    const bool isDocument = object.kind == ObjectKind::Document;
    if (!write.ttl && !(isDocument && write.data))
        return Errors::reply(Errors::noParameters());
    if (isDocument) {
        if (const auto error = checkIfMatch(call.request, object.kind, hex(object.revision())))
            return Errors::reply(*error);
        m_store.updateDocument(object, write.data, write.ttl, call.by);
    } else {
        m_store.setTtl(object, *write.ttl);
    }
    return { 200, Bodies::object(object, Data::Without) };
}

RestReply Rest::removeRoot(const Call &call, SyncObject &object)
{
    if (object.kind == ObjectKind::Document) {
        if (const auto error = checkIfMatch(call.request, object.kind, hex(object.revision())))
            return Errors::reply(*error);
    }
    m_store.remove(object, call.by);
    return { 204, {} };
}

RestReply Rest::items(const Call &call, SyncObject &object)
{
    if (call.method == "POST")
        return addItem(call, object);
    if (call.method != "GET")
        return Errors::reply(Errors::methodNotAllowed());
    auto page = readItems(object, call.request.params);
    if (const SyncError *error = errorOf(page))
        return Errors::reply(*error);
    return { 200, std::get<QByteArray>(std::move(page)) };
}

RestReply Rest::addItem(const Call &call, SyncObject &object)
{
    const auto body = parseWrite(call.request.body, call.kind);
    if (const SyncError *error = errorOf(body))
        return Errors::reply(*error);
    const auto &write = std::get<WriteBody>(body);
    if (!write.data)
        return Errors::reply(Errors::invalidData(object.kind));
    ItemId id;
    if (object.kind == ObjectKind::List) {
        id = m_store.appendItem(object, *write.data, write.ttl, call.by);
    } else {
        const auto key = parseKey(write);
        if (const SyncError *error = errorOf(key))
            return Errors::reply(*error);
        id = std::get<ItemId>(key);
        if (object.items.contains(id))
            return Errors::reply(Errors::mapItemExists());
        m_store.putItem(object, id, write.data, write.ttl, call.by);
    }
    return { 201, Bodies::item(object, id, object.items.at(id), Data::Without) };
}

RestReply Rest::item(const Call &call, SyncObject &object, const QString &segment)
{
    const auto parsed = parseItemId(segment, object.kind);
    if (const SyncError *error = errorOf(parsed))
        return Errors::reply(*error);
    const ItemId id = std::get<ItemId>(parsed);
    if (call.method == "PUT" && object.kind == ObjectKind::Map)
        return putItem(call, object, id);
    if (call.method != "GET" && call.method != "POST" && call.method != "DELETE")
        return Errors::reply(Errors::methodNotAllowed());
    const auto it = object.items.find(id);
    if (it == object.items.end())
        return Errors::reply(Errors::itemNotFound(object.kind));
    if (call.method == "GET")
        return { 200, Bodies::item(object, id, it->second, Data::With) };
    if (const auto error = checkIfMatch(call.request, object.kind, hex(it->second.lastEventId)))
        return Errors::reply(*error);
    return call.method == "POST" ? updateItem(call, object, id) : removeItem(call, object, id);
}

RestReply Rest::putItem(const Call &call, SyncObject &object, const ItemId &id)
{
    const auto body = parseWrite(call.request.body, call.kind);
    if (const SyncError *error = errorOf(body))
        return Errors::reply(*error);
    const auto &write = std::get<WriteBody>(body);
    if (!write.data)
        return Errors::reply(Errors::invalidData(object.kind));
    const auto it = object.items.find(id);
    const QByteArray revision = it == object.items.end() ? QByteArray("-1") : hex(it->second.lastEventId);
    if (const auto error = checkIfMatch(call.request, object.kind, revision))
        return Errors::reply(*error);
    const auto written = m_store.putItem(object, id, write.data, write.ttl, call.by);
    return { written.added ? 201 : 200, Bodies::item(object, id, *written.item, Data::Without) };
}

RestReply Rest::updateItem(const Call &call, SyncObject &object, const ItemId &id)
{
    const auto body = parseWrite(call.request.body, call.kind);
    if (const SyncError *error = errorOf(body))
        return Errors::reply(*error);
    const auto &write = std::get<WriteBody>(body);
    if (!write.data && !write.ttl)
        return Errors::reply(Errors::noParameters());
    const auto written = m_store.putItem(object, id, write.data, write.ttl, call.by);
    return { 200, Bodies::item(object, id, *written.item, Data::Without) };
}

RestReply Rest::removeItem(const Call &call, SyncObject &object, const ItemId &id)
{
    const Item item = m_store.removeItem(object, id, call.by);
    return { 200, Bodies::item(object, id, item, Data::Without) };
}

RestReply Rest::context(const Call &call, SyncObject &object)
{
    if (call.method == "GET")
        return { 200, Bodies::context(object, Data::With) };
    if (call.method != "POST")
        return Errors::reply(Errors::methodNotAllowed());
    const auto body = parseWrite(call.request.body, call.kind, Ttl::Ignored);
    if (const SyncError *error = errorOf(body))
        return Errors::reply(*error);
    const auto &write = std::get<WriteBody>(body);
    if (!write.data)
        return Errors::reply(Errors::invalidContext());
    m_store.setContext(object, *write.data, call.by);
    return { 200, Bodies::context(object, Data::Without) };
}

RestReply Rest::messages(const Call &call, SyncObject &object)
{
    if (call.method != "POST")
        return Errors::reply(Errors::methodNotAllowed());
    const auto body = parseWrite(call.request.body, call.kind, Ttl::Ignored);
    if (const SyncError *error = errorOf(body))
        return Errors::reply(*error);
    const auto &write = std::get<WriteBody>(body);
    if (!write.data)
        return Errors::reply(Errors::invalidData(object.kind));
    const QByteArray sid = m_store.publish(object, *write.data, call.by);
    return { 201, JsonWriter().text("sid", sid).text("stream_sid", object.sid).take() };
}

} // namespace Twilio::Server
