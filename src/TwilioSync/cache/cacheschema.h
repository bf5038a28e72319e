#pragma once

#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/sqlite/sqliteconnection.h"
#include "TwilioSync/sqlite/sqlitefile.h"

/*!
    The tables of a cache. Times in milliseconds since 1970 UTC, or noTime.

    \code
    owner    account, service, identity                                  one row
    objects  id, kind, sid, unique_name, …, last_event_id, coverage,     opened grows with each opening
             data (a document's, a list's context), opened, storage
    items    object -> objects.id, item_index, item_key, …, data         go with their object
writes   id, object_sid, body                                        ids grow, and are never used again
    \endcode
*/
namespace Twilio {

inline constexpr SqliteFormat cacheFormat { .applicationId = 0x54775363, // "TwSc"
                                            .oldestVersion = 1,
                                            .version = 2,
                                            .writer = "client" };

//! Makes the tables in an empty database.
[[nodiscard]] SyncResult<Nothing> createCacheSchema(SqliteConnection &connection, const CacheOwner &owner);

//! Brings a file of version 1 up to this one.
[[nodiscard]] SyncResult<Nothing> migrateCacheSchema(SqliteConnection &connection);

//! \a text for a column of a table: an empty one is not NULL, which is what Qt makes of a null QString.
[[nodiscard]] inline QString textOf(QByteArrayView text)
{
    return text.isEmpty() ? QStringLiteral("") : QString::fromUtf8(text);
}

//! The name of the file, in the folder of caches, that holds what is \a owner's; tells nothing of them.
[[nodiscard]] QString cacheFileName(const CacheOwner &owner);

} // namespace Twilio
