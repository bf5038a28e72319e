#pragma once

#include "TwilioSync/models/itemsview.h"
#include "TwilioSync/session/collectionentity.h"

#include <QtCore/qhash.h>

#include <optional>

namespace Twilio {

/*!
    \brief The items of a store as a window shows them: with what writes that wait make of them laid over.

    \code
        confirmed   a   b   c   d
        laid over       b'  -       e        b is another, c is gone, e is new
        shown       a   b'      d   e        their ranks, found by counting: 0 1 2 3
    \endcode

    Without such writes it costs what ItemsView costs.
*/
class OverlaidItems
{
    Q_DISABLE_COPY(OverlaidItems)

public:
    OverlaidItems() = default;
    explicit OverlaidItems(const CollectionStore &store) : m_confirmed(store) { }
    OverlaidItems(OverlaidItems &&) noexcept = default;
    OverlaidItems &operator=(OverlaidItems &&) noexcept = default;
    ~OverlaidItems() = default;

    //! The change in flight is shown from now on, or the next \a count items of it.
    void catchUp() { m_confirmed.catchUp(); }
    void catchUp(qsizetype count) { m_confirmed.catchUp(count); }
    //! What \a pending says of \a key is shown from now on; with none the item is as the service has it.
    void lay(const ItemKey &key, const std::optional<PendingItem> &pending);

    //! True if nothing is laid over.
    [[nodiscard]] bool isPlain() const { return m_laid.isEmpty() && m_hidden.size() == 0; }
    //! True if something is laid over \a key, or it is hidden.
    [[nodiscard]] bool isLaid(const ItemKey &key) const
    {
        return m_laid.contains(key) || (m_hidden.size() > 0 && m_hidden.rank(key) >= 0);
    }
    //! Number of items below \a key that the service has not.
    [[nodiscard]] qsizetype addedBelow(ItemKeyView key) const
    {
        return m_added.size() == 0 ? 0 : m_added.lowerBound(key);
    }
    //! All that is laid over.
    [[nodiscard]] QList<ItemKey> keys() const;
    //! The item as the service has it; null if there is none.
    [[nodiscard]] ItemPtr confirmed(ItemKeyView key) const;

    [[nodiscard]] qsizetype size() const { return m_confirmed.size() - m_hidden.size() + m_added.size(); }
    //! The item with \a rank others before it, 0 to size() - 1.
    [[nodiscard]] ItemPtr at(qsizetype rank) const;
    //! -1 if there is none.
    [[nodiscard]] qsizetype rank(ItemKeyView key) const;
    //! Number of items below \a cut.
    [[nodiscard]] qsizetype below(const Cut &cut) const
    {
        const qsizetype confirmed = m_confirmed.below(cut);
        return isPlain() ? confirmed : confirmed - m_hidden.below(cut) + m_added.below(cut);
    }
    //! What the item at \a key waits for.
    [[nodiscard]] Sync::Pending pendingAt(ItemKeyView key) const
    {
        return m_laid.isEmpty() ? Sync::Pending::NotPending : m_laid.value(ownedKey(key)).state;
    }

private:
    //! How many of \a added are among the first \a rank shown.
    [[nodiscard]] qsizetype addedBefore(qsizetype rank) const;
    //! The rank among all confirmed items of the one with \a rank others before it that are not hidden.
    [[nodiscard]] qsizetype confirmedRank(qsizetype rank) const;

    ItemsView m_confirmed;
    //! What is shown, though the service has it otherwise or not at all.
    QHash<ItemKey, PendingItem> m_laid;
    //! Of those, what the service has not.
    ItemStore m_added;
    //! What the service has, and is not shown.
    ItemStore m_hidden;
};

} // namespace Twilio
