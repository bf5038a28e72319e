#include "server/data/webhookoutbox.h"

#include "server/data/storage.h"

#include <QtCore/quuid.h>

#include <algorithm>

namespace Twilio::Server {
namespace {

qsizetype sizeOf(const Webhook &webhook)
{
    return qsizetype(sizeof webhook) + webhook.id.size() + webhook.lane.size()
            + webhook.url.size() * qsizetype(sizeof(QChar)) + webhook.form.size();
}

} // namespace

std::optional<qint64> WebhookOutbox::keep(const QByteArray &lane, const QString &url, const QByteArray &form)
{
    const Webhook webhook { m_nextSerial, QUuid::createUuid().toByteArray(QUuid::WithoutBraces), lane, url,
                            form };
    if (qsizetype(m_webhooks.size()) >= m_limits.count || m_bytes + sizeOf(webhook) > m_limits.bytes)
        return std::nullopt;
    ++m_nextSerial;
    m_bytes += sizeOf(webhook);
    m_webhooks.emplace(webhook.serial, webhook);
    if (m_storage)
        m_storage->storeWebhook(webhook);
    m_touched();
    return webhook.serial;
}

void WebhookOutbox::forget(qint64 serial)
{
    const auto it = m_webhooks.find(serial);
    if (it == m_webhooks.end())
        return;
    m_bytes -= sizeOf(it->second);
    if (m_storage)
        m_storage->removeWebhook(it->second);
    m_webhooks.erase(it);
    m_touched();
}

const Webhook *WebhookOutbox::find(qint64 serial) const
{
    const auto it = m_webhooks.find(serial);
    return it == m_webhooks.end() ? nullptr : &it->second;
}

void WebhookOutbox::restore(std::vector<Webhook> webhooks, Storage *storage)
{
    m_storage = storage;
    for (Webhook &webhook : webhooks) {
        m_bytes += sizeOf(webhook);
        m_nextSerial = std::max(m_nextSerial, webhook.serial + 1);
        const qint64 serial = webhook.serial;
        m_webhooks.emplace(serial, std::move(webhook));
    }
}

void WebhookOutbox::clear()
{
    m_webhooks.clear();
    m_bytes = 0;
}

} // namespace Twilio::Server
