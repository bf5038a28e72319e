#pragma once

#include "TwilioSync/store/itemrecord.h"

namespace Twilio {

//! What happened to an item, as itemAdded(), itemUpdated() and itemRemoved() report it.
struct ItemEvent
{
    enum class Kind : quint8 { Added, Updated, Removed };

    Kind kind;
    //! The new state; for Removed the last one.
    ItemPtr item;
    //! The state before an update; null if it was not known.
    ItemPtr previous;
    //! True if our own call made it.
    bool isLocal;
};

//! What the service tells of an item; the views need only live while it is being received.
struct CollectionEvent
{
    ItemEvent::Kind kind;
    //! The item's new state, with the event's id; of a removal its key, its last value, and the time.
    ItemFields item;
    //! Otherwise the item keeps the expiry it has.
    bool knowsExpires = true;
    //! A removal by a call of ours.
    bool isLocal = false;
    //! Of the collection, from this event on.
    QByteArrayView revision = {};
    //! All events before it have come.
    bool isInOrder = true;
};

} // namespace Twilio
