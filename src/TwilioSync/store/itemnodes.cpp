#include "TwilioSync/store/itemnodes.h"

#include <numeric>

namespace Twilio {
namespace {

bool isListKey(ItemKeyView key) { return key.index >= 0; }

quint16 skipOf(qsizetype bytes)
{
    return quint16(qMin(bytes, qsizetype(std::numeric_limits<quint16>::max())));
}

} // namespace

ItemStore::Leaf::Spot ItemStore::Leaf::locate(ItemKeyView key, int guess) const
{
    const quint64 prefix = keyPrefix(key, skip);
    if (isListKey(key)) {
        if (guess < 0 && size > 0)
            guess = evenPlace(prefix, prefixes[0], prefixes[std::size_t(size) - 1], size - 1);
        const int at = lowerBoundNear(prefixes.data(), 0, size, prefix, guess);
        return { at, at < size && prefixes[std::size_t(at)] == prefix };
    }
    int at = int(std::lower_bound(prefixes.begin(), prefixes.begin() + size, prefix) - prefixes.begin());
    // The bytes that were left out are looked at last: a key that is there has them.
    const auto begin = items.begin();
    const auto upper = std::find_if(prefixes.begin() + at, prefixes.begin() + size,
                                    [prefix](quint64 other) { return other != prefix; });
    const auto end = begin + (upper - prefixes.begin());
    const auto it = std::partition_point(
            begin + at, end, [key](const ItemPtr &item) { return compareKeys(keyOf(*item), key) < 0; });
    at = int(it - begin);
    if (it != end && (*it)->key() == key.key)
        return { at, true };
    if (size > 0 && skip > 0) {
        if (const int beyond = side(key, item(0)->key()))
            return { beyond < 0 ? 0 : size, false };
    }
    return { at, false };
}

void ItemStore::Leaf::insert(int at, ItemPtr item)
{
    const ItemKeyView key = keyOf(*item);
    if (size == 0)
        skip = skipOf(key.key.size());
    else if (const qsizetype shared = sharedBytes(key.key, this->item(0)->key()); shared < skip)
        setSkip(shared);
    openGap(prefixes, at, size);
    openGap(items, at, size);
    prefixes[std::size_t(at)] = keyPrefix(key, skip);
    items[std::size_t(at)] = std::move(item);
    ++size;
}

ItemPtr ItemStore::Leaf::erase(int at)
{
    ItemPtr item = std::move(items[std::size_t(at)]);
    closeGap(prefixes, at, size);
    closeGap(items, at, size);
    --size;
    return item;
}

ItemStore::Leaf *ItemStore::Leaf::split(int at)
{
    auto *right = new Leaf;
    moveTail(prefixes, at, size, right->prefixes);
    moveTail(items, at, size, right->items);
    right->size = quint16(size - at);
    right->skip = skip;
    size = quint16(at);
    sharpen();
    right->sharpen();
    return right;
}

void ItemStore::Leaf::append(Leaf &next)
{
    moveTail(next.items, 0, next.size, items, size);
    size = quint16(size + next.size);
    next.size = 0;
    setSkip(sharedBytes(item(0)->key(), item(size - 1)->key()));
}

void ItemStore::Leaf::setSkip(qsizetype bytes)
{
    skip = skipOf(bytes);
    for (std::size_t i = 0; i < size; ++i)
        prefixes[i] = keyPrefix(keyOf(*items[i]), skip);
}

void ItemStore::Leaf::sharpen()
{
    if (size > 1 && !isListKey(keyOf(*item(0))) && isTooCoarse(prefixes[0], prefixes[std::size_t(size) - 1]))
        setSkip(sharedBytes(item(0)->key(), item(size - 1)->key()));
}

int ItemStore::Branch::childFor(ItemKeyView key, int height) const
{
    if (size == 1)
        return 0;
    if (skip > 0) {
        if (const int beyond = side(key, exemplar->key()))
            return beyond < 0 ? 0 : size - 1;
    }
    const quint64 prefix = keyPrefix(key, skip);
    if (isListKey(key)) {
        const int last = size - 1;
        const int guess = 1 + evenPlace(prefix, prefixes[1], prefixes[std::size_t(last)], last - 1);
        return lowerBoundNear(prefixes.data(), 1, size, prefix + 1, guess) - 1;
    }
    const auto begin = prefixes.begin();
    const auto [lower, upper] = std::equal_range(begin + 1, begin + size, prefix);
    const auto after = std::partition_point(
            children.begin() + (lower - begin), children.begin() + (upper - begin),
            [&](const Node *child) { return compareKeys(keyOf(*firstItem(child, height)), key) <= 0; });
    return int(after - children.begin()) - 1;
}

int ItemStore::Branch::placeWithin(int child, ItemKeyView key) const
{
    if (!isListKey(key) || child == 0 || child + 1 == size)
        return -1;
    const auto i = std::size_t(child);
    return evenPlace(quint64(key.index), prefixes[i], prefixes[i + 1], int(counts[i]) - 1);
}

qsizetype ItemStore::Branch::countBefore(int child) const
{
    const int block = child / blockSize;
    quint32 before = 0;
    for (int i = 0; i < block; ++i)
        before += blockCounts[std::size_t(i)];
    for (int i = block * blockSize; i < child; ++i)
        before += counts[std::size_t(i)];
    return qsizetype(before);
}

int ItemStore::Branch::childAt(qsizetype &rank) const
{
    std::size_t block = 0;
    for (; rank >= blockCounts[block]; ++block)
        rank -= blockCounts[block];
    std::size_t child = block * blockSize;
    for (; rank >= counts[child]; ++child)
        rank -= counts[child];
    return int(child);
}

void ItemStore::Branch::countBlocks()
{
    for (int first = 0; first < capacity; first += blockSize) {
        const auto begin = counts.begin() + qMin(first, int(size));
        const auto end = counts.begin() + qMin(first + blockSize, int(size));
        blockCounts[std::size_t(first / blockSize)] = std::accumulate(begin, end, quint32(0));
    }
}

void ItemStore::Branch::insert(int at, Node *child, quint32 count, const ItemPtr &first, int height)
{
    openGap(prefixes, at, size);
    openGap(counts, at, size);
    openGap(children, at, size);
    counts[std::size_t(at)] = count;
    children[std::size_t(at)] = child;
    ++size;
    countBlocks();
    if (at == 0)
        return;
    const ItemKeyView key = keyOf(*first);
    const bool isFirstKey = !exemplar && !isListKey(key);
    if (isFirstKey) {
        exemplar = first;
        skip = skipOf(key.key.size());
    } else if (skip > 0) {
        if (const qsizetype shared = sharedBytes(key.key, exemplar->key()); shared < skip)
            setSkip(shared, height);
    }
    prefixes[std::size_t(at)] = keyPrefix(key, skip);
}

void ItemStore::Branch::erase(int at)
{
    closeGap(prefixes, at, size);
    closeGap(counts, at, size);
    closeGap(children, at, size);
    --size;
    countBlocks();
}

ItemStore::Branch *ItemStore::Branch::split(int at, int height)
{
    auto *right = new Branch;
    moveTail(prefixes, at, size, right->prefixes);
    moveTail(counts, at, size, right->counts);
    moveTail(children, at, size, right->children);
    right->size = quint16(size - at);
    right->skip = skip;
    right->exemplar = exemplar;
    size = quint16(at);
    countBlocks();
    right->countBlocks();
    sharpen(height);
    right->sharpen(height);
    return right;
}

void ItemStore::Branch::setSkip(qsizetype bytes, int height)
{
    skip = skipOf(bytes);
    for (int i = 1; i < size; ++i) {
        const ItemKeyView key = keyOf(*firstItem(children[std::size_t(i)], height));
        // Only what the last child begins with may by now be beyond what the separators share.
        prefixes[std::size_t(i)] =
                side(key, exemplar->key()) > 0 ? std::numeric_limits<quint64>::max() : keyPrefix(key, skip);
    }
}

void ItemStore::Branch::sharpen(int height)
{
    if (!exemplar || size < 3 || !isTooCoarse(prefixes[1], prefixes[std::size_t(size) - 1]))
        return;
    exemplar = firstItem(children[1], height);
    setSkip(sharedBytes(exemplar->key(), firstItem(children[std::size_t(size) - 1], height)->key()), height);
}

} // namespace Twilio
