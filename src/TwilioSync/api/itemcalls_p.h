#pragma once

#include "TwilioSync/api/synclistitem.h"
#include "TwilioSync/api/syncmapitem.h"
#include "TwilioSync/api/valuecalls_p.h"
#include "TwilioSync/session/collectionentity.h"
#include "TwilioSync/store/placeholder.h"

#include <memory>
#include <utility>

namespace Twilio {

inline ItemKey keyOfIndex(qint64 index) { return keyOfShownIndex(index); }
inline ItemKey keyOfText(const QString &key) { return { -1, key.toUtf8() }; }

[[nodiscard]] inline std::shared_ptr<CollectionEntity> collectionOf(const EntityPtr &object)
{
    return std::static_pointer_cast<CollectionEntity>(object);
}

//! The item after a write.
template <typename Item>
struct ItemOfOutcome
{
    Item operator()(const WriteOutcome &outcome) const { return Item(outcome.item); }
};

/*!
    \brief The calls on one item of a list or map.
*/
template <typename Item>
class ItemCalls : public ValueCalls<Item, ItemOfOutcome<Item>>
{
    using Base = ValueCalls<Item, ItemOfOutcome<Item>>;
    using Base::m_key;
    using Base::m_target;
    using Base::m_wrongKey;

public:
    //! \a wrongKey says what is wrong with \a key.
    ItemCalls(CallTarget target, std::optional<SyncError> wrongKey, ItemKey key)
        : Base(std::move(target), std::move(wrongKey), std::move(key))
    { }

    [[nodiscard]] QFuture<Item> get() const
    {
        const auto read = [key = *m_key](const EntityPtr &object, Callback<Item> done,
                                         const CancelToken &cancelled) {
            collectionOf(object)->get(
                    key,
                    converted<ItemPtr, Item>(std::move(done), [](const ItemPtr &item) { return Item(item); }),
                    cancelled);
        };
        return callOn<Item>(m_target, { m_wrongKey }, read);
    }
    [[nodiscard]] QFuture<void> remove() const
    {
        return voidWrite(m_target, { m_wrongKey }, writeOf(m_target, WriteOperation::Remove, m_key));
    }
    [[nodiscard]] QFuture<void> setTtl(qint64 seconds) const
    {
        return voidWrite(m_target, { m_wrongKey, checkTtl(seconds) },
                         writeOf(m_target, WriteOperation::SetTtl, m_key, {}, seconds));
    }
};

[[nodiscard]] inline ItemCalls<SyncListItem> itemCalls(const CallTarget &target, qint64 itemIndex)
{
    const ItemKey key = keyOfIndex(itemIndex);
    return { target, target.knowsPlaceholder(key) ? std::nullopt : checkItemIndex(itemIndex), key };
}

[[nodiscard]] inline ItemCalls<SyncMapItem> itemCalls(const CallTarget &target, const QString &key)
{
    return { target, checkKey(key), keyOfText(key) };
}

//! Appends to a list.
[[nodiscard]] inline QFuture<SyncListItem> pushCall(const CallTarget &target, const SyncValue &value,
                                                    const PushOptions &options)
{
    Write push = writeOf(target, WriteOperation::Push, {}, value, options.ttl);
    push.once = options.once.toUtf8();
    return writeCall<SyncListItem>(
            target, { checkValue("value", value), checkTtl(options.ttl), checkOnce(value, options.once) },
            std::move(push), {}, ItemOfOutcome<SyncListItem>());
}

} // namespace Twilio
