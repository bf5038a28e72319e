#include "lane.h"

#include <algorithm>

namespace {

// How often a slow lane sends something.
constexpr qint64 tickMs = 50;

} // namespace

Lane::Lane(QTcpSocket *to) : m_to(to)
{
    m_clock.start();
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, to, [this] { flush(); });
    QObject::connect(to, &QTcpSocket::connected, to, [this] { flush(); });
}

void Lane::push(const QByteArray &bytes)
{
    if (m_isDead || m_isFinishing)
        return;
    m_waiting += bytes;
    flush();
}

void Lane::hold(qint64 ms)
{
    m_heldUntil = std::max(m_heldUntil, m_clock.elapsed() + ms);
    flush();
}

void Lane::trickle(int bytesPerSecond, qint64 ms)
{
    m_bytesPerSecond = bytesPerSecond;
    m_slowUntil = m_clock.elapsed() + ms;
}

void Lane::die()
{
    m_isDead = true;
    m_waiting.clear();
}

void Lane::finish()
{
    m_isFinishing = true;
    flush();
}

void Lane::abandon()
{
    m_waiting.clear();
    finish();
}

void Lane::flush()
{
    if (m_to->state() != QAbstractSocket::ConnectedState)
        return;
    const qint64 now = m_clock.elapsed();
    if (now < m_heldUntil) {
        m_timer.start(int(m_heldUntil - now));
        return;
    }
    const bool isSlow = now < m_slowUntil;
    const qint64 most = isSlow ? std::max<qint64>(1, m_bytesPerSecond * tickMs / 1000) : m_waiting.size();
    if (isSlow && m_timer.isActive())
        return; // its turn comes
    const QByteArray part = m_waiting.left(most);
    m_waiting.remove(0, part.size());
    if (!part.isEmpty())
        m_to->write(part);
    if (!m_waiting.isEmpty())
        m_timer.start(int(tickMs));
    else if (m_isFinishing)
        m_to->disconnectFromHost();
}
