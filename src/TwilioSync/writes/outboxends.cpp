// How writes end: by an answer, taken back, or all together.
#include "TwilioSync/writes/outbox.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qdatetime.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace Twilio {
namespace {

// As many as end together in one turn of the event loop; the application has others to deal with.
constexpr int endsPerTurn = 250;

constexpr qint64 longestWait = 24 * 3'600'000; // milliseconds, less than a timer takes

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
        else if (Entry &first = m_entries.at(lane->front());
                 first.write.state == WriteState::Waiting && !waitsForPush(first.write))
            m_ready.insert(first.write.id);
    }
    endOrder();
    return node;
}

void Outbox::endOrder()
{
    if (m_entries.empty() && std::exchange(m_orderEnds, false))
        m_ordered = false;
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
        if (outcome->item && m_followed.contains(id))
            namePushed(id, ownedKey(keyOf(*outcome->item)));
    }
    qCDebug(lcRequest) << "ended" << ended->write;
    if (const auto *error = errorOf(result); error && *error != cancelledError() && !ended->isTakenBack)
        m_host->failed(ended->write, *error);
    for (const Caller &caller : extract(id))
        caller.done(result);
    decidePushes();
    pump();
}

void Outbox::endOld()
{
    const qint64 limit = m_host->maximumAge();
    if (limit == 0)
        return;
    const qint64 time = QDateTime::currentMSecsSinceEpoch();
    std::vector<qint64> old;
    for (const auto &[id, entry] : m_entries) { // in the order of calls
        const Write &write = entry.write;
        if (entry.isActive || write.maybeApplied || write.state == WriteState::Unanswered)
            continue; // how it ends is to be known
        if (write.created + limit > time) {
            arm(Milliseconds(std::min(write.created + limit - time, longestWait)));
            break;
        }
        old.push_back(id);
    }
    if (old.empty())
        return;
    Entries entries;
    for (const qint64 id : old)
        entries.insert(takeOut(id));
    end(std::move(entries),
        SyncError(QStringLiteral("not sent within %1 s, which is the longest that a write may wait")
                          .arg(double(limit) / 1000)),
        true);
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

void Outbox::cancelAll()
{
    const auto alive = m_host->keepAlive();
    std::vector<qint64> begun;
    for (const auto &[id, entry] : m_entries) {
        if (entry.isActive || entry.write.attempts > 0)
            begun.push_back(id);
    }
    Entries untouched = takeOutAllBut(begun);
    for (const qint64 id : begun)
        cancel(id);
    end(std::move(untouched), cancelledError());
}

// As many of many go: lanes and what is ready are made anew of those that stay.
Outbox::Entries Outbox::takeOutAllBut(const std::vector<qint64> &kept)
{
    Entries gone = std::exchange(m_entries, {});
    m_lanes.clear();
    m_ready.clear();
    for (const qint64 id : kept) {
        const Entry &entry = m_entries.insert(m_entries.end(), gone.extract(id))->second;
        const Write &write = entry.write;
        bool isFirst = true;
        if (!isUnrepeatable(write.operation)) {
            auto &lane = m_lanes[laneOf(write)];
            lane.push_back(id);
            isFirst = lane.size() == 1;
        }
        if (isFirst && !entry.isActive && write.state == WriteState::Waiting && !waitsForPush(write))
            m_ready.insert(id);
    }
    for (auto &[id, entry] : gone) {
        m_unanswered.erase(id);
        setActive(entry, false);
        if (entry.write.attempts > 0 && --m_tracked == 0)
            m_trail.clear();
    }
    endOrder();
    return gone;
}

void Outbox::takeBack(Entry &entry)
{
    const Write &write = entry.write;
    entry.isCancelled = entry.isTakenBack = true;
    if (write.attempts > 0 && write.state == WriteState::Sending)
        return; // its answer is still to come
    if (write.maybeApplied)
        finishUnknown(write.id);
    else
        finish(write.id, cancelledError());
}

template <typename IsGone>
std::vector<Outbox::Done> Outbox::dropCallers(IsGone isGone, bool wantUndone)
{
    std::vector<qint64> unwanted;
    std::vector<qint64> kept;
    std::vector<Done> sent;
    for (auto &[id, entry] : m_entries) {
        kept.push_back(id);
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
        if (entry.write.state == WriteState::Sending) {
            entry.isCancelled = true; // its answer is still to come
            entry.isTakenBack = entry.isTakenBack || wantUndone;
        } else {
            unwanted.push_back(id);
            kept.pop_back();
        }
    }
    Entries dropped;
    if (unwanted.size() > kept.size()) {
        dropped = takeOutAllBut(kept);
    } else {
        for (const qint64 id : unwanted)
            dropped.insert(dropped.end(), takeOut(id));
    }
    end(std::move(dropped), cancelledError());
    return sent;
}

void Outbox::dropCancelled()
{
    dropCallers([](const Caller &caller) { return caller.cancelled.stop_requested(); }, true);
}

std::vector<Outbox::Done> Outbox::dropOwner(quint64 owner)
{
    const auto alive = m_host->keepAlive();
    endAll();
    auto sent = m_host->keepsWrites() ? keepWithout(owner) : std::vector<Done>();
    auto dropped = dropCallers([owner](const Caller &caller) { return caller.owner == owner; }, false);
    pump();
    std::move(dropped.begin(), dropped.end(), std::back_inserter(sent));
    return sent;
}

// What is kept is done all the same; only a function must not run any more.
std::vector<Outbox::Done> Outbox::keepWithout(quint64 owner)
{
    std::vector<Done> gone;
    for (auto &[id, entry] : m_entries) {
        if (entry.write.operation == WriteOperation::Mutate && entry.write.sentValue.isEmpty())
            continue;
        std::erase_if(entry.callers, [&](Caller &caller) {
            if (caller.owner != owner)
                return false;
            gone.push_back(std::move(caller.done));
            return true;
        });
        if (!entry.callers.empty())
            continue;
        entry.callers.push_back(nobody());
        entry.mutator = nullptr;
        entry.write.owner = 0;
    }
    return gone;
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
    Entries all = std::exchange(m_entries, {});
    endOrder();
    end(std::move(all), error, true);
}

void Outbox::end(Entries entries, const SyncError &error, bool isFailure)
{
    m_endingCount += int(entries.size());
    m_ending.push_back({ std::move(entries), error, isFailure });
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
        const SyncError error =
                isUnknown && !next.error.isNull() ? next.error.withUnknownOutcome() : next.error;
        entry.reading.request_stop(); // its callback finds nothing any more
        if (next.isFailure && !entry.isTakenBack)
            m_host->failed(write, error);
        m_host->writeEnded(write);
        for (Caller &caller : entry.callers)
            ended.emplace_back(std::move(caller), error);
    }
    if (m_endingCount > 0)
        arm(Milliseconds(0));
    for (const auto &[caller, error] : ended)
        caller.done(error.isNull() ? Result(WriteOutcome()) : Result(error));
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
