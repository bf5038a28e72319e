#include "server/dialects/v3/calls.h"

#include "server/data/kinds.h"
#include "server/data/limits.h"
#include "server/dialects/shared/jsonwriter.h"
#include "server/dialects/v3/bodies.h"
#include "server/dialects/v3/queries.h"
#include "server/dialects/v3/urls.h"
#include "server/dialects/v3/writebody.h"
#include "server/http/httpmessage.h"
#include "server/operations/errors.h"

#include <QtCore/qstringlist.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server::V3 {
namespace {

// Decoded; none if an escape is malformed or does not give UTF-8.
std::optional<QStringList> checkedSegments(const QByteArray &path)
{
    QStringList segments;
    const auto parts = path.mid(path.startsWith('/') ? 1 : 0).split('/');
    for (const QByteArray &part : parts) {
        const auto segment = percentDecoded(part);
        if (!segment || !segment->isValidUtf8())
            return std::nullopt;
        segments << QString::fromUtf8(*segment);
    }
    return segments;
}

// The reply \a make gives for a success.
template <typename T, typename Make>
RestReply reply(const SyncResult<T> &result, int status, Make make)
{
    if (const SyncError *error = errorOf(result))
        return errorReply(*error);
    return { status, make(std::get<T>(result)) };
}

RestReply itemReply(const SyncResult<Operations::ItemResult> &result, int status, Data data)
{
    return reply(result, status, [data](const Operations::ItemResult &found) {
        return itemBody(*found.object, found.id, found.item, data);
    });
}

RestReply objectReply(const Operations::ObjectResult &result, int status, Data data)
{
    return reply(result, status, [data](const SyncObject *object) { return objectBody(*object, data); });
}

} // namespace

Operations::IfMatch Calls::Call::ifMatch() const { return firstValue(request.headers, "if-match"); }

RestReply Calls::handle(const RestRequest &request, const Caller &caller)
{
    auto segments = checkedSegments(request.path).value_or(QStringList());
    if (segments.isEmpty() || segments.takeFirst() != "v3"_L1 || segments.isEmpty())
        return errorReply(Errors::noResource());
    if (segments.first() == "Services"_L1) {
        if (serviceSidOf(segments.value(1)) != caller.serviceSid)
            return errorReply(Errors::serviceNotFound());
        segments = segments.mid(2);
    }
    Call call { request, caller, request.method.toUpper() };
    call.by.host = safeHost(request.host);
    const QString collection = segments.value(0);
    if (collection == "Configuration"_L1 && segments.size() == 1) {
        if (call.method != "GET")
            return errorReply(Errors::methodNotAllowed());
        return { 200, configurationBody(caller.serviceSid, call.by.host) };
    }
    if (collection == "Insights"_L1 && segments.size() == 3 && segments[2] == "Items"_L1)
        return query(call, segments[1]);
    const auto kind = kindFromCollection(collection.toUtf8());
    if (!kind || segments.size() > 4)
        return errorReply(Errors::noResource());
    call.kind = *kind;
    if (segments.size() == 1)
        return create(call);
    call.id = segments[1];
    if (const auto found = m_operations.exists(call.by, call.kind, call.id); errorOf(found))
        return errorReply(*errorOf(found));
    if (segments.size() == 2)
        return root(call);
    const QString &part = segments[2];
    if (part == "Items"_L1 && hasItems(*kind))
        return segments.size() == 3 ? items(call) : item(call, segments[3]);
    if (part == "Context"_L1 && *kind == ObjectKind::List && segments.size() == 3)
        return context(call);
    if (part == "Messages"_L1 && *kind == ObjectKind::Stream && segments.size() == 3)
        return messages(call);
    return errorReply(Errors::noResource());
}

RestReply Calls::create(const Call &call)
{
    if (call.method != "POST")
        return errorReply(Errors::methodNotAllowed());
    const auto body = parseWrite(call.request.body);
    if (const SyncError *error = errorOf(body))
        return errorReply(*error);
    const auto &write = std::get<WriteBody>(body);
    return objectReply(
            m_operations.create(call.by, call.kind, { write.uniqueName(), write.values(), write.context() }),
            201, Data::Without);
}

RestReply Calls::root(const Call &call)
{
    if (call.method == "GET") {
        const auto found = m_operations.object(call.by, call.kind, call.id);
        if (call.kind == ObjectKind::Map && firstValue(call.request.params, "Include") == "items")
            return reply(found, 200, [](const SyncObject *object) {
                return objectWithItemsBody(*object, Limits::pageSize);
            });
        return objectReply(found, 200, Data::With);
    }
    if (call.method == "POST")
        return updateRoot(call);
    if (call.method == "DELETE")
        return removeRoot(call);
    return errorReply(Errors::methodNotAllowed());
}

