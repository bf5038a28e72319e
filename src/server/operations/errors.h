#pragma once

#include "server/data/types.h"
#include "TwilioSync/core/syncerror.h"

/*!
    The errors of the service (protocol.md, section 11.2): HTTP status, Twilio's code, text.

    Codes that no source records are chosen: 20001 (text not readable), 20004 (method), 20007 (page size),
    20404 (path), 20500 (storage), 54010 (nothing to do), 54152 (index), 54156, 54206 and 54251 (data).
*/
namespace Twilio::Server::Errors {

SyncError malformedBody(); // 400 20001
SyncError invalidParameter(); // 400 20001: Order, Bounds
SyncError invalidPageToken(); // 400 20001
SyncError methodNotAllowed(); // 405 20004
SyncError invalidPageSize(); // 400 20007
SyncError unauthorized(); // 401 20003
SyncError noResource(); // 404 20404
SyncError storageFailed(); // 500 20500
SyncError invalidIfMatch(); // 400 54003
SyncError tooLarge(); // 413 54006
SyncError forbidden(); // 403 54007
SyncError rateLimited(); // 429 54009
SyncError noParameters(); // 400 54010
SyncError invalidTtl(); // 400 54011
SyncError serviceNotFound(); // 404 54050
SyncError invalidIndex(); // 400 54152
SyncError mapItemExists(); // 409 54208
SyncError invalidKey(); // 400 54209
SyncError nameNotFound(); // 404 54300
SyncError nameExists(); // 409 54301
SyncError invalidName(); // 400 54302
SyncError invalidIndexName(); // 400 54502

//! 400 20001: \a field cannot be taken, because of \a why.
SyncError invalidField(const QString &field, const QString &why);
//! 400 54507, or 54510 for a list that \a isArrayTooLong: the expression is wrong behind \a position
//! characters.
SyncError invalidQuery(qsizetype position, const QString &what, bool isArrayTooLong);
//! 413 54006: more items want to be told than fit.
SyncError resultTooLarge();
//! 404 for an object of \a kind: 54100, 54150, 54200, 54250.
SyncError notFound(ObjectKind kind);
//! 404 for an item of a list (54151) or map (54201).
SyncError itemNotFound(ObjectKind kind);
//! 412 for a document (54103), list item (54155) or map item (54205).
SyncError revisionMismatch(ObjectKind kind);
//! 400 for data that is no JSON object: 54101, 54156, 54206, 54251.
SyncError invalidData(ObjectKind kind);
//! 400 54156 for the context of a list.
SyncError invalidContext();

} // namespace Twilio::Server::Errors
