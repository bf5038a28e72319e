#pragma once

#include "TwilioSync/core/syncresult.h"

#include <QtNetwork/qsslconfiguration.h>

namespace Twilio::Server {

//! The server side of TLS with the PEM files of a certificate chain and its RSA or EC key; an error names the
//! file.
[[nodiscard]] SyncResult<QSslConfiguration> loadTlsFiles(const QString &certificatePath,
                                                         const QString &keyPath);

} // namespace Twilio::Server
