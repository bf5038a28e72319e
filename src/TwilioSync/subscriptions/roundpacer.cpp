#include "TwilioSync/subscriptions/roundpacer.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <utility>

namespace Twilio {
namespace {

// The end of a turn: behind what is posted in it, so that an object that waits is told of before it is asked
// for.
QEvent::Type roundType()
{
    static const int type = QEvent::registerEventType();
    return QEvent::Type(type);
}

} // namespace

RoundPacer::RoundPacer(const Rule &rule, QObject *parent)
    : QObject(parent)
    , m_rule(rule)
    , m_patience(rule.patience)
{
    m_due.setSingleShot(true);
    connect(&m_due, &QTimer::timeout, this, &RoundPacer::due);
    connect(&m_quickTimer, &QTimer::timeout, this, [this] {
        if (--m_quick == 0)
            m_quickTimer.stop();
    });
}

RoundPacer::~RoundPacer() = default;

bool RoundPacer::isPrompt() const
{
    return m_unanswered.empty() && m_quick < m_rule.burst && m_patience.attempts() == 0;
}

void RoundPacer::changed()
{
    if (isPrompt())
        hurry();
    else if (!m_isHurried && !m_due.isActive())
        m_due.start(m_rule.gathering);
}

void RoundPacer::hurry()
{
    m_due.stop();
    if (!std::exchange(m_isHurried, true))
        QCoreApplication::postEvent(this, new QEvent(roundType()), Qt::LowEventPriority);
}

bool RoundPacer::event(QEvent *event)
{
    if (event->type() != roundType())
        return QObject::event(event);
    if (std::exchange(m_isHurried, false))
        Q_EMIT due();
    return true;
}

void RoundPacer::stop()
{
    m_isHurried = false;
    m_due.stop();
    m_quickTimer.stop();
    m_quick = 0;
    m_unanswered.clear();
}

void RoundPacer::sent(qint64 correlationId)
{
    if (m_unanswered.empty()) // the first of its round, or of one that is not quick
        m_quick = std::min(m_quick + 1, m_rule.burst);
    if (!m_quickTimer.isActive())
        m_quickTimer.start(m_rule.gathering);
    m_unanswered.push_back(correlationId);
}

void RoundPacer::answered(qint64 correlationId, bool isSuccess)
{
    std::erase(m_unanswered, correlationId);
    if (isSuccess && m_due.isActive() && isPrompt())
        hurry();
}

RoundPacer::Milliseconds RoundPacer::delayAfter(quint64 round)
{
    if (round > m_failedRound) {
        m_failedRound = m_round; // rounds that were sent meanwhile did not know either
        m_delay = m_patience.next();
    }
    return m_delay;
}

} // namespace Twilio
