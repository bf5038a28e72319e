#pragma once

#include "server/data/object.h"
#include "server/storage/sqliteconnection.h"

#include <memory>
#include <vector>

namespace Twilio::Server {

using LoadedObjects = std::vector<std::unique_ptr<SyncObject>>;

/*!
    \brief Everything in \a connection, the open database \a file, in the order of the serials.

    Trusts nothing: whatever a client would stumble over (a value that is no JSON, a gap in an event log) is
    reported as damage.
*/
[[nodiscard]] SyncResult<LoadedObjects> loadObjects(SqliteConnection &connection, const QString &file);

} // namespace Twilio::Server
