#include "bench/support/costs.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>

#include <cmath>
#include <cstdio>
#include <optional>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

QJsonObject jsonOf(const Costs &costs)
{
    const auto rounded = [](double number) { return std::round(number * 10) / 10; };
    QJsonArray all;
    for (const Cost &cost : costs)
        all.append(QJsonObject { { u"operation"_s, cost.operation },
                                 { u"allocations"_s, rounded(cost.allocations) },
                                 { u"copies"_s, rounded(cost.copies) },
                                 { u"instructions"_s, std::round(cost.instructions) } });
    return { { u"costs"_s, all } };
}

std::optional<QJsonObject> costOf(const QJsonObject &all, const QString &operation)
{
    const QJsonArray costs = all.value("costs"_L1).toArray();
    for (const QJsonValue &each : costs) {
        if (each["operation"_L1].toString() == operation)
            return each.toObject();
    }
    return std::nullopt;
}

// False if \a now is more than \a before, rounding aside.
bool isKept(const Cost &cost, const char *what, double now, double before)
{
    if (before < 0 || now < 0 || now <= before * tolerance + 0.1)
        return true;
    std::printf("%s: %.1f %s, %.1f in the baseline\n", qPrintable(cost.operation), now, what, before);
    return false;
}

} // namespace

void print(const Costs &costs, qsizetype textSize)
{
    std::printf("costs of an operation with a JSON text of %lld bytes\n%-36s%14s%14s%14s%14s\n",
                static_cast<long long>(textSize), "", "allocations", "of its size", "bytes", "instructions");
    for (const Cost &cost : costs)
        std::printf("%-36s%14.1f%14.1f%14.0f%14.0f\n", qPrintable(cost.operation), cost.allocations,
                    cost.copies, cost.bytes, cost.instructions);
    std::fflush(stdout);
}

void printJson(const Costs &costs)
{
    std::printf("%s\n", QJsonDocument(jsonOf(costs)).toJson(QJsonDocument::Compact).constData());
}

bool addInstructions(Costs &costs, const QStringList &options)
{
    const QTemporaryDir dir;
    const QString file = dir.filePath(u"counts"_s);
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QT_HASH_SEED"_s, u"0"_s);
    // The same code on every processor
    environment.insert(u"SIMDJSON_FORCE_IMPLEMENTATION"_s, u"westmere"_s);
    environment.insert(u"GLIBC_TUNABLES"_s, u"glibc.cpu.hwcaps=-AVX2,-AVX512F,-ERMS"_s);
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(u"valgrind"_s,
                  QStringList { u"--quiet"_s, u"--tool=callgrind"_s, u"--instr-atstart=no"_s,
                                u"--callgrind-out-file="_s + file, QCoreApplication::applicationFilePath(),
                                u"--counts"_s, file }
                          + options);
    if (!process.waitForFinished(600'000) || process.exitCode() != 0) {
        std::printf("instructions could not be counted: %s\n", qPrintable(process.errorString()));
        return false;
    }
    const QJsonObject counted = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    for (Cost &cost : costs) {
        if (const auto found = costOf(counted, cost.operation))
            cost.instructions = found->value("instructions"_L1).toDouble(-1);
    }
    return true;
}

bool write(const Costs &costs, const QString &file)
{
    QFile to(file);
    const QByteArray json = QJsonDocument(jsonOf(costs)).toJson();
    return to.open(QFile::WriteOnly) && to.write(json) == json.size();
}

bool keepsTo(const QString &file, const Costs &costs)
{
    QFile from(file);
    if (!from.open(QFile::ReadOnly)) {
        std::printf("could not read %s\n", qPrintable(file));
        return false;
    }
    const QJsonObject baseline = QJsonDocument::fromJson(from.readAll()).object();
    bool ok = true;
    for (const Cost &cost : costs) {
        const auto before = costOf(baseline, cost.operation);
        if (!before) {
            std::printf("%s is not in %s\n", qPrintable(cost.operation), qPrintable(file));
            ok = false;
            continue;
        }
        const auto allowed = [&](QLatin1StringView name) { return before->value(name).toDouble(-1); };
        ok = isKept(cost, "allocations", cost.allocations, allowed("allocations"_L1)) && ok;
        ok = isKept(cost, "copies", cost.copies, allowed("copies"_L1)) && ok;
        ok = isKept(cost, "instructions", cost.instructions, allowed("instructions"_L1)) && ok;
    }
    return ok;
}

} // namespace Bench
