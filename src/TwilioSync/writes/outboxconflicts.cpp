// What functions have made, and of what.
#include "TwilioSync/core/logging.h"
#include "TwilioSync/writes/mutation.h"
#include "TwilioSync/writes/outbox.h"

#include <algorithm>
#include <iterator>

namespace Twilio {
namespace {

// What comes of it does not depend on what was there.
bool isAbsolute(const Write &write)
{
    return write.operation == WriteOperation::Set || write.operation == WriteOperation::Remove
            || (write.operation == WriteOperation::Mutate && !write.value.isEmpty());
}

} // namespace

void Outbox::makeAhead()
{
    for (int some = 0; some < mutatorsPerTurn && !m_unmade.empty(); ++some) {
        const qint64 id = m_unmade.extract(m_unmade.begin()).value();
        if (!makeAhead(id))
            qCDebug(lcRequest) << "write" << id << "is made when it is sent";
    }
    if (!m_unmade.empty())
        arm(Milliseconds(0));
}

// Later ones to the same target are made of what comes of it.
void Outbox::targetChanged(const ItemKey &item)
{
    const auto lane = m_lanes.constFind(item);
    if (lane == m_lanes.cend() || !m_host->makesAhead())
        return;
    for (const qint64 id : *lane) {
        const Entry &entry = m_entries.at(id);
        if (entry.mutator && entry.write.state == WriteState::Waiting && entry.write.attempts == 0)
            m_unmade.insert(id);
    }
    if (!m_unmade.empty())
        arm(Milliseconds(0));
}

bool Outbox::makeAhead(qint64 id)
{
    Entry *made = entry(id);
    if (!made || made->write.state != WriteState::Waiting || made->write.attempts > 0)
        return false;
    const auto target = expectedTarget(made->write);
    if (!target || (!target->exists && !mayAdd(made->write)))
        return false;
    if (isMadeOf(made->write, *target))
        return true;
    const Mutator mutator = made->mutator; // it may end its own write
    const auto result =
            runMutator(mutator, target->exists ? SyncValue::fromCheckedJson(target->json) : SyncValue());
    const auto *const next = std::get_if<std::optional<SyncValue>>(&result);
    made = entry(id);
    if (!made || !next || !*next || made->write.state != WriteState::Waiting)
        return false; // if it does not want to, it may say so again when its turn comes
    Write &write = made->write;
    write.before = target->json;
    write.value = write.sentValue = (*next)->toJson();
    keepWaiting(*made);
    m_host->writeChanged(write);
    return true;
}

std::optional<TargetState> Outbox::expectedTarget(const Write &write) const
{
    const auto lane = m_lanes.constFind(laneOf(write));
    if (lane == m_lanes.cend())
        return std::nullopt;
    const auto end = std::lower_bound(lane->begin(), lane->end(), write.id);
    const auto absolute = std::find_if(std::make_reverse_iterator(end), lane->rend(),
                                       [this](qint64 id) { return isAbsolute(m_entries.at(id).write); });
    TargetState state;
    auto next = lane->begin();
    if (absolute != lane->rend()) {
        next = std::prev(absolute.base());
    } else if (const Write *const push = waitsForPush(write) ? findPush(pushOf(*write.item)) : nullptr) {
        state.exists = true;
        state.json = push->value;
    } else if (const auto expected = m_host->expected(write)) {
        state.exists = expected->exists;
        state.json = expected->json;
    } else {
        return std::nullopt;
    }
    for (; next != end; ++next) {
        const Write &earlier = m_entries.at(*next).write;
        if (earlier.operation == WriteOperation::Mutate && earlier.value.isEmpty())
            return std::nullopt;
        const auto json = Twilio::effectOn(earlier, state.json);
        state.exists = json.has_value();
        state.json = json.value_or(QByteArray());
    }
    return state;
}

bool Outbox::isMadeOf(const Write &write, const TargetState &target)
{
    if (write.sentValue.isEmpty())
        return false;
    return target.exists ? !write.before.isEmpty() && isSameJson(write.before, target.json)
                         : write.before.isEmpty();
}

void Outbox::disagree(Entry &entry, const TargetState &theirs)
{
    const SyncError error(QStringLiteral("mutate: the value is another by now, and the function is gone"),
                          412);
    const qint64 id = entry.write.id;
    entry.write.error = error;
    if (!m_host->asksAbout(entry.write, theirs)) {
        finish(id, error);
        return;
    }
    entry.target = theirs;
    setActive(entry, false); // only writes to the same target wait for it
    setState(entry, WriteState::Conflict);
    pump();
}

bool Outbox::hasConflict(qint64 id) const
{
    const auto found = m_entries.find(id);
    return found != m_entries.end() && found->second.write.state == WriteState::Conflict;
}

bool Outbox::resolve(qint64 id, const std::optional<QByteArray> &value)
{
    if (!hasConflict(id))
        return false;
    const auto alive = m_host->keepAlive();
    Entry *const found = entry(id);
    Write &write = found->write;
    if (value) {
        write.value = write.sentValue = *value;
        write.before = found->target ? found->target->json : QByteArray();
    } else {
        write.operation = WriteOperation::Set;
        write.base.clear();
    }
    write.error = {};
    keepWaiting(*found);
    waitAgain(*found);
    pump();
    return true;
}

} // namespace Twilio
