#pragma once

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/calltarget_p.h"
#include "TwilioSync/session/writeplace.h"

#include <initializer_list>
#include <optional>

// Calls on an object, whichever way it is reached.
namespace Twilio {

using ArgumentChecks = std::initializer_list<std::optional<SyncError>>;

//! The first wrong argument among \a checks, or why no calls are taken now.
inline std::optional<SyncError> refusalOf(const CallTarget &target, ArgumentChecks checks)
{
    if (const auto wrong = target.wrongName())
        return wrong;
    for (const auto &wrong : checks) {
        if (wrong)
            return wrong;
    }
    return target.refusal();
}

//! What is asked to be written, to the object itself unless an item is named.
inline Write writeOf(const CallTarget &target, WriteOperation operation, std::optional<ItemKey> item = {},
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
    write.owner = target.calls().owner();
    return write;
}

//! As callOn(), of a call that is known not to be refused.
template <typename T, typename Ask>
QFuture<T> acceptedCall(const CallTarget &target, Ask ask)
{
    auto [future, done, cancelled] = target.calls().begin<T>();
    if (const EntityPtr object = target.object()) { // a slot may destroy the handle meanwhile
        ask(object, std::move(done), cancelled);
        return future;
    }
    target.find(
            [ask = std::move(ask), done = std::move(done),
             cancelled = cancelled](SyncResult<EntityPtr> found) mutable {
                if (const auto *error = errorOf(found))
                    done(*error);
                else
                    ask(std::get<EntityPtr>(found), std::move(done), cancelled);
            },
            cancelled);
    return future;
}

//! A future that \a ask (Entity &, Callback<ResultOf<T>>, CancelToken) has settled.
template <typename T, typename Ask>
QFuture<T> callOn(const CallTarget &target, ArgumentChecks checks, Ask ask)
{
    if (const auto refused = refusalOf(target, checks))
        return failedFuture<T>(*refused);
    return acceptedCall<T>(target, std::move(ask));
}

//! A future of what \a convert makes of the outcome of \a write.
template <typename T, typename Convert>
QFuture<T> writeCall(const CallTarget &target, ArgumentChecks checks, Write write, Mutator mutator,
                     Convert convert)
{
    if (const auto refused = refusalOf(target, checks))
        return failedFuture<T>(*refused);
    return acceptedCall<T>(
            target,
            [write = std::move(write), mutator = std::move(mutator), convert = std::move(convert),
             place = target.placeOfWrite()](const EntityPtr &object, Callback<ResultOf<T>> done,
                                            const CancelToken &cancelled) mutable {
                if (place)
                    write.id = place->id();
                object->write(std::move(write), std::move(mutator),
                              converted<WriteOutcome, ResultOf<T>>(std::move(done), std::move(convert)),
                              cancelled);
            });
}

//! A future of nothing, ended by \a write.
inline QFuture<void> voidWrite(const CallTarget &target, ArgumentChecks checks, Write write)
{
    return writeCall<void>(target, checks, std::move(write), {},
                           [](const WriteOutcome &) { return Nothing(); });
}

//! When the object expires, in seconds; 0 = never.
inline QFuture<void> ttlCall(const CallTarget &target, qint64 seconds)
{
    return voidWrite(target, { checkTtl(seconds) }, writeOf(target, WriteOperation::SetTtl, {}, {}, seconds));
}

//! Removes the object itself.
inline QFuture<void> removeCall(const CallTarget &target)
{
    return voidWrite(target, {}, writeOf(target, WriteOperation::RemoveObject));
}

} // namespace Twilio
