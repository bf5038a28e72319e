#pragma once

#include "server/data/object.h"
#include "server/operations/paging.h"

/*!
    The JSON of objects, items and errors (protocol.md, sections 7.3 to 7.5 and 11.2).
*/
namespace Twilio::Server::V3 {

enum class Data : bool { Without, With };

//! A root object. Documents show their value only if \a data says so.
[[nodiscard]] QByteArray objectBody(const SyncObject &object, Data data);
//! A map with its first items, at most \a limit.
[[nodiscard]] QByteArray objectWithItemsBody(const SyncObject &object, qsizetype limit);
[[nodiscard]] QByteArray itemBody(const SyncObject &object, const ItemId &id, const Item &item, Data data);
[[nodiscard]] QByteArray pageBody(const ItemPage &page);
[[nodiscard]] QByteArray contextBody(const SyncObject &object, Data data);
[[nodiscard]] QByteArray configurationBody(const QString &service, const QByteArray &host);

//! \a error as a reply, whose body repeats its status.
[[nodiscard]] RestReply errorReply(const SyncError &error);

} // namespace Twilio::Server::V3
