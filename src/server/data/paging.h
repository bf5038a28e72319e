#pragma once

#include "server/data/object.h"
#include "TwilioSync/core/syncresult.h"

namespace Twilio::Server {

/*!
    \brief Answers a read of items: a page, or one item by its key or index (protocol.md, section 7.7).

    Takes time for the items of the page and a look-up, however large the collection is. \a params are those
   of the call; the result is the body of the reply.
*/
[[nodiscard]] SyncResult<QByteArray> readItems(const SyncObject &object, const NameValueList &params);

} // namespace Twilio::Server
