#include "schedule.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhashfunctions.h>
#include <QtCore/qloggingcategory.h>

#include <csignal>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

std::uint64_t theSeed = 0;

void printFailure(const QString &what)
{
    std::printf("\nFAILED: seed %llu: %s\nto replay: tests/convergence/run --seed %llu\n",
                static_cast<unsigned long long>(theSeed), qUtf8Printable(what),
                static_cast<unsigned long long>(theSeed));
    std::fflush(stdout);
}

// A model that breaks its contract ends in qFatal(): the seed shall be known then as well.
void handleMessage(QtMsgType type, const QMessageLogContext &, const QString &message)
{
    if (type == QtFatalMsg)
        printFailure(message);
}

void handleCrash(int signal)
{
    std::signal(signal, SIG_DFL);
    printFailure(u"crashed"_s);
    std::raise(signal);
}

} // namespace

int main(int argc, char **argv)
{
    QHashSeed::setDeterministicGlobalSeed();
    const VirtualTimeApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
            u"Random schedules of writers, handles and failures; afterwards every model "
            "must show what the service has."_s);
    parser.addHelpOption();
    parser.addOption({ u"schedules"_s, u"How many to run, 2000 if not given."_s, u"N"_s, u"2000"_s });
    parser.addOption(
            { u"seed"_s,
              u"Run the schedule of this seed alone, step by step; with --schedules, the first of them."_s,
              u"S"_s });
    parser.process(*QCoreApplication::instance());
    bool areNumbers = false;
    bool isSeed = true;
    const bool isAlone = parser.isSet(u"seed"_s) && !parser.isSet(u"schedules"_s);
    const int schedules = isAlone ? 1 : parser.value(u"schedules"_s).toInt(&areNumbers);
    const std::uint64_t first = parser.isSet(u"seed"_s) ? parser.value(u"seed"_s).toULongLong(&isSeed) : 1;
    if ((!isAlone && (!areNumbers || schedules < 1)) || !isSeed) {
        std::fputs("expected numbers: --schedules N, --seed S\n", stderr);
        return 2;
    }
    if (!isAlone)
        qInstallMessageHandler(handleMessage);
    std::signal(SIGSEGV, handleCrash);
    QElapsedTimer elapsed;
    elapsed.start();
    int failures = 0;
    for (int i = 0; i < schedules; ++i) {
        theSeed = first + std::uint64_t(i);
        const QString failure = Schedule(application.time(), theSeed, isAlone).run();
        if (failure.isEmpty())
            continue;
        printFailure(failure);
        ++failures;
    }
    const double seconds = double(elapsed.elapsed()) / 1000;
    std::printf("%d schedules, %d failed, %.1f s, %.1f ms each\n", schedules, failures, seconds,
                seconds * 1000 / schedules);
    return failures == 0 ? 0 : 1;
}
