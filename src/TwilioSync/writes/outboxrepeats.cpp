// Writes whose answer got lost: they may have been applied.
#include "TwilioSync/writes/outbox.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qscopedvaluerollback.h>

#include <algorithm>
#include <utility>

namespace Twilio {
namespace {

using namespace std::chrono_literals;

// An event of what has been read may still be on its way for a moment.
constexpr auto lookAgain = 100ms;
constexpr int maxLooks = 20;

// What a write has given whose event is all that is known of it.
WriteOutcome outcomeOf(const EventTrail::Seen &seen)
{
    WriteOutcome outcome { {}, seen.json, {}, seen.eventId };
    if (seen.item)
        outcome.item = ItemPtr::make({ .index = seen.item->index,
                                       .key = seen.item->key,
                                       .json = seen.json,
                                       .lastEventId = seen.eventId });
    return outcome;
}

} // namespace

void Outbox::answerLost(Entry &entry, const SyncError &error)
{
    Write &write = entry.write;
    const qint64 id = write.id;
    qCInfo(lcRequest) << write << "got no answer:" << error;
    if (entry.isCancelled) {
        finishUnknown(id);
    } else if (write.operation == WriteOperation::Publish) {
        // Nothing of a stream is replayed: what has not been seen by now never will be.
        const auto seen = m_trail.added(write.sentAfter, write.sentValue);
        if (seen.size() == 1)
            finish(id, WriteOutcome { .messageSid = seen.front().messageSid });
        else
            finishUnknown(id);
    } else if (write.operation == WriteOperation::Push) {
        setActive(entry, m_ordered); // nothing may overtake it where the order counts
        setState(entry, WriteState::Unanswered);
        decidePushes();
        pump();
    } else {
        waitAgain(entry);
        pump();
    }
}

bool Outbox::mayAdd(const Write &write) const { return m_host->missing(write).isNull(); }

bool Outbox::isThere(const Write &write, const TargetState &fresh) const
{
    if (!fresh.exists)
        return false;
    if (write.operation != WriteOperation::Merge)
        return isSameJson(fresh.json, write.sentValue);
    const auto merged = mergedJson(fresh.json, write);
    const auto *json = std::get_if<QByteArray>(&merged);
    return json && isSameJson(fresh.json, *json);
}

// A conditional repeat was refused, or could not be made: was the first one applied, and then overwritten?
void Outbox::decide(qint64 id, const TargetState &fresh)
{
    Entry &entry = m_entries.at(id);
    Write &write = entry.write;
    const TargetState before = std::exchange(entry.target, fresh).value_or(TargetState());
    if (write.operation == WriteOperation::Remove) {
        if (!fresh.exists) {
            m_host->confirmRemoval(write, before);
            finish(id, WriteOutcome());
            return;
        }
        if (m_trail.isRemoved(*write.item, write.sentAfter)) {
            finish(id, WriteOutcome()); // what is there now is another item
            return;
        }
    } else if (isThere(write, fresh)) {
        finish(id, WriteOutcome { fresh.item, fresh.json, {}, fresh.lastEventId });
        return;
    } else if (const auto *seen = m_trail.find(write.item, write.sentAfter, write.sentValue, mayAdd(write))) {
        finish(id, outcomeOf(*seen));
        return;
    }
    const bool isBehind =
            m_host->cursor() < fresh.lastEventId || m_host->following() == WriteHost::Following::Soon;
    if (isBehind && m_host->following() != WriteHost::Following::No && ++entry.looks < maxLooks) {
        QTimer::singleShot(lookAgain, &m_timer, [this, id] {
            const auto alive = m_host->keepAlive();
            if (this->entry(id))
                readTarget(id, &Outbox::decide);
        });
        return;
    }
    // The first event since then, and not ours: a whole record, even of an object that nobody follows.
    const bool isNext = fresh.lastEventId - 1 == write.sentAfter && write.sentAfter >= 0;
    const bool isOld = fresh.exists && fresh.lastEventId <= write.sentAfter;
    const bool knowsAll = !isBehind && m_host->following() == WriteHost::Following::Yes
            && m_trail.isCompleteSince(write.sentAfter);
    if (!knowsAll && !isOld && !(isNext && fresh.exists)) {
        finishUnknown(id);
        return;
    }
    write.maybeApplied = false;
    entry.looks = 0;
    if (buildsOnValue(write)) {
        build(id, fresh);
        return;
    }
    const SyncError missing = fresh.exists ? SyncError() : m_host->missing(write);
    if (!missing.isNull()) {
        finish(id, missing);
        return;
    }
    write.base = fresh.exists ? fresh.revision : QByteArray("-1");
    send(entry);
}

void Outbox::caughtUp()
{
    const auto alive = m_host->keepAlive();
    decidePushes();
    pump();
}

void Outbox::decidePushes()
{
    if (m_unanswered.empty() || m_deciding)
        return; // one that ends does not change what was found for the others
    const QScopedValueRollback deciding(m_deciding, true);
    std::vector<qint64> open(m_unanswered.begin(), m_unanswered.end());
    const auto unknown = std::stable_partition(
            open.begin(), open.end(), [this](qint64 id) { return isRecognisable(m_entries.at(id).write); });
    for (auto it = open.begin(); it != unknown; ++it)
        decideOnce(*it);
    open.erase(open.begin(), unknown);
    std::erase_if(open, [this](qint64 id) { return !m_unanswered.contains(id); });
    while (!open.empty()) {
        const QByteArray value = m_entries.at(open.front()).write.sentValue;
        const auto others = std::stable_partition(open.begin(), open.end(), [&](qint64 id) {
            return isSameJson(m_entries.at(id).write.sentValue, value);
        });
        decideAlike({ open.begin(), others });
        open.erase(open.begin(), others);
        std::erase_if(open, [this](qint64 id) { return !m_unanswered.contains(id); });
    }
}

// Equal values cannot be told apart, so they count: as many as were sent, or none, or nobody knows.
void Outbox::decideAlike(const std::vector<qint64> &mates)
{
    const Write &first = m_entries.at(mates.front()).write;
    const bool mayAnswer = std::any_of(m_entries.begin(), m_entries.end(), [&](const auto &entry) {
        const Write &write = entry.second.write;
        return write.operation == WriteOperation::Push && write.state == WriteState::Sending
                && isSameJson(write.sentValue, first.sentValue);
    });
    if (mayAnswer)
        return; // its item may be among those that were added
    if (m_host->following() == WriteHost::Following::No) {
        for (const qint64 id : mates)
            finishUnknown(id);
        return;
    }
    if (m_host->following() == WriteHost::Following::Soon)
        return;
    qint64 after = first.sentAfter;
    Milliseconds worked = Milliseconds(0);
    for (const qint64 id : mates) {
        const Entry &mate = m_entries.at(id);
        after = std::min(after, mate.write.sentAfter);
        worked = std::max(worked, mate.sentAt + m_options.answerTimeout - now());
    }
    const auto found = m_trail.added(after, first.sentValue);
    const bool isComplete = m_trail.isCompleteSince(after);
    if (found.size() > mates.size() || (found.size() < mates.size() && !isComplete)) {
        for (const qint64 id : mates)
            finishUnknown(id);
        return;
    }
    if (found.size() < mates.size() && worked > Milliseconds(0)) {
        arm(worked); // the service may still be at it
        return;
    }
    std::size_t next = 0;
    for (const qint64 id : mates) {
        Entry *const mate = entry(id);
        if (!mate)
            continue;
        if (next < found.size()) {
            finish(id, outcomeOf(found[next++]));
        } else {
            mate->write.maybeApplied = false;
            waitAgain(*mate);
        }
    }
}

void Outbox::decideOnce(qint64 id)
{
    Entry *const found = entry(id);
    if (!found || !m_unanswered.contains(id) || found->isSearched
        || m_host->following() == WriteHost::Following::Soon)
        return;
    Entry &entry = *found;
    const Write &write = entry.write;
    const auto seen = m_trail.added(write.sentAfter,
                                    [&write](const QByteArray &json) { return isItemOf(write, json); });
    if (!seen.empty()) {
        finish(id, outcomeOf(seen.front()));
        return;
    }
    const Milliseconds worked = entry.sentAt + m_options.answerTimeout - now();
    if (worked > Milliseconds(0)) {
        arm(worked); // the service may still be at it
        return;
    }
    if (m_host->following() == WriteHost::Following::Yes && m_trail.isCompleteSince(write.sentAfter)) {
        searched(id, TargetState());
        return;
    }
    if (!m_host->canSend())
        return;
    entry.isSearched = true;
    entry.reading = std::stop_source();
    m_host->search(
            write,
            [this, alive = m_host->keepAlive(), id](const SyncResult<TargetState> &result) {
                searched(id, result);
            },
            entry.reading.get_token());
}

void Outbox::searched(qint64 id, const SyncResult<TargetState> &found)
{
    Entry *const searched = entry(id);
    if (!searched)
        return; // it has ended meanwhile
    searched->isSearched = false;
    if (errorOf(found)) {
        finishUnknown(id);
        return;
    }
    const auto &target = std::get<TargetState>(found);
    if (target.exists) {
        finish(id, WriteOutcome { .item = target.item, .json = target.json, .eventId = target.lastEventId });
        return;
    }
    searched->write.maybeApplied = false;
    waitAgain(*searched);
    pump();
}

void Outbox::finishUnknown(qint64 id)
{
    const Write &write = m_entries.at(id).write;
    const QString why = write.error.isNull() ? QString() : QStringLiteral(": ") + write.error.message();
    const SyncError error(
            QStringLiteral("%1: sent, and perhaps applied").arg(QString::fromLatin1(nameOf(write.operation)))
                    + why,
            write.error.status(), write.error.code());
    finish(id, error.withUnknownOutcome());
}

} // namespace Twilio
