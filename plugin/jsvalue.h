#pragma once

#include "TwilioSync/core/jsontext.h"

#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief \a value as JSON, keys in the order JavaScript has them, by the rules that SyncValue documents.

    What is no object of JavaScript itself is left to the library. QVariants that hold a QJSValue become JSON
   this way too.
*/
[[nodiscard]] JsonText jsonOf(const QJSValue &value);

} // namespace Twilio::Qml
