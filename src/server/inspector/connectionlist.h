#pragma once

#include "server/http/httpmessage.h"

namespace Twilio::Server {

class Gateway;

/*!
    \brief The clients that are connected, in the order of their coming, as JSON: who they are, what they are
    subscribed to, and how much waits for them.

    \c after, the number of a connection, and \c limit in the query of \a request; \c next is there if there
   are more.
*/
[[nodiscard]] HttpResponse connectionList(Gateway &gateway, const HttpRequest &request);

} // namespace Twilio::Server
