#include "server/dialects/v1/servicecalls.h"

#include "server/dialects/v1/pages.h"
#include "server/dialects/v1/responses.h"
#include "server/operations/errors.h"
#include "server/operations/services.h"

#include <QtCore/qbytearraylist.h>

#include <array>

using namespace Qt::StringLiterals;

namespace Twilio::Server::V1 {
namespace {

// What a service may be asked for but does not do: only its being off is taken.
struct Switch
{
    QByteArrayView name;
    QLatin1StringView off;
    const char *why;
};

constexpr char noWebhooks[] = "this server sends no webhooks";

constexpr std::array switches {
    Switch { "WebhookUrl", ""_L1, noWebhooks },
    Switch { "WebhooksFromRestEnabled", "false"_L1, noWebhooks },
    Switch { "ReachabilityWebhooksEnabled", "false"_L1, noWebhooks },
    Switch { "ReachabilityDebouncingEnabled", "false"_L1, noWebhooks },
    Switch { "AclEnabled", "false"_L1, "this server has no permissions" },
};

SyncResult<Nothing> checkSwitches(const Form &form)
{
    for (const Switch &each : switches) {
        const auto value = form.text(each.name);
        if (value && value->compare(each.off, Qt::CaseInsensitive) != 0)
            return Errors::notServed(QString::fromLatin1(each.name), QString::fromLatin1(each.why));
    }
    return Nothing();
}

HttpResponse serviceResponse(const SyncResult<Service> &result, const Call &call, int status)
{
    return response(result, call, status,
                    [&](const Service &service) { return serviceBody(service, call.view); });
}

} // namespace

HttpResponse ServiceCalls::list(const Call &call)
{
    return response(m_services.page(pageOf(call)), call, 200, [&](const ServicePage &page) {
        QByteArrayList entries;
        for (const Service *service : page.services)
            entries << serviceBody(*service, call.view);
        return pageBody("services", entries, page.meta, call);
    });
}

HttpResponse ServiceCalls::create(const Call &call)
{
    if (const auto checked = checkSwitches(call.form); errorOf(checked))
        return errorResponse(*errorOf(checked), call.request);
    return serviceResponse(m_services.create(call.form.text("FriendlyName").value_or(QString())), call, 201);
}

HttpResponse ServiceCalls::fetch(const Call &call)
{
    return serviceResponse(m_services.find(call.service), call, 200);
}

HttpResponse ServiceCalls::update(const Call &call)
{
    if (const auto checked = checkSwitches(call.form); errorOf(checked))
        return errorResponse(*errorOf(checked), call.request);
    const auto name = call.form.text("FriendlyName");
    return serviceResponse(name ? m_services.rename(call.service, *name) : m_services.find(call.service),
                           call, 200);
}

HttpResponse ServiceCalls::remove(const Call &call)
{
    return removal(m_services.remove(call.by, call.service), call);
}

} // namespace Twilio::Server::V1
