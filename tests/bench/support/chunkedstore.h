#pragma once

#include "bench/support/orderedstores.h"

#include <bit>

namespace Bench {

//! Sorted chunks, with the counts of the chunks in a Fenwick tree.
class ChunkedStore
{
public:
    [[nodiscard]] qsizetype size() const { return m_size; }
    [[nodiscard]] Twilio::ItemPtr find(Twilio::ItemKeyView key) const
    {
        const Place place = locate(key);
        return place.found ? m_chunks[place.chunk][place.offset].item : Twilio::ItemPtr();
    }
    [[nodiscard]] qsizetype rank(Twilio::ItemKeyView key) const
    {
        const Place place = locate(key);
        return place.found ? countBefore(place.chunk) + qsizetype(place.offset) : -1;
    }
    [[nodiscard]] const Twilio::ItemPtr &at(qsizetype rank) const
    {
        std::size_t chunk = 0;
        for (std::size_t step = std::bit_floor(m_chunks.size()); step > 0; step /= 2) {
            if (chunk + step < m_counts.size() && m_counts[chunk + step] <= rank) {
                chunk += step;
                rank -= m_counts[chunk];
            }
        }
        return m_chunks[chunk][std::size_t(rank)].item;
    }
    Twilio::ItemPtr put(Twilio::ItemPtr item)
    {
        if (m_chunks.empty()) {
            m_chunks.emplace_back();
            rebuildCounts();
        }
        Place place = locate(keyOf(*item));
        if (place.found)
            return std::exchange(m_chunks[place.chunk][place.offset].item, std::move(item));
        if (m_chunks[place.chunk].size() == chunkSize)
            split(place);
        Chunk &chunk = m_chunks[place.chunk];
        KeyedItem entry { prefixOf(keyOf(*item)), std::move(item) };
        chunk.insert(chunk.begin() + std::ptrdiff_t(place.offset), std::move(entry));
        addToCount(place.chunk, 1);
        ++m_size;
        return {};
    }
    Twilio::ItemPtr take(Twilio::ItemKeyView key)
    {
        const Place place = locate(key);
        if (!place.found)
            return {};
        Chunk &chunk = m_chunks[place.chunk];
        Twilio::ItemPtr item = std::move(chunk[place.offset].item);
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

private:
    using Chunk = std::vector<KeyedItem>;
    struct Place
    {
        std::size_t chunk = 0;
        std::size_t offset = 0;
        bool found = false;
    };
    static constexpr std::size_t chunkSize = 256;

    [[nodiscard]] Place locate(Twilio::ItemKeyView key) const
    {
        if (m_chunks.empty())
            return {};
        const Wanted wanted(key);
        // The first chunk whose last entry is not before the key; behind all of them, the last.
        const auto chunk =
                std::partition_point(m_chunks.begin(), m_chunks.end() - 1, [&](const Chunk &candidate) {
                    return InOrder()(candidate.back(), wanted);
                });
        const auto entry = std::lower_bound(chunk->begin(), chunk->end(), wanted, InOrder());
        const bool found = entry != chunk->end() && !InOrder()(wanted, *entry);
        return { std::size_t(chunk - m_chunks.begin()), std::size_t(entry - chunk->begin()), found };
    }
    // Appending leaves full chunks behind, as pages come in order; anything else splits in the middle.
    void split(Place &place)
    {
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
    [[nodiscard]] qsizetype countBefore(std::size_t chunk) const
    {
        qsizetype count = 0;
        for (std::size_t i = chunk; i > 0; i &= i - 1)
            count += m_counts[i];
        return count;
    }
    void addToCount(std::size_t chunk, qsizetype change)
    {
        for (std::size_t i = chunk + 1; i < m_counts.size(); i += i & (~i + 1))
            m_counts[i] += change;
    }
    void rebuildCounts()
    {
        m_counts.assign(m_chunks.size() + 1, 0);
        for (std::size_t i = 1; i < m_counts.size(); ++i) {
            m_counts[i] += qsizetype(m_chunks[i - 1].size());
            if (const std::size_t parent = i + (i & (~i + 1)); parent < m_counts.size())
                m_counts[parent] += m_counts[i];
        }
    }

    std::vector<Chunk> m_chunks;
    std::vector<qsizetype> m_counts;
    qsizetype m_size = 0;
};

} // namespace Bench
