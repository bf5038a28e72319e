#include "chaosrun.h"
#include "officialparty.h"
#include "ourparty.h"
#include "report.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qrandom.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

template <typename SomeParty>
Result resultOf(const QString &who, std::uint64_t seed, int seconds)
{
    ChaosRun run(
            [seed](TokenOffice &office, const std::function<qint64()> &now) {
                return std::make_unique<SomeParty>(office, seed, now);
            },
            seed);
    const Figures figures = run.run(seconds);
    return { who, run.log(), figures, run.restMs() };
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
            u"Writers and readers against a server that is killed, through proxies that cut, stall, lose and "
            "delay. Afterwards nothing may be lost, applied twice or told twice, and all models equal."_s);
    parser.addHelpOption();
    parser.addOption({ u"seconds"_s, u"For how long faults are made, 60 if not given."_s, u"N"_s, u"60"_s });
    parser.addOption({ u"seed"_s, u"Makes the decisions of the run with this seed."_s, u"S"_s });
    parser.addOption(
            { u"official"_s,
              u"Then does the same to the official SDK, for comparison; its interop packages are there."_s });
    parser.process(application);
    bool isNumber = false;
    bool isSeed = true;
    const int seconds = parser.value(u"seconds"_s).toInt(&isNumber);
    const std::uint64_t seed = parser.isSet(u"seed"_s) ? parser.value(u"seed"_s).toULongLong(&isSeed)
                                                       : QRandomGenerator::global()->generate();
    if (!isNumber || !isSeed || seconds < 1) {
        std::fputs("expected numbers: --seconds N, --seed S\n", stderr);
        return 2;
    }
    const QString again = u"tests/chaos/run --seconds %1 --seed %2"_s.arg(seconds).arg(seed);
    std::printf("%s\n\n", qPrintable(again));
    std::fflush(stdout);
    QList<Result> results { resultOf<OurParty>(u"ours"_s, seed, seconds) };
    if (parser.isSet(u"official"_s))
        results.append(resultOf<OfficialParty>(u"SDK"_s, seed, seconds));
    print(results);
    if (results.constFirst().figures.isClean())
        return 0;
    std::printf("\nFAILED; to try again: %s\n", qPrintable(again));
    return 1;
}
