#pragma once

#include "server/data/change.h"
#include "server/operations/insights.h"

/*!
    Queries as the SDKs write and read them (protocol.md, sections 7.8 and 8.2).

    The revision of an item in a result is a number, larger with each change of the map; 0 is none.
*/
namespace Twilio::Server::V3 {

//! The expression that \a body asks for.
[[nodiscard]] SyncResult<QString> parseQueryBody(const QByteArray &body);
//! The answer to a query.
[[nodiscard]] QByteArray queryBody(const QueryResult &result);

// Events of a live query that its readers know as \a id, without braces around several.
//! All that it wants: replaces what a reader had.
[[nodiscard]] QByteArray queryEvent(const QByteArray &id, const QueryResult &result);
//! Nothing of what it wanted is there any more, up to the event \a lastEventId.
[[nodiscard]] QByteArray emptyQueryEvent(const QByteArray &id, qint64 lastEventId);
//! What \a record does to one item: updated if it is wanted now, else removed.
[[nodiscard]] QByteArray queryItemEvent(const QByteArray &id, const EventRecord &record, bool isWanted);

} // namespace Twilio::Server::V3
