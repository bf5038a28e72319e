#include "server/data/eventlog.h"

#include <limits>

namespace Twilio::Server {
namespace {

const ItemId contextId { std::numeric_limits<qint64>::max(), {} };

} // namespace

void EventLog::append(EventRecord record, std::optional<qint64> superseded)
{
    const QString key = record.item.key;
    if (!key.isEmpty()) {
        if (const auto removal = m_removals.find(key); removal != m_removals.end()) {
            supersede(removal->second, true);
            m_removals.erase(removal);
        }
    }
    if (superseded)
        supersede(*superseded, true);
    const qint64 id = record.id;
    const bool isRemoval = record.type == EventType::ItemRemoved;
    m_records.emplace_hint(m_records.end(), id, std::move(record));
    if (!isRemoval)
        return;
    if (!key.isEmpty())
        m_removals[key] = id;
    supersede(id, false);
}

void EventLog::restore(EventRecord record)
{
    const ItemId &id = record.type == EventType::ContextUpdated ? contextId : record.item;
    const auto [newest, isFirst] = m_newest.try_emplace(id, record.id);
    const auto before = isFirst ? std::nullopt : std::optional(newest->second);
    newest->second = record.id;
    const bool wasRemoval = before && m_removals.contains(record.item.key);
    append(std::move(record), wasRemoval ? std::nullopt : before);
}

void EventLog::supersede(qint64 id, bool entirely)
{
    const auto record = m_records.find(id);
    if (record == m_records.end())
        return;
    const qsizetype bytes = record->second.data.size();
    if (!entirely && bytes == 0)
        return; // stripped before it was restored
    m_superseded.push_back({ id, bytes, entirely });
    m_supersededBytes += bytes;
}

std::optional<EventLog::Forgotten> EventLog::forgetOne(const History &history)
{
    if (qsizetype(m_superseded.size()) <= history.events && m_supersededBytes <= history.bytes)
        return std::nullopt;
    const Superseded oldest = m_superseded.front();
    m_superseded.pop_front();
    m_supersededBytes -= oldest.bytes;
    const auto record = m_records.find(oldest.id);
    if (record != m_records.end()) {
        if (oldest.entirely)
            m_records.erase(record);
        else
            record->second.data = {};
    }
    return Forgotten { oldest.id, oldest.entirely };
}

void EventLog::dropOne()
{
    if (!m_records.empty())
        m_records.erase(m_records.begin());
    if (!m_superseded.empty())
        m_superseded.pop_front();
    if (!m_removals.empty())
        m_removals.erase(m_removals.begin());
}

} // namespace Twilio::Server
