// What a SyncList and a SyncMap cost from a thousand items to a million, through the public model: events go
// in where the connection would hand them over, rows come out as views read them.
#include "bench/support/feed.h"
#include "bench/support/figures.h"
#include "bench/support/instructions.h"
#include "bench/support/items.h"
#include "bench/support/measure.h"
#include "bench/support/memory.h"
#include "shared/clientfixture.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsondocument.h>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

constexpr qint64 mostOperations = 20'000;

template <typename Model>
class StoreBench
{
public:
    StoreBench(Bench::Figures &figures, SyncClient &client, qint64 size, const QString &countsFile)
        : m_figures(figures)
        , m_client(client)
        , m_size(size)
        , m_countsFile(countsFile)
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
        const auto append = [&](qint64 i) { model.add(m_keys.filling[at(i)], values[at(i % 1000)]); };
        // Counting is slow: only the last ones are counted, when the collection is as large as it is to be.
        const qint64 uncounted = Bench::isCounting() ? m_size - m_changes : 0;
        for (qint64 i = 0; i < uncounted; ++i)
            inTurns(i, uncounted, append);
        measure("append", m_size - uncounted, [&](qint64 i) { append(uncounted + i); });
        m_figures.add(m_group, u"memory beyond the JSON"_s, u"B"_s, m_size,
                      double(Bench::heapBytes() - before - jsonBytes) / double(m_size));

        readRows(model);
        const auto rows = Bench::randomNumbers(m_changes, m_size);
        measure("random update", m_changes,
                [&](qint64 i) { model.change(m_keys.filling[at(rows[at(i)])], values[at((i + 7) % 1000)]); });
        measure("random insert", m_changes,
                [&](qint64 i) { model.add(m_keys.others[at(i)], values[at(i % 1000)]); });
        const bool isWhole = model.count() == m_size + m_changes;
        const auto gone = Bench::randomChoice(m_changes, m_size);
        measure("removal", m_changes,
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
        measure("rowOf", mostOperations, [&](qint64 i) { Bench::keep(model.rowOf(wanted[at(i)])); });
        const QModelIndex first = model.index(0);
        const auto read = [&](qint64 i, int role) {
            Bench::keep(model.data(first.sibling(int(rows[at(i)]), 0), role));
        };
        const int fields = int(Bench::itemFields().size());
        measure("data() of a value", mostOperations, [&](qint64 i) { read(i, ItemRole::ValueRole); });
        measure("data() of one field", mostOperations,
                [&](qint64 i) { read(i, ItemRole::FirstFieldRole + int(i % fields)); });
    }

    // What is put off to the end of a turn is part of the cost.
    template <typename Operation>
    static void inTurns(qint64 i, qint64 count, Operation &operation)
    {
        constexpr qint64 operationsATurn = 256;
        operation(i);
        if ((i + 1) % operationsATurn == 0 || i + 1 == count)
            QCoreApplication::sendPostedEvents();
    }

    template <typename Operation>
    void measure(const char *name, qint64 count, Operation &&operation)
    {
        const auto operate = [&](qint64 i) { inTurns(i, count, operation); };
        if (Bench::isCounting())
            m_figures.add(m_group, QString::fromLatin1(name), u"instructions"_s, m_size,
                          Bench::meanInstructions(count, operate, m_countsFile));
        else
            m_figures.add(m_group, QString::fromLatin1(name), u"ns"_s, m_size,
                          Bench::meanNanoseconds(count, operate, std::chrono::minutes(1)));
    }

    Bench::Figures &m_figures;
    SyncClient &m_client;
    const qint64 m_size;
    const QString m_countsFile;
    const QString m_group;
    const qint64 m_changes;
    const Bench::KeySet m_keys;
};

// Small ones vary too much to be measured once; counts do not vary.
qint64 roundsOf(qint64 size)
{
    return Bench::isCounting() ? 1 : qBound(qint64(1), 100'000 / size, qint64(20));
}

template <typename Model>
bool measure(Bench::Figures &figures, SyncClient &client, qint64 size, const QString &countsFile)
{
    for (qint64 i = 0; i < roundsOf(size); ++i) {
        if (!StoreBench<Model>(figures, client, size, countsFile).run())
            return false;
    }
    return true;
}

// What memory alone costs: the records that a list would hold, in a plain array, read at random. Each read
// waits for the one before, as the steps of an operation do.
void measureArray(Bench::Figures &figures, qint64 size)
{
    for (qint64 i = 0; i < roundsOf(size); ++i) {
        std::vector<ItemPtr> records;
        for (qint64 n = 0; n < size; ++n) {
            const QByteArray json = Bench::itemJson(n % 1000);
            const QByteArray revision = QByteArray::number(n, 16);
            ItemFields fields;
            fields.index = n;
            fields.json = json;
            fields.revision = revision;
            records.push_back(ItemPtr::make(fields));
        }
        const auto rows = Bench::randomNumbers(mostOperations, size, 5);
        qint64 wait = 0;
        const double mean = Bench::meanNanoseconds(mostOperations, [&](qint64 n) {
            const qint64 row = rows[std::size_t(n)] ^ wait;
            wait = records[std::size_t(row)]->json().front() ^ '{'; // always 0
        });
        Bench::keep(wait);
        figures.add(u"plain array"_s, u"random read"_s, u"ns"_s, size, mean);
    }
}

// One kind at one size; the figures go to the standard output.
int measureHere(const QString &kind, qint64 size, const QString &countsFile)
{
    Bench::Figures figures;
    bool ok = true;
    if (kind == "array"_L1) {
        measureArray(figures, size);
    } else {
        ServerFixture server;
        if (!server.start())
            return 1;
        const auto client = makeClient(server);
        ok = kind == "list"_L1 ? measure<SyncList>(figures, *client, size, countsFile)
                               : measure<SyncMap>(figures, *client, size, countsFile);
    }
    std::printf("%s\n", QJsonDocument(figures.toJson()).toJson(QJsonDocument::Compact).constData());
    return ok ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"most"_s, u"Items of the largest collection."_s, u"N"_s, u"1000000"_s },
                        { u"output"_s, u"Writes PATH.json and PATH.svg."_s, u"PATH"_s },
                        { u"kind"_s, u"Measures only list, map or array, in this process."_s, u"KIND"_s },
                        { u"size"_s, u"Items of that one."_s, u"N"_s, u"1000"_s },
                        { u"counts"_s, u"Under callgrind: its --callgrind-out-file."_s, u"PATH"_s } });
    parser.process(app);
    if (parser.isSet(u"kind"_s))
        return measureHere(parser.value(u"kind"_s), parser.value(u"size"_s).toLongLong(),
                           parser.value(u"counts"_s));

    Bench::Figures figures;
    for (const QString &kind : { u"list"_s, u"map"_s, u"array"_s }) {
        for (qint64 size = 1000; size <= parser.value(u"most"_s).toLongLong(); size *= 10) {
            // In a process of its own: the heap that one measurement leaves behind would slow down the next.
            if (!figures.addFrom(QCoreApplication::applicationFilePath(),
                                 { u"--kind"_s, kind, u"--size"_s, QString::number(size) })) {
                std::printf("%s of %lld: the model does not hold what it was given\n", qPrintable(kind),
                            static_cast<long long>(size));
                return 1;
            }
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
