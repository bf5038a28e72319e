// What a SyncList and a SyncMap cost from a thousand items to a million, through the public model: events go
// in where the connection would hand them over, rows come out as views read them.
#include "bench/support/feed.h"
#include "bench/support/figures.h"
#include "bench/support/items.h"
#include "bench/support/measure.h"
#include "bench/support/memory.h"
#include "shared/clientfixture.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qprocess.h>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

constexpr qint64 mostOperations = 20'000;

template <typename Model>
class StoreBench
{
public:
    StoreBench(Bench::Figures &figures, SyncClient &client, qint64 size)
        : m_figures(figures)
        , m_client(client)
        , m_size(size)
        , m_group(isList ? u"list"_s : u"map"_s)
        , m_changes(qBound(qint64(100), size / 10, mostOperations))
        , m_keys(Bench::makeKeys(isList, size, m_changes))
    { }

    //! False if the list or map does not open, or does not hold what it was given.
    bool run()
    {
        std::vector<QByteArray> values;
        qint64 jsonBytes = 0;
        for (qint64 i = 0; i < 1000; ++i)
            values.push_back(Bench::itemJson(i));
        for (qint64 i = 0; i < m_size; ++i)
            jsonBytes += values[at(i % 1000)].size();

        Bench::Fed<Model> model;
        model.setValueRoles(Bench::itemFields());
        if (!model.open(m_client))
            return false;
        const qint64 before = Bench::heapBytes();
        time("append", m_size, [&](qint64 i) { model.add(m_keys.filling[at(i)], values[at(i % 1000)]); });
        m_figures.add(m_group, u"memory beyond the JSON"_s, u"B"_s, m_size,
                      double(Bench::heapBytes() - before - jsonBytes) / double(m_size));

        readRows(model);
        const auto rows = Bench::randomNumbers(m_changes, m_size);
        time("random update", m_changes,
             [&](qint64 i) { model.change(m_keys.filling[at(rows[at(i)])], values[at((i + 7) % 1000)]); });
        time("random insert", m_changes,
             [&](qint64 i) { model.add(m_keys.others[at(i)], values[at(i % 1000)]); });
        const bool isWhole = model.count() == m_size + m_changes;
        const auto gone = Bench::randomChoice(m_changes, m_size);
        time("removal", m_changes,
             [&](qint64 i) { model.remove(m_keys.filling[at(gone[at(i)])], values[at(i % 1000)]); });
        return isWhole && model.count() == m_size;
    }

private:
    static constexpr bool isList = std::is_same_v<Model, SyncList>;
    static std::size_t at(qint64 i) { return std::size_t(i); }

    // Fresh, as an event brings them.
    [[nodiscard]] std::vector<ItemKey> keysOf(const std::vector<qint64> &rows) const
    {
        std::vector<ItemKey> keys;
        for (const qint64 row : rows)
            keys.push_back(Bench::deepCopy(m_keys.filling[at(row)]));
        return keys;
    }

    void readRows(Bench::Fed<Model> &model)
    {
        const auto rows = Bench::randomNumbers(mostOperations, m_size, 5);
        std::vector<decltype(Bench::publicKey<Model>({}))> wanted;
        for (const qint64 row : rows)
            wanted.push_back(Bench::publicKey<Model>(m_keys.filling[at(row)]));
        time("rowOf", mostOperations, [&](qint64 i) { Bench::keep(model.rowOf(wanted[at(i)])); });
        const QModelIndex first = model.index(0);
        const auto read = [&](qint64 i, int role) {
            Bench::keep(model.data(first.sibling(int(rows[at(i)]), 0), role));
        };
        const int fields = int(Bench::itemFields().size());
        time("data() of a value", mostOperations, [&](qint64 i) { read(i, SyncCollection::ValueRole); });
        time("data() of one field", mostOperations,
             [&](qint64 i) { read(i, SyncCollection::FirstFieldRole + int(i % fields)); });
    }

    // What is put off to the end of a turn is part of the cost.
    template <typename Operation>
    void time(const char *name, qint64 count, Operation &&operation)
    {
        constexpr qint64 operationsATurn = 256;
        const double mean = Bench::meanNanoseconds(
                count,
                [&](qint64 i) {
                    operation(i);
                    if ((i + 1) % operationsATurn == 0 || i + 1 == count)
                        QCoreApplication::sendPostedEvents();
                },
                std::chrono::minutes(1));
        m_figures.add(m_group, QString::fromLatin1(name), u"ns"_s, m_size, mean);
    }

    Bench::Figures &m_figures;
    SyncClient &m_client;
    const qint64 m_size;
    const QString m_group;
    const qint64 m_changes;
    const Bench::KeySet m_keys;
};

template <typename Model>
bool measure(Bench::Figures &figures, SyncClient &client, qint64 size)
{
    // Small ones vary too much to be measured once.
    for (qint64 i = 0; i < qBound(qint64(1), 100'000 / size, qint64(20)); ++i) {
        if (!StoreBench<Model>(figures, client, size).run())
            return false;
    }
    return true;
}

// One kind at one size; the figures go to the standard output.
int measureHere(const QString &kind, qint64 size)
{
    ServerFixture server;
    if (!server.start())
        return 1;
    const auto client = makeClient(server);
    Bench::Figures figures;
    const bool ok = kind == "list"_L1 ? measure<SyncList>(figures, *client, size)
                                      : measure<SyncMap>(figures, *client, size);
    std::printf("%s\n", QJsonDocument(figures.toJson()).toJson(QJsonDocument::Compact).constData());
    return ok ? 0 : 1;
}

// In a process of its own: the heap that one measurement leaves behind would slow down the next.
bool measureApart(Bench::Figures &figures, const QString &kind, qint64 size)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(QCoreApplication::applicationFilePath(),
                  { u"--kind"_s, kind, u"--size"_s, QString::number(size) });
    if (!process.waitForFinished(600'000) || process.exitCode() != 0) {
        std::printf("%s of %lld: the model does not hold what it was given\n", qPrintable(kind),
                    static_cast<long long>(size));
        return false;
    }
    figures.add(QJsonDocument::fromJson(process.readAllStandardOutput()).object());
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"most"_s, u"Items of the largest collection."_s, u"N"_s, u"1000000"_s },
                        { u"output"_s, u"Writes PATH.json and PATH.svg."_s, u"PATH"_s },
                        { u"kind"_s, u"Measures only a list or a map, in this process."_s, u"KIND"_s },
                        { u"size"_s, u"Items of that list or map."_s, u"N"_s, u"1000"_s } });
    parser.process(app);
    if (parser.isSet(u"kind"_s))
        return measureHere(parser.value(u"kind"_s), parser.value(u"size"_s).toLongLong());

    Bench::Figures figures;
    for (const QString &kind : { u"list"_s, u"map"_s }) {
        for (qint64 size = 1000; size <= parser.value(u"most"_s).toLongLong(); size *= 10) {
            if (!measureApart(figures, kind, size))
                return 1;
        }
    }
    for (const QString &group : { u"list"_s, u"map"_s }) {
        figures.setTarget(group, u"random insert"_s, 5000);
        figures.setTarget(group, u"rowOf"_s, 1000);
        figures.setTarget(group, u"data() of one field"_s, 1000);
        figures.setTarget(group, u"memory beyond the JSON"_s, 120);
    }
    figures.print();
    std::printf("\nat a million items\n");
    figures.printTargets();
    if (parser.isSet(u"output"_s))
        figures.save(parser.value(u"output"_s), u"SyncList and SyncMap, mean cost of one operation"_s);
    return 0;
}
