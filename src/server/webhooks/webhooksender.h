#pragma once

#include "server/webhooks/deliveryqueue.h"

#include <QtNetwork/qnetworkaccessmanager.h>

namespace Twilio::Server {

/*!
    \brief Sends a webhook once, by HTTP, and judges the answer.

    Redirections are not followed, proxies not used: it goes where it was allowed to go, or nowhere.
*/
class WebhookSender
{
    Q_DISABLE_COPY_MOVE(WebhookSender)

public:
    //! Signs with \a secret; \a allowedHosts are those besides loopback.
    WebhookSender(QByteArray secret, QStringList allowedHosts);
    ~WebhookSender() = default;

    void send(const Webhook &webhook, const DeliveryQueue::Done &done);

private:
    const QByteArray m_secret;
    const QStringList m_allowedHosts;
    QNetworkAccessManager m_network;
};

} // namespace Twilio::Server
