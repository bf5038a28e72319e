#pragma once

#include "TwilioSync/api/synclistitem.h"
#include "TwilioSync/api/syncmapitem.h"
#include "TwilioSync/api/syncstream.h"

#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>

// Results as JavaScript sees them. Values come from the service's own text, so their keys keep its order.
namespace Twilio::Qml {

//! An object with the properties of \a item.
[[nodiscard]] QJSValue itemValue(QJSEngine *engine, const SyncListItem &item);
[[nodiscard]] QJSValue itemValue(QJSEngine *engine, const SyncMapItem &item);
//! \c{{ sid, value }}.
[[nodiscard]] QJSValue messageValue(QJSEngine *engine, const SyncStreamMessage &message);

} // namespace Twilio::Qml
