#include "TwilioSync/core/notifier.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qdeadlinetimer.h>

#include <chrono>
#include <utility>

namespace Twilio {
namespace {

QEvent::Type turnType()
{
    static const int type = QEvent::registerEventType();
    return QEvent::Type(type);
}

using namespace std::chrono_literals;

// A turn tells so many, and of more only what takes no longer: the application's event loop has others to
// serve.
constexpr quint64 toldInAnyCase = 64;
constexpr auto longestTurn = 4ms;

} // namespace

Notifier::~Notifier()
{
    while (!m_queue.empty()) { // a continuation may post more
        Telling next = takeFirst();
        if (next.isAnyones)
            next.tell();
        else if (next.who)
            QMetaObject::invokeMethod(next.who, std::move(next.tell), Qt::QueuedConnection);
    }
}

void Notifier::post(QObject *who, std::function<void()> tell)
{
    m_queue.push_back({ who, who == nullptr, std::move(tell) });
    ++m_posted;
    schedule();
}

bool Notifier::event(QEvent *event)
{
    if (event->type() != turnType())
        return QObject::event(event);
    deliver();
    return true;
}

Notifier::Telling Notifier::takeFirst()
{
    Telling first = std::move(m_queue.front());
    m_queue.pop_front();
    ++m_taken;
    return first;
}

void Notifier::schedule()
{
    if (m_holds == 0 && !m_queue.empty() && !std::exchange(m_scheduled, true))
        QCoreApplication::postEvent(this, new QEvent(turnType()));
}

void Notifier::deliver()
{
    m_scheduled = false;
    const QPointer guard(this);
    const quint64 last = m_posted;
    const quint64 first = m_taken;
    const QDeadlineTimer deadline(longestTurn);
    while (m_holds == 0 && m_taken < last) {
        if ((m_taken - first) % toldInAnyCase == toldInAnyCase - 1 && deadline.hasExpired())
            break;
        const Telling next = takeFirst();
        schedule(); // for an event loop within
        if (next.isAnyones || next.who)
            next.tell();
        if (!guard)
            return;
    }
    schedule();
}

void Notifier::release()
{
    --m_holds;
    schedule();
}

} // namespace Twilio
