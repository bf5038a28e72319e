#include "bench/sidebyside/subject.h"

#include <QtCore/qjsondocument.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <sys/resource.h>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

double processWork()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](const timeval &time) {
        return double(time.tv_sec) * 1e3 + double(time.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

void print(const QJsonObject &line)
{
    std::printf("%s\n", QJsonDocument(line).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

} // namespace

double wallClock()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli>(now).count();
}

Stopwatch::Stopwatch() : m_wall(wallClock()), m_work(processWork()) { }

double Stopwatch::milliseconds() const { return wallClock() - m_wall; }

double Stopwatch::work() const { return processWork() - m_work; }

void tellReady() { print({ { u"ready"_s, true } }); }

void tellDone(const Stopwatch &watch, QJsonObject figures)
{
    if (!figures.contains("ms"_L1))
        figures.insert("ms"_L1, watch.milliseconds());
    figures.insert("work"_L1, watch.work());
    figures.insert("ended"_L1, wallClock());
    print(figures);
}

QJsonObject quantiles(QList<double> milliseconds)
{
    if (milliseconds.isEmpty())
        return {};
    std::sort(milliseconds.begin(), milliseconds.end());
    const auto at = [&](double share) {
        return milliseconds[std::min(milliseconds.size() - 1,
                                     qsizetype(double(milliseconds.size()) * share))];
    };
    return { { u"p50"_s, at(0.5) }, { u"p99"_s, at(0.99) } };
}

} // namespace Bench
