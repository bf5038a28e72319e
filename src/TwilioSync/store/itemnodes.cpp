#include "TwilioSync/store/itemnodes.h"

namespace Twilio {
namespace {

bool isListKey(ItemKeyView key) { return key.index >= 0; }

quint16 skipOf(qsizetype bytes)
{
    return quint16(qMin(bytes, qsizetype(std::numeric_limits<quint16>::max())));
}

} // namespace

ItemStore::Leaf::Spot ItemStore::Leaf::locate(ItemKeyView key) const
{
    const quint64 prefix = keyPrefix(key, skip);
    const auto begin = entries.begin();
    const auto end = begin + size;
    auto it = std::lower_bound(begin, end, prefix,
                               [](const Entry &entry, quint64 wanted) { return entry.prefix < wanted; });
    if (isListKey(key))
        return { int(it - begin), it != end && it->prefix == prefix };
    // The bytes that were left out are looked at last: a key that is there has them.
    const auto upper = std::find_if(it, end, [prefix](const Entry &entry) { return entry.prefix != prefix; });
    it = std::partition_point(it, upper,
                              [key](const Entry &entry) { return compareKeys(keyOf(*entry.item), key) < 0; });
    if (it != upper && it->item->key() == key.key)
        return { int(it - begin), true };
    if (size > 0 && skip > 0) {
        if (const int beyond = side(key, item(0)->key()))
            return { beyond < 0 ? 0 : size, false };
    }
    return { int(it - begin), false };
}

void ItemStore::Leaf::insert(int at, ItemPtr item)
{
    const ItemKeyView key = keyOf(*item);
    if (size == 0)
        skip = skipOf(key.key.size());
    else if (const qsizetype shared = sharedBytes(key.key, this->item(0)->key()); shared < skip)
        setSkip(shared);
    openGap(entries, at, size);
    entries[std::size_t(at)] = { keyPrefix(key, skip), std::move(item) };
    ++size;
}

ItemPtr ItemStore::Leaf::erase(int at)
{
    ItemPtr item = std::move(entries[std::size_t(at)].item);
    closeGap(entries, at, size);
    --size;
    return item;
}

ItemStore::Leaf *ItemStore::Leaf::split(int at)
{
    auto *right = new Leaf;
    moveTail(entries, at, size, right->entries);
    right->size = quint16(size - at);
    right->skip = skip;
    size = quint16(at);
    sharpen();
    right->sharpen();
    return right;
}

void ItemStore::Leaf::append(Leaf &next)
{
    moveTail(next.entries, 0, next.size, entries, size);
    size = quint16(size + next.size);
    next.size = 0;
    setSkip(sharedBytes(item(0)->key(), item(size - 1)->key()));
}

void ItemStore::Leaf::setSkip(qsizetype bytes)
{
    skip = skipOf(bytes);
    for (std::size_t i = 0; i < size; ++i)
        entries[i].prefix = keyPrefix(keyOf(*entries[i].item), skip);
}

void ItemStore::Leaf::sharpen()
{
    if (size > 1 && !isListKey(keyOf(*item(0)))
        && isTooCoarse(entries[0].prefix, entries[std::size_t(size) - 1].prefix))
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
    const auto begin = prefixes.begin();
    if (isListKey(key))
        return int(std::upper_bound(begin + 1, begin + size, prefix) - begin) - 1;
    const auto [lower, upper] = std::equal_range(begin + 1, begin + size, prefix);
    const auto after = std::partition_point(
            children.begin() + (lower - begin), children.begin() + (upper - begin),
            [&](const Node *child) { return compareKeys(keyOf(*firstItem(child, height)), key) <= 0; });
    return int(after - children.begin()) - 1;
}

void ItemStore::Branch::insert(int at, Node *child, quint32 count, const ItemPtr &first, int height)
{
    openGap(prefixes, at, size);
    openGap(counts, at, size);
    openGap(children, at, size);
    counts[std::size_t(at)] = count;
    children[std::size_t(at)] = child;
    ++size;
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
