#pragma once

#include <QtCore/qglobal.h>

namespace Bench {

//! Bytes that malloc() has handed out in this process, its own overhead included.
[[nodiscard]] qint64 heapBytes();

//! A line of /proc/PID/status, such as "VmRSS:", in MiB; \a pid 0 is this process.
[[nodiscard]] double processMemory(const char *field, qint64 pid = 0);

//! Seconds that processors have worked for the process \a pid.
[[nodiscard]] double processWork(qint64 pid);

} // namespace Bench
