#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qobjectdefs.h>

/*!
    \brief Enums that the four kinds of object share; in QML the element \c Sync.
*/
namespace Twilio::Sync {
Q_NAMESPACE_EXPORT(TWILIOSYNC_EXPORT)

// Enums that QML sees are int wide: Qt 6.4 reads one in a signal's argument as an int, whatever its width

//! Where a handle is in its life.
enum class Status : int {
    Null, //!< names nothing yet
    Opening, //!< the service has been asked
    Ready, //!< open: properties hold the service's state
    Failed, //!< opening failed; the handle's error says why
    Removed, //!< the object is gone from the service
    Closed //!< close() was called; every later call rejects
};
Q_ENUM_NS(Status)

//! In order of life, not on the wire (protocol.md, section 9).
enum class SubscriptionState : int {
    Unsubscribed,
    Pending, //!< wanted, not yet asked for
    Subscribing, //!< asked for, outcome awaited
    Established, //!< changes arrive
    SubscriptionFailed //!< refused by the service; the handle's error says why
};
Q_ENUM_NS(SubscriptionState)

//! What a row that shows a write before the service has taken it is waiting for.
enum class Pending : int {
    NotPending, //!< the row is what the service has
    Unsaved, //!< a write is not on the disk yet, where SyncClient::persistentWrites wants it
    Waiting, //!< a write waits, or is on its way
    Rejected //!< does not fit what the service has by now: the application decides, see
             //!< SyncClient::conflict()
};
Q_ENUM_NS(Pending)

} // namespace Twilio::Sync
