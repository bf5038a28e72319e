#include "TwilioSync/writes/outbox.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/writes/mutation.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qscopedvaluerollback.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace Twilio {
namespace {

// From so many on it is worth looking for those that nobody will ask for.
constexpr std::size_t longTrail = 512;

// It can only have an effect in the future.
bool isStillToCome(const Write &write)
{
    return (write.attempts == 0 && write.state == WriteState::Waiting) || write.state == WriteState::Conflict;
}

// Without an effect of its own once the value is replaced or gone.
bool mayBeSuperseded(const Write &write)
{
    switch (write.operation) {
    case WriteOperation::Set:
    case WriteOperation::Merge:
    case WriteOperation::Mutate:
    case WriteOperation::SetTtl:
        return isStillToCome(write);
    case WriteOperation::Push:
    case WriteOperation::Remove:
    case WriteOperation::Publish:
    case WriteOperation::RemoveObject:
        break;
    }
    return false;
}

} // namespace

Outbox::Outbox(WriteHost *host) : m_host(host)
{
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
        const auto alive = m_host->keepAlive();
        const QScopedValueRollback inTurn(m_inTurn, true);
        endSome();
        decidePushes();
        pump();
        makeAhead();
    });
}

Outbox::~Outbox() = default;

SyncError Outbox::supersededError(const Write &by)
{
    return SyncError(QStringLiteral("superseded: %1() came before it was sent")
                             .arg(QString::fromLatin1(nameOf(by.operation))));
}

void Outbox::setOrdered(bool ordered)
{
    m_orderEnds = !ordered && !m_entries.empty(); // what was written in order stays in order
    if (!m_orderEnds)
        m_ordered = ordered;
}

void Outbox::setPaced(bool paced, bool fromStart)
{
    m_paced = paced;
    if (paced && fromStart)
        m_pace.engage(now());
}

std::vector<Write> Outbox::writes() const
{
    std::vector<Write> all;
    all.reserve(std::size_t(count()));
    const auto add = [&all](const Entries &entries) {
        for (const auto &[id, entry] : entries)
            all.push_back(entry.write);
    };
    for (const Ending &ending : m_ending)
        add(ending.entries);
    add(m_entries);
    return all;
}

bool Outbox::isRemoving(const ItemKey &item) const
{
    const auto lane = m_lanes.constFind(item);
    if (lane == m_lanes.cend())
        return false;
    const Write &first = m_entries.at(lane->front()).write;
    return first.operation == WriteOperation::Remove && first.attempts > 0;
}

Outbox::Entry *Outbox::entry(qint64 id)
{
    const auto found = m_entries.find(id);
    return found == m_entries.end() ? nullptr : &found->second;
}

qint64 Outbox::add(Write write, Mutator mutator, Done done, const CancelToken &cancelled)
{
    const auto alive = m_host->keepAlive();
    Caller caller { write.owner, std::move(done), cancelled, {} };
    if (cancelled.stop_possible())
        caller.onCancel = std::make_unique<OnCancel>(cancelled, [this] {
            m_haveCancelled = true;
            arm(Milliseconds(0)); // once for all that are cancelled together
        });
    if (write.item && isPlaceholder(*write.item)) {
        const qint64 push = pushOf(*write.item);
        if (foldIntoPush(write, caller))
            return push;
        m_followed.insert(push);
    }
    if (Entry *const waiting = mergedInto(write)) {
        waiting->callers.push_back(std::move(caller));
        keepWaiting(*waiting);
        m_host->writeChanged(waiting->write);
        return waiting->write.id;
    }
    if (write.id == 0)
        write.id = m_host->nextWriteId();
    const qint64 id = write.id;
    Entry added { .write = std::move(write), .mutator = std::move(mutator) };
    added.callers.push_back(std::move(caller));
    if (added.mutator && m_host->makesAhead()) {
        m_unmade.insert(id);
        arm(Milliseconds(0));
    }
    enqueue(std::move(added));
    pump();
    return id;
}

Outbox::Entry *Outbox::mergedInto(const Write &added)
{
    if (added.operation != WriteOperation::Merge && added.operation != WriteOperation::SetTtl)
        return nullptr;
    const auto lane = m_lanes.constFind(laneOf(added));
    if (lane == m_lanes.cend())
        return nullptr;
    Entry &last = m_entries.at(lane->back());
    if (!mayBeSuperseded(last.write) || last.write.operation != added.operation)
        return nullptr;
    if (added.operation == WriteOperation::Merge && !appendMerge(last.write, added))
        return nullptr;
    if (added.ttl)
        last.write.ttl = added.ttl;
    return &last;
}

