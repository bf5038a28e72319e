#include "TwilioSync/session/tokenclaims.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qstringlist.h>

namespace Twilio {

std::optional<CacheOwner> ownerOfToken(const QString &token)
{
    const QStringList parts = token.split(u'.');
    if (parts.size() != 3)
        return std::nullopt;
    const auto json = QByteArray::fromBase64Encoding(
            parts[1].toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    const QJsonObject claims = QJsonDocument::fromJson(json ? *json : QByteArray()).object();
    const QJsonObject grants = claims.value(u"grants").toObject();
    const CacheOwner owner { claims.value(u"sub").toString(),
                             grants.value(u"data_sync").toObject().value(u"service_sid").toString(),
                             grants.value(u"identity").toString() };
    if (owner.accountSid.isEmpty() || owner.serviceSid.isEmpty() || owner.identity.isEmpty())
        return std::nullopt;
    return owner;
}

} // namespace Twilio
