#include "server/operations/permissions.h"

#include "server/data/objectstore.h"
#include "server/operations/errors.h"

namespace Twilio::Server {

Permissions::Permissions(Operations &operations, SyncData &data)
    : m_operations(operations)
    , m_store(data.store())
{ }

SyncResult<Permissions::Granted> Permissions::find(const Caller &by, ObjectKind kind, const QString &id,
                                                   const QString &identity)
{
    const auto found = m_operations.object(by, kind, id);
    if (const SyncError *error = errorOf(found))
        return *error;
    const SyncObject *const object = std::get<const SyncObject *>(found);
    const auto it = object->permissions.find(identity);
    if (it == object->permissions.end())
        return Errors::noResource();
    return Granted { object, identity, it->second };
}

SyncResult<PermissionPage> Permissions::page(const Caller &by, ObjectKind kind, const QString &id,
                                             const PageArguments &arguments)
{
    const auto found = m_operations.object(by, kind, id);
    if (const SyncError *error = errorOf(found))
        return *error;
    return pageOfPermissions(*std::get<const SyncObject *>(found), arguments);
}

SyncResult<Permissions::Granted> Permissions::set(const Caller &by, ObjectKind kind, const QString &id,
                                                  const QString &identity, const Permission &permission)
{
    const auto found = m_operations.object(by, kind, id);
    if (const SyncError *error = errorOf(found))
        return *error;
    if (identity.isEmpty())
        return Errors::noResource();
    SyncObject &object = *m_store.find(std::get<const SyncObject *>(found)->sid);
    m_store.setPermission(object, identity, permission);
    return Granted { &object, identity, permission };
}

SyncResult<Nothing> Permissions::remove(const Caller &by, ObjectKind kind, const QString &id,
                                        const QString &identity)
{
    const auto found = find(by, kind, id, identity);
    if (const SyncError *error = errorOf(found))
        return *error;
    m_store.removePermission(*m_store.find(std::get<Granted>(found).object->sid), identity);
    return Nothing();
}

} // namespace Twilio::Server
