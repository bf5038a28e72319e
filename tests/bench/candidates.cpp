// Which ordered container should hold the items of a list or map? The same operations on ItemStore, on sorted
// chunks with counts, on a Boost ranked index and on a sorted vector, from a thousand items to a million.
#include "bench/support/chunkedstore.h"
#include "bench/support/figures.h"
#include "bench/support/items.h"
#include "bench/support/measure.h"
#include "bench/support/memory.h"
#include "bench/support/orderedstores.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

constexpr qint64 mostOperations = 20'000;
// A sorted vector moves megabytes for one insertion; it is given up on after this.
constexpr auto budget = std::chrono::milliseconds(400);

std::vector<ItemPtr> makeItems(const std::vector<ItemKey> &keys)
{
    const QByteArray json = Bench::itemJson(0);
    std::vector<ItemPtr> items;
    items.reserve(keys.size());
    for (const ItemKey &key : keys) {
        ItemFields fields;
        fields.index = key.index;
        fields.key = key.key;
        fields.json = json;
        items.push_back(ItemPtr::make(fields));
    }
    return items;
}

template <typename Store>
class Candidate
{
public:
    Candidate(Bench::Figures &figures, const QString &name, bool isList, qint64 size)
        : m_figures(figures)
        , m_group(isList ? u"list, "_s : u"map, "_s)
        , m_name(name)
        , m_size(size)
    { }

    void run(const Bench::KeySet &keys, const std::vector<ItemPtr> &filling,
             const std::vector<ItemPtr> &others)
    {
        const qint64 before = Bench::heapBytes();
        Store store;
        const auto count = [](const auto &all) { return qint64(all.size()); };
        report(u"append"_s, Bench::meanNanoseconds(m_size, [&](qint64 i) { store.put(filling[at(i)]); }));
        m_figures.add(m_group + u"bytes per item"_s, m_name, u"B"_s, m_size,
                      double(Bench::heapBytes() - before) / double(store.size()));

        const auto rows = Bench::randomNumbers(mostOperations, m_size);
        std::vector<ItemKey> wanted;
        for (const qint64 row : rows)
            wanted.push_back(Bench::deepCopy(keys.filling[at(row)]));
        const auto fresh = makeItems(wanted);
        report(u"row of a key"_s, Bench::meanNanoseconds(mostOperations, [&](qint64 i) {
                   Bench::keep(store.rank(wanted[at(i)]));
               }));
        report(u"item at a row"_s, Bench::meanNanoseconds(mostOperations, [&](qint64 i) {
                   Bench::keep(store.at(rows[at(i)])->json().back());
               }));
        report(u"random update"_s,
               Bench::meanNanoseconds(mostOperations, [&](qint64 i) { store.put(fresh[at(i)]); }));
        report(u"random insert"_s,
               Bench::meanNanoseconds(
                       count(others), [&](qint64 i) { store.put(others[at(i)]); }, budget));
        wanted.clear();
        for (const qint64 row : Bench::randomChoice(count(others), m_size))
            wanted.push_back(Bench::deepCopy(keys.filling[at(row)]));
        report(u"removal"_s,
               Bench::meanNanoseconds(
                       count(wanted), [&](qint64 i) { store.take(wanted[at(i)]); }, budget));
    }

private:
    static std::size_t at(qint64 i) { return std::size_t(i); }
    void report(const QString &operation, double nanoseconds)
    {
        m_figures.add(m_group + operation, m_name, u"ns"_s, m_size, nanoseconds);
    }

    Bench::Figures &m_figures;
    const QString m_group;
    const QString m_name;
    const qint64 m_size;
};

void compare(Bench::Figures &figures, bool isList, qint64 size)
{
    const auto keys = Bench::makeKeys(isList, size, qBound(qint64(100), size / 10, mostOperations));
    const auto filling = makeItems(keys.filling);
    const auto others = makeItems(keys.others);
    // Small ones vary too much to be measured once.
    for (qint64 i = 0; i < qBound(qint64(1), 100'000 / size, qint64(20)); ++i) {
        Candidate<ItemStore>(figures, u"ItemStore (counted B+ tree)"_s, isList, size)
                .run(keys, filling, others);
        Candidate<Bench::ChunkedStore>(figures, u"sorted chunks"_s, isList, size).run(keys, filling, others);
        Candidate<Bench::RankedIndex>(figures, u"Boost ranked"_s, isList, size).run(keys, filling, others);
        Candidate<Bench::SortedVector>(figures, u"sorted vector"_s, isList, size).run(keys, filling, others);
    }
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"most"_s, u"Items of the largest store."_s, u"N"_s, u"1000000"_s },
                        { u"output"_s, u"Writes PATH.json and PATH.svg."_s, u"PATH"_s } });
    parser.process(app);

    Bench::Figures figures;
    for (qint64 size = 1000; size <= parser.value(u"most"_s).toLongLong(); size *= 10) {
        compare(figures, true, size);
        compare(figures, false, size);
    }
    std::printf("bytes per item are those of the container; the item itself is the same for all\n");
    figures.print();
    if (parser.isSet(u"output"_s))
        figures.save(parser.value(u"output"_s), u"Containers for ordered items"_s);
    return 0;
}
