#pragma once

namespace Twilio::Server {

class Router;

//! Adds the page at / to \a router, and the files it is made of below /_inspect/page: nothing in them is
//! secret.
void addInspectorPage(Router &router);

} // namespace Twilio::Server
