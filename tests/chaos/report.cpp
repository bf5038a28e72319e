#include "report.h"

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

constexpr int columnWidth = 11;

void printLine(const QString &name, const QStringList &columns)
{
    QString line = name.leftJustified(36);
    for (const QString &column : columns)
        line += column.rightJustified(columnWidth);
    std::printf("%s\n", qPrintable(line));
}

QString seconds(qint64 ms) { return QString::number(double(ms) / 1000, 'f', 2); }

void printFaults(const QList<Result> &results)
{
    QStringList heads;
    for (const Result &result : results)
        heads << result.who + u": hit"_s << u"survived"_s << u"median s"_s << u"longest s"_s;
    printLine(u"fault, connections it has hit"_s, heads);
    for (int i = 0; i < faultCount; ++i) {
        QStringList columns;
        for (const Result &result : results) {
            const FaultLog::Row row = result.log.row(Fault(i));
            columns << QString::number(row.struck) << QString::number(row.survived) << seconds(row.medianMs)
                    << seconds(row.longestMs);
        }
        printLine(QString::fromLatin1(faultNames[std::size_t(i)]), columns);
    }
    QStringList positions;
    for (const Result &result : results)
        positions << QString::number(result.log.cutPositions()) << QString() << QString() << QString();
    printLine(u"different bytes cut at"_s, positions);
}

} // namespace

void print(const QList<Result> &results)
{
    printFaults(results);
    std::printf("\n");
    const auto printFigure = [&](const char *name, const auto &valueOf) {
        QStringList columns;
        for (const Result &result : results)
            columns << valueOf(result);
        printLine(QString::fromLatin1(name), columns);
    };
    const auto number = [&](const char *name, int Figures::*figure) {
        printFigure(name, [figure](const Result &result) { return QString::number(result.figures.*figure); });
    };
    printFigure("ledger", [](const Result &result) { return result.who; });
    number("writes acknowledged", &Figures::acknowledged);
    number("outcome unknown, said so", &Figures::unknown);
    number("refused", &Figures::refused);
    number("acknowledged, lost", &Figures::lost);
    number("applied twice", &Figures::twice);
    number("refused, but applied", &Figures::appliedThough);
    number("without an end", &Figures::open);
    number("told twice", &Figures::toldTwice);
    number("models diverged", &Figures::diverged);
    number("clients not at rest", &Figures::stuck);
    number("sent over a second connection", &Figures::strays);
    printFigure("seconds to rest", [](const Result &result) { return seconds(result.restMs); });
    for (const Result &result : results) {
        if (!result.figures.failures.isEmpty())
            std::printf("\n%s, calls that failed:\n", qPrintable(result.who));
        const auto &failures = result.figures.failures;
        for (auto it = failures.cbegin(); it != failures.cend(); ++it)
            std::printf("%6d %s\n", it.value(), qPrintable(it.key()));
    }
    for (const Result &result : results) {
        if (!result.figures.findings.isEmpty())
            std::printf("\n%s:\n", qPrintable(result.who));
        for (const QString &finding : result.figures.findings)
            std::printf("  %s\n", qPrintable(finding));
    }
    std::fflush(stdout);
}
