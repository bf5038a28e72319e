#include "TwilioSync/transport/readbudget.h"

#include <algorithm>

namespace Twilio {

void ReadBudget::turnEnded(qint64 taken, Nanoseconds time, qint64 left)
{
    // The socket would never read the rest of a message that does not fit.
    if (left >= m_bytes) {
        m_bytes = 2 * left;
        return;
    }
    const qint64 needed = 2 * left;
    if (time > target) {
        const double fits = double(m_bytes) * double(target.count()) / double(time.count());
        m_bytes = std::clamp(qint64(fits), least, most);
    } else if (taken > m_bytes / 2 && time < target / 2) {
        m_bytes = 2 * m_bytes;
    }
    m_bytes = std::max(std::min(m_bytes, most), needed);
}

} // namespace Twilio
