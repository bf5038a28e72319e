#pragma once

#include "server/dialects/v1/call.h"
#include "server/operations/paging.h"

namespace Twilio::Server::V1 {

//! Which page a call asks for. Only items are sorted and sought.
[[nodiscard]] PageArguments pageOf(const Call &call);
[[nodiscard]] PageArguments itemPageOf(const Call &call);

//! One page of \a entries, JSON texts, which are called \a key.
[[nodiscard]] QByteArray pageBody(QByteArrayView key, const QByteArrayList &entries, const PageMeta &meta,
                                  const Call &call);

} // namespace Twilio::Server::V1
