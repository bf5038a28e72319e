#pragma once

#include "TwilioSync/store/itemstore.h"

#include <QtCore/qendian.h>

#include <boost/multi_index/key_extractors.hpp>
#include <boost/multi_index/ranked_index.hpp>
#include <boost/multi_index_container.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

/*!
    What an item store could be made of instead of ItemStore, with the same calls. Each keeps the first bytes
    of the key beside the item, as ItemStore does, so that what differs is the structure alone.
*/
namespace Bench {

struct KeyedItem
{
    quint64 prefix;
    Twilio::ItemPtr item;
};

//! Enough for the indexes and ASCII keys of the benchmarks.
inline quint64 prefixOf(Twilio::ItemKeyView key)
{
    if (key.index >= 0)
        return quint64(key.index);
    quint64 prefix = 0;
    std::memcpy(&prefix, key.key.data(), std::size_t(qMin(key.key.size(), qsizetype(sizeof prefix))));
    return qFromBigEndian(prefix);
}

//! A key that is looked for, with its prefix.
struct Wanted
{
    explicit Wanted(Twilio::ItemKeyView wanted) : prefix(prefixOf(wanted)), key(wanted) { }
    quint64 prefix;
    Twilio::ItemKeyView key;
};

struct InOrder
{
    bool operator()(const KeyedItem &a, const KeyedItem &b) const
    {
        return a.prefix != b.prefix ? a.prefix < b.prefix : compareKeys(keyOf(*a.item), keyOf(*b.item)) < 0;
    }
    bool operator()(const KeyedItem &a, const Wanted &b) const
    {
        return a.prefix != b.prefix ? a.prefix < b.prefix : compareKeys(keyOf(*a.item), b.key) < 0;
    }
    bool operator()(const Wanted &a, const KeyedItem &b) const
    {
        return a.prefix != b.prefix ? a.prefix < b.prefix : compareKeys(a.key, keyOf(*b.item)) < 0;
    }
};

//! One vector in order.
class SortedVector
{
public:
    [[nodiscard]] qsizetype size() const { return qsizetype(m_items.size()); }
    [[nodiscard]] Twilio::ItemPtr find(Twilio::ItemKeyView key) const
    {
        const auto it = locate(key);
        return it == m_items.end() ? Twilio::ItemPtr() : it->item;
    }
    [[nodiscard]] qsizetype rank(Twilio::ItemKeyView key) const
    {
        const auto it = locate(key);
        return it == m_items.end() ? -1 : it - m_items.begin();
    }
    [[nodiscard]] const Twilio::ItemPtr &at(qsizetype rank) const { return m_items[std::size_t(rank)].item; }
    Twilio::ItemPtr put(Twilio::ItemPtr item)
    {
        KeyedItem entry { prefixOf(keyOf(*item)), std::move(item) };
        const auto it = std::lower_bound(m_items.begin(), m_items.end(), entry, InOrder());
        if (it != m_items.end() && !InOrder()(entry, *it))
            return std::exchange(it->item, std::move(entry.item));
        m_items.insert(it, std::move(entry));
        return {};
    }
    Twilio::ItemPtr take(Twilio::ItemKeyView key)
    {
        const auto it = locate(key);
        if (it == m_items.end())
            return {};
        Twilio::ItemPtr item = it->item;
        m_items.erase(it);
        return item;
    }

private:
    [[nodiscard]] std::vector<KeyedItem>::const_iterator locate(Twilio::ItemKeyView key) const
    {
        const Wanted wanted(key);
        const auto it = std::lower_bound(m_items.begin(), m_items.end(), wanted, InOrder());
        return it != m_items.end() && !InOrder()(wanted, *it) ? it : m_items.end();
    }

    std::vector<KeyedItem> m_items;
};

//! Boost.MultiIndex: a red-black tree whose nodes count what is below them.
class RankedIndex
{
    using Tree =
            boost::multi_index_container<KeyedItem,
                                         boost::multi_index::indexed_by<boost::multi_index::ranked_unique<
                                                 boost::multi_index::identity<KeyedItem>, InOrder>>>;

public:
    [[nodiscard]] qsizetype size() const { return qsizetype(m_items.size()); }
    [[nodiscard]] Twilio::ItemPtr find(Twilio::ItemKeyView key) const
    {
        const auto it = m_items.find(Wanted(key), InOrder());
        return it == m_items.end() ? Twilio::ItemPtr() : it->item;
    }
    [[nodiscard]] qsizetype rank(Twilio::ItemKeyView key) const
    {
        const auto it = m_items.find(Wanted(key), InOrder());
        return it == m_items.end() ? -1 : qsizetype(m_items.rank(it));
    }
    [[nodiscard]] const Twilio::ItemPtr &at(qsizetype rank) const
    {
        return m_items.nth(std::size_t(rank))->item;
    }
    Twilio::ItemPtr put(Twilio::ItemPtr item)
    {
        const quint64 prefix = prefixOf(keyOf(*item));
        const auto [it, isNew] = m_items.insert({ prefix, item });
        if (isNew)
            return {};
        Twilio::ItemPtr before = it->item;
        m_items.replace(it, { prefix, std::move(item) });
        return before;
    }
    Twilio::ItemPtr take(Twilio::ItemKeyView key)
    {
        const auto it = m_items.find(Wanted(key), InOrder());
        if (it == m_items.end())
            return {};
        Twilio::ItemPtr item = it->item;
        m_items.erase(it);
        return item;
    }

private:
    Tree m_items;
};

} // namespace Bench
