#include "server/dialects/v3/urls.h"

#include "server/data/kinds.h"
#include "server/http/httpmessage.h"

namespace Twilio::Server::V3 {
namespace {

constexpr QByteArrayView defaultHost("cds.us1.twilio.com");

} // namespace

QByteArray baseUrl(const QByteArray &host)
{
    return "https://" + (host.isEmpty() ? defaultHost.toByteArray() : host);
}

QByteArray serviceUrl(const QString &service, const QByteArray &host)
{
    return baseUrl(host) + "/v3/Services/" + encodeURIComponent(service);
}

QByteArray objectUrl(const QString &service, const QByteArray &host, const ObjectRef &object)
{
    return serviceUrl(service, host) + '/' + wordsOf(object.kind).collection.toByteArray() + '/' + object.sid;
}

QByteArray objectUrl(const SyncObject &object)
{
    return objectUrl(object.service, object.host, object.ref());
}

QByteArray itemUrl(const QByteArray &objectUrl, ObjectKind kind, const ItemId &id)
{
    const QByteArray last =
            kind == ObjectKind::List ? QByteArray::number(id.index) : encodeURIComponent(id.key);
    return objectUrl + "/Items/" + last;
}

} // namespace Twilio::Server::V3
