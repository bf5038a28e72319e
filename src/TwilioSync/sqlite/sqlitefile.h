#pragma once

#include "TwilioSync/core/syncresult.h"

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qstring.h>

#include <functional>

namespace Twilio {

//! "FILE: what is wrong".
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT SyncError fileError(const QString &file, const QString &reason);
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT SyncError damagedError(const QString &file, const QString &detail);

//! True if there is nothing at \a file, or an empty file.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT bool isVacant(const QString &file);

class SqliteConnection;

//! What tells the files of one kind from any other.
struct SqliteFormat
{
    //! SQLite's application_id.
    quint32 applicationId;
    //! Versions of the schema, SQLite's user_version, that can be read.
    int oldestVersion;
    int version;
    //! Who writes such files, for errors.
    const char *writer;
};

//! Judges \a file by its first bytes alone: no database, another application's, another version's? The schema
//! version otherwise.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT SyncResult<int> checkHeader(const QString &file,
                                                                    const SqliteFormat &format);

/*!
    \brief Makes a database at \a file, which must be vacant; \a fill makes its tables.

    Made aside and renamed when it is complete, so that a file of that name is never half made.
*/
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT SyncResult<Nothing>
createDatabase(const QString &file, const std::function<SyncResult<Nothing>(SqliteConnection &)> &fill);

} // namespace Twilio
