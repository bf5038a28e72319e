#include "TwilioSync/session/writerequest.h"

#include "TwilioSync/protocol/json.h"

namespace Twilio {
namespace {

QByteArray methodOf(const Write &write, ObjectKind kind)
{
    switch (write.operation) {
    case WriteOperation::Remove:
    case WriteOperation::RemoveObject:
        return QByteArrayLiteral("DELETE");
    case WriteOperation::Set:
    case WriteOperation::Merge:
    case WriteOperation::Mutate:
        if (kind == ObjectKind::Map) // a map's PUT creates what is missing
            return QByteArrayLiteral("PUT");
        break;
    case WriteOperation::Push:
    case WriteOperation::SetTtl:
    case WriteOperation::Publish:
        break;
    }
    return QByteArrayLiteral("POST");
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

constexpr int tooLarge = 54006;
constexpr qsizetype largestValue = 16 * 1024;
constexpr qsizetype largestMessage = 4 * 1024;

} // namespace

RestRequest requestOf(const Write &write, const QByteArray &url, ObjectKind kind)
{
    RestRequest request { methodOf(write, kind), RestUrl::fromEncoded(url), {}, bodyOf(write) };
    addServiceHeaders(request);
    if (!write.base.isEmpty())
        request.headers.append({ QByteArrayLiteral("If-Match"), write.base });
    return request;
}

SyncError explainedSize(const SyncError &error, ObjectKind kind, const QByteArray &data)
{
    if (error.code() != tooLarge)
        return error;
    const QString explanation = QStringLiteral("%1: %2 bytes of JSON, at most %3 are allowed")
                                        .arg(error.message())
                                        .arg(Protocol::compactJson(data).size())
                                        .arg(kind == ObjectKind::Stream ? largestMessage : largestValue);
    return SyncError(explanation, error.status(), error.code(), error.isTerminal());
}

} // namespace Twilio
