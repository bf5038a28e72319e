#pragma once

#include "TwilioSync/sqlite/sqliteconnection.h"
#include "TwilioSync/sqlite/sqlitefile.h"

namespace Twilio::Server {

//! Stored as user_version; a file of a higher one is left alone, one of a lower one is brought up.
inline constexpr int schemaVersion = 4;
inline constexpr int oldestSchemaVersion = 1;
inline constexpr SqliteFormat serverFormat { .applicationId = 0x54775379, // "TwSy"
                                             .oldestVersion = oldestSchemaVersion,
                                             .version = schemaVersion,
                                             .writer = "server" };

//! An id no other database has.
[[nodiscard]] QByteArray newStorageId();

//! Makes the tables in an empty database.
[[nodiscard]] SyncResult<Nothing> createSchema(SqliteConnection &connection);

/*!
    \brief Brings a database of schema \a version up to schemaVersion, in one transaction.

    Before that a copy as it was is put beside \a file: FILE.schema1, or FILE.schema1.2 and so on if there is
   one already.
*/
[[nodiscard]] SyncResult<Nothing> migrateSchema(SqliteConnection &connection, const QString &file,
                                                int version);

} // namespace Twilio::Server
