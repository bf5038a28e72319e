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

//! What a handle asks to be written, to the object itself unless an item is named.
inline Write writeOf(const HandlePrivate &handle, WriteOperation operation, std::optional<ItemKey> item = {},
                     const std::optional<SyncValue> &value = {}, std::optional<qint64> ttl = {})
{
    Write write;
    write.operation = operation;
    write.item = std::move(item);
    if (value)
        write.value = value->toJson();
    if (operation == WriteOperation::Merge)
        write.erased = value->erasedFields();
    write.ttl = ttl;
    write.owner = handle.calls.owner();
    return write;
}

//! A future of what \a convert makes of the outcome of \a write.
template <typename T, typename Convert>
QFuture<T> writeCall(HandlePrivate &handle, std::initializer_list<std::optional<SyncError>> checks,
                     Write write, Mutator mutator, Convert convert)
{
    if (const auto refused = refusalOf(handle, checks))
        return failedFuture<T>(*refused);
    auto [future, done, cancelled] = handle.calls.begin<T>();
    const EntityPtr entity = handle.entity; // a slot may destroy the handle meanwhile
    entity->write(std::move(write), std::move(mutator),
                  converted<WriteOutcome, ResultOf<T>>(done, std::move(convert)), cancelled);
    return future;
}

//! A future of nothing, ended by \a write.
inline QFuture<void> voidWrite(HandlePrivate &handle, std::initializer_list<std::optional<SyncError>> checks,
                               Write write)
{
    return writeCall<void>(handle, checks, std::move(write), {},
                           [](const WriteOutcome &) { return Nothing(); });
}

} // namespace Twilio
