#include "server/webhooks/webhooksender.h"

#include "server/webhooks/webhookform.h"
#include "server/webhooks/webhooktarget.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkreply.h>

using namespace std::chrono_literals;

namespace Twilio::Server {
namespace {

using Outcome = DeliveryQueue::Outcome;

// From the connection to the end of the answer.
constexpr auto patienceWithReceivers = 15s;

Outcome outcomeOf(const QNetworkReply &reply, const Webhook &webhook)
{
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status >= 200 && status < 300)
        return Outcome::Taken;
    if (status == 0 || status >= 500 || status == 408 || status == 429) {
        qCInfo(lcServer, "webhook %s to %s not taken: %s", webhook.id.constData(),
               qUtf8Printable(webhook.url), qUtf8Printable(reply.errorString()));
        return Outcome::TryAgain;
    }
    qCWarning(lcServer, "webhook %s given up: %s answered %d", webhook.id.constData(),
              qUtf8Printable(webhook.url), status);
    return Outcome::Refused;
}

} // namespace

WebhookSender::WebhookSender(QByteArray secret, QStringList allowedHosts)
    : m_secret(std::move(secret))
    , m_allowedHosts(std::move(allowedHosts))
{
    m_network.setProxy(QNetworkProxy::NoProxy);
    m_network.setAutoDeleteReplies(true);
}

void WebhookSender::send(const Webhook &webhook, const DeliveryQueue::Done &done)
{
    const auto refusal = refusalOfWebhooksTo(webhook.url, m_allowedHosts);
    const auto fields = parseFormFields(webhook.form);
    if (refusal || !fields) {
        qCWarning(lcServer, "webhook %s given up: %s", webhook.id.constData(),
                  qUtf8Printable(refusal.value_or(QStringLiteral("its form is damaged"))));
        QMetaObject::invokeMethod(
                &m_network, [done] { done(Outcome::Refused); }, Qt::QueuedConnection);
        return;
    }
    // What is behind the # goes nowhere, and is not signed.
    const QString url = webhook.url.section(u'#', 0, 0);
    QNetworkRequest request { QUrl(url, QUrl::StrictMode) };
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setHeader(QNetworkRequest::ContentTypeHeader,
                      QByteArrayLiteral("application/x-www-form-urlencoded; charset=UTF-8"));
    request.setHeader(QNetworkRequest::UserAgentHeader, QByteArrayLiteral("twilio-sync-server"));
    request.setRawHeader("X-Twilio-Signature", webhookSignature(url.toUtf8(), *fields, m_secret));
    request.setRawHeader("I-Twilio-Idempotency-Token", webhook.id);
    QNetworkReply *const reply = m_network.post(request, webhook.form);
    QTimer::singleShot(patienceWithReceivers, reply, &QNetworkReply::abort);
    // Nobody wants what it says, however much that is.
    QObject::connect(reply, &QNetworkReply::readyRead, reply,
                     [reply] { (void)reply->skip(reply->bytesAvailable()); });
    QObject::connect(reply, &QNetworkReply::finished, reply,
                     [reply, webhook, done] { done(outcomeOf(*reply, webhook)); });
}

} // namespace Twilio::Server
