#include "server/webhooks/webhooks.h"

#include "server/data/objectstore.h"
#include "server/webhooks/webhookform.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qpointer.h>

namespace Twilio::Server {

Webhooks::Webhooks(SyncData &data, const QByteArray &secret, const QStringList &allowedHosts,
                   WhenDurable whenDurable)
    : m_data(data)
    , m_whenDurable(std::move(whenDurable))
    , m_sender(secret, allowedHosts)
    , m_queue(data.store().outbox(),
              [this](const Webhook &webhook, const DeliveryQueue::Done &done) {
                  m_sender.send(webhook, done);
              },
              {})
    , m_reachability([this](const QString &serviceSid) { return settingsOf(serviceSid); },
                     [this](const Caller &client, bool isConnected) {
                         put(client.serviceSid.toUtf8() + '/' + client.identity.toUtf8(),
                             settingsOf(client.serviceSid).url, reachabilityFields(client, isConnected));
                     })
{
    for (const auto &[serial, webhook] : data.store().outbox().all())
        send(serial);
    connect(&m_data, &SyncData::created, this, &Webhooks::onChange);
    connect(&m_data, &SyncData::changed, this, &Webhooks::onChange);
}

Webhooks::~Webhooks() = default;

WebhookSettings Webhooks::settingsOf(const QString &serviceSid) const
{
    const Service *const service = m_data.store().service(serviceSid);
    return service ? service->webhooks : WebhookSettings();
}

void Webhooks::onChange(const Change &change)
{
    const Service *const service = m_data.store().service(change.service);
    if (!service || service->webhooks.url.isEmpty() || (change.by.viaRest && !service->webhooks.fromRest))
        return;
    if (const auto fields = webhookFields(change))
        put(change.object.sid, service->webhooks.url, *fields);
}

void Webhooks::put(const QByteArray &lane, const QString &url, const HttpFields &fields)
{
    if (url.isEmpty())
        return;
    if (const auto serial = m_data.store().outbox().keep(lane, url, encodedForm(fields))) {
        if (const qint64 missed = std::exchange(m_missed, 0))
            qCWarning(lcServer, "%lld webhooks were dropped: too many wait to be taken", missed);
        send(*serial);
    } else if (m_missed++ == 0) {
        qCWarning(lcServer, "webhooks to %s are dropped from now on: too many wait to be taken",
                  qUtf8Printable(url));
    }
}

void Webhooks::send(qint64 serial)
{
    m_whenDurable([self = QPointer(this), serial] {
        if (self)
            self->m_queue.add(serial);
    });
}

} // namespace Twilio::Server
