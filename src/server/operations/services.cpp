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

Service Services::create(const QString &friendlyName) { return m_store.createService(friendlyName); }

SyncResult<Service> Services::rename(const QString &name, const QString &friendlyName)
{
    const auto found = find(name);
    if (errorOf(found))
        return found;
    return m_store.renameService(std::get<Service>(found).sid, friendlyName);
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
