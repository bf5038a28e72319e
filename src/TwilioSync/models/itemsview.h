#pragma once

#include "TwilioSync/store/collectionstore.h"
#include "TwilioSync/store/coverage.h"

namespace Twilio {

/*!
    \brief The items of a store as one of its observers shows them: without the change in flight until it has
   been told of it.

    \code
        in flight: c and d came          in flight: c and d went
        store   a b c d e f              store   a b e f
        view    a b . . e f              view    a b c d e f   (c and d from the change)
        told 1  a b c . e f              told 1  a b d e f
    \endcode
*/
class ItemsView
{
public:
    ItemsView() = default;
    explicit ItemsView(const CollectionStore &store) : m_store(&store) { catchUp(); }

    //! The observer shows the change in flight from now on.
    void catchUp()
    {
        m_version = m_store->version();
        m_told = 0;
    }
    //! The next \a count items of it, in ascending order.
    void catchUp(qsizetype count);

    [[nodiscard]] qsizetype size() const;
    //! The item with \a rank others before it, 0 to size() - 1.
    [[nodiscard]] ItemPtr at(qsizetype rank) const;
    //! -1 if there is none.
    [[nodiscard]] qsizetype rank(ItemKeyView key) const;
    //! Number of items below \a cut.
    [[nodiscard]] qsizetype below(const Cut &cut) const;

private:
    //! What the store has changed and this does not show yet; no items if there is nothing.
    [[nodiscard]] RunChange hidden() const
    {
        const RunChange *const change = m_version == m_store->version() ? nullptr : m_store->changeInFlight();
        return change ? restOf(*change) : RunChange { RunChange::Kind::Inserted, 0, {} };
    }
    [[nodiscard]] RunChange restOf(const RunChange &change) const;
    [[nodiscard]] const ItemStore &items() const { return m_store->items(); }

    const CollectionStore *m_store = nullptr;
    quint64 m_version = 0;
    //! Items of the change in flight that are shown already.
    qsizetype m_told = 0;
};

} // namespace Twilio
