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
inline void prefetchLine(const void *address)
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

//! Where \a value stands if \a from is at 0, \a to at \a places, and all between them evenly.
inline int evenPlace(quint64 value, quint64 from, quint64 to, int places)
{
    if (value <= from || to <= from)
        return 0;
    if (value >= to)
        return places;
    return int(double(value - from) / double(to - from) * places);
}

//! The first of \a values, which ascend from \a first to before \a last, that is not below \a wanted; quick
//! if it is near \a guess.
inline int lowerBoundNear(const quint64 *values, int first, int last, quint64 wanted, int guess)
{
    if (first >= last)
        return first;
    guess = qBound(first, guess, last - 1);
    // What is before low is below wanted, what is at high and behind is not.
    int low = first;
    int high = last;
    if (values[guess] < wanted) {
        low = guess + 1;
        for (int step = 1; low + step <= last; step *= 2) {
            const int probe = low + step - 1;
            if (values[probe] >= wanted) {
                high = probe;
                break;
            }
            low = probe + 1;
        }
    } else {
        high = guess;
        for (int step = 1; high - step >= first; step *= 2) {
            const int probe = high - step;
            if (values[probe] < wanted) {
                low = probe + 1;
                break;
            }
            high = probe;
        }
    }
    return int(std::lower_bound(values + low, values + high, wanted) - values);
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

struct alignas(cacheLine) ItemStore::Leaf : Node
{
    //! What makes it a round number of cache lines.
    static constexpr int capacity = 63;

    struct Spot
    {
        int at = 0;
        bool found = false;
    };

    //! Starts to bring what a search will look at into the cache, all at once: one that waits for line after
    //! line takes longer. Without a \a guess, which is -1 then, that may be anything.
    void prefetch(int guess) const
    {
        if (guess >= 0) {
            prefetchLine(this);
            prefetchLine(&prefixes[std::size_t(guess)]);
            prefetchLine(&items[std::size_t(guess)]);
            return;
        }
        for (std::size_t offset = 0; offset < sizeof(Leaf); offset += cacheLine)
            prefetchLine(reinterpret_cast<const char *>(this) + offset);
    }
    //! Quicker in lists if \a key is near \a guess; -1 if there is none.
    [[nodiscard]] Spot locate(ItemKeyView key, int guess) const;
    [[nodiscard]] const ItemPtr &item(int at) const { return items[std::size_t(at)]; }
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

    std::array<quint64, capacity> prefixes;
    std::array<ItemPtr, capacity> items;
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
    //! Where the index \a key stands among the items of \a child if they are spread evenly; -1 if nothing
    //! tells, or it is no index.
    [[nodiscard]] int placeWithin(int child, ItemKeyView key) const;
    //! Items below the children before \a child.
    [[nodiscard]] qsizetype countBefore(int child) const;
    //! The child that holds the item with \a rank others before it; \a rank becomes the one within the child.
    [[nodiscard]] int childAt(qsizetype &rank) const;
    //! \a change more items below \a child.
    void count(int child, int change)
    {
        counts[std::size_t(child)] += quint32(change);
        blockCounts[std::size_t(child / blockSize)] += quint32(change);
    }
    //! There is room. \a first is the first item below \a child.
    void insert(int at, Node *child, quint32 count, const ItemPtr &first, int height);
    void erase(int at);
    [[nodiscard]] Branch *split(int at, int height);
    void setSkip(qsizetype bytes, int height);
    void sharpen(int height);

    void countBlocks();

    static constexpr int blockSize = 16;
    //! Has the bytes that all separators share, even when it is no longer in the store. Null in lists.
    ItemPtr exemplar;
    std::array<quint64, capacity> prefixes;
    //! Items below each child, and below each sixteen of them.
    std::array<quint32, capacity> counts;
    std::array<quint32, capacity / blockSize> blockCounts;
    std::array<Node *, capacity> children;
};

} // namespace Twilio
