#include "server/webhooks/webhooktarget.h"

#include "server/http/hostpolicy.h"

#include <QtCore/qurl.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {

std::optional<QString> refusalOfWebhooksTo(const QString &url, const QStringList &allowed)
{
    const QUrl target(url, QUrl::StrictMode);
    const bool isHttp = target.scheme() == "http"_L1 || target.scheme() == "https"_L1;
    if (!target.isValid() || !isHttp || target.host().isEmpty())
        return u"expected a URL of http or https, got \"%1\""_s.arg(url);
    if (!target.userInfo().isEmpty())
        return u"a URL with a user or password is not supported"_s;
    if (!HostPolicy(allowed).allows(target.host()))
        return u"webhooks go to loopback only, not to %1; see --allow-webhooks-to"_s.arg(target.host());
    return std::nullopt;
}

} // namespace Twilio::Server
