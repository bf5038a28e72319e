#pragma once

#include "server/data/storage.h"
#include "TwilioSync/sqlite/sqliteconnection.h"

namespace Twilio::Server {

/*!
    \brief Everything in \a connection, the open database \a file, which has schema \a version.

    Trusts nothing: whatever a client would stumble over (a value that is no JSON, an item whose newest event
   is missing) is reported as damage.
*/
[[nodiscard]] SyncResult<Stored> loadAll(SqliteConnection &connection, const QString &file, int version);

} // namespace Twilio::Server
