#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace Twilio::Server {

//! The time of something that never expires; all times are milliseconds since 1970 UTC.
inline constexpr qint64 never = 0;

//! Index of a list item or key of a map item; the other one stays at its default.
struct ItemId
{
    qint64 index = 0;
    QString key;

    //! Numeric for lists; UTF-16 code units for maps, which is how JavaScript compares.
    friend bool operator<(const ItemId &a, const ItemId &b)
    {
        return a.index != b.index ? a.index < b.index : a.key < b.key;
    }
    friend bool operator==(const ItemId &a, const ItemId &b) = default;
};

//! What an event is about. The numbers are stored in files.
enum class EventType : quint8 {
    ItemAdded = 0,
    ItemUpdated = 1,
    ItemRemoved = 2,
    ContextUpdated = 3,
    DocumentUpdated = 4,
    ObjectRemoved = 5,
    //! Of a stream; in no log.
    MessagePublished = 6,
    //! Nobody follows it yet: told by SyncData::created() alone, and in no log.
    ObjectCreated = 7,
};

//! One entry of an object's event log. Holds what the event's JSON is made of; shares the item's bytes.
struct EventRecord
{
    EventType type = EventType::ItemAdded;
    //! Consecutive per object; -1 for streams.
    qint64 id = -1;
    qint64 time = 0;
    qint64 expires = never;
    //! Of a message its sid is the key.
    ItemId item;
    //! Data of the item, document, context or message; empty in the removal of an item long ago.
    QByteArray data;
};

} // namespace Twilio::Server
