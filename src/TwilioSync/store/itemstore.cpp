#include "TwilioSync/store/itemstore.h"

#include <algorithm>
#include <bit>

namespace Twilio {

quint64 ItemStore::prefixOf(ItemKeyView key)
{
    if (key.index >= 0)
        return quint64(key.index);
    quint64 prefix = 0;
    const qsizetype size = qMin(key.key.size(), qsizetype(8));
    for (qsizetype i = 0; i < size; ++i)
        prefix |= quint64(rankOfKeyByte(key.key[i])) << (56 - 8 * i);
    return prefix;
}

bool ItemStore::isBefore(const Entry &entry, quint64 prefix, ItemKeyView key)
{
    if (entry.prefix != prefix)
        return entry.prefix < prefix;
    return compareKeys(keyOf(*entry.item), key) < 0;
}

ItemStore::Place ItemStore::locate(ItemKeyView key) const
{
    if (m_chunks.empty())
        return {};
    const quint64 prefix = prefixOf(key);
    // The first chunk whose last entry is not before the key; behind all of them, the last.
    const auto chunk =
            std::partition_point(m_chunks.begin(), m_chunks.end() - 1, [&](const Chunk &candidate) {
                return isBefore(candidate.back(), prefix, key);
            });
    const auto entry = std::partition_point(chunk->begin(), chunk->end(), [&](const Entry &candidate) {
        return isBefore(candidate, prefix, key);
    });
    const bool found = entry != chunk->end() && entry->prefix == prefix
            && compareKeys(keyOf(*entry->item), key) == std::strong_ordering::equal;
    return { std::size_t(chunk - m_chunks.begin()), std::size_t(entry - chunk->begin()), found };
}

qsizetype ItemStore::countBefore(std::size_t chunk) const
{
    qsizetype count = 0;
    for (std::size_t i = chunk; i > 0; i &= i - 1)
        count += m_counts[i];
    return count;
}

void ItemStore::addToCount(std::size_t chunk, qsizetype change)
{
    for (std::size_t i = chunk + 1; i < m_counts.size(); i += i & (~i + 1))
        m_counts[i] += change;
}

void ItemStore::rebuildCounts()
{
    m_counts.assign(m_chunks.size() + 1, 0);
    for (std::size_t i = 1; i < m_counts.size(); ++i) {
        m_counts[i] += qsizetype(m_chunks[i - 1].size());
        if (const std::size_t parent = i + (i & (~i + 1)); parent < m_counts.size())
            m_counts[parent] += m_counts[i];
    }
}

ItemPtr ItemStore::find(ItemKeyView key) const
{
    const Place place = locate(key);
    return place.found ? m_chunks[place.chunk][place.offset].item : ItemPtr();
}

qsizetype ItemStore::lowerBound(ItemKeyView key) const
{
    const Place place = locate(key);
    return m_chunks.empty() ? 0 : countBefore(place.chunk) + qsizetype(place.offset);
}

qsizetype ItemStore::upperBound(ItemKeyView key) const
{
    const Place place = locate(key);
    return m_chunks.empty() ? 0 : countBefore(place.chunk) + qsizetype(place.offset) + (place.found ? 1 : 0);
}

qsizetype ItemStore::rank(ItemKeyView key) const
{
    const Place place = locate(key);
    return place.found ? countBefore(place.chunk) + qsizetype(place.offset) : -1;
}

const ItemPtr &ItemStore::at(qsizetype rank) const
{
    Q_ASSERT(rank >= 0 && rank < m_size);
    std::size_t chunk = 0;
    for (std::size_t step = std::bit_floor(m_chunks.size()); step > 0; step /= 2) {
        if (chunk + step < m_counts.size() && m_counts[chunk + step] <= rank) {
            chunk += step;
            rank -= m_counts[chunk];
        }
    }
    return m_chunks[chunk][std::size_t(rank)].item;
}

ItemPtr ItemStore::put(ItemPtr item)
{
    const ItemKeyView key = keyOf(*item);
    if (m_chunks.empty()) {
        m_chunks.emplace_back();
        rebuildCounts();
    }
    Place place = locate(key);
    if (place.found)
        return std::exchange(m_chunks[place.chunk][place.offset].item, std::move(item));

    const quint64 prefix = prefixOf(key);
    if (m_chunks[place.chunk].size() == chunkSize) {
        // Appending leaves full chunks behind, as pages come in order; anything else splits in the middle.
        const bool append = place.chunk + 1 == m_chunks.size() && place.offset == chunkSize;
        const std::size_t keep = append ? chunkSize : chunkSize / 2;
        Chunk tail;
        tail.reserve(chunkSize);
        Chunk &full = m_chunks[place.chunk];
        std::move(full.begin() + std::ptrdiff_t(keep), full.end(), std::back_inserter(tail));
        full.erase(full.begin() + std::ptrdiff_t(keep), full.end());
        m_chunks.insert(m_chunks.begin() + std::ptrdiff_t(place.chunk) + 1, std::move(tail));
        if (place.offset > keep || append) {
            ++place.chunk;
            place.offset -= keep;
        }
        rebuildCounts();
    }
    Chunk &chunk = m_chunks[place.chunk];
    chunk.insert(chunk.begin() + std::ptrdiff_t(place.offset), Entry { prefix, std::move(item) });
    addToCount(place.chunk, 1);
    ++m_size;
    return {};
}

ItemPtr ItemStore::take(ItemKeyView key)
{
    const Place place = locate(key);
    if (!place.found)
        return {};
    Chunk &chunk = m_chunks[place.chunk];
    ItemPtr item = std::move(chunk[place.offset].item);
    chunk.erase(chunk.begin() + std::ptrdiff_t(place.offset));
    --m_size;
    if (chunk.empty()) {
        m_chunks.erase(m_chunks.begin() + std::ptrdiff_t(place.chunk));
        rebuildCounts();
    } else {
        addToCount(place.chunk, -1);
    }
    return item;
}

void ItemStore::clear() { *this = ItemStore(); }

} // namespace Twilio
