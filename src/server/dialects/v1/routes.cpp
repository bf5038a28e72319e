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
    addResource(m_serviceCalls, [&](const QByteArray &method, bool isOne, const Answer &answer) {
        add(method, isOne ? all + "/{service}" : all, answer);
    });
    for (const ObjectKind kind :
         { ObjectKind::Document, ObjectKind::List, ObjectKind::Map, ObjectKind::Stream })
        addBelowService(m_objectCalls, kind, {}, "/{object}");
    for (const ObjectKind kind : { ObjectKind::List, ObjectKind::Map })
        addBelowService(m_itemCalls, kind, "/{object}/Items", "/{object}/Items/{item}");
    for (const ObjectKind kind : { ObjectKind::Document, ObjectKind::List, ObjectKind::Map })
        addBelowService(m_permissionCalls, kind, "/{object}/Permissions", "/{object}/Permissions/{identity}");
    addBelowService("POST", "/{object}/Messages", ObjectKind::Stream,
                    [this](const Call &call) { return m_objectCalls.publish(call); });
}

// The five calls to a resource; a permission is not created but set.
template <typename Calls, typename Add>
void Routes::addResource(Calls &calls, Add add)
{
    add("GET", false, [&calls](const Call &call) { return calls.list(call); });
    if constexpr (requires(const Call &call) { calls.create(call); })
        add("POST", false, [&calls](const Call &call) { return calls.create(call); });
    add("GET", true, [&calls](const Call &call) { return calls.fetch(call); });
    add("POST", true, [&calls](const Call &call) { return calls.update(call); });
    add("DELETE", true, [&calls](const Call &call) { return calls.remove(call); });
}

template <typename Calls>
void Routes::addBelowService(Calls &calls, ObjectKind kind, const QByteArray &all, const QByteArray &one)
{
    addResource(calls, [&](const QByteArray &method, bool isOne, const Answer &answer) {
        addBelowService(method, isOne ? one : all, kind, answer);
    });
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
