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
    \endcode
*/
class ItemsView
{
public:
    ItemsView() = default;
    explicit ItemsView(const CollectionStore &store) : m_store(&store) { catchUp(); }

    //! The observer shows the change in flight from now on.
    void catchUp() { m_version = m_store->version(); }

    [[nodiscard]] qsizetype size() const;
    //! The item with \a rank others before it, 0 to size() - 1.
    [[nodiscard]] ItemPtr at(qsizetype rank) const;
    //! -1 if there is none.
    [[nodiscard]] qsizetype rank(ItemKeyView key) const;
    //! Number of items below \a cut.
    [[nodiscard]] qsizetype below(const Cut &cut) const;

private:
    //! What the store has changed and this does not show yet; null if there is nothing.
    [[nodiscard]] const RunChange *hidden() const
    {
        return m_version == m_store->version() ? nullptr : m_store->changeInFlight();
    }
    [[nodiscard]] const ItemStore &items() const { return m_store->items(); }

    const CollectionStore *m_store = nullptr;
    quint64 m_version = 0;
};

} // namespace Twilio
