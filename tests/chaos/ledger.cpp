#include "ledger.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

const QString idMember = u"id"_s;
const QString countMember = u"count"_s;

// What is under way when a connection of the listener begins or ends may or may not reach it.
constexpr qint64 marginMs = 500;

QString textOf(const Call &call)
{
    static constexpr std::array deeds { "push", "put", "remove", "count", "note", "publish" };
    static constexpr std::array ends { "open", "acknowledged", "unknown", "refused" };
    return u"%1 %2 of writer %3 to %4 %5, %6 (%7-%8 ms)%9"_s
            .arg(QLatin1StringView(deeds[std::size_t(call.deed)]), call.id)
            .arg(call.writer)
            .arg(nameOf(call.target), call.key, QLatin1StringView(ends[std::size_t(call.end)]))
            .arg(call.startedAt)
            .arg(call.endedAt)
            .arg(call.error.isEmpty() ? QString() : u": "_s + call.error);
}

QString idOf(const QJsonObject &value) { return value.value(idMember).toString(); }

} // namespace

QString nameOf(Target target)
{
    static const QStringList names { u"list"_s, u"map"_s, u"document"_s, u"stream"_s };
    return names.at(int(target));
}

void Figures::find(int &figure, const QString &what)
{
    constexpr int most = 40;
    ++figure;
    if (findings.size() < most)
        findings.append(what);
}

// How often each value began, and which calls were to take it away again.
struct Ledger::Applied
{
    QHash<QString, int> times;
    QHash<QString, const Call *> removals;
    //! Of each writer and key the last put whose value was seen.
    QHash<std::pair<int, QString>, const Call *> lastPut;
};

int Ledger::open() const
{
    return int(std::count_if(m_calls.cbegin(), m_calls.cend(),
                             [](const Call &call) { return call.end == End::Open; }));
}

void Ledger::judge(const ServiceState &state, const Heard &heard, Figures &figures) const
{
    Applied applied;
    for (auto it = heard.changes.cbegin(); it != heard.changes.cend(); ++it) {
        QHash<QString, QJsonObject> now;
        for (const Change &change : it.value()) {
            const bool isNews = !now.contains(change.key);
            QJsonObject &value = now[change.key];
            // A removal of what nobody had heard of: it was added and gone within one gap.
            const QJsonObject begun = isNews && change.value.isEmpty() ? change.before : change.value;
            if (!begun.isEmpty() && begun != value)
                ++applied.times[idOf(begun)];
            value = change.value;
        }
    }
    for (const Call &call : m_calls) {
        figures.acknowledged += call.end == End::Acknowledged ? 1 : 0;
        figures.unknown += call.end == End::Unknown ? 1 : 0;
        figures.refused += call.end == End::Refused ? 1 : 0;
        if (!call.error.isEmpty())
            ++figures.failures[(call.end == End::Unknown ? u"unknown: "_s : u"refused: "_s) + call.error];
        if (call.end == End::Open)
            figures.find(figures.open, u"not ended: "_s + textOf(call));
        if (call.deed == Deed::Remove)
            applied.removals.insert(call.id, &call);
        if (call.deed == Deed::Put && applied.times.contains(call.id))
            applied.lastPut.insert({ call.writer, call.key }, &call);
    }
    for (const Call &call : m_calls) {
        if (call.deed == Deed::Publish)
            judgeMessage(call, heard, figures);
        else
            judgeChange(call, applied, state, figures);
    }
    judgeCounts(state, figures);
    judgeNotes(state, figures);
}

void Ledger::judgeChange(const Call &call, const Applied &applied, const ServiceState &state,
                         Figures &figures) const
{
    const bool isKept = call.target != Target::Document; // whose replays are its latest state alone
    const auto &items = state.items(call.target);
    const auto there = std::count_if(items.cbegin(), items.cend(), [&](const ServiceState::Item &item) {
        return idOf(item.value) == call.id;
    });
    if (call.deed == Deed::Remove) {
        if (call.end == End::Acknowledged && there > 0)
            figures.find(figures.lost, u"still there: "_s + textOf(call));
        return;
    }
    const int times = applied.times.value(call.id);
    if (times > 1 || there > 1)
        figures.find(figures.twice, u"%1 times: "_s.arg(qMax<qsizetype>(times, there)) + textOf(call));
    if (times > 0 && call.end == End::Refused)
        figures.find(figures.appliedThough, u"applied: "_s + textOf(call));
    if (call.end != End::Acknowledged || !isKept)
        return;
    const bool isGone = applied.removals.contains(call.id);
    if (call.deed == Deed::Push && (times == 0 || (there == 0 && !isGone)))
        figures.find(figures.lost, u"not there: "_s + textOf(call));
    if (call.deed == Deed::Put && times == 0) {
        // Its place may have been taken by a later one before it was sent.
        const Call *const last = applied.lastPut.value({ call.writer, call.key });
        if (!last || last->startedAt < call.startedAt)
            figures.find(figures.lost, u"never there: "_s + textOf(call));
    }
}

void Ledger::judgeCounts(const ServiceState &state, Figures &figures) const
{
    struct Bounds
    {
        int least = 0;
        int most = 0;
    };
    QMap<std::pair<Target, QString>, Bounds> counters;
    for (const Call &call : m_calls) {
        if (call.deed != Deed::Count)
            continue;
        Bounds &bounds = counters[{ call.target, call.key }];
        bounds.least += call.end == End::Acknowledged ? 1 : 0;
        bounds.most += call.end == End::Refused ? 0 : 1;
    }
    for (auto it = counters.cbegin(); it != counters.cend(); ++it) {
        const auto &[target, key] = it.key();
        const QJsonObject value =
                target == Target::Document ? state.document.value : state.items(target).value(key).value;
        const int count = value.value(countMember).toInt();
        const QString text =
                u"counter %1 of %2: %3 acknowledged, %4 at most, %5 there"_s.arg(key, nameOf(target))
                        .arg(it->least)
                        .arg(it->most)
                        .arg(count);
        for (int i = count; i < it->least; ++i)
            figures.find(figures.lost, text);
        for (int i = it->most; i < count; ++i)
            figures.find(figures.twice, text);
    }
}

void Ledger::judgeNotes(const ServiceState &state, Figures &figures) const
{
    QHash<QString, int> acknowledged;
    for (const Call &call : m_calls) {
        if (call.deed == Deed::Note && call.end == End::Acknowledged)
            acknowledged[call.key] = qMax(acknowledged[call.key], call.id.section(u'-', 1).toInt());
    }
    for (auto it = acknowledged.cbegin(); it != acknowledged.cend(); ++it) {
        const int there = state.document.value.value(it.key()).toInt();
        if (there < it.value())
            figures.find(figures.lost,
                         u"document: %1 was set to %2, is %3"_s.arg(it.key()).arg(it.value()).arg(there));
    }
}

void Ledger::judgeMessage(const Call &call, const Heard &heard, Figures &figures) const
{
    const qsizetype times = heard.messages.value(call.id).size();
    if (times > 1)
        figures.find(figures.twice, u"%1 times: "_s.arg(times) + textOf(call));
    if (times > 0 && call.end == End::Refused)
        figures.find(figures.appliedThough, u"applied: "_s + textOf(call));
    const bool wasListening =
            std::any_of(heard.listening.cbegin(), heard.listening.cend(), [&](const auto &span) {
                return span.first + marginMs < call.startedAt && call.endedAt < span.second - marginMs;
            });
    if (times == 0 && call.end == End::Acknowledged && wasListening)
        figures.find(figures.lost, u"not told: "_s + textOf(call));
}
