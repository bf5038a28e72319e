#pragma once

#include "server/http/httpmessage.h"

#include <QtCore/qbytearray.h>

#include <optional>

namespace Twilio::Server {

/*!
    \brief Who may use the inspector: its own page, opened on this machine, or by somebody who knows the
    server's secret.

    The page gets a random key, good until the server ends, and shows it with every call. Pages of other
    origins cannot read it, not even those of this machine that may open WebSockets.
*/
class InspectorAccess
{
public:
    explicit InspectorAccess(const QByteArray &secret);

    [[nodiscard]] const QByteArray &key() const { return m_key; }
    //! The header that has the key.
    static constexpr char keyHeader[] = "x-inspector-key";

    //! Why \a request is no call of the page; none if it may be one, whoever's it is.
    [[nodiscard]] static std::optional<HttpResponse> refusalOfOrigin(const HttpRequest &request);
    //! Why \a request may not be answered: it comes from elsewhere, or has not the key.
    [[nodiscard]] std::optional<HttpResponse> refusal(const HttpRequest &request) const;
    //! True if \a request comes straight from this machine: through no proxy, by a name of loopback.
    [[nodiscard]] static bool isLocal(const HttpRequest &request);
    [[nodiscard]] bool isSecret(const QByteArray &shown) const;

private:
    const QByteArray m_secret;
    const QByteArray m_key;
};

} // namespace Twilio::Server
