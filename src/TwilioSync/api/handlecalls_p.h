#pragma once

#include "TwilioSync/api/synchandle_p.h"

#include <initializer_list>
#include <optional>

namespace Twilio {

//! The first wrong argument among \a checks, or why the handle takes no calls now.
inline std::optional<SyncError> refusalOf(const HandlePrivate &handle,
                                          std::initializer_list<std::optional<SyncError>> checks)
{
    for (const auto &wrong : checks) {
        if (wrong)
            return wrong;
    }
    return handle.refusal();
}

//! Calls \a run with the entity and a callback that settles the future.
template <typename Run>
QFuture<void> voidCall(HandlePrivate &handle, std::initializer_list<std::optional<SyncError>> checks, Run run)
{
    if (const auto refused = refusalOf(handle, checks))
        return failedFuture<void>(*refused);
    auto [future, done] = handle.calls.begin<void>();
    const EntityPtr entity = handle.entity; // a slot may destroy the handle meanwhile
    run(*entity, done);
    return future;
}

} // namespace Twilio
