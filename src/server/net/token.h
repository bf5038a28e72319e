#pragma once

#include "server/data/service.h"
#include "server/serverglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <variant>

/*!
    Access tokens: JWTs signed with a shared secret (protocol.md, section 2).
*/
namespace Twilio::Server {

//! What a token says about its bearer.
struct TokenClaims
{
    QString identity;
    QString serviceSid = QLatin1StringView(defaultServiceSid);
    QString accountSid = QLatin1StringView(defaultAccountSid);
    //! Milliseconds since 1970 UTC.
    qint64 expiresAtMs = 0;

    friend bool operator==(const TokenClaims &, const TokenClaims &) = default;
};

//! Why a token is refused: the \c errorCode and \c description of a 401 status (protocol.md 11.1).
struct TokenRefusal
{
    int errorCode = 0;
    QByteArray description;

    friend bool operator==(const TokenRefusal &, const TokenRefusal &) = default;
};

//! A token for \a claims, signed with \a secret by HS256 and issued at \a nowMs.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT QString makeToken(const TokenClaims &claims,
                                                                 const QByteArray &secret, qint64 nowMs);

/*!
    \brief The claims of \a token if \a secret signed it (HS256, HS384 or HS512) and it is in force at \a
    nowMs.

    Whatever account, identity and service it names is accepted.
*/
[[nodiscard]] std::variant<TokenClaims, TokenRefusal> checkToken(const QString &token,
                                                                 const QByteArray &secret, qint64 nowMs);

} // namespace Twilio::Server
