#include "server/dialects/v1/permissioncalls.h"

#include "server/dialects/v1/pages.h"
#include "server/operations/permissions.h"

namespace Twilio::Server::V1 {
namespace {

HttpResponse permissionResponse(const SyncResult<Permissions::Granted> &result, const Call &call)
{
    return response(result, call, 200, [&](const Permissions::Granted &granted) {
        return permissionBody(*granted.object, granted.identity, granted.permission, call.view);
    });
}

// A right that is not named is not given.
SyncResult<Permission> permissionOf(const Form &form)
{
    Permission permission;
    const struct
    {
        QByteArrayView name;
        bool &right;
    } rights[] = { { "Read", permission.read },
                   { "Write", permission.write },
                   { "Manage", permission.manage } };
    for (const auto &[name, right] : rights) {
        const auto value = form.boolean(name);
        if (const SyncError *error = errorOf(value))
            return *error;
        right = std::get<std::optional<bool>>(value).value_or(false);
    }
    return permission;
}

} // namespace

HttpResponse PermissionCalls::list(const Call &call)
{
    return pageResponse(m_permissions.page(call.by, call.kind, call.object, pageOf(call)), call,
                        "permissions", &PermissionPage::permissions,
                        [&](const PermissionPage &page, const auto &it) {
                            return permissionBody(*page.object, it->first, it->second, call.view);
                        });
}

HttpResponse PermissionCalls::fetch(const Call &call)
{
    return permissionResponse(m_permissions.find(call.by, call.kind, call.object, call.item), call);
}

HttpResponse PermissionCalls::update(const Call &call)
{
    const auto permission = permissionOf(call.form);
    if (const SyncError *error = errorOf(permission))
        return errorResponse(*error, call.request);
    return permissionResponse(
            m_permissions.set(call.by, call.kind, call.object, call.item, std::get<Permission>(permission)),
            call);
}

HttpResponse PermissionCalls::remove(const Call &call)
{
    return removal(m_permissions.remove(call.by, call.kind, call.object, call.item), call);
}

} // namespace Twilio::Server::V1
