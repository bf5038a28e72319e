#pragma once

#include "TwilioSync/api/handlecalls_p.h"
#include "TwilioSync/api/synccollection_p.h"

namespace Twilio {

//! Calls \a run with the entity and a callback that settles the future with an \c Item.
template <typename Item, typename Run>
QFuture<Item> itemCall(CollectionPrivate &handle, std::initializer_list<std::optional<SyncError>> checks,
                       Run run)
{
    if (const auto refused = refusalOf(handle, checks))
        return failedFuture<Item>(*refused);
    auto [future, done] = handle.calls.begin<Item>();
    const auto entity = handle.sharedCollection(); // a slot may destroy the handle meanwhile
    run(*entity, converted<ItemPtr, Item>(done, [](ItemPtr item) { return Item(std::move(item)); }));
    return future;
}

//! A future of the item that \a write gives.
template <typename Item>
QFuture<Item> itemWrite(CollectionPrivate &handle, std::initializer_list<std::optional<SyncError>> checks,
                        Write write, Mutator mutator = {})
{
    if (const auto refused = refusalOf(handle, checks))
        return failedFuture<Item>(*refused);
    auto [future, done] = handle.calls.begin<Item>();
    const auto entity = handle.sharedCollection(); // a slot may destroy the handle meanwhile
    entity->write(
            std::move(write), std::move(mutator),
            converted<WriteOutcome, Item>(done, [](WriteOutcome outcome) { return Item(outcome.item); }));
    return future;
}

} // namespace Twilio
