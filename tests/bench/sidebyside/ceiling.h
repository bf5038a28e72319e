#pragma once

#include "bench/sidebyside/subject.h"

namespace Bench {

//! Does \a task with bare WebSockets, which only count what comes and send what was made before: as fast as
//! anybody can who uses one. False if it does not come about.
[[nodiscard]] bool runCeiling(const Task &task);

} // namespace Bench
