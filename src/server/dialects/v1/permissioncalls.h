#pragma once

#include "server/dialects/v1/call.h"

namespace Twilio::Server {
class Permissions;
}

namespace Twilio::Server::V1 {

//! What a backend says of who may do what to documents, lists and maps. The item of a call is an identity.
class PermissionCalls
{
public:
    //! \a permissions outlives it.
    explicit PermissionCalls(Permissions &permissions) : m_permissions(permissions) { }

    [[nodiscard]] HttpResponse list(const Call &call);
    [[nodiscard]] HttpResponse fetch(const Call &call);
    [[nodiscard]] HttpResponse update(const Call &call);
    [[nodiscard]] HttpResponse remove(const Call &call);

private:
    Permissions &m_permissions;
};

} // namespace Twilio::Server::V1
