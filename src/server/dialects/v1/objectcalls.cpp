#include "server/dialects/v1/objectcalls.h"

#include "server/data/kinds.h"
#include "server/dialects/v1/pages.h"
#include "server/operations/operations.h"
#include "TwilioSync/protocol/json.h"

#include <utility>

namespace Twilio::Server::V1 {
namespace {

// Lists and maps know their ttl by two names.
Values valuesOf(const Call &call)
{
    return hasItems(call.kind) ? call.form.values({ "CollectionTtl", "Ttl" }) : call.form.values({ "Ttl" });
}

HttpResponse objectResponse(const Operations::ObjectResult &result, const Call &call, int status)
{
    HttpResponse made = response(result, call, status,
                                 [&](const SyncObject *object) { return objectBody(*object, call.view); });
    const auto *const object = std::get_if<const SyncObject *>(&result);
    const bool hasRevision = object && call.kind != ObjectKind::Stream;
    return hasRevision ? withETag(std::move(made), (*object)->revision()) : made;
}

} // namespace

HttpResponse ObjectCalls::list(const Call &call)
{
    return pageResponse(
            m_operations.objects(call.by, call.kind, pageOf(call)), call,
            wordsOf(call.kind).collection.toByteArray().toLower(), &ObjectPage::objects,
            [&](const ObjectPage &, const SyncObject *object) { return objectBody(*object, call.view); });
}

HttpResponse ObjectCalls::create(const Call &call)
{
    return objectResponse(
            m_operations.create(call.by, call.kind, { call.form.text("UniqueName"), valuesOf(call), {} }),
            call, 201);
}

HttpResponse ObjectCalls::fetch(const Call &call)
{
    return objectResponse(m_operations.object(call.by, call.kind, call.object), call, 200);
}

HttpResponse ObjectCalls::update(const Call &call)
{
    return objectResponse(
            m_operations.update(call.by, call.kind, call.object, ifMatchOf(call), valuesOf(call)), call, 200);
}

HttpResponse ObjectCalls::remove(const Call &call)
{
    return removal(m_operations.remove(call.by, call.kind, call.object, ifMatchOf(call)), call);
}

HttpResponse ObjectCalls::publish(const Call &call)
{
    const Values values = call.form.values({});
    return response(
            m_operations.publish(call.by, call.object, values), call, 201,
            [&](const QByteArray &sid) { return messageBody(sid, Protocol::compactJson(*values.data)); });
}

} // namespace Twilio::Server::V1
