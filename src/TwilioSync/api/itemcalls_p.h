#pragma once

#include "TwilioSync/api/handlecalls_p.h"
#include "TwilioSync/api/synccollection_p.h"

namespace Twilio {

//! A future of the item at \a key.
template <typename Item>
QFuture<Item> itemRead(CollectionPrivate &handle, std::initializer_list<std::optional<SyncError>> checks,
                       const ItemKey &key)
{
    if (const auto refused = refusalOf(handle, checks))
        return failedFuture<Item>(*refused);
    auto [future, done, cancelled] = handle.calls.begin<Item>();
    const auto entity = handle.sharedCollection(); // a slot may destroy the handle meanwhile
    entity->get(key, converted<ItemPtr, Item>(done, [](ItemPtr item) { return Item(std::move(item)); }),
                cancelled);
    return future;
}

//! A future of the item that \a write gives.
template <typename Item>
QFuture<Item> itemWrite(CollectionPrivate &handle, std::initializer_list<std::optional<SyncError>> checks,
                        Write write, Mutator mutator = {})
{
    return writeCall<Item>(handle, checks, std::move(write), std::move(mutator),
                           [](const WriteOutcome &outcome) { return Item(outcome.item); });
}

} // namespace Twilio
