#pragma once

#include "TwilioSync/protocol/queries.h"
#include "TwilioSync/store/itemkey.h"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace Twilio {

//! What has happened to an item of a result.
struct ResultChange
{
    //! UTF-8.
    QByteArray key;
    //! Null if it is gone.
    ItemPtr item = {};
};

/*!
    \brief The result of a live query, in the order of the keys.

    An item that is older than the one known is ignored, one that comes back after its removal included.
*/
class ResultStore
{
public:
    //! Removals that are remembered.
    static constexpr std::size_t mostRemovals = 10'000;

    [[nodiscard]] std::vector<ItemPtr> items() const;
    [[nodiscard]] qsizetype count() const { return qsizetype(m_items.size()); }

    //! None if that changes nothing.
    std::optional<ResultChange> apply(const Protocol::QueryItem &item);
    //! \a items is all there is. Of another query, what is known says nothing about how old it is.
    std::vector<ResultChange> replace(const std::vector<Protocol::QueryItem> &items, bool isOfAnother);

private:
    struct InOrder
    {
        bool operator()(const QByteArray &a, const QByteArray &b) const
        {
            return compareKeys({ -1, a }, { -1, b }) < 0;
        }
    };

    [[nodiscard]] bool isKnown(const Protocol::QueryItem &item) const;
    void noteRemoval(const QByteArray &key, qint64 revision);

    std::map<QByteArray, ItemPtr, InOrder> m_items;
    std::map<QByteArray, qint64> m_removed;
    //! Their keys, the oldest first; some may have come back.
    std::deque<QByteArray> m_removals;
};

} // namespace Twilio
