#pragma once

#include "TwilioSync/core/syncresult.h"

#include <QtCore/qstring.h>

namespace Twilio::Server {

//! "FILE: what is wrong".
[[nodiscard]] SyncError fileError(const QString &file, const QString &reason);
[[nodiscard]] SyncError damagedError(const QString &file, const QString &detail);

//! True if there is nothing at \a file, or an empty file.
[[nodiscard]] bool isVacant(const QString &file);

//! SQLite's application_id of our files: "TwSy".
inline constexpr quint32 applicationId = 0x54775379;

//! Judges \a file by its first bytes alone: no database, another application's, another version's? The schema
//! version otherwise.
[[nodiscard]] SyncResult<int> checkHeader(const QString &file);

/*!
    \brief Makes an empty database at \a file, which must be vacant.

    Made aside and renamed when it is complete, so that a file of that name is never half made.
*/
[[nodiscard]] SyncResult<Nothing> createDatabase(const QString &file);

} // namespace Twilio::Server