void Outbox::enqueue(Entry added)
{
    Entries superseded = supersede(added);
    Entry &placed = place(std::move(added));
    keepWaiting(placed);
    qCDebug(lcRequest) << "added" << placed.write;
    m_host->writeAdded(placed.write);
    // Only now, so that what shows writes never shows neither.
    if (placed.write.operation == WriteOperation::Set) {
        for (const auto &[id, entry] : superseded)
            m_host->writeEnded(entry.write);
    } else if (!superseded.empty()) {
        end(std::move(superseded), supersededError(placed.write));
    }
}

Outbox::Entry &Outbox::place(Entry added)
{
    const qint64 id = added.write.id;
    Entry &placed = m_entries.emplace(id, std::move(added)).first->second;
    if (isUnrepeatable(placed.write.operation)) {
        m_ready.insert(id);
    } else {
        auto &lane = m_lanes[laneOf(placed.write)];
        lane.push_back(id);
        if (lane.size() == 1 && !waitsForPush(placed.write))
            m_ready.insert(id);
    }
    return placed;
}

void Outbox::keepWaiting(Entry &entry)
{
    if (!m_host->keepsWrites())
        return;
    const auto kept = [this, alive = m_host->keepAlive(), id = entry.write.id] {
        Entry *const found = this->entry(id);
        if (!found || --found->saves > 0)
            return;
        found->write.isUnsaved = false;
        m_host->writeChanged(found->write);
        pump();
    };
    entry.write.isUnsaved = true; // so is what a function has still to make
    if (m_host->keep(entry.write, kept))
        ++entry.saves;
}

void Outbox::restore(Write write)
{
    const auto alive = m_host->keepAlive();
    const bool wasSent = write.attempts > 0;
    write.state = wasSent ? WriteState::Sending : WriteState::Waiting;
    write.maybeApplied = write.maybeApplied || wasSent;
    Entry restored { .write = std::move(write) };
    restored.callers.push_back(nobody());
    const qint64 ago = QDateTime::currentMSecsSinceEpoch() - restored.write.sent;
    restored.sentAt = now() - std::max(Milliseconds(ago), Milliseconds(0));
    Entry &placed = place(std::move(restored));
    if (waitsForPush(placed.write))
        m_followed.insert(pushOf(*placed.write.item));
    qCDebug(lcRequest) << "restored" << placed.write;
    m_host->writeAdded(placed.write);
    if (!wasSent) {
        pump();
        return;
    }
    ++m_tracked;
    m_ready.erase(placed.write.id);
    setActive(placed, true);
    placed.write.error = SyncError(QStringLiteral("the process ended before there was an answer"));
    answerLost(placed, placed.write.error);
}

Outbox::Entries Outbox::supersede(Entry &added)
{
    std::vector<qint64> pointless; // the newest first
    if (added.write.operation == WriteOperation::RemoveObject) {
        for (auto it = m_entries.rbegin(); it != m_entries.rend(); ++it) {
            const Write &write = it->second.write;
            if (isStillToCome(write) && write.operation != WriteOperation::RemoveObject)
                pointless.push_back(write.id);
        }
    } else if (added.write.operation == WriteOperation::Set
               || added.write.operation == WriteOperation::Remove) {
        const auto lane = m_lanes.constFind(laneOf(added.write));
        if (lane != m_lanes.cend()) {
            for (auto it = lane->rbegin(); it != lane->rend() && mayBeSuperseded(m_entries.at(*it).write);
                 ++it)
                pointless.push_back(*it);
        }
    }
    added.write.supersedes = !pointless.empty();
    Entries superseded;
    for (const qint64 id : pointless) {
        if (!added.write.ttl && added.write.operation == WriteOperation::Set)
            added.write.ttl = m_entries.at(id).write.ttl;
        superseded.insert(superseded.begin(), takeOut(id));
    }
    if (added.write.operation != WriteOperation::Set)
        return superseded;
    // What a set takes the place of ends as the set ends.
    std::vector<Caller> callers;
    for (auto &[id, entry] : superseded) {
        added.write.created = std::min(added.write.created, entry.write.created);
        std::move(entry.callers.begin(), entry.callers.end(), std::back_inserter(callers));
    }
    std::move(added.callers.begin(), added.callers.end(), std::back_inserter(callers));
    added.callers = std::move(callers);
    return superseded;
}

