#include "bench/support/instructions.h"

#include <QtCore/qfile.h>
#include <QtCore/qstandardpaths.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

#if __has_include(<valgrind/callgrind.h>)
constexpr bool hasHeader = true;
#else
constexpr bool hasHeader = false;
#endif

// Each dump is a file with a number of its own behind the name.
int g_dumps = 0;

} // namespace

bool canCount() { return hasHeader && !QStandardPaths::findExecutable(u"valgrind"_s).isEmpty(); }

bool isCounting() { return RUNNING_ON_VALGRIND != 0; }

void startCounting()
{
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

void pauseCounting() { CALLGRIND_TOGGLE_COLLECT; }

void resumeCounting() { CALLGRIND_TOGGLE_COLLECT; }

double stopCounting(const QString &countsFile)
{
    CALLGRIND_DUMP_STATS;
    CALLGRIND_STOP_INSTRUMENTATION;
    QFile file(u"%1.%2"_s.arg(countsFile).arg(++g_dumps));
    if (!file.open(QFile::ReadOnly))
        return -1;
    constexpr QByteArrayView total("summary:");
    for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
        if (line.startsWith(total))
            return line.sliced(total.size()).trimmed().toDouble();
    }
    return -1;
}

} // namespace Bench
