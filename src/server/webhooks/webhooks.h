#pragma once

#include "server/data/syncdata.h"
#include "server/http/httpmessage.h"
#include "server/webhooks/deliveryqueue.h"
#include "server/webhooks/reachability.h"
#include "server/webhooks/webhooksender.h"

namespace Twilio::Server {

/*!
    \brief Tells backends what happens in their services, if a service says whom to tell.

    A webhook is put into the outbox by the call that it tells, and leaves once both are durable: nothing that
    has happened is missing, and no call waits. What is in the outbox from before is sent first.
*/
class Webhooks : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Webhooks)

public:
    //! Calls back once everything up to now is durable.
    using WhenDurable = std::function<void(std::function<void()> leave)>;

    //! \a data outlives it. Signs with \a secret; \a allowedHosts are those besides loopback.
    Webhooks(SyncData &data, const QByteArray &secret, const QStringList &allowedHosts,
             WhenDurable whenDurable);
    ~Webhooks() override;

    void endpointConnected(const Caller &client) { m_reachability.connected(client); }
    void endpointDisconnected(const Caller &client) { m_reachability.disconnected(client); }

private:
    void onChange(const Change &change);
    void put(const QByteArray &lane, const QString &url, const HttpFields &fields);
    void send(qint64 serial);
    [[nodiscard]] WebhookSettings settingsOf(const QString &serviceSid) const;

    SyncData &m_data;
    const WhenDurable m_whenDurable;
    WebhookSender m_sender;
    DeliveryQueue m_queue;
    Reachability m_reachability;
    //! So that a full outbox is told once, not for each that did not fit.
    qint64 m_missed = 0;
};

} // namespace Twilio::Server
