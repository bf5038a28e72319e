#pragma once

#include "TwilioSync/store/itemkey.h"

#include <vector>

namespace Twilio {

/*!
    \brief Items in the order of their keys, found by key and by rank in O(log n).

    Sorted chunks of up to 256 entries, with the counts of the chunks in a Fenwick tree. An entry holds the
   first bytes of the key in comparable form, so that most comparisons do not touch the item.
*/
class ItemStore
{
public:
    [[nodiscard]] qsizetype size() const { return m_size; }
    //! Null if there is none.
    [[nodiscard]] ItemPtr find(ItemKeyView key) const;
    //! Number of items before \a key, whether it is there or not.
    [[nodiscard]] qsizetype lowerBound(ItemKeyView key) const;
    //! Number of items up to and including \a key.
    [[nodiscard]] qsizetype upperBound(ItemKeyView key) const;
    //! -1 if there is none.
    [[nodiscard]] qsizetype rank(ItemKeyView key) const;
    //! The item with \a rank others before it, 0 to size() - 1.
    [[nodiscard]] const ItemPtr &at(qsizetype rank) const;
    //! Puts \a item in the place of its key; gives what was there before.
    ItemPtr put(ItemPtr item);
    //! Gives what was there, or null.
    ItemPtr take(ItemKeyView key);
    void clear();

private:
    struct Entry
    {
        quint64 prefix;
        ItemPtr item;
    };
    using Chunk = std::vector<Entry>;
    struct Place
    {
        std::size_t chunk = 0;
        std::size_t offset = 0;
        bool found = false;
    };
    static constexpr std::size_t chunkSize = 256;

    [[nodiscard]] static quint64 prefixOf(ItemKeyView key);
    [[nodiscard]] static bool isBefore(const Entry &entry, quint64 prefix, ItemKeyView key);
    [[nodiscard]] Place locate(ItemKeyView key) const;
    [[nodiscard]] qsizetype countBefore(std::size_t chunk) const;
    void addToCount(std::size_t chunk, qsizetype change);
    void rebuildCounts();

    std::vector<Chunk> m_chunks;
    //! Fenwick tree over the sizes of the chunks, 1-based.
    std::vector<qsizetype> m_counts;
    qsizetype m_size = 0;
};

} // namespace Twilio
