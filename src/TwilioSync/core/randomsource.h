#pragma once

#include <QtCore/qrandom.h>

namespace Twilio {

//! This thread's chance, for nothing that must be secret; whoever seeds it gets the same run each time.
[[nodiscard]] QRandomGenerator &randomSource();

} // namespace Twilio
