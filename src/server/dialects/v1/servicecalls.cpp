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
};

constexpr std::array switches {
    Switch { "WebhookUrl", ""_L1 },
    Switch { "WebhooksFromRestEnabled", "false"_L1 },
    Switch { "ReachabilityWebhooksEnabled", "false"_L1 },
    Switch { "ReachabilityDebouncingEnabled", "false"_L1 },
};

// What may be said of a service.
struct Wishes
{
    std::optional<QString> friendlyName;
    std::optional<bool> aclEnabled;
};

SyncResult<Wishes> wishesOf(const Form &form)
{
    for (const Switch &each : switches) {
        const auto value = form.text(each.name);
        if (value && value->compare(each.off, Qt::CaseInsensitive) != 0)
            return Errors::invalidField(QString::fromLatin1(each.name), u"this server sends no webhooks"_s);
    }
    const auto aclEnabled = form.boolean("AclEnabled");
    if (const SyncError *error = errorOf(aclEnabled))
        return *error;
    return Wishes { form.text("FriendlyName"), std::get<std::optional<bool>>(aclEnabled) };
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
    const auto wishes = wishesOf(call.form);
    if (const SyncError *error = errorOf(wishes))
        return errorResponse(*error, call.request);
    const auto &[friendlyName, aclEnabled] = std::get<Wishes>(wishes);
    return serviceResponse(m_services.create(friendlyName.value_or(QString()), aclEnabled.value_or(false)),
                           call, 201);
}

HttpResponse ServiceCalls::fetch(const Call &call)
{
    return serviceResponse(m_services.find(call.service), call, 200);
}

HttpResponse ServiceCalls::update(const Call &call)
{
    const auto wishes = wishesOf(call.form);
    if (const SyncError *error = errorOf(wishes))
        return errorResponse(*error, call.request);
    const auto &[friendlyName, aclEnabled] = std::get<Wishes>(wishes);
    return serviceResponse(m_services.update(call.service, friendlyName, aclEnabled), call, 200);
}

HttpResponse ServiceCalls::remove(const Call &call)
{
    return removal(m_services.remove(call.by, call.service), call);
}

} // namespace Twilio::Server::V1
