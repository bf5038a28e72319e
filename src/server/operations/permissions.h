#pragma once

#include "server/operations/operations.h"

namespace Twilio::Server {

class ObjectStore;

/*!
    \brief Everything that can be done to permissions; only backends do. Operations heeds them.
*/
class Permissions
{
public:
    //! Both outlive it; \a operations are those of \a data.
    Permissions(Operations &operations, SyncData &data);

    //! One permission, and whose it is.
    struct Granted
    {
        const SyncObject *object = nullptr;
        QString identity = {};
        Permission permission = {};
    };
    //! 404 if nothing has been said of \a identity.
    [[nodiscard]] SyncResult<Granted> find(const Caller &by, ObjectKind kind, const QString &id,
                                           const QString &identity);
    //! By identity.
    [[nodiscard]] SyncResult<PermissionPage> page(const Caller &by, ObjectKind kind, const QString &id,
                                                  const PageArguments &arguments);
    //! Whoever loses the right to read an object is not subscribed to it any more.
    [[nodiscard]] SyncResult<Granted> set(const Caller &by, ObjectKind kind, const QString &id,
                                          const QString &identity, const Permission &permission);
    //! The same as none of the rights.
    [[nodiscard]] SyncResult<Nothing> remove(const Caller &by, ObjectKind kind, const QString &id,
                                             const QString &identity);

private:
    Operations &m_operations;
    ObjectStore &m_store;
};

} // namespace Twilio::Server
