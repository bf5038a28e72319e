// How much more an operation on a SyncList or SyncMap costs when there are a hundred times as many items: in
// instructions, which callgrind counts in bench_store, and in time, beside what memory alone costs.
#include "bench/support/figures.h"
#include "bench/support/instructions.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtemporarydir.h>

#include <cmath>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

//! One cost, with few items and with many.
struct Pair
{
    double few = 0;
    double many = 0;

    [[nodiscard]] bool isKnown() const { return few > 0 && many > 0; }
    [[nodiscard]] double growth() const { return many / few; }
};

struct Growth
{
    qint64 from;
    qint64 to;
    Bench::Figures times;
    Bench::Figures counts;

    [[nodiscard]] Pair of(const Bench::Figures &figures, const QString &group, const QString &name) const
    {
        const auto all = figures.series();
        for (const Bench::Series &each : all) {
            if (each.group == group && each.name == name)
                return { each.points.value(from), each.points.value(to) };
        }
        return {};
    }

    bool count(const QString &program)
    {
        for (const QString &kind : { u"list"_s, u"map"_s }) {
            for (const qint64 size : { from, to }) {
                const QTemporaryDir dir;
                const QString file = dir.filePath(u"counts"_s);
                if (!counts.addFrom(u"valgrind"_s,
                                    { u"--quiet"_s, u"--tool=callgrind"_s, u"--instr-atstart=no"_s,
                                      u"--callgrind-out-file="_s + file, program, u"--kind"_s, kind,
                                      u"--size"_s, QString::number(size), u"--counts"_s, file })) {
                    std::printf("%s of %lld: could not be counted\n", qPrintable(kind),
                                static_cast<long long>(size));
                    return false;
                }
            }
        }
        return true;
    }

    void print(bool isJudged) const
    {
        const Pair floor = of(times, u"plain array"_s, u"random read"_s);
        const double most = std::log(double(to)) / std::log(double(from));
        std::printf("growth from %lld to %lld items; logarithmic would be %.2f\n",
                    static_cast<long long>(from), static_cast<long long>(to), most);
        std::printf("%-26s%36s%33s\n", "", "instructions", "ns");
        std::printf("%-26s%9s%9s%8s%10s%9s%9s%8s%7s\n", "", "few", "many", "growth", "", "few", "many",
                    "growth", "above");
        const auto all = times.series();
        for (const Bench::Series &each : all) {
            if (each.unit != "ns"_L1)
                continue;
            const Pair time = of(times, each.group, each.name);
            const Pair counted = of(counts, each.group, each.name);
            std::printf("%-26s", (each.group + u' ' + each.name).toUtf8().constData());
            if (counted.isKnown()) {
                const char *verdict = counted.growth() <= most ? "met" : "missed";
                std::printf("%9.0f%9.0f%8.2f%10s", counted.few, counted.many, counted.growth(),
                            isJudged ? verdict : "");
            } else {
                std::printf("%9s%9s%8s%10s", "-", "-", "-", "");
            }
            std::printf("%9.0f%9.0f%8.2f", time.few, time.many, time.growth());
            const Pair above { time.few - floor.few, time.many - floor.many };
            // Appending reads nothing at random.
            if (above.isKnown() && each.name != "append"_L1)
                std::printf("%7.2f\n", above.growth());
            else
                std::printf("%7s\n", "-");
        }
        std::printf(
                "\nInstructions tell how the work grows; they are judged. Time grows as well because caches "
                "hold less of it all: even\na read of a random record in a plain array, which waits for the "
                "one before, takes %.1f times as long (its place and\nthe record are two misses). \"above\" "
                "is the growth of what is left of both times without one such read.\n",
                floor.growth());
    }
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"few"_s, u"Items to start from."_s, u"N"_s, u"10000"_s },
                        { u"many"_s, u"Items to end with."_s, u"N"_s, u"1000000"_s },
                        { u"store"_s, u"The program bench_store."_s, u"PATH"_s },
                        { u"times"_s, u"The file that it has written."_s, u"PATH"_s } });
    parser.process(app);

    Growth growth { parser.value(u"few"_s).toLongLong(), parser.value(u"many"_s).toLongLong(), {}, {} };
    QFile file(parser.value(u"times"_s));
    if (!file.open(QFile::ReadOnly)) {
        std::printf("could not read %s\n", qPrintable(file.fileName()));
        return 1;
    }
    growth.times.add(QJsonDocument::fromJson(file.readAll()).object());
    qputenv("QT_HASH_SEED", "0"); // for the same counts every time
    if (!Bench::canCount())
        std::printf("valgrind and its headers are not there: instructions are not counted\n");
    else if (!growth.count(parser.value(u"store"_s)))
        return 1;
    // Small collections say little about growth.
    growth.print(growth.to >= 1'000'000);
    return 0;
}
