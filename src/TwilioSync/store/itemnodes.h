#pragma once

#include "TwilioSync/store/itemstore.h"

#include <QtCore/qendian.h>

#include <algorithm>
#include <array>
#include <cstring>

// The nodes of ItemStore: each by itself, without the tree around it.
namespace Twilio {

inline constexpr std::size_t cacheLine = 64;

//! Starts to bring what is at \a address into the cache.
inline void prefetchLine(const char *address)
{
#if defined(Q_CC_GNU)
    __builtin_prefetch(address);
#else
    Q_UNUSED(address);
#endif
}

//! How many bytes \a a and \a b share at their beginning; none of indexes.
inline qsizetype sharedBytes(QByteArrayView a, QByteArrayView b)
{
    const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return end - a.begin();
}

//! The index, or the eight bytes of the key behind its first \a skip, as a number in the order of keys.
inline quint64 keyPrefix(ItemKeyView key, qsizetype skip)
{
    if (key.index >= 0)
        return quint64(key.index);
    quint64 prefix = 0;
    if (skip < key.key.size())
        std::memcpy(&prefix, key.key.data() + skip, std::size_t(qMin(key.key.size() - skip, qsizetype(8))));
    constexpr quint64 beyondAscii = 0x8080808080808080;
    if (prefix & beyondAscii) {
        std::array<char, 8> bytes;
        std::memcpy(bytes.data(), &prefix, bytes.size());
        for (char &byte : bytes)
            byte = char(rankOfKeyByte(byte));
        std::memcpy(&prefix, bytes.data(), bytes.size());
    }
    return qFromBigEndian(prefix);
}

struct ItemStore::Node
{
    //! Where \a key stands to all keys that begin as \a shared does up to \c skip: -1 before, 1 behind, 0
    //! among them.
    [[nodiscard]] int side(ItemKeyView key, QByteArrayView shared) const
    {
        const auto order = compareKeys({ -1, key.key.first(qMin(key.key.size(), qsizetype(skip))) },
                                       { -1, shared.first(skip) });
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    //! True if half of each prefix from \a first to \a last is the same: there are more telling bytes behind.
    [[nodiscard]] static bool isTooCoarse(quint64 first, quint64 last) { return first >> 32 == last >> 32; }
    template <typename T, std::size_t N>
    static void openGap(std::array<T, N> &values, int at, int size)
    {
        std::move_backward(values.begin() + at, values.begin() + size, values.begin() + size + 1);
    }
    template <typename T, std::size_t N>
    static void closeGap(std::array<T, N> &values, int at, int size)
    {
        std::move(values.begin() + at + 1, values.begin() + size, values.begin() + at);
    }
    //! From \a first on, to the front of \a to.
    template <typename T, std::size_t N>
    static void moveTail(std::array<T, N> &values, int first, int size, std::array<T, N> &to, int at = 0)
    {
        std::move(values.begin() + first, values.begin() + size, to.begin() + at);
    }

    quint16 size = 0;
    //! Bytes that all keys here share.
    quint16 skip = 0;
};

struct ItemStore::Leaf : Node
{
    static constexpr int capacity = 64;

    //! Side by side, as both are needed to find an item.
    struct Entry
    {
        quint64 prefix = 0;
        ItemPtr item = {};
    };
    struct Spot
    {
        int at = 0;
        bool found = false;
    };

    //! Has all of it brought into the cache at once; a search by halves would wait for line after line.
    void prefetch() const
    {
        for (std::size_t offset = 0; offset < sizeof(Leaf); offset += cacheLine)
            prefetchLine(reinterpret_cast<const char *>(this) + offset);
    }
    [[nodiscard]] Spot locate(ItemKeyView key) const;
    [[nodiscard]] const ItemPtr &item(int at) const { return entries[std::size_t(at)].item; }
    //! There is room.
    void insert(int at, ItemPtr item);
    ItemPtr erase(int at);
    //! Moves the items from \a at on to a new leaf.
    [[nodiscard]] Leaf *split(int at);
    //! Takes over all items of \a next; there is room.
    void append(Leaf &next);
    //! Makes \a bytes, which all keys share, the ones to be left out.
    void setSkip(qsizetype bytes);
    //! Leaves out all that is shared, if that makes comparisons better.
    void sharpen();

    std::array<Entry, capacity> entries;
};

/*!
    Children 1 and on begin at a separator: what is before it is in the children before. Separators are kept
   as prefixes; in doubt the first item that is below a child now stands for the one that it began with.
*/
struct ItemStore::Branch : Node
{
    static constexpr int capacity = 128;

    //! The child where \a key is or belongs; \a height is the children's.
    [[nodiscard]] int childFor(ItemKeyView key, int height) const;
    [[nodiscard]] qsizetype countBefore(int child) const
    {
        qsizetype before = 0;
        for (int i = 0; i < child; ++i)
            before += counts[std::size_t(i)];
        return before;
    }
    //! There is room. \a first is the first item below \a child.
    void insert(int at, Node *child, quint32 count, const ItemPtr &first, int height);
    void erase(int at);
    [[nodiscard]] Branch *split(int at, int height);
    void setSkip(qsizetype bytes, int height);
    void sharpen(int height);

    //! Has the bytes that all separators share, even when it is no longer in the store. Null in lists.
    ItemPtr exemplar;
    std::array<quint64, capacity> prefixes;
    std::array<quint32, capacity> counts;
    std::array<Node *, capacity> children;
};

} // namespace Twilio
