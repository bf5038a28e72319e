#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

namespace Bench {

//! What one operation costs.
struct Cost
{
    QString operation;
    double allocations = 0;
    //! Allocations that may hold a copy of its JSON text.
    double copies = 0;
    double bytes = 0;
    //! Negative if they were not counted.
    double instructions = -1;
};

using Costs = QList<Cost>;

//! How much anything may grow before it counts.
inline constexpr double tolerance = 1.05;

//! A table.
void print(const Costs &costs, qsizetype textSize);
//! One line, for addInstructions().
void printJson(const Costs &costs);
//! Runs this program once more, under callgrind and with \a options, and takes its instructions; false, with
//! the reason on the standard output, if that fails.
[[nodiscard]] bool addInstructions(Costs &costs, const QStringList &options);
//! Writes what keepsTo() reads.
[[nodiscard]] bool write(const Costs &costs, const QString &file);
//! True if no cost is more than \a file allows; prints each that is.
[[nodiscard]] bool keepsTo(const QString &file, const Costs &costs);

} // namespace Bench
