#include "TwilioSync/session/readingqueue.h"

#include "TwilioSync/transport/twilsockchannel.h"

#include <QtCore/qpointer.h>

#include <optional>
#include <utility>

namespace Twilio {
namespace {

// What a turn may spend: a quarter of a frame at 60 Hz.
constexpr std::chrono::milliseconds readTime { 4 };
// As many are those of a notification of one event: for them nobody looks at a clock.
constexpr int fewSteps = 3;

} // namespace

void ReadingQueue::add(std::shared_ptr<Reading> reading)
{
    m_readings.push_back(std::move(reading));
    readOn();
}

void ReadingQueue::clear()
{
    m_readings.clear();
    release();
}

void ReadingQueue::release()
{
    if (std::exchange(m_holds, false))
        m_channel->setHeld(false);
}

void ReadingQueue::readOn()
{
    const QPointer guard(this);
    std::optional<std::chrono::milliseconds> end;
    for (int steps = 1; guard && !m_readings.empty(); ++steps) {
        if (steps > fewSteps) {
            const auto now = m_channel->options().clock();
            if (!end)
                end = now + readTime;
            if (now >= *end) {
                m_holds = true;
                m_channel->setHeld(true);
                QMetaObject::invokeMethod(this, &ReadingQueue::readOn, Qt::QueuedConnection);
                return;
            }
        }
        const std::shared_ptr<Reading> current = m_readings.front();
        const bool goesOn = current->step();
        // An event loop within may have ended it.
        if (guard && !goesOn && !m_readings.empty() && m_readings.front() == current)
            m_readings.pop_front();
    }
    if (guard)
        release();
}

} // namespace Twilio
