#include "TwilioSync/protocol/objectkind.h"

namespace Twilio {

QByteArray objectTypeOf(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Document:
        return QByteArrayLiteral("document");
    case ObjectKind::List:
        return QByteArrayLiteral("list");
    case ObjectKind::Map:
        return QByteArrayLiteral("map");
    case ObjectKind::Stream:
        return QByteArrayLiteral("stream");
    }
    return {};
}

QByteArray rootPathOf(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Document:
        return QByteArrayLiteral("/v3/Documents");
    case ObjectKind::List:
        return QByteArrayLiteral("/v3/Lists");
    case ObjectKind::Map:
        return QByteArrayLiteral("/v3/Maps");
    case ObjectKind::Stream:
        return QByteArrayLiteral("/v3/Streams");
    }
    return {};
}

SyncError removedError(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Document:
        return SyncError(QStringLiteral("The Document has been removed"), 404, 54100);
    case ObjectKind::List:
        return SyncError(QStringLiteral("The List has been removed"), 404, 54150);
    case ObjectKind::Map:
        return SyncError(QStringLiteral("The Map has been removed"), 404, 54200);
    case ObjectKind::Stream:
        return SyncError(QStringLiteral("The Stream has been removed"), 404, 54250);
    }
    return {};
}

bool isMissingObject(ObjectKind kind, const SyncError &error)
{
    constexpr int unknownName = 54300;
    return error.status() == 404
            && (error.code() == removedError(kind).code() || error.code() == unknownName);
}

} // namespace Twilio
