#pragma once

namespace Bench {

/*!
    \brief Serves until it is ended: every call gets the same answer, and the first connection an event for
    each, without anything being looked at. As fast as a QWebSocketServer can be.
*/
[[nodiscard]] int serveBare();

} // namespace Bench
