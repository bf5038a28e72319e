#pragma once

#include "TwilioSync/core/syncresult.h"

#include <QtCore/qstring.h>

namespace Twilio::Server {

//! Stored as user_version; a file of a higher one is left alone.
inline constexpr int schemaVersion = 1;

//! "FILE: what is wrong".
[[nodiscard]] SyncError fileError(const QString &file, const QString &reason);
[[nodiscard]] SyncError damagedError(const QString &file, const QString &detail);

//! True if there is nothing at \a file, or an empty file.
[[nodiscard]] bool isVacant(const QString &file);

//! Judges \a file by its first bytes alone: no database, another application's, another version's?
[[nodiscard]] SyncResult<Nothing> checkHeader(const QString &file);

/*!
    \brief Makes an empty database at \a file, which must be vacant.

    Made aside and renamed when it is complete, so that a file of that name is never half made.
*/
[[nodiscard]] SyncResult<Nothing> createDatabase(const QString &file);

} // namespace Twilio::Server
