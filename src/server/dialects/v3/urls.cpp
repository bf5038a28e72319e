#include "server/dialects/v3/urls.h"

#include "server/data/kinds.h"

#include <QtCore/qurl.h>

#include <algorithm>

namespace Twilio::Server::V3 {
namespace {

constexpr QByteArrayView defaultHost("cds.us1.twilio.com");
constexpr qsizetype maxHostLength = 255;

// As JavaScript does, so that a URL is the one its client would build.
QByteArray encodeURIComponent(const QString &text) { return QUrl::toPercentEncoding(text, "!'()*"); }

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

QByteArray safeHost(const QByteArray &host)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                || QByteArrayView(".-_:[]").contains(c);
    };
    const bool usable =
            !host.isEmpty() && host.size() <= maxHostLength && std::all_of(host.begin(), host.end(), fits);
    return usable ? host : QByteArray();
}

} // namespace Twilio::Server::V3
