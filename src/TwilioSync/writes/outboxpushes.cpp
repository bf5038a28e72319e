// What writes make of their targets before the service has taken them, and writes to what it has not named
// yet.
#include "TwilioSync/writes/outbox.h"

#include "TwilioSync/core/logging.h"

#include <algorithm>
#include <utility>

namespace Twilio {

std::optional<Outbox::Effect> Outbox::effectOn(const ItemKey &item,
                                               const std::optional<QByteArray> &base) const
{
    const auto lane = m_lanes.constFind(item);
    if (lane == m_lanes.cend())
        return std::nullopt;
    Effect effect { .json = base, .begun = m_entries.at(lane->front()).write.created };
    for (const qint64 id : *lane) {
        const Write &write = m_entries.at(id).write;
        effect.isSaved = effect.isSaved && !write.isUnsaved;
        effect.isRejected = effect.isRejected || write.state == WriteState::Conflict;
        const bool isUnmade = write.operation == WriteOperation::Mutate && write.value.isEmpty();
        if (write.operation == WriteOperation::RemoveObject || isUnmade)
            continue; // shown once it is done, or made
        if (effect.json || mayAdd(write))
            effect.json = Twilio::effectOn(write, effect.json.value_or(QByteArray()));
    }
    return effect;
}

const Write *Outbox::findPush(qint64 push) const
{
    const auto found = m_entries.find(push);
    const bool isPush = found != m_entries.end() && found->second.write.operation == WriteOperation::Push;
    return isPush ? &found->second.write : nullptr;
}

std::vector<qint64> Outbox::pushes() const
{
    std::vector<qint64> all;
    for (const auto &[id, entry] : m_entries) {
        if (entry.write.operation == WriteOperation::Push)
            all.push_back(id);
    }
    return all;
}

std::optional<qint64> Outbox::pushOfValue(const QByteArray &json, qint64 eventId,
                                          const std::function<bool(qint64)> &taken) const
{
    int sent = m_tracked;
    for (auto it = m_entries.begin(); it != m_entries.end() && sent > 0; ++it) {
        const auto &[id, entry] = *it;
        const Write &write = entry.write;
        if (write.attempts == 0)
            continue;
        --sent;
        if (write.operation == WriteOperation::Push && write.sentAfter < eventId && !taken(id)
            && isSameJson(write.sentValue, json))
            return id;
    }
    return std::nullopt;
}

bool Outbox::foldIntoPush(Write &added, Caller &caller)
{
    Entry *const push = entry(pushOf(*added.item));
    if (!push || push->write.operation != WriteOperation::Push || push->write.attempts > 0
        || push->write.state != WriteState::Waiting || m_followed.contains(push->write.id))
        return false;
    Write &pushed = push->write;
    switch (added.operation) {
    case WriteOperation::Set:
        pushed.value = added.value;
        break;
    case WriteOperation::Merge: {
        const auto merged = mergedJson(pushed.value, added);
        const auto *const json = std::get_if<QByteArray>(&merged);
        if (!json)
            return false;
        pushed.value = *json;
        break;
    }
    case WriteOperation::SetTtl:
        break;
    case WriteOperation::Remove: {
        Entries superseded;
        superseded.insert(takeOut(pushed.id));
        end(std::move(superseded), supersededError(added));
        const qint64 id = added.id != 0 ? added.id : m_host->nextWriteId();
        Entries done;
        Entry &removal = done[id];
        removal.write = std::move(added);
        removal.write.id = id;
        removal.callers.push_back(std::move(caller));
        m_host->writeAdded(removal.write);
        ++m_endingCount;
        m_ending.push_back({ std::move(done), {}, false });
        arm(Milliseconds(0));
        return true;
    }
    case WriteOperation::Push:
    case WriteOperation::Mutate:
    case WriteOperation::Publish:
    case WriteOperation::RemoveObject:
        return false;
    }
    if (added.ttl)
        pushed.ttl = added.ttl;
    push->callers.push_back(std::move(caller));
    keepWaiting(*push);
    m_host->writeChanged(pushed);
    return true;
}

void Outbox::namePushed(qint64 push, const ItemKey &item)
{
    m_followed.erase(push);
    const auto followers = m_lanes.take(placeholderOf(push));
    if (followers.empty())
        return;
    auto &lane = m_lanes[item]; // those who knew the index may have written, too
    for (const qint64 id : followers) {
        m_entries.at(id).write.item = item;
        lane.insert(std::lower_bound(lane.begin(), lane.end(), id), id);
        m_ready.erase(id);
    }
    const bool isBusy = std::any_of(lane.begin(), lane.end(), [this](qint64 id) {
        const Entry &entry = m_entries.at(id);
        return entry.isActive || entry.write.state != WriteState::Waiting;
    });
    if (!isBusy) {
        for (const qint64 id : lane)
            m_ready.erase(id);
        m_ready.insert(lane.front());
    }
    for (const qint64 id : followers) {
        keepWaiting(m_entries.at(id));
        m_host->writeChanged(m_entries.at(id).write);
    }
}

void Outbox::endFollowers()
{
    const auto isGone = [this](qint64 push) { return !m_entries.contains(push); };
    for (;;) {
        const auto push = std::find_if(m_followed.begin(), m_followed.end(), isGone);
        if (push == m_followed.end())
            return;
        const auto lane = m_lanes.value(placeholderOf(*push));
        m_followed.erase(push);
        if (lane.empty())
            continue;
        const SyncError missing = m_host->missing(m_entries.at(lane.front()).write);
        Entries followers;
        for (const qint64 id : lane)
            followers.insert(takeOut(id));
        end(std::move(followers), missing, true);
    }
}

} // namespace Twilio
