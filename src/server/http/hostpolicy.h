#pragma once

#include "server/http/httpmessage.h"
#include "server/serverglobal.h"

#include <QtCore/qstringlist.h>
#include <QtNetwork/qhostaddress.h>

#include <optional>

namespace Twilio::Server {

//! The name of the host in \a host, a Host header; empty if there is none.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT QString hostName(const QByteArray &host);
//! True if \a host, a name or an address, is this machine wherever it is asked for.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT bool isLoopbackName(const QString &host);

/*!
    \brief Which pages may talk to the server, and by which names it may be called.

    A page of another site reaches this machine through its visitor's browser, by its own Origin, or by a name
    that its owner has made point here (DNS rebinding), which then stands in Host.
*/
class HostPolicy
{
public:
    //! Loopback is always allowed, and \a allowed besides: host names or addresses, \c null for pages without
    //! an origin of their own.
    explicit HostPolicy(const QStringList &allowed) : m_allowed(allowed) { }

    //! 403 with the reason for \a request, which came in at \a local; none if it may go on.
    [[nodiscard]] std::optional<HttpResponse> refusal(const HttpRequest &request,
                                                      const QHostAddress &local) const;
    //! True for loopback and what is allowed besides.
    [[nodiscard]] bool allows(const QString &host) const;

private:
    const QStringList m_allowed;
};

} // namespace Twilio::Server
