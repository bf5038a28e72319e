#pragma once

#include "TwilioSync/api/handlecalls_p.h"
#include "TwilioSync/api/synccollection_p.h"
#include "TwilioSync/session/mutation.h"

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

//! As itemCall(), of nothing.
template <typename Run>
QFuture<void> collectionCall(CollectionPrivate &handle,
                             std::initializer_list<std::optional<SyncError>> checks, Run run)
{
    return voidCall(handle, checks, [&](Entity &entity, const Callback<Nothing> &done) {
        run(static_cast<CollectionEntity &>(entity), done);
    });
}

} // namespace Twilio
