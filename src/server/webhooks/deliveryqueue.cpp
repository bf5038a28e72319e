#include "server/webhooks/deliveryqueue.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

namespace Twilio::Server {

DeliveryQueue::DeliveryQueue(WebhookOutbox &outbox, Send send, const Pace &pace)
    : m_outbox(outbox)
    , m_send(std::move(send))
    , m_pace(pace)
{ }

DeliveryQueue::~DeliveryQueue() = default;

void DeliveryQueue::add(qint64 serial)
{
    const Webhook *const webhook = m_outbox.find(serial);
    if (!webhook)
        return;
    const QByteArray name = webhook->lane;
    Lane &lane = m_lanes.try_emplace(name, m_pace.patience).first->second;
    lane.serials.push_back(serial);
    if (!lane.isBusy)
        queueUp(name, lane);
    startSome();
}

void DeliveryQueue::queueUp(const QByteArray &name, Lane &lane)
{
    lane.isBusy = true;
    m_ready.push_back(name);
}

void DeliveryQueue::startSome()
{
    while (m_underWay < m_pace.atATime && !m_ready.empty()) {
        const QByteArray name = m_ready.front();
        m_ready.pop_front();
        if (!start(name))
            m_lanes.erase(name);
    }
}

bool DeliveryQueue::start(const QByteArray &name)
{
    std::deque<qint64> &serials = m_lanes.at(name).serials;
    const Webhook *webhook = nullptr;
    while (!serials.empty() && !(webhook = m_outbox.find(serials.front())))
        serials.pop_front(); // the outbox was cleared
    if (!webhook)
        return false;
    ++m_underWay;
    m_send(*webhook, [self = QPointer(this), name, serial = webhook->serial](Outcome outcome) {
        if (self)
            self->finish(name, serial, outcome);
    });
    return true;
}

void DeliveryQueue::finish(const QByteArray &name, qint64 serial, Outcome outcome)
{
    --m_underWay;
    Lane &lane = m_lanes.at(name);
    const Webhook *const webhook = m_outbox.find(serial);
    if (outcome == Outcome::TryAgain && webhook) {
        const auto wait = lane.patience.next();
        if (!lane.patience.isExhausted()) {
            QTimer::singleShot(wait, this, [this, name] {
                m_ready.push_back(name);
                startSome();
            });
            startSome();
            return;
        }
        qCWarning(lcServer, "webhook %s to %s given up after %d attempts", webhook->id.constData(),
                  qUtf8Printable(webhook->url), lane.patience.attempts());
    }
    m_outbox.forget(serial);
    lane.patience.progressed();
    queueUp(name, lane); // whether anything is left of it is seen then
    startSome();
}

} // namespace Twilio::Server
