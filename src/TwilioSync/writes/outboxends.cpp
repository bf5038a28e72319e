// How writes end: by an answer, taken back, or all together.
#include "TwilioSync/writes/outbox.h"

#include "TwilioSync/core/logging.h"

#include <algorithm>
#include <utility>

namespace Twilio {
namespace {

// As many as end together in one turn of the event loop; the application has others to deal with.
constexpr int endsPerTurn = 250;

} // namespace

Outbox::Entries::node_type Outbox::takeOut(qint64 id)
{
    auto node = m_entries.extract(id);
    Entry &entry = node.mapped();
    entry.reading.request_stop(); // its callback finds nothing any more
    m_ready.erase(id);
    m_unanswered.erase(id);
    setActive(entry, false);
    if (entry.write.attempts > 0 && --m_tracked == 0)
        m_trail.clear();
    const auto lane = m_lanes.find(laneOf(entry.write));
    if (lane != m_lanes.end() && !isUnrepeatable(entry.write.operation)) {
        lane->erase(std::lower_bound(lane->begin(), lane->end(), id));
        if (lane->empty())
            m_lanes.remove(laneOf(entry.write));
        else if (Entry &first = m_entries.at(lane->front()); first.write.state == WriteState::Waiting)
            m_ready.insert(first.write.id);
    }
    if (m_entries.empty() && std::exchange(m_orderEnds, false))
        m_ordered = false;
    return node;
}

std::vector<Outbox::Caller> Outbox::extract(qint64 id)
{
    auto node = takeOut(id);
    m_host->writeEnded(node.mapped().write);
    return std::move(node.mapped().callers);
}

void Outbox::finish(qint64 id, const Result &result)
{
    const Entry *const ended = entry(id);
    if (!ended)
        return; // taking the answer over has ended it, with the object or the client
    if (const auto *outcome = std::get_if<WriteOutcome>(&result)) {
        if (outcome->eventId >= 0)
            m_trail.claim(outcome->eventId, mayAdd(ended->write));
        m_newestAnswered = std::max(m_newestAnswered, outcome->eventId);
        if (!outcome->messageSid.isEmpty())
            m_trail.claimMessage(outcome->messageSid);
    }
    qCDebug(lcRequest) << "ended" << ended->write;
    for (const Caller &caller : extract(id))
        caller.done(result);
    decidePushes();
    pump();
}

bool Outbox::cancel(qint64 id)
{
    Entry *const found = entry(id);
    if (!found)
        return false;
    const auto alive = m_host->keepAlive();
    takeBack(*found);
    return true;
}

void Outbox::takeBack(Entry &entry)
{
    const Write &write = entry.write;
    entry.isCancelled = true;
    if (write.attempts > 0 && write.state == WriteState::Sending)
        return; // its answer is still to come
    if (write.maybeApplied)
        finishUnknown(write.id);
    else
        finish(write.id, cancelledError());
}

template <typename IsGone>
std::vector<Outbox::Done> Outbox::dropCallers(IsGone isGone)
{
    std::vector<qint64> unwanted;
    std::vector<Done> sent;
    for (auto &[id, entry] : m_entries) {
        const auto &callers = entry.callers;
        if (std::none_of(callers.begin(), callers.end(), isGone))
            continue;
        const bool mayHappen = !std::all_of(callers.begin(), callers.end(), isGone)
                || entry.write.maybeApplied || entry.write.state == WriteState::Sending;
        std::erase_if(entry.callers, [&](Caller &caller) {
            const bool goes = isGone(caller);
            if (goes && mayHappen)
                sent.push_back(std::move(caller.done));
            return goes;
        });
        if (!entry.callers.empty())
            continue;
        entry.write.owner = 0;
        entry.mutator = nullptr;
        if (entry.write.state == WriteState::Sending)
            entry.isCancelled = true; // its answer is still to come
        else
            unwanted.push_back(id);
    }
    for (const qint64 id : unwanted)
        extract(id);
    return sent;
}

void Outbox::dropCancelled()
{
    dropCallers([](const Caller &caller) { return caller.cancelled.stop_requested(); });
}

std::vector<Outbox::Done> Outbox::dropOwner(quint64 owner)
{
    const auto alive = m_host->keepAlive();
    endAll();
    auto sent = dropCallers([owner](const Caller &caller) { return caller.owner == owner; });
    pump();
    return sent;
}

void Outbox::failAll(const SyncError &error)
{
    const auto alive = m_host->keepAlive();
    m_timer.stop();
    m_ready.clear();
    m_lanes.clear();
    m_unanswered.clear();
    m_trail.clear();
    m_active = m_tracked = 0;
    if (std::exchange(m_orderEnds, false))
        m_ordered = false;
    end(std::exchange(m_entries, {}), error);
}

void Outbox::end(Entries entries, const SyncError &error)
{
    m_endingCount += int(entries.size());
    m_ending.push_back({ std::move(entries), error });
    endSome();
}

void Outbox::endSome()
{
    std::vector<std::pair<Caller, SyncError>> ended;
    for (int some = 0; some < endsPerTurn && !m_ending.empty();) {
        Ending &next = m_ending.front();
        if (next.entries.empty()) {
            m_ending.pop_front();
            continue;
        }
        ++some;
        --m_endingCount;
        auto node = next.entries.extract(next.entries.begin());
        Entry &entry = node.mapped();
        const Write &write = entry.write;
        const bool isUnknown = write.maybeApplied || write.state == WriteState::Sending;
        const SyncError error = isUnknown ? next.error.withUnknownOutcome() : next.error;
        entry.reading.request_stop(); // its callback finds nothing any more
        m_host->writeEnded(write);
        for (Caller &caller : entry.callers)
            ended.emplace_back(std::move(caller), error);
    }
    if (m_endingCount > 0)
        arm(Milliseconds(0));
    for (const auto &[caller, error] : ended)
        caller.done(error);
}

void Outbox::endAll()
{
    const auto alive = m_host->keepAlive();
    while (m_endingCount > 0)
        endSome();
}

bool Outbox::finishRemovals()
{
    const auto lane = m_lanes.constFind(ItemKey());
    if (lane == m_lanes.cend())
        return false;
    const Write &first = m_entries.at(lane->front()).write; // no other can have been sent
    if (first.operation != WriteOperation::RemoveObject || first.attempts == 0)
        return false;
    for (const Caller &caller : extract(first.id))
        caller.done(WriteOutcome());
    return true;
}

} // namespace Twilio
