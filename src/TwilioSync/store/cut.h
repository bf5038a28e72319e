#pragma once

#include "TwilioSync/store/itemkey.h"

#include <compare>

namespace Twilio {

/*!
    \brief A place between two keys of a collection, or at one of its ends.
*/
class Cut
{
public:
    //! Stored by number.
    enum class Side : quint8 { Bottom, Before, After, Top };

    //! Before all keys there are or may come.
    [[nodiscard]] static Cut bottom() { return { Side::Bottom, {} }; }
    [[nodiscard]] static Cut before(ItemKeyView key) { return { Side::Before, ownedKey(key) }; }
    [[nodiscard]] static Cut after(ItemKeyView key) { return { Side::After, ownedKey(key) }; }
    //! Behind all keys.
    [[nodiscard]] static Cut top() { return { Side::Top, {} }; }

    [[nodiscard]] Side side() const { return m_side; }
    [[nodiscard]] bool isBottom() const { return m_side == Side::Bottom; }
    [[nodiscard]] bool isTop() const { return m_side == Side::Top; }
    [[nodiscard]] bool isEnd() const { return isBottom() || isTop(); }
    //! The key it stands at; of no meaning at an end.
    [[nodiscard]] const ItemKey &key() const { return m_key; }
    //! True if \a key is on the lower side.
    [[nodiscard]] bool isAbove(ItemKeyView key) const
    {
        if (isEnd())
            return isTop();
        const auto order = compareKeys(key, m_key);
        return order < 0 || (order == 0 && m_side == Side::After);
    }

    friend std::strong_ordering operator<=>(const Cut &a, const Cut &b)
    {
        if (a.isEnd() || b.isEnd())
            return a.rank() <=> b.rank();
        const auto order = compareKeys(a.m_key, b.m_key);
        return order == 0 ? a.m_side <=> b.m_side : order;
    }
    friend bool operator==(const Cut &a, const Cut &b) { return (a <=> b) == 0; }

private:
    Cut(Side side, ItemKey key) : m_side(side), m_key(std::move(key)) { }
    [[nodiscard]] int rank() const { return isBottom() ? 0 : isTop() ? 2 : 1; }

    Side m_side;
    ItemKey m_key;
};

} // namespace Twilio
