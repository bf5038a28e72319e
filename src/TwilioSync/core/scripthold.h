#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <memory>

class QObject;

namespace Twilio {

/*!
    \brief Keeps an object from a script's garbage collection, for as long as there is one.

    What a script has made, or was given, goes once no script refers to it; it does not know of views and
    models in C++ that do. Null where there is no script, or the object is not the script's.
*/
using ScriptHold = std::shared_ptr<void>;

//! Set by the QML plugin, which knows the engine; none without it.
using ScriptHolder = ScriptHold (*)(QObject *object);

TWILIOSYNC_PRIVATE_EXPORT void setScriptHolder(ScriptHolder holder);
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT ScriptHold holdInScript(QObject *object);

} // namespace Twilio
