#pragma once

#include <QtCore/qstring.h>

namespace Bench {

//! True if this program can be counted: it was built with callgrind's header, and valgrind is installed.
[[nodiscard]] bool canCount();
//! True if it runs under callgrind, which then counts between startCounting() and stopCounting() and nothing
//! else: with --instr-atstart=no.
[[nodiscard]] bool isCounting();
void startCounting();
//! What is done between the two is not counted.
void pauseCounting();
void resumeCounting();
//! Instructions since startCounting(); negative if \a countsFile, which is --callgrind-out-file, does not
//! tell.
[[nodiscard]] double stopCounting(const QString &countsFile);

//! Mean instructions of one \a operation(i), i from 0 to \a count - 1.
template <typename Operation>
double meanInstructions(qint64 count, Operation &&operation, const QString &countsFile)
{
    startCounting();
    for (qint64 i = 0; i < count; ++i)
        operation(i);
    return stopCounting(countsFile) / double(qMax<qint64>(1, count));
}

} // namespace Bench
