#pragma once

#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/core/syncnamespace.h"

#include <QtQml/qqml.h>
#include <QtQml/qqmlregistration.h>

// Registration of the types that all of the module's elements share.
namespace Twilio::Qml {

//! The enums of Twilio::Sync as \c Sync.Ready, \c Sync.Established.
namespace SyncForeign {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(Twilio::Sync)
QML_NAMED_ELEMENT(Sync)
} // namespace SyncForeign

//! The type of every \c error property.
struct SyncErrorForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncError)
    QML_VALUE_TYPE(syncError)
};

} // namespace Twilio::Qml
