#pragma once

#include <QtCore/qglobal.h>

#include <chrono>

#include <time.h>

namespace Bench {

//! What this thread has spent so far; other programs on the machine do not count.
inline std::chrono::nanoseconds threadTime()
{
    timespec now = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

//! Mean nanoseconds of one \a operation(i), i from 0 to \a count - 1. Stops early, by whole blocks, when
//! \a budget is spent: a slow candidate is measured on fewer.
template <typename Operation>
double meanNanoseconds(qint64 count, Operation &&operation,
                       std::chrono::nanoseconds budget = std::chrono::seconds(5))
{
    constexpr qint64 block = 64;
    const auto start = threadTime();
    auto spent = std::chrono::nanoseconds(0);
    qint64 done = 0;
    while (done < count && spent < budget) {
        for (const qint64 end = qMin(count, done + block); done < end; ++done)
            operation(done);
        spent = threadTime() - start;
    }
    return double(spent.count()) / double(qMax<qint64>(1, done));
}

//! Keeps the compiler from dropping work whose result nobody reads.
template <typename T>
void keep(const T &value)
{
    asm volatile("" : : "g"(&value) : "memory");
}

} // namespace Bench