void Outbox::pump()
{
    if (m_pumping) {
        m_pumpAgain = true;
        return;
    }
    const auto alive = m_host->keepAlive();
    m_pumping = true;
    if (std::exchange(m_haveCancelled, false))
        dropCancelled();
    endOld();
    endFollowers();
    int started = 0;
    do {
        m_pumpAgain = false;
        while (startNext()) {
            if (++started == mutatorsPerTurn && !m_ready.empty()) {
                arm(Milliseconds(0));
                m_pumping = false;
                return;
            }
        }
    } while (m_pumpAgain);
    m_pumping = false;
}

bool Outbox::startNext()
{
    if (m_ready.empty() || !m_host->canSend() || m_active >= (m_ordered ? 1 : m_options.window))
        return false;
    const Milliseconds time = now();
    const Milliseconds pause = m_pausedUntil ? *m_pausedUntil - time : Milliseconds(0);
    const Milliseconds wait = std::max(pause, m_paced ? m_pace.wait(time) : Milliseconds(0));
    if (wait > Milliseconds(0)) {
        arm(wait);
        return false;
    }
    Entry &next = m_entries.at(*m_ready.begin());
    if (next.saves > 0)
        return false; // first on the disk, then to the service
    if (!m_inTurn && next.write.operation == WriteOperation::Mutate) {
        arm(Milliseconds(0)); // the application's function runs inside no call, not even that of a destructor
        return false;
    }
    m_ready.erase(m_ready.begin());
    start(next);
    return true;
}

void Outbox::start(Entry &entry)
{
    setActive(entry, true);
    const Write &write = entry.write;
    // A repeat whose first sending was unconditional has no revision that would tell, and what is not there
    // may have been made, and removed by somebody else.
    const bool isBlindRepeat = write.maybeApplied && (write.base == "-1" || isBlind(write));
    if (isBlindRepeat) {
        readTarget(write.id, &Outbox::decide);
    } else if (!buildsOnValue(write) || write.maybeApplied) {
        if (!entry.target)
            entry.target = m_host->known(write);
        send(entry);
    } else if (const auto target = m_host->known(write)) {
        build(write.id, *target);
    } else {
        readTarget(write.id, &Outbox::build);
    }
}

void Outbox::setActive(Entry &entry, bool active)
{
    if (std::exchange(entry.isActive, active) != active)
        m_active += active ? 1 : -1;
}

void Outbox::track(Entry &entry)
{
    // What was not applied so far can only have happened from now on.
    if (!entry.write.maybeApplied)
        entry.write.sentAfter = std::max(m_host->newestEvent(), m_newestAnswered);
    if (entry.write.attempts++ > 0)
        return;
    ++m_tracked;
    if (m_trail.size() > longTrail)
        forgetOldEvents();
}

// What was there when the oldest write without an answer was sent says nothing about any.
void Outbox::forgetOldEvents()
{
    qint64 oldest = std::numeric_limits<qint64>::max();
    for (const auto &[id, entry] : m_entries) {
        if (entry.write.attempts > 0)
            oldest = std::min(oldest, entry.write.sentAfter);
    }
    m_trail.forgetUpTo(oldest);
}

void Outbox::setState(Entry &entry, WriteState state)
{
    if (entry.write.state == WriteState::Unanswered)
        m_unanswered.erase(entry.write.id);
    if (state == WriteState::Unanswered)
        m_unanswered.insert(entry.write.id);
    entry.write.state = state;
    qCDebug(lcRequest) << entry.write;
    m_host->writeChanged(entry.write);
}

// Back to its place: it is older than what has waited all the time.
void Outbox::waitAgain(Entry &entry)
{
    m_ready.insert(entry.write.id);
    setActive(entry, false);
    setState(entry, WriteState::Waiting);
}

void Outbox::arm(Milliseconds wait)
{
    if (!m_timer.isActive() || m_timer.remainingTimeAsDuration() > wait)
        m_timer.start(wait);
}

} // namespace Twilio
