#pragma once

#include "bench/sidebyside/subject.h"

namespace Bench {

//! Does \a task by the client and the list of Ours.qml, with a window that shows it if \a isShown.
[[nodiscard]] bool runOursInQml(const Task &task, bool isShown);
//! Does \a task by Naive.qml, with a window that shows it if \a isShown.
[[nodiscard]] bool runNaive(const Task &task, bool isShown);

} // namespace Bench
