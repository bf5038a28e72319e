#include "server/net/commitgate.h"

#include <utility>

namespace Twilio::Server {

CommitGate::CommitGate(SyncData &data) : m_data(data)
{
    connect(&m_data, &SyncData::committed, this, &CommitGate::release);
}

void CommitGate::pass(std::function<void()> leave)
{
    m_passing.enqueue({ ticket(), std::move(leave) });
    releaseLater();
}

void CommitGate::enter(Holder *holder)
{
    m_holders.append(holder);
    releaseLater();
}

void CommitGate::releaseLater()
{
    if (std::exchange(m_isScheduled, true))
        return;
    QMetaObject::invokeMethod(
            this,
            [this] {
                m_isScheduled = false;
                release();
            },
            Qt::QueuedConnection);
}

void CommitGate::release()
{
    m_data.commit(); // what is not durable yet will be, and this is called again
    const QList<Holder *> holders = std::exchange(m_holders, {});
    for (Holder *holder : holders) {
        if (!holder->release())
            m_holders.append(holder);
    }
    while (!m_passing.isEmpty() && isDurable(m_passing.head().ticket))
        m_passing.dequeue().leave();
}

} // namespace Twilio::Server
