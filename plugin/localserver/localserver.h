#pragma once

#include "server/localsyncserver.h"

#include <QtQml/qqml.h>
#include <QtQml/qqmlregistration.h>

namespace Twilio::Qml {

//! The element of the module Twilio.Sync.LocalServer.
struct LocalServerForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::LocalSyncServer)
    QML_NAMED_ELEMENT(LocalSyncServer)
};

} // namespace Twilio::Qml
