#include "server/testing/eventdisturber.h"

#include "server/net/session.h"
#include "server/testing/faults.h"

namespace Twilio::Server {
namespace {

void sendTimes(Session &session, const QByteArray &frame, int times)
{
    for (int i = 0; i < times; ++i)
        session.sendEvent(frame);
}

} // namespace

void EventDisturber::send(Session &session, const QByteArray &frame)
{
    const int times = m_faults.takeDuplicate() ? 2 : 1;
    const bool holds = m_held.contains(&session);
    if (const auto window = holds ? std::nullopt : m_faults.takeReorder()) {
        hold(session, frame, times, *window);
        return;
    }
    sendTimes(session, frame, times);
    if (holds)
        release(session);
}

void EventDisturber::hold(Session &session, const QByteArray &frame, int times,
                          std::chrono::milliseconds window)
{
    auto *const timer = new QTimer(this);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, this, [this, of = &session] { release(*of); });
    connect(&session, &QObject::destroyed, timer,
            [this, of = &session] { m_held.take(of).timer->deleteLater(); });
    timer->start(window);
    m_held.insert(&session, { frame, times, timer });
}

void EventDisturber::release(Session &session)
{
    const Held held = m_held.take(&session);
    held.timer->disconnect();
    session.disconnect(held.timer);
    held.timer->deleteLater(); // perhaps within its own signal
    sendTimes(session, held.frame, held.times);
}

} // namespace Twilio::Server
