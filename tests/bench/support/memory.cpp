#include "bench/support/memory.h"

#include <QtCore/qfile.h>

#include <malloc.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace Bench {

qint64 heapBytes()
{
    const auto info = ::mallinfo2();
    return qint64(info.uordblks + info.hblkhd);
}

double processMemory(const char *field, qint64 pid)
{
    QFile file(pid == 0 ? u"/proc/self/status"_s : u"/proc/%1/status"_s.arg(pid));
    if (!file.open(QFile::ReadOnly))
        return 0;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(field))
            return line.simplified().split(' ').value(1).toDouble() / 1024;
    }
    return 0;
}

double processWork(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (!file.open(QFile::ReadOnly))
        return 0;
    const QByteArray all = file.readAll();
    const QList<QByteArray> fields = all.mid(all.lastIndexOf(')')).split(' ');
    return (fields.value(12).toDouble() + fields.value(13).toDouble()) / double(::sysconf(_SC_CLK_TCK));
}

} // namespace Bench
