#pragma once

#include "server/data/types.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <deque>
#include <map>
#include <optional>

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

//! One item of a list or map. Its revision is \c lastEventId in hex.
struct Item
{
    //! Compact JSON, the client's own text.
    QByteArray data;
    QString creator;
    qint64 created = 0;
    qint64 updated = 0;
    qint64 expires = never;
    qint64 lastEventId = -1;
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
    //! Data of the item, document, context or message.
    QByteArray data;
};

//! A document, list, map or stream.
struct SyncObject
{
    //! Unique over all objects, in the order of their making.
    qint64 serial = 0;
    ObjectKind kind = ObjectKind::Document;
    QByteArray sid;
    QString service;
    std::optional<QString> uniqueName;
    QString creator;
    //! Host of the last call, for the URLs in events; empty for the service's own name.
    QByteArray host;
    qint64 created = 0;
    qint64 updated = 0;
    qint64 expires = never;
    //! Id of the newest event; lists and maps begin at -1, documents at 0.
    qint64 lastEventId = -1;
    //! Of a document its value, of a list its context.
    QByteArray data;
    qint64 contextEventId = -1;
    //! Index of the next list item; never used twice.
    qint64 nextIndex = 0;
    std::map<ItemId, Item> items;
    //! Items that have a deadline.
    qsizetype expiringItems = 0;
    //! Lists and maps only; ids are consecutive up to lastEventId.
    std::deque<EventRecord> log;

    [[nodiscard]] ObjectRef ref() const { return { sid, kind }; }
    //! Documents: the last event's id; lists and maps: one more (protocol.md, section 7.1).
    [[nodiscard]] qint64 revision() const
    {
        return kind == ObjectKind::Document ? lastEventId : lastEventId + 1;
    }
};

} // namespace Twilio::Server
