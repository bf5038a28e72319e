#pragma once

#include "server/data/eventlog.h"
#include "server/data/permission.h"
#include "server/data/types.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <map>
#include <optional>

namespace Twilio::Server {

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
    //! Lists and maps only.
    EventLog log;
    //! By identity; heeded where the service asks for it.
    std::map<QString, Permission> permissions;
    //! True once nobody can find it any more; it is then taken apart bit by bit.
    bool isRemoved = false;

    [[nodiscard]] ObjectRef ref() const { return { sid, kind }; }
    //! Documents: the last event's id; lists and maps: one more (protocol.md, section 7.1).
    [[nodiscard]] qint64 revision() const
    {
        return kind == ObjectKind::Document ? lastEventId : lastEventId + 1;
    }
};

} // namespace Twilio::Server
