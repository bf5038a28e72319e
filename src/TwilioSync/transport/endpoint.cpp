#include "TwilioSync/transport/endpoint.h"

#include <QtNetwork/qhostaddress.h>

namespace Twilio {
namespace {

using namespace Qt::StringLiterals;

bool isLoopback(const QString &host)
{
    return host.compare("localhost"_L1, Qt::CaseInsensitive) == 0 || QHostAddress(host).isLoopback();
}

} // namespace

SyncError endpointProblem(const QUrl &url, bool allowInsecure)
{
    const QString shown = url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
    const bool isPlain = url.scheme() == "ws"_L1;
    if ((!isPlain && url.scheme() != "wss"_L1) || url.host().isEmpty())
        return SyncError(u"url: expected ws://host/path or wss://host/path, got '%1'"_s.arg(shown), 0, 0,
                         true);
    if (isPlain && !allowInsecure && !isLoopback(url.host())) {
        return SyncError(
                u"url: '%1' is not encrypted and not on this machine; expected wss://, or allowInsecure"_s
                        .arg(shown),
                0, 0, true);
    }
    return {};
}

} // namespace Twilio
