#include "server/http/hostpolicy.h"

#include <QtCore/qurl.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

QHostAddress withoutScope(QHostAddress address)
{
    address.setScopeId({});
    return address;
}

} // namespace

QString hostName(const QByteArray &host) { return QUrl(u"http://"_s + QString::fromUtf8(host)).host(); }

bool isLoopbackName(const QString &host)
{
    return host == "localhost"_L1 || host.endsWith(".localhost"_L1) || QHostAddress(host).isLoopback();
}

bool HostPolicy::allows(const QString &host) const
{
    return isLoopbackName(host) || (!host.isEmpty() && m_allowed.contains(host, Qt::CaseInsensitive));
}

std::optional<HttpResponse> HostPolicy::refusal(const HttpRequest &request, const QHostAddress &local) const
{
    if (const QByteArray host = request.header("host"); !host.isEmpty()) {
        const QString name = hostName(host);
        const QHostAddress address(name);
        const bool isOwn = !address.isNull() && address.isEqual(withoutScope(local));
        if (!isOwn && !allows(name))
            return httpError(403, 20403, "Host: " + host + " is not served here; see --allow-host");
    }
    if (const QByteArray origin = request.header("origin"); !origin.isEmpty()) {
        const QString text = QString::fromUtf8(origin);
        if (!allows(text == "null"_L1 ? text : QUrl(text).host()))
            return httpError(403, 20403, "Origin: pages of " + origin + " are not served; see --allow-host");
    }
    return std::nullopt;
}

} // namespace Twilio::Server
