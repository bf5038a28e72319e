#include "TwilioSync/store/resultstore.h"

#include <set>

namespace Twilio {
namespace {

ItemPtr resultRecord(const Protocol::QueryItem &item)
{
    const qint64 revision = item.revision.value_or(-1);
    return ItemPtr::make({ .key = item.key,
                           .json = item.json,
                           .revision = QByteArray::number(revision),
                           .lastEventId = revision });
}

} // namespace

std::vector<ItemPtr> ResultStore::items() const
{
    std::vector<ItemPtr> all;
    all.reserve(m_items.size());
    for (const auto &[key, item] : m_items)
        all.push_back(item);
    return all;
}

bool ResultStore::isKnown(const Protocol::QueryItem &item) const
{
    if (!item.revision)
        return false;
    if (const auto at = m_items.find(item.key); at != m_items.end())
        return at->second->lastEventId() >= *item.revision;
    const auto removed = m_removed.find(item.key);
    return removed != m_removed.end() && removed->second >= *item.revision;
}

void ResultStore::noteRemoval(const QByteArray &key, qint64 revision)
{
    if (m_removed.insert_or_assign(key, revision).second)
        m_removals.push_back(key);
    while (m_removals.size() > mostRemovals) {
        m_removed.erase(m_removals.front());
        m_removals.pop_front();
    }
}

std::optional<ResultChange> ResultStore::apply(const Protocol::QueryItem &item)
{
    if (isKnown(item))
        return std::nullopt;
    if (!item.json.isEmpty()) {
        const ItemPtr record = resultRecord(item);
        m_items.insert_or_assign(item.key, record);
        return ResultChange { item.key, record };
    }
    if (item.revision)
        noteRemoval(item.key, *item.revision);
    if (m_items.erase(item.key) == 0)
        return std::nullopt;
    return ResultChange { item.key, {} };
}

std::vector<ResultChange> ResultStore::replace(const std::vector<Protocol::QueryItem> &items,
                                               bool isOfAnother)
{
    std::vector<ResultChange> changes;
    std::set<QByteArray> wanted;
    for (const Protocol::QueryItem &item : items)
        wanted.insert(item.key);
    for (auto it = m_items.begin(); it != m_items.end();) {
        if (wanted.contains(it->first)) {
            ++it;
        } else {
            changes.push_back({ it->first, {} });
            it = m_items.erase(it);
        }
    }
    m_removed.clear();
    m_removals.clear();
    for (const Protocol::QueryItem &item : items) {
        const auto at = m_items.find(item.key);
        const bool isNew = at == m_items.end();
        if (!isNew && !isOfAnother && isKnown(item))
            continue;
        const bool isSame = !isNew && at->second->json() == item.json;
        const ItemPtr record = resultRecord(item);
        m_items.insert_or_assign(item.key, record);
        if (!isSame)
            changes.push_back({ item.key, record });
    }
    return changes;
}

} // namespace Twilio
