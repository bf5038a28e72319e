#pragma once

#include "server/data/change.h"

/*!
    The JSON of objects, items and events (protocol.md, sections 7.3 to 7.5 and 8.2).
*/
namespace Twilio::Server::Bodies {

enum class Data : bool { Without, With };

//! \a host if it can stand in a URL, else the service's own name.
[[nodiscard]] QByteArray safeHost(const QByteArray &host);

//! A root object. Documents show their value only \a withData.
[[nodiscard]] QByteArray object(const SyncObject &object, Data data);
//! A map with its first items, at most \a limit.
[[nodiscard]] QByteArray objectWithItems(const SyncObject &object, qsizetype limit);
[[nodiscard]] QByteArray item(const SyncObject &object, const ItemId &id, const Item &item, Data data);
[[nodiscard]] QByteArray context(const SyncObject &object, Data data);
[[nodiscard]] QByteArray configuration(const QString &service, const QByteArray &host);

//! The newest state of a document as an event.
[[nodiscard]] EventRecord documentRecord(const SyncObject &object);
//! \a change as text.
[[nodiscard]] Event event(const Change &change);

} // namespace Twilio::Server::Bodies
