#include "server/testing/delaystage.h"

#include <algorithm>
#include <utility>

namespace Twilio::Server {

DelayStage::DelayStage(DelayOf delayOf, Now now) : m_delayOf(std::move(delayOf)), m_now(std::move(now))
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { release(); });
}

void DelayStage::push(FrameKind kind, const QByteArray &frame)
{
    const auto delay = m_delayOf(kind);
    if (delay.count() <= 0 && m_delayed.isEmpty()) {
        onward(frame);
        return;
    }
    qint64 due = m_now() + delay.count();
    if (!m_delayed.isEmpty())
        due = std::max(due, m_delayed.last().due);
    m_delayed.enqueue({ frame, due });
    if (!m_timer.isActive())
        release();
}

void DelayStage::release()
{
    while (!m_delayed.isEmpty() && m_delayed.head().due <= m_now())
        onward(m_delayed.dequeue().frame);
    // It may have become due meanwhile, and a timer never fires after less than no time.
    if (!m_delayed.isEmpty())
        m_timer.start(std::chrono::milliseconds(std::max<qint64>(0, m_delayed.head().due - m_now())));
}

} // namespace Twilio::Server
