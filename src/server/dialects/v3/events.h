#pragma once

#include "server/data/change.h"
#include "server/serverglobal.h"

#include <QtCore/qlist.h>

//! The dialect of the SDKs (protocol.md, sections 6 to 9).
namespace Twilio::Server::V3 {

//! One change as text.
struct Event
{
    //! Consecutive per object; -1 for streams.
    qint64 id = -1;
    //! Such as \c list_item_added (protocol.md, section 8.2).
    QByteArray type;
    //! The event object.
    QByteArray json;
};

[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT Event eventOf(const Change &change);
[[nodiscard]] QList<Event> eventsOf(const QList<Change> &changes);

} // namespace Twilio::Server::V3
