#pragma once

#include "TwilioSync/protocol/json.h"

#include <QtCore/qvariant.h>

namespace Twilio {

//! What one member of an item's value is to views; invalid if it is not there.
[[nodiscard]] QVariant decodedMember(const Protocol::JsonSlice &slice);

//! As SyncValue::toVariantMap(), quicker for the short flat objects that most items are.
[[nodiscard]] QVariantMap decodedObject(QByteArrayView json);

} // namespace Twilio
