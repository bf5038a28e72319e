#include "server/operations/errors.h"

namespace Twilio::Server::Errors {
namespace {

SyncError make(int status, int code, const char *text)
{
    return SyncError(QString::fromLatin1(text), status, code);
}

struct KindErrors
{
    int notFoundCode;
    const char *notFound;
    int itemNotFoundCode;
    int mismatchCode;
    const char *mismatch;
    int dataCode;
    const char *data;
};

// In the order of ObjectKind; 0 where a kind has no such thing.
constexpr KindErrors kindErrors[] = {
    { 54100, "Document not found", 0, 54103, "Document revision mismatch", 54101, "Invalid Document data" },
    { 54150, "List not found", 54151, 54155, "List Item revision mismatch", 54156, "Invalid List Item data" },
    { 54200, "Map not found", 54201, 54205, "Map Item revision mismatch", 54206, "Invalid Map Item data" },
    { 54250, "Stream not found", 0, 0, "", 54251, "Invalid Stream Message data" },
};

const KindErrors &of(ObjectKind kind) { return kindErrors[std::size_t(kind)]; }

} // namespace

SyncError malformedBody() { return make(400, 20001, "Malformed request body"); }
SyncError invalidParameter() { return make(400, 20001, "Invalid query parameter"); }
SyncError invalidPageToken() { return make(400, 20001, "Invalid page token"); }
SyncError methodNotAllowed() { return make(405, 20004, "Method not allowed"); }
SyncError invalidPageSize() { return make(400, 20007, "Invalid page size"); }
SyncError unauthorized() { return make(401, 20003, "Authenticate"); }
SyncError noResource() { return make(404, 20404, "The requested resource was not found"); }
SyncError storageFailed() { return make(500, 20500, "Internal Server Error"); }
SyncError invalidIfMatch() { return make(400, 54003, "Invalid If-Match header"); }
SyncError tooLarge() { return make(413, 54006, "Request entity too large"); }
SyncError forbidden() { return make(403, 54007, "Access forbidden for identity"); }
SyncError rateLimited() { return make(429, 54009, "Rate limit exceeded"); }
SyncError noParameters() { return make(400, 54010, "No parameters specified"); }
SyncError invalidTtl() { return make(400, 54011, "Invalid TTL"); }
SyncError serviceNotFound() { return make(404, 54050, "Service Instance not found"); }
SyncError invalidIndex() { return make(400, 54152, "Invalid List Item index"); }
SyncError mapItemExists() { return make(409, 54208, "Map Item already exists"); }
SyncError invalidKey() { return make(400, 54209, "Invalid Map Item key"); }
SyncError nameNotFound() { return make(404, 54300, "Unique name not found"); }
SyncError nameExists() { return make(409, 54301, "Unique name already exists"); }

SyncError invalidName()
{
    return make(400, 54302,
                "Invalid unique name. Expected a string with length 1-320 not matching the SID pattern "
                "[A-Z]{2}[a-f0-9]{32}");
}

SyncError invalidIndexName() { return make(400, 54502, "Invalid index name"); }

SyncError invalidQuery(qsizetype position, const QString &what, bool isArrayTooLong)
{
    return SyncError(QStringLiteral("Invalid query: at character %1: %2").arg(position + 1).arg(what), 400,
                     isArrayTooLong ? 54510 : 54507);
}

SyncError resultTooLarge()
{
    return make(413, 54006, "Request entity too large: the result of the query has more than 8 MiB");
}

SyncError invalidField(const QString &field, const QString &why)
{
    return SyncError(field + QStringLiteral(": ") + why, 400, 20001);
}

SyncError notFound(ObjectKind kind) { return make(404, of(kind).notFoundCode, of(kind).notFound); }

SyncError itemNotFound(ObjectKind kind) { return make(404, of(kind).itemNotFoundCode, "Item not found"); }

SyncError revisionMismatch(ObjectKind kind) { return make(412, of(kind).mismatchCode, of(kind).mismatch); }

SyncError invalidData(ObjectKind kind) { return make(400, of(kind).dataCode, of(kind).data); }

SyncError invalidContext() { return make(400, 54156, "Invalid List context data"); }

} // namespace Twilio::Server::Errors
