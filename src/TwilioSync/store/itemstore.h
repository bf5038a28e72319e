#pragma once

#include "TwilioSync/store/cut.h"
#include "TwilioSync/store/itemkey.h"

#include <array>
#include <cstddef>
#include <utility>

namespace Twilio {

/*!
    \brief Items in the order of their keys, found by key and by rank in O(log n).

    A B+ tree that counts: a branch knows how many items are below each of its children. A node keeps eight
   bytes of each key in comparable form, those behind the bytes that all its keys share, so that most
   comparisons do not touch an item.
*/
class ItemStore
{
    Q_DISABLE_COPY(ItemStore)

public:
    ItemStore() = default;
    ItemStore(ItemStore &&other) noexcept;
    ItemStore &operator=(ItemStore &&other) noexcept;
    ~ItemStore();

    //! What one search tells.
    struct Found
    {
        //! Number of items before the key, whether it is there or not.
        qsizetype rank = 0;
        //! Null if there is none.
        ItemPtr item = {};
    };

    [[nodiscard]] qsizetype size() const { return m_size; }
    //! Of the items there are, without the tree above them.
    [[nodiscard]] qsizetype bytes() const { return m_bytes; }
    [[nodiscard]] Found look(ItemKeyView key) const;
    //! Null if there is none.
    [[nodiscard]] ItemPtr find(ItemKeyView key) const;
    //! Number of items before \a key, whether it is there or not.
    [[nodiscard]] qsizetype lowerBound(ItemKeyView key) const;
    //! Number of items up to and including \a key.
    [[nodiscard]] qsizetype upperBound(ItemKeyView key) const;
    //! Number of items below \a cut.
    [[nodiscard]] qsizetype below(const Cut &cut) const;
    //! -1 if there is none.
    [[nodiscard]] qsizetype rank(ItemKeyView key) const;
    //! The item with \a rank others before it, 0 to size() - 1.
    [[nodiscard]] const ItemPtr &at(qsizetype rank) const;
    //! Puts \a item in the place of the one at \a rank, which has the same key; gives that one.
    ItemPtr replace(qsizetype rank, ItemPtr item);
    //! Puts \a item in the place of its key; gives what was there before.
    ItemPtr put(ItemPtr item);
    //! Gives what was there, or null.
    ItemPtr take(ItemKeyView key);
    void clear();

private:
    struct Node;
    struct Leaf;
    struct Branch;
    struct Place;

    [[nodiscard]] Place locate(ItemKeyView key) const;
    //! Hangs \a right, the new second half of the node at \a level of \a place, into the tree.
    void link(Place &place, int level, Node *right);
    //! The node at \a level of \a place is empty.
    void unlink(Place &place, int level);
    void joinNext(const Place &place);
    static void count(const Place &place, int change);
    [[nodiscard]] static const ItemPtr &firstItem(const Node *node, int height);
    static void destroy(Node *node, int height);

    Node *m_root = nullptr;
    //! Branches above each leaf.
    int m_height = 0;
    qsizetype m_size = 0;
    qsizetype m_bytes = 0;
};

} // namespace Twilio
