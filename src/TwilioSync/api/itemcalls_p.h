#pragma once

#include "TwilioSync/api/objectcalls_p.h"
#include "TwilioSync/api/synclistitem.h"
#include "TwilioSync/api/syncmapitem.h"
#include "TwilioSync/session/collectionentity.h"

#include <memory>
#include <utility>

namespace Twilio {

inline ItemKey keyOfIndex(qint64 index) { return { index, {} }; }
inline ItemKey keyOfText(const QString &key) { return { -1, key.toUtf8() }; }

[[nodiscard]] inline std::shared_ptr<CollectionEntity> collectionOf(const EntityPtr &object)
{
    return std::static_pointer_cast<CollectionEntity>(object);
}

/*!
    \brief The calls on one item of a list or map.
*/
template <typename Item>
class ItemCalls
{
public:
    //! \a wrongKey says what is wrong with \a key.
    ItemCalls(CallTarget target, std::optional<SyncError> wrongKey, ItemKey key)
        : m_target(std::move(target))
        , m_wrongKey(std::move(wrongKey))
        , m_key(std::move(key))
    { }

    [[nodiscard]] QFuture<Item> get() const
    {
        const auto read = [key = m_key](const EntityPtr &object, Callback<Item> done,
                                        const CancelToken &cancelled) {
            collectionOf(object)->get(
                    key,
                    converted<ItemPtr, Item>(std::move(done), [](const ItemPtr &item) { return Item(item); }),
                    cancelled);
        };
        return callOn<Item>(m_target, { m_wrongKey }, read);
    }
    [[nodiscard]] QFuture<Item> set(const SyncValue &value, const WriteOptions &options) const
    {
        return write({ m_wrongKey, checkValue("value", value), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Set, m_key, value, options.ttl));
    }
    [[nodiscard]] QFuture<Item> update(const SyncValue &fields, const WriteOptions &options) const
    {
        return write({ m_wrongKey, checkValue("fields", fields), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Merge, m_key, fields, options.ttl));
    }
    [[nodiscard]] QFuture<Item> mutate(const Mutator &mutator, const WriteOptions &options) const
    {
        return write({ m_wrongKey, checkMutator(mutator), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Mutate, m_key, {}, options.ttl), mutator);
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

private:
    [[nodiscard]] QFuture<Item> write(ArgumentChecks checks, Write what, Mutator mutator = {}) const
    {
        return writeCall<Item>(m_target, checks, std::move(what), std::move(mutator),
                               [](const WriteOutcome &outcome) { return Item(outcome.item); });
    }

    CallTarget m_target;
    std::optional<SyncError> m_wrongKey;
    ItemKey m_key;
};

[[nodiscard]] inline ItemCalls<SyncListItem> itemCalls(const CallTarget &target, qint64 itemIndex)
{
    return { target, checkItemIndex(itemIndex), keyOfIndex(itemIndex) };
}

[[nodiscard]] inline ItemCalls<SyncMapItem> itemCalls(const CallTarget &target, const QString &key)
{
    return { target, checkKey(key), keyOfText(key) };
}

//! Appends to a list.
[[nodiscard]] inline QFuture<SyncListItem> pushCall(const CallTarget &target, const SyncValue &value,
                                                    const WriteOptions &options)
{
    return writeCall<SyncListItem>(target, { checkValue("value", value), checkTtl(options.ttl) },
                                   writeOf(target, WriteOperation::Push, {}, value, options.ttl), {},
                                   [](const WriteOutcome &outcome) { return SyncListItem(outcome.item); });
}

} // namespace Twilio
