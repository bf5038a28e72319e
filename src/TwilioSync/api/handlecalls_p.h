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

//! What a handle asks to be written, to the object itself unless an item is named.
inline Write writeOf(const HandlePrivate &handle, WriteOperation operation, std::optional<ItemKey> item = {},
                     const std::optional<SyncValue> &value = {}, std::optional<qint64> ttl = {})
{
    Write write;
    write.operation = operation;
    write.item = std::move(item);
    if (value)
        write.value = value->toJson();
    write.ttl = ttl;
    write.owner = handle.calls.owner();
    return write;
}

//! A future of nothing, ended by \a write.
inline QFuture<void> voidWrite(HandlePrivate &handle, std::initializer_list<std::optional<SyncError>> checks,
                               Write write)
{
    return voidCall(handle, checks, [&](Entity &entity, const Callback<Nothing> &done) {
        entity.write(std::move(write), {},
                     converted<WriteOutcome, Nothing>(done, [](const WriteOutcome &) { return Nothing(); }));
    });
}

} // namespace Twilio
