#include "server/dialects/v1/routes.h"

#include "server/data/kinds.h"
#include "server/dialects/v1/responses.h"
#include "server/operations/errors.h"

#include <algorithm>

namespace Twilio::Server::V1 {
namespace {

constexpr char servicesPath[] = "/v1/Services";

// Fails if the path is no UTF-8 or the body no form.
SyncResult<Call> callOf(const HttpRequest &request, const QList<QByteArray> &variables, const View &view)
{
    if (!std::all_of(variables.cbegin(), variables.cend(),
                     [](const auto &name) { return name.isValidUtf8(); }))
        return Errors::noResource();
    const auto name = [&](qsizetype i) { return QString::fromUtf8(variables.value(i)); };
    Call call { request, view, { systemOrigin().identity, serviceSidOf(name(0)), view.accountSid, true } };
    call.service = name(0);
    call.object = name(1);
    call.item = name(2);
    if (request.method == "POST") {
        auto form = parseForm(request);
        if (const SyncError *error = errorOf(form))
            return *error;
        call.form = std::get<Form>(std::move(form));
    }
    return call;
}

} // namespace

Routes::Routes(Operations &operations, Services &services, Permissions &permissions)
    : m_services(services)
    , m_serviceCalls(services)
    , m_objectCalls(operations)
    , m_itemCalls(operations)
    , m_permissionCalls(permissions)
{
    const QByteArray all = servicesPath;
    const QByteArray one = all + "/{service}";
    add("GET", all, [this](const Call &call) { return m_serviceCalls.list(call); });
    add("POST", all, [this](const Call &call) { return m_serviceCalls.create(call); });
    add("GET", one, [this](const Call &call) { return m_serviceCalls.fetch(call); });
    add("POST", one, [this](const Call &call) { return m_serviceCalls.update(call); });
    add("DELETE", one, [this](const Call &call) { return m_serviceCalls.remove(call); });
    for (const ObjectKind kind :
         { ObjectKind::Document, ObjectKind::List, ObjectKind::Map, ObjectKind::Stream })
        addObjects(kind);
    addItems(ObjectKind::List);
    addItems(ObjectKind::Map);
    for (const ObjectKind kind : { ObjectKind::Document, ObjectKind::List, ObjectKind::Map })
        addPermissions(kind);
    addBelowService("POST", "/{object}/Messages", ObjectKind::Stream,
                    [this](const Call &call) { return m_objectCalls.publish(call); });
}

void Routes::addObjects(ObjectKind kind)
{
    const QByteArray one = "/{object}";
    addBelowService("GET", {}, kind, [this](const Call &call) { return m_objectCalls.list(call); });
    addBelowService("POST", {}, kind, [this](const Call &call) { return m_objectCalls.create(call); });
    addBelowService("GET", one, kind, [this](const Call &call) { return m_objectCalls.fetch(call); });
    addBelowService("POST", one, kind, [this](const Call &call) { return m_objectCalls.update(call); });
    addBelowService("DELETE", one, kind, [this](const Call &call) { return m_objectCalls.remove(call); });
}

void Routes::addItems(ObjectKind kind)
{
    const QByteArray all = "/{object}/Items";
    const QByteArray one = all + "/{item}";
    addBelowService("GET", all, kind, [this](const Call &call) { return m_itemCalls.list(call); });
    addBelowService("POST", all, kind, [this](const Call &call) { return m_itemCalls.create(call); });
    addBelowService("GET", one, kind, [this](const Call &call) { return m_itemCalls.fetch(call); });
    addBelowService("POST", one, kind, [this](const Call &call) { return m_itemCalls.update(call); });
    addBelowService("DELETE", one, kind, [this](const Call &call) { return m_itemCalls.remove(call); });
}

void Routes::addPermissions(ObjectKind kind)
{
    const QByteArray all = "/{object}/Permissions";
    const QByteArray one = all + "/{identity}";
    addBelowService("GET", all, kind, [this](const Call &call) { return m_permissionCalls.list(call); });
    addBelowService("GET", one, kind, [this](const Call &call) { return m_permissionCalls.fetch(call); });
    addBelowService("POST", one, kind, [this](const Call &call) { return m_permissionCalls.update(call); });
    addBelowService("DELETE", one, kind, [this](const Call &call) { return m_permissionCalls.remove(call); });
}

void Routes::add(const QByteArray &method, const QByteArray &pattern, const Answer &answer)
{
    m_all.append(
            { method, pattern,
              [answer](const HttpRequest &request, const QList<QByteArray> &variables, const View &view) {
                  const auto call = callOf(request, variables, view);
                  if (const SyncError *error = errorOf(call))
                      return errorResponse(*error, request);
                  return answer(std::get<Call>(call));
              } });
}

void Routes::addBelowService(const QByteArray &method, const QByteArray &path, ObjectKind kind,
                             const Answer &answer)
{
    const QByteArray pattern =
            QByteArray(servicesPath) + "/{service}/" + wordsOf(kind).collection.toByteArray() + path;
    add(method, pattern, [this, kind, answer](const Call &call) {
        if (const auto found = m_services.find(call.service); errorOf(found))
            return errorResponse(*errorOf(found), call.request);
        Call ofKind = call;
        ofKind.kind = kind;
        return answer(ofKind);
    });
}

} // namespace Twilio::Server::V1
