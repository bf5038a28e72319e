#pragma once

#include <QtCore/qglobal.h>

#include <chrono>

namespace Bench {

//! Nanoseconds that \a work takes.
template <typename Work>
double nanoseconds(Work &&work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

//! Mean nanoseconds of one \a operation(i), i from 0 to \a count - 1. Stops early, by whole blocks, when
//! \a budget is spent: a slow candidate is measured on fewer.
template <typename Operation>
double meanNanoseconds(qint64 count, Operation &&operation,
                       std::chrono::nanoseconds budget = std::chrono::seconds(5))
{
    constexpr qint64 block = 64;
    const auto start = std::chrono::steady_clock::now();
    auto spent = std::chrono::nanoseconds(0);
    qint64 done = 0;
    while (done < count && spent < budget) {
        for (const qint64 end = qMin(count, done + block); done < end; ++done)
            operation(done);
        spent = std::chrono::steady_clock::now() - start;
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
