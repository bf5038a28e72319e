#pragma once

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/queries.h"

/*!
    What results of queries and their events are made of, for those that read them.
*/
namespace Twilio::Protocol {

struct QueryItemMembers
{
    JsonSlice key;
    JsonSlice data;
    JsonSlice revision;
};

//! \a what came is not as \a expected.
[[nodiscard]] SyncError unexpectedQuery(const char *what, const char *expected);
//! An item that \a isGone has no data.
[[nodiscard]] SyncResult<QueryItem> queryItemOf(const QueryItemMembers &members, bool isGone,
                                                const ReadLimits &limits);
//! What is wrong with what \a result says of itself.
[[nodiscard]] SyncError problemOf(const QueryResult &result, bool isLive);
//! Unknown for names that are.
[[nodiscard]] QueryEvent::Type queryTypeOf(QByteArrayView name);
[[nodiscard]] SyncResult<QueryEvent> queryEventOf(const JsonSlice &json, QueryEvent::Type type,
                                                  const ReadLimits &limits);

} // namespace Twilio::Protocol
