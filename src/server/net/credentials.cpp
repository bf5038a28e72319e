#include "server/net/credentials.h"

#include "server/data/kinds.h"
#include "server/net/constanttime.h"
#include "server/net/serverframes.h"
#include "TwilioSync/protocol/json.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmessageauthenticationcode.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

constexpr auto base64Url = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

QByteArray ownerOf(const TokenClaims &claims)
{
    return (claims.serviceSid + QLatin1Char('|') + claims.identity).toUtf8();
}

} // namespace

Credentials::Credentials(const QByteArray &secret, const QByteArray &storage)
    : m_secret(secret)
    , m_storage(storage)
{ }

std::variant<TokenClaims, TokenRefusal> Credentials::check(const QString &token) const
{
    return checkToken(token, m_secret, QDateTime::currentMSecsSinceEpoch());
}

std::optional<Credentials::Backend> Credentials::backend(const QByteArray &authorization) const
{
    const qsizetype space = authorization.indexOf(' ');
    if (space < 0 || authorization.first(space).compare("Basic", Qt::CaseInsensitive) != 0)
        return std::nullopt;
    const auto shown = QByteArray::fromBase64Encoding(authorization.sliced(space + 1).trimmed(),
                                                      QByteArray::AbortOnBase64DecodingErrors);
    const qsizetype colon = shown ? shown.decoded.indexOf(':') : -1;
    if (colon < 0)
        return std::nullopt;
    const QByteArrayView key = QByteArrayView(shown.decoded).sliced(colon + 1);
    const bool isGuest = !m_guestKey.isEmpty() && equalInConstantTime(key, m_guestKey);
    if (!isGuest && !equalInConstantTime(key, m_secret))
        return std::nullopt;
    const QString user = QString::fromLatin1(shown.decoded.first(colon));
    if (!looksLikeSid(user) || !(user.startsWith("AC"_L1) || user.startsWith("SK"_L1)))
        return std::nullopt;
    return Backend { user.startsWith("AC"_L1) ? user : QString(QLatin1StringView(defaultAccountSid)),
                     isGuest };
}

QByteArray Credentials::sign(const QByteArray &text) const
{
    // The prefix keeps these apart from access tokens, which the same secret signs.
    return QMessageAuthenticationCode::hash("sync-server:" + text, m_secret, QCryptographicHash::Sha256)
            .first(18)
            .toBase64(base64Url);
}

Credentials::Continuation Credentials::continuation(const QByteArray &offered,
                                                    const TokenClaims &claims) const
{
    const auto seal = [this](const QByteArray &body) {
        return sign("continuation:" + QByteArray::number(m_continuationGeneration) + ':' + body);
    };
    const auto members = [](const QByteArray &token, const QByteArray &status) {
        return QByteArray(",\"continuation_token\":\"" + token + "\",\"continuation_token_status\":{" + status
                          + '}');
    };
    const auto reissued = [&](QByteArrayView reason, QByteArrayView message) -> Continuation {
        const QByteArray endpoint = randomId("EP");
        const QByteArray body =
                QByteArray("{\"format\":\"sync-ct-1\",\"endpoint\":\"" + endpoint
                           + "\",\"owner\":" + Protocol::quoteJson(QByteArrayView(ownerOf(claims))) + '}')
                        .toBase64(base64Url);
        return { members(body + '.' + seal(body),
                         "\"reissued\":true,\"reissue_reason\":" + Protocol::quoteJson(reason)
                                 + ",\"reissue_message\":" + Protocol::quoteJson(message)),
                 endpoint };
    };

    if (offered.isEmpty())
        return reissued("MISSING", "No continuation token");
    const qsizetype dot = offered.indexOf('.');
    const QByteArray body = offered.first(qMax<qsizetype>(dot, 0));
    if (dot < 0 || offered.sliced(dot + 1) != seal(body))
        return reissued("UNKNOWN_TOKEN", "Unknown continuation token");
    const QByteArray json = QByteArray::fromBase64(body, base64Url);
    const auto content = Protocol::JsonObjectView::parse(json);
    if (!content || content->value("owner").toUtf8() != ownerOf(claims))
        return reissued("DIFFERENT_IDENTITY", "Different identity");
    return { members(offered, "\"reissued\":false"),
             content->value("endpoint").toUtf8().value_or(QByteArray()) };
}

QByteArray Credentials::storageId(const TokenClaims &claims) const
{
    // Names, and gives access to nothing: stays what it is when the secret is another one.
    const QByteArray text = m_storage + ':' + ownerOf(claims);
    return "st-" + QCryptographicHash::hash(text, QCryptographicHash::Sha256).first(18).toBase64(base64Url);
}

} // namespace Twilio::Server
