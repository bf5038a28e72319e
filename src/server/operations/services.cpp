#include "server/operations/services.h"

#include "server/data/objectstore.h"
#include "server/operations/errors.h"

namespace Twilio::Server {

SyncResult<Service> Services::find(const QString &name)
{
    const QString sid = serviceSidOf(name);
    if (sid == QLatin1StringView(defaultServiceSid))
        return m_store.useService(sid);
    const Service *const service = m_store.service(sid);
    return service ? SyncResult<Service>(*service) : Errors::serviceNotFound();
}

SyncResult<ServicePage> Services::page(const PageArguments &arguments)
{
    use(QLatin1StringView(defaultServiceSid));
    return pageOfServices(m_store.services(), arguments);
}

void Services::use(const QString &sid) { m_store.useService(sid); }

Service Services::create(const QString &friendlyName, bool aclEnabled)
{
    return m_store.createService(friendlyName, aclEnabled);
}

SyncResult<Service> Services::update(const QString &name, const std::optional<QString> &friendlyName,
                                     std::optional<bool> aclEnabled)
{
    const auto found = find(name);
    if (errorOf(found))
        return found;
    if (!friendlyName && !aclEnabled)
        return found;
    return m_store.updateService(std::get<Service>(found).sid, friendlyName, aclEnabled);
}

SyncResult<Nothing> Services::remove(const Caller &by, const QString &name)
{
    const auto found = find(name);
    if (const SyncError *error = errorOf(found))
        return *error;
    m_store.removeService(std::get<Service>(found).sid, originOf(by));
    return Nothing();
}

} // namespace Twilio::Server