RestReply Calls::updateRoot(const Call &call)
{
    const auto body = parseWrite(call.request.body);
    if (const SyncError *error = errorOf(body))
        return errorReply(*error);
    return objectReply(m_operations.update(call.by, call.kind, call.id, call.ifMatch(),
                                           std::get<WriteBody>(body).values()),
                       200, Data::Without);
}

RestReply Calls::removeRoot(const Call &call)
{
    return reply(m_operations.remove(call.by, call.kind, call.id, call.ifMatch()), 204,
                 [](Nothing) { return QByteArray(); });
}

RestReply Calls::items(const Call &call)
{
    if (call.method == "POST")
        return addItem(call);
    if (call.method != "GET")
        return errorReply(Errors::methodNotAllowed());
    const NameValueList &params = call.request.params;
    const PageArguments arguments {
        firstValue(params, "PageToken"), firstValue(params, "PageSize"),
        firstValue(params, "Order"),     firstValue(params, "From"),
        firstValue(params, "Bounds"),    firstValue(params, call.kind == ObjectKind::List ? "Index" : "Key")
    };
    return reply(m_operations.items(call.by, call.kind, call.id, arguments), 200, pageBody);
}

RestReply Calls::addItem(const Call &call)
{
    const auto body = parseWrite(call.request.body);
    if (const SyncError *error = errorOf(body))
        return errorReply(*error);
    const auto &write = std::get<WriteBody>(body);
    return itemReply(m_operations.addItem(call.by, call.kind, call.id, write.key(), write.values()), 201,
                     Data::Without);
}

RestReply Calls::item(const Call &call, const QString &item)
{
    if (const auto id = checkedItemId(item, call.kind); errorOf(id))
        return errorReply(*errorOf(id));
    if (call.method == "PUT" && call.kind == ObjectKind::Map)
        return putItem(call, item);
    if (call.method == "GET")
        return itemReply(m_operations.item(call.by, call.kind, call.id, item), 200, Data::With);
    if (call.method == "POST")
        return updateItem(call, item);
    if (call.method == "DELETE")
        return itemReply(m_operations.removeItem(call.by, call.kind, call.id, item, call.ifMatch()), 200,
                         Data::Without);
    return errorReply(Errors::methodNotAllowed());
}

RestReply Calls::putItem(const Call &call, const QString &item)
{
    const auto body = parseWrite(call.request.body);
    if (const SyncError *error = errorOf(body))
        return errorReply(*error);
    const auto result = m_operations.putItem(call.by, call.kind, call.id, item, call.ifMatch(),
                                             std::get<WriteBody>(body).values());
    const auto *const written = std::get_if<Operations::ItemResult>(&result);
    return itemReply(result, written && written->added ? 201 : 200, Data::Without);
}

RestReply Calls::updateItem(const Call &call, const QString &item)
{
    if (const auto found = m_operations.item(call.by, call.kind, call.id, item, Right::Write); errorOf(found))
        return errorReply(*errorOf(found));
    const auto body = parseWrite(call.request.body);
    if (const SyncError *error = errorOf(body))
        return errorReply(*error);
    return itemReply(m_operations.updateItem(call.by, call.kind, call.id, item, call.ifMatch(),
                                             std::get<WriteBody>(body).values()),
                     200, Data::Without);
}

RestReply Calls::context(const Call &call)
{
    if (call.method == "GET")
        return reply(m_operations.object(call.by, call.kind, call.id), 200,
                     [](const SyncObject *list) { return contextBody(*list, Data::With); });
    if (call.method != "POST")
        return errorReply(Errors::methodNotAllowed());
    const auto body = parseWrite(call.request.body);
    if (const SyncError *error = errorOf(body))
        return errorReply(*error);
    return reply(m_operations.setContext(call.by, call.id, std::get<WriteBody>(body).values()), 200,
                 [](const SyncObject *list) { return contextBody(*list, Data::Without); });
}

RestReply Calls::messages(const Call &call)
{
    if (call.method != "POST")
        return errorReply(Errors::methodNotAllowed());
    const auto found = m_operations.object(call.by, call.kind, call.id);
    if (const SyncError *error = errorOf(found))
        return errorReply(*error);
    const QByteArray streamSid = std::get<const SyncObject *>(found)->sid;
    const auto body = parseWrite(call.request.body);
    if (const SyncError *error = errorOf(body))
        return errorReply(*error);
    return reply(m_operations.publish(call.by, call.id, std::get<WriteBody>(body).values()), 201,
                 [&](const QByteArray &sid) {
                     return JsonWriter().text("sid", sid).text("stream_sid", streamSid).take();
                 });
}

RestReply Calls::query(const Call &call, const QString &index)
{
    if (call.method != "POST")
        return errorReply(Errors::methodNotAllowed());
    const auto expression = parseQueryBody(call.request.body);
    if (const SyncError *error = errorOf(expression))
        return errorReply(*error);
    return reply(m_insights.find(call.by, index, std::get<QString>(expression)), 200, queryBody);
}

} // namespace Twilio::Server::V3
