#include "bench/support/figures.h"

#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qprocess.h>
#include <QtCore/qsavefile.h>
#include <QtCore/qset.h>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

constexpr qint64 targetSize = 1'000'000;

bool write(const QString &path, const QByteArray &contents)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile file(path);
    const bool ok =
            file.open(QSaveFile::WriteOnly) && file.write(contents) == contents.size() && file.commit();
    std::printf("%s %s\n", ok ? "written:" : "could not write", qPrintable(path));
    return ok;
}

QByteArray label(const Series &series)
{
    return (series.group + u' ' + series.name + u", "_s + series.unit).toUtf8();
}

} // namespace

Figures::Entry &Figures::entry(const QString &group, const QString &name, const QString &unit)
{
    for (Entry &each : m_entries) {
        if (each.series.group == group && each.series.name == name)
            return each;
    }
    m_entries.append(Entry { { group, name, unit, {} }, {} });
    return m_entries.last();
}

void Figures::add(const QString &group, const QString &name, const QString &unit, qint64 size, double value)
{
    Entry &to = entry(group, name, unit);
    const int count = to.counts[size]++;
    double &mean = to.series.points[size];
    mean = (mean * count + value) / (count + 1);
}

void Figures::add(const QJsonObject &figures)
{
    const QJsonArray all = figures.value("series"_L1).toArray();
    for (const QJsonValue &each : all) {
        const QJsonObject points = each["points"_L1].toObject();
        for (auto it = points.begin(); it != points.end(); ++it)
            add(each["group"_L1].toString(), each["name"_L1].toString(), each["unit"_L1].toString(),
                it.key().toLongLong(), it.value().toDouble());
    }
}

bool Figures::addFrom(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    if (!process.waitForFinished(600'000) || process.exitCode() != 0)
        return false;
    add(QJsonDocument::fromJson(process.readAllStandardOutput()).object());
    return true;
}

void Figures::setTarget(const QString &group, const QString &name, double most)
{
    for (Entry &each : m_entries) {
        if (each.series.group == group && each.series.name == name)
            each.series.target = most;
    }
}

QList<Series> Figures::series() const
{
    QList<Series> all;
    for (const Entry &each : m_entries)
        all.append(each.series);
    return all;
}

void Figures::print() const
{
    QSet<qint64> seen;
    for (const Entry &each : m_entries) {
        const QList<qint64> own = each.series.points.keys();
        seen.unite(QSet<qint64>(own.cbegin(), own.cend()));
    }
    QList<qint64> sizes(seen.cbegin(), seen.cend());
    std::sort(sizes.begin(), sizes.end());
    std::printf("%-44s", "items");
    for (const qint64 size : std::as_const(sizes))
        std::printf("%12lld", static_cast<long long>(size));
    std::printf("\n");
    for (const Entry &each : m_entries) {
        std::printf("%-44s", label(each.series).constData());
        for (const qint64 size : std::as_const(sizes)) {
            const auto point = each.series.points.constFind(size);
            if (point == each.series.points.cend())
                std::printf("%12s", "-");
            else
                std::printf("%12.0f", *point);
        }
        std::printf("\n");
    }
    std::fflush(stdout);
}

void Figures::printTargets() const
{
    for (const Entry &each : m_entries) {
        const QMap<qint64, double> &points = each.series.points;
        if (points.contains(targetSize) && each.series.target) {
            const double value = points[targetSize];
            std::printf("%-44s%12.0f  target %6.0f  %s\n", label(each.series).constData(), value,
                        *each.series.target, value <= *each.series.target ? "met" : "missed");
        }
    }
    std::fflush(stdout);
}

QJsonObject Figures::toJson() const
{
    QJsonArray all;
    for (const Entry &each : m_entries) {
        QJsonObject points;
        for (auto it = each.series.points.cbegin(); it != each.series.points.cend(); ++it)
            points.insert(QString::number(it.key()), it.value());
        QJsonObject one { { u"group"_s, each.series.group },
                          { u"name"_s, each.series.name },
                          { u"unit"_s, each.series.unit },
                          { u"points"_s, points } };
        if (each.series.target)
            one.insert(u"target"_s, *each.series.target);
        all.append(one);
    }
    return { { u"series"_s, all } };
}

void Figures::save(const QString &baseName, const QString &title) const
{
    write(baseName + u".json"_s, QJsonDocument(toJson()).toJson());
    write(baseName + u".svg"_s, svgChart(title, series()));
    std::fflush(stdout);
}

} // namespace Bench
