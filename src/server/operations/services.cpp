#include "server/operations/services.h"

#include "server/data/objectstore.h"
#include "server/operations/errors.h"

using namespace Qt::StringLiterals;

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

SyncResult<Nothing> Services::check(const ServiceChanges &changes) const
{
    constexpr qint64 shortest = 1'000;
    constexpr qint64 longest = 30'000;
    const qint64 window = changes.debouncingWindow.value_or(shortest);
    if (window < shortest || window > longest)
        return Errors::invalidField(
                u"ReachabilityDebouncingWindow"_s,
                u"expected a whole number of milliseconds from %1 to %2"_s.arg(shortest).arg(longest));
    if (m_judge && changes.webhookUrl && !changes.webhookUrl->isEmpty()) {
        if (const auto why = m_judge(*changes.webhookUrl))
            return Errors::invalidField(u"WebhookUrl"_s, *why);
    }
    return Nothing();
}

SyncResult<Service> Services::create(const ServiceChanges &changes)
{
    if (const auto checked = check(changes); errorOf(checked))
        return *errorOf(checked);
    return m_store.createService(changes);
}

SyncResult<Service> Services::update(const QString &name, const ServiceChanges &changes)
{
    const auto found = find(name);
    if (errorOf(found) || changes == ServiceChanges())
        return found;
    if (const auto checked = check(changes); errorOf(checked))
        return *errorOf(checked);
    return m_store.updateService(std::get<Service>(found).sid, changes);
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
