#include "ledger.h"

#include "TwilioSync/core/syncexception.h"

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

//! Null if the call resolved.
SyncError errorOf(QFuture<void> call)
{
    try {
        call.waitForFinished();
        return {};
    } catch (const SyncException &exception) {
        return exception.error();
    }
}

template <typename Entry>
QByteArray keyOf(const Entry &entry)
{
    return entry.deed == Ledger::Deed::Count ? entry.object.path() : entry.value;
}

} // namespace

void Ledger::addElsewhere(Deed deed, const RemoteObject &object, const QByteArray &value)
{
    m_elsewhere.push_back({ deed, object, value });
}

qsizetype Ledger::open() const
{
    return std::count_if(m_calls.begin(), m_calls.end(),
                         [](const Call &call) { return !call.future.isFinished(); });
}

bool Ledger::mayHaveHappened(const Call &call) const
{
    const SyncError error = errorOf(call.future);
    return error.isNull() || error.isOutcomeUnknown() || m_killed.contains(call.client);
}

QHash<QByteArray, Ledger::Bounds> Ledger::boundsOf(Deed deed) const
{
    QHash<QByteArray, Bounds> bounds;
    for (const Call &call : m_calls) {
        if (call.deed != deed)
            continue;
        const SyncError error = errorOf(call.future);
        bounds[keyOf(call)].least += error.isNull() ? 1 : 0;
        bounds[keyOf(call)].most += mayHaveHappened(call) ? 1 : 0;
    }
    for (const Elsewhere &other : m_elsewhere) {
        if (other.deed == deed) {
            ++bounds[keyOf(other)].least;
            ++bounds[keyOf(other)].most;
        }
    }
    return bounds;
}

QString Ledger::ends(Deed deed, const QByteArray &key) const
{
    QStringList ends;
    for (const Call &call : m_calls) {
        if (call.deed != deed || keyOf(call) != key)
            continue;
        const SyncError error = errorOf(call.future);
        ends.append(error.isNull()
                            ? u"resolved"_s
                            : error.message() + (error.isOutcomeUnknown() ? u" (unknown)"_s : QString()));
    }
    return u"; our calls: "_s + ends.join(u", ");
}

QString Ledger::wrongCounter(const Truth &truth) const
{
    const auto bounds = boundsOf(Deed::Count);
    for (const Call &call : m_calls) {
        const auto [least, most] = bounds.value(call.object.path());
        const auto counter = truth.counter(call.object);
        if (counter && (*counter < least || *counter > most))
            return u"%1 was counted up %2 to %3 times, its counter is %4"_s.arg(call.object.name())
                           .arg(least)
                           .arg(most)
                           .arg(*counter)
                    + ends(Deed::Count, call.object.path());
    }
    return {};
}

QString Ledger::wrongChange(std::span<const Change> changes) const
{
    QHash<QByteArray, int> additions;
    QHash<QByteArray, int> beginnings; // a change of the dates alone is none
    QHash<QByteArray, qsizetype> placeOf;
    QHash<std::pair<QByteArray, QString>, QByteArray> now;
    for (const Change &change : changes) {
        QByteArray &value = now[{ change.objectSid, change.key }];
        if (!change.value.isEmpty() && value != change.value)
            ++beginnings[change.value];
        if (change.isAddition) {
            ++additions[change.value];
            placeOf.insert(change.value, placeOf.size());
        }
        value = change.value;
    }
    const auto pushes = boundsOf(Deed::Push);
    for (auto it = pushes.cbegin(); it != pushes.cend(); ++it) {
        const int done = additions.value(it.key());
        if (done < it->least || done > it->most)
            return u"%1 was pushed %2 to %3 times, and added %4 times"_s.arg(QString::fromUtf8(it.key()))
                           .arg(it->least)
                           .arg(it->most)
                           .arg(done)
                    + ends(Deed::Push, it.key());
    }
    const auto writes = boundsOf(Deed::Write);
    for (auto it = writes.cbegin(); it != writes.cend(); ++it) {
        const int most = it->most + pushes.value(it.key()).most;
        if (beginnings.value(it.key()) > most)
            return u"%1 was written at most %2 times, and became the value of an item %3 times"_s
                           .arg(QString::fromUtf8(it.key()))
                           .arg(most)
                           .arg(beginnings.value(it.key()))
                    + ends(Deed::Write, it.key());
    }
    return wrongOrder(placeOf);
}

// Values that were pushed more than once say nothing.
QString Ledger::wrongOrder(const QHash<QByteArray, qsizetype> &placeOf) const
{
    QHash<QByteArray, int> times;
    for (const Call &call : m_calls)
        ++times[call.value];
    for (const Elsewhere &other : m_elsewhere)
        ++times[other.value];
    QHash<std::pair<int, QByteArray>, std::pair<qsizetype, QByteArray>> last; // by client and object
    for (const Call &call : m_calls) {
        if (call.deed != Deed::Push || !call.isOrdered || times.value(call.value) > 1
            || !placeOf.contains(call.value))
            continue;
        auto &[place, value] = last[{ call.client, call.object.path() }];
        const qsizetype ours = placeOf.value(call.value);
        if (!value.isEmpty() && ours < place)
            return u"%1 was pushed before %2, in order, and added after it"_s.arg(
                    QString::fromUtf8(value), QString::fromUtf8(call.value));
        place = ours;
        value = call.value;
    }
    return {};
}
