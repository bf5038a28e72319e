#pragma once

#include <QtCore/qglobal.h>

namespace Bench {

//! What was asked of malloc() and its kin, by whatever way, while an AllocationCount was running.
struct Allocations
{
    qint64 count = 0;
    qint64 bytes = 0;
    //! Those of at least the size that was asked about: each may hold a copy of a text of that size.
    qint64 large = 0;
};

/*!
    \brief Counts allocations of the whole process; one at a time.

    Only programs that link this have them counted: it takes the place of malloc().
*/
class AllocationCount
{
    Q_DISABLE_COPY_MOVE(AllocationCount)

public:
    //! Counts as large what has \a size bytes or more.
    explicit AllocationCount(qsizetype size);
    ~AllocationCount();

    [[nodiscard]] Allocations result() const;
    //! What is allocated between the two is not counted: the benchmark's own.
    void pause();
    void resume();
};

} // namespace Bench
