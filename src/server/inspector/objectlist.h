#pragma once

#include "server/http/httpmessage.h"

namespace Twilio::Server {

class Hub;

/*!
    \brief The objects of a service, the newest first, as JSON: those whose name, SID or maker has a text in
    it.

    \c service, \c kind (all without), \c filter, \c before and \c limit in the query of \a request. Looks at
   so many objects at a time; \c next goes on behind them.
*/
[[nodiscard]] HttpResponse objectList(Hub &hub, const HttpRequest &request);

} // namespace Twilio::Server
