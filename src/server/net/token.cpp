#include "server/net/token.h"

#include "server/net/constanttime.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qmessageauthenticationcode.h>
#include <QtCore/qrandom.h>

#include <array>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

constexpr auto base64Url = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

TokenRefusal invalid() { return { 20101, "Invalid Access Token" }; }
TokenRefusal expired() { return { 20104, "Access Token expired or expiration date invalid" }; }

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toBase64(base64Url);
}

std::optional<QJsonObject> decoded(QByteArrayView part)
{
    const auto bytes = QByteArray::fromBase64Encoding(part.toByteArray(),
                                                      base64Url | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes)
        return std::nullopt;
    const QJsonDocument document = QJsonDocument::fromJson(*bytes);
    return document.isObject() ? std::optional(document.object()) : std::nullopt;
}

std::optional<QCryptographicHash::Algorithm> hashOf(const QString &algorithm)
{
    static const std::array known {
        std::pair { "HS256"_L1, QCryptographicHash::Sha256 },
        std::pair { "HS384"_L1, QCryptographicHash::Sha384 },
        std::pair { "HS512"_L1, QCryptographicHash::Sha512 },
    };
    for (const auto &[name, hash] : known) {
        if (algorithm == name)
            return hash;
    }
    return std::nullopt;
}

// Seconds of a claim in milliseconds; far beyond any clock, but within 64 bits.
qint64 toMilliseconds(double seconds) { return qint64(qBound(-9e15, seconds * 1000, 9e15)); }

} // namespace

QString makeToken(const TokenClaims &claims, const QByteArray &secret, qint64 nowMs)
{
    const QString issuer = "SK00000000000000000000000000000001"_L1;
    const qint64 now = nowMs / 1000;
    const QJsonObject header { { u"typ"_s, u"JWT"_s },
                               { u"alg"_s, u"HS256"_s },
                               { u"cty"_s, u"twilio-fpa;v=1"_s } };
    const QJsonObject payload {
        // The serial keeps two tokens of one second apart: a client skips an update to the same string.
        { u"jti"_s, u"%1-%2-%3"_s.arg(issuer).arg(now).arg(QRandomGenerator::global()->generate()) },
        { u"iss"_s, issuer },
        { u"sub"_s, claims.accountSid },
        { u"iat"_s, now },
        { u"exp"_s, claims.expiresAtMs / 1000 },
        { u"grants"_s,
          QJsonObject { { u"identity"_s, claims.identity },
                        { u"data_sync"_s, QJsonObject { { u"service_sid"_s, claims.serviceSid } } } } },
    };
    const QByteArray signedPart = compact(header) + '.' + compact(payload);
    const QByteArray signature =
            QMessageAuthenticationCode::hash(signedPart, secret, QCryptographicHash::Sha256);
    return QString::fromLatin1(signedPart + '.' + signature.toBase64(base64Url));
}

std::variant<TokenClaims, TokenRefusal> checkToken(const QString &token, const QByteArray &secret,
                                                   qint64 nowMs)
{
    const QByteArray text = token.toUtf8();
    const qsizetype first = text.indexOf('.');
    const qsizetype second = text.lastIndexOf('.');
    if (first < 0 || second == first || text.count('.') != 2)
        return invalid();
    const auto header = decoded(QByteArrayView(text).first(first));
    const auto payload = decoded(QByteArrayView(text).sliced(first + 1, second - first - 1));
    if (!header || !payload)
        return invalid();
    const auto hash = hashOf(header->value("alg"_L1).toString());
    if (!hash)
        return invalid();
    const QByteArray expected = QMessageAuthenticationCode::hash(text.first(second), secret, *hash);
    if (!equalInConstantTime(expected.toBase64(base64Url), QByteArrayView(text).sliced(second + 1)))
        return TokenRefusal { 20107, "Invalid Access Token signature" };

    const QJsonValue notBefore = payload->value("nbf"_L1);
    if (!notBefore.isUndefined() && !notBefore.isDouble())
        return invalid();
    if (toMilliseconds(notBefore.toDouble()) > nowMs)
        return TokenRefusal { 20105, "Access Token not yet valid" };
    const QJsonValue expiry = payload->value("exp"_L1);
    if (!expiry.isDouble() || toMilliseconds(expiry.toDouble()) <= nowMs)
        return expired();

    const QJsonObject grants = payload->value("grants"_L1).toObject();
    TokenClaims claims;
    claims.identity = grants.value("identity"_L1).toString();
    claims.serviceSid =
            serviceSidOf(grants.value("data_sync"_L1).toObject().value("service_sid"_L1).toString());
    if (claims.identity.isEmpty() || claims.serviceSid.isEmpty())
        return TokenRefusal { 20106, "Invalid Access Token grants" };
    if (const QString account = payload->value("sub"_L1).toString(); !account.isEmpty())
        claims.accountSid = account;
    claims.expiresAtMs = toMilliseconds(expiry.toDouble());
    return claims;
}

} // namespace Twilio::Server
