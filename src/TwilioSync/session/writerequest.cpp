#include "TwilioSync/session/writerequest.h"

namespace Twilio {
namespace {

const char *methodOf(const Write &write, ObjectKind kind)
{
    switch (write.operation) {
    case WriteOperation::Remove:
    case WriteOperation::RemoveObject:
        return "DELETE";
    case WriteOperation::Set:
    case WriteOperation::Merge:
    case WriteOperation::Mutate:
        return kind == ObjectKind::Map ? "PUT" : "POST"; // a map's PUT creates what is missing
    case WriteOperation::Push:
    case WriteOperation::SetTtl:
    case WriteOperation::Publish:
        break;
    }
    return "POST";
}

QByteArray bodyOf(const Write &write)
{
    if (write.operation == WriteOperation::Remove || write.operation == WriteOperation::RemoveObject)
        return {};
    const bool hasData = write.operation != WriteOperation::SetTtl;
    QByteArray body;
    body.reserve(write.sentValue.size() + 40);
    body += '{';
    if (hasData)
        body.append("\"data\":").append(write.sentValue);
    if (write.ttl)
        body.append(hasData ? ",\"ttl\":" : "\"ttl\":").append(QByteArray::number(*write.ttl));
    return body += '}';
}

} // namespace

RestRequest requestOf(const Write &write, const QByteArray &url, ObjectKind kind)
{
    RestRequest request { QByteArray(methodOf(write, kind)), QUrl::fromEncoded(url), {}, bodyOf(write) };
    addServiceHeaders(request);
    if (!write.base.isEmpty())
        request.headers.append({ QByteArrayLiteral("If-Match"), write.base });
    return request;
}

} // namespace Twilio
