#pragma once

#include "server/http/httpmessage.h"
#include "TwilioSync/core/syncresult.h"

namespace Twilio::Server {

//! The whole number \a name in the query of \a request, \a otherwise if it is not there; fails if it is none
//! from \a least to \a most.
[[nodiscard]] inline SyncResult<qint64> numberField(const HttpRequest &request, QByteArrayView name,
                                                    qint64 least, qint64 most, qint64 otherwise)
{
    const auto text = firstValue(request.query, name);
    if (!text)
        return otherwise;
    bool ok = false;
    const qint64 number = text->toLongLong(&ok);
    if (ok && number >= least && number <= most)
        return number;
    return SyncError(QStringLiteral("%1: expected a whole number from %2 to %3, got \"%4\"")
                             .arg(QString::fromUtf8(name))
                             .arg(least)
                             .arg(most)
                             .arg(QString::fromUtf8(*text)));
}

} // namespace Twilio::Server
