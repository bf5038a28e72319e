#include "server/dialects/v1/servicecalls.h"

#include "server/dialects/v1/pages.h"
#include "server/operations/services.h"

#include <utility>

namespace Twilio::Server::V1 {
namespace {

// What is said of a service.
SyncResult<ServiceChanges> changesOf(const Form &form)
{
    ServiceChanges changes { .friendlyName = form.text("FriendlyName"),
                             .webhookUrl = form.text("WebhookUrl") };
    using Member = std::optional<bool> ServiceChanges::*;
    for (const auto &[name, member] :
         { std::pair<const char *, Member> { "AclEnabled", &ServiceChanges::aclEnabled },
           { "WebhooksFromRestEnabled", &ServiceChanges::webhooksFromRest },
           { "ReachabilityWebhooksEnabled", &ServiceChanges::reachabilityWebhooks },
           { "ReachabilityDebouncingEnabled", &ServiceChanges::reachabilityDebouncing } }) {
        const auto value = form.boolean(name);
        if (const SyncError *error = errorOf(value))
            return *error;
        changes.*member = std::get<0>(value);
    }
    const auto window = form.number("ReachabilityDebouncingWindow");
    if (const SyncError *error = errorOf(window))
        return *error;
    changes.debouncingWindow = std::get<0>(window);
    return changes;
}

HttpResponse serviceResponse(const SyncResult<Service> &result, const Call &call, int status)
{
    return response(result, call, status,
                    [&](const Service &service) { return serviceBody(service, call.view); });
}

} // namespace

HttpResponse ServiceCalls::list(const Call &call)
{
    return pageResponse(
            m_services.page(pageOf(call)), call, "services", &ServicePage::services,
            [&](const ServicePage &, const Service *service) { return serviceBody(*service, call.view); });
}

HttpResponse ServiceCalls::create(const Call &call)
{
    const auto changes = changesOf(call.form);
    if (const SyncError *error = errorOf(changes))
        return errorResponse(*error, call.request);
    return serviceResponse(m_services.create(std::get<ServiceChanges>(changes)), call, 201);
}

HttpResponse ServiceCalls::fetch(const Call &call)
{
    return serviceResponse(m_services.find(call.service), call, 200);
}

HttpResponse ServiceCalls::update(const Call &call)
{
    const auto changes = changesOf(call.form);
    if (const SyncError *error = errorOf(changes))
        return errorResponse(*error, call.request);
    return serviceResponse(m_services.update(call.service, std::get<ServiceChanges>(changes)), call, 200);
}

HttpResponse ServiceCalls::remove(const Call &call)
{
    return removal(m_services.remove(call.by, call.service), call);
}

} // namespace Twilio::Server::V1
