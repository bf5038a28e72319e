// What is sent, and what comes of it.
#include "TwilioSync/writes/outbox.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/replyverdict.h"
#include "TwilioSync/protocol/restresources.h"
#include "TwilioSync/writes/mutation.h"

#include <QtCore/qdatetime.h>

#include <algorithm>
#include <utility>

namespace Twilio {

void Outbox::readTarget(qint64 id, void (Outbox::*then)(qint64, const TargetState &))
{
    Entry &entry = m_entries.at(id);
    setState(entry, WriteState::Reading);
    entry.reading = std::stop_source();
    m_host->read(
            entry.write,
            [this, alive = m_host->keepAlive(), id, then](const SyncResult<TargetState> &read) {
                Entry *const found = this->entry(id);
                if (!found)
                    return; // it has ended meanwhile
                if (const auto *error = errorOf(read)) {
                    if (found->write.maybeApplied)
                        finishUnknown(id);
                    else
                        finish(id, m_host->explained(found->write, *error));
                } else {
                    (this->*then)(id, std::get<TargetState>(read));
                }
            },
            entry.reading.get_token());
}

// The value to be sent, made from the one there is.
void Outbox::build(qint64 id, const TargetState &target)
{
    Entry &entry = m_entries.at(id);
    Write &write = entry.write;
    entry.target = target;
    if (write.operation == WriteOperation::Remove) {
        if (!target.exists && write.supersedes)
            finish(id, WriteOutcome()); // what would have made it was never sent
        else if (!target.exists)
            finish(id, m_host->missing(write));
        else {
            write.base.clear(); // of a repeat that was not to hit another item
            send(entry);
        }
        return;
    }
    const SyncError missing = target.exists ? SyncError() : m_host->missing(write);
    if (!missing.isNull()) {
        finish(id, missing);
        return;
    }
    if (write.operation == WriteOperation::Mutate) {
        buildMutation(id, target);
        return;
    }
    const auto merged = mergedJson(target.exists ? target.json : QByteArray("{}"), write);
    if (const auto *error = errorOf(merged)) {
        finish(id, *error);
        return;
    }
    write.before = target.json;
    write.sentValue = std::get<QByteArray>(merged);
    write.base = target.exists ? target.revision : QByteArray("-1");
    send(entry);
}

void Outbox::buildMutation(qint64 id, const TargetState &target)
{
    Entry &mutation = m_entries.at(id);
    const Mutator mutator = mutation.mutator; // it may end its own write
    if (isMadeOf(mutation.write, target) && (!mutator || mutation.write.attempts == 0)) {
        mutation.write.base = target.exists ? target.revision : QByteArray("-1");
        send(mutation);
        return;
    }
    if (!mutator) {
        disagree(mutation, target);
        return;
    }
    const auto made =
            runMutator(mutator, target.exists ? SyncValue::fromCheckedJson(target.json) : SyncValue());
    Entry *const entry = this->entry(id);
    if (!entry)
        return;
    if (const auto *error = errorOf(made)) {
        finish(id, *error);
        return;
    }
    const auto &next = std::get<std::optional<SyncValue>>(made);
    if (!next) {
        finish(id, WriteOutcome { .item = target.item, .json = target.json });
        return;
    }
    Write &write = entry->write;
    write.before = target.json;
    write.value = write.sentValue = next->toJson();
    write.base = target.exists ? target.revision : QByteArray("-1");
    send(*entry);
}

void Outbox::send(Entry &entry)
{
    Write &write = entry.write;
    const qint64 id = write.id;
    if (!buildsOnValue(write))
        write.sentValue = write.value;
    track(entry);
    entry.sentAt = now();
    write.sent = QDateTime::currentMSecsSinceEpoch();
    m_pace.spend(entry.sentAt, write.sentValue.size());
    setState(entry, WriteState::Sending);
    // After a crash it could not be told from one that was never sent.
    const bool keeps = m_host->keepsWrites() && m_host->keep(write, [this, alive = m_host->keepAlive(), id] {
        Entry *const found = this->entry(id);
        if (found && std::exchange(found->write.isUnsaved, false))
            m_host->writeChanged(found->write);
        transmit(id);
    });
    if (!keeps)
        transmit(id);
}

void Outbox::transmit(qint64 id)
{
    Entry *const found = entry(id);
    if (!found || found->write.state != WriteState::Sending)
        return; // it has ended while it was marked
    if (!m_host->canSend()) {
        answered(id, SyncError(QStringLiteral("the connection went before it was sent")));
        return;
    }
    m_host->transmit(found->write,
                     [this, alive = m_host->keepAlive(), id](const SyncResult<RestReply> &answer) {
                         answered(id, answer);
                     });
}

void Outbox::answered(qint64 id, const SyncResult<RestReply> &answer)
{
    Entry *const found = entry(id);
    if (!found)
        return; // the object or the client has gone
    Entry &entry = *found;
    const auto *failure = errorOf(answer);
    const auto errorOfAnswer = [&] {
        return failure ? *failure : Protocol::errorOfReply(std::get<RestReply>(answer));
    };
    switch (verdictOf(answer)) {
    case ReplyVerdict::Success: {
        const TargetState before = entry.target.value_or(TargetState());
        finish(id, m_host->confirm(entry.write, before, std::get<RestReply>(answer)));
        return;
    }
    case ReplyVerdict::Refused:
        refused(entry, errorOfAnswer());
        return;
    case ReplyVerdict::NotSent:
        if (entry.isCancelled && entry.write.maybeApplied)
            finishUnknown(id);
        else if (entry.isCancelled)
            finish(id, errorOfAnswer());
        else
            waitAgain(entry); // for the connection to be there again
        return;
    case ReplyVerdict::Throttled:
        m_pace.throttled(now());
        tryLater(entry, errorOfAnswer(), retryAfterOf(answer));
        return;
    case ReplyVerdict::MaybeApplied:
        entry.write.maybeApplied = true;
        if (isBlind(entry.write) && entry.target && entry.target->exists)
            entry.write.base =
                    entry.target->revision; // it is repeated on what was there when it was sent first
        entry.write.error = errorOfAnswer();
        if (failure)
            answerLost(entry, *failure);
        else
            tryLater(entry, errorOfAnswer(), retryAfterOf(answer));
        return;
    }
}

void Outbox::refused(Entry &entry, const SyncError &error)
{
    const Write write = entry.write;
    const bool isRemoval =
            write.operation == WriteOperation::Remove || write.operation == WriteOperation::RemoveObject;
    if (error.status() == 412) {
        raced(entry, error);
    } else if (error.status() == 404 && isRemoval && (write.maybeApplied || write.supersedes)) {
        m_host->confirmRemoval(write, entry.target.value_or(TargetState()));
        finish(write.id, WriteOutcome());
    } else if (error.status() == 404 && write.maybeApplied) {
        m_host->refused(write, error); // ends it too if it is the object that is gone
        if (this->entry(write.id))
            decide(write.id, TargetState());
    } else {
        finish(write.id, m_host->explained(write, error));
        m_host->refused(write, error);
    }
}

void Outbox::tryLater(Entry &entry, const SyncError &error, std::optional<Milliseconds> retryAfter)
{
    const Milliseconds time = now();
    if (!entry.refusedSince)
        entry.refusedSince = time;
    if (!entry.patience)
        entry.patience = std::make_unique<Patience>(
                Patience::Rule { .first = m_options.initialDelay, .cap = m_options.delayCap });
    const Milliseconds named = std::min(retryAfter.value_or(Milliseconds(0)), m_options.delayCap);
    const Milliseconds delay = retryAfter ? entry.patience->next(named, named) : entry.patience->next();
    entry.write.error = error;
    if (entry.isCancelled || time + delay - *entry.refusedSince > m_options.budget) {
        if (entry.write.maybeApplied && isUnrepeatable(entry.write.operation))
            finishUnknown(entry.write.id);
        else
            finish(entry.write.id, error);
        return;
    }
    m_pausedUntil = std::max(m_pausedUntil.value_or(time), time + delay);
    qCInfo(lcRequest) << entry.write << "is tried again in" << delay.count() << "ms";
    if (entry.write.maybeApplied && isUnrepeatable(entry.write.operation)) {
        answerLost(entry, error);
        return;
    }
    waitAgain(entry);
    pump();
}

// Somebody else was faster, or, for a repeat, perhaps we were ourselves.
void Outbox::raced(Entry &entry, const SyncError &error)
{
    const qint64 id = entry.write.id;
    if (entry.write.maybeApplied) {
        readTarget(id, &Outbox::decide);
        return;
    }
    if (++entry.races >= maxMutationAttempts || entry.callers.empty()) {
        finish(id, error);
        return;
    }
    entry.write.error = error;
    const Milliseconds delay = mutationDelay(entry.races);
    if (delay == Milliseconds(0)) {
        readTarget(id, &Outbox::build);
        return;
    }
    setState(entry, WriteState::Reading);
    QTimer::singleShot(delay, &m_timer, [this, id] {
        const auto alive = m_host->keepAlive();
        if (this->entry(id))
            readTarget(id, &Outbox::build);
    });
}

} // namespace Twilio
