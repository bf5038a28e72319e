#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/readlimits.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstringview.h>

#include <optional>
#include <vector>

/*!
    Queries over indexes, their results, and the events of live ones (protocol.md, 7.8 and 8.2).
*/
namespace Twilio::Protocol {

//! An item of a result.
struct QueryItem
{
    //! UTF-8.
    QByteArray key;
    //! Raw JSON, a view into what was parsed; empty if the item is gone.
    QByteArrayView json = {};
    //! Grows with each change of the item; none = unknown.
    std::optional<qint64> revision = {};
};

struct QueryResult
{
    //! The service's name for the query.
    QByteArray id;
    //! -1 if there is none.
    qint64 lastEventId = -1;
    std::vector<QueryItem> items;
};

//! One event of a live query.
struct QueryEvent
{
    enum class Type : quint8 {
        ItemUpdated, //!< of the one in \c items
        ItemRemoved, //!< likewise
        Replaced, //!< \c items is the whole result
        Unknown //!< newer than this library
    };

    Type type = Type::Unknown;
    QByteArray id;
    std::optional<qint64> lastEventId;
    std::vector<QueryItem> items;
};

//! The events of one notification.
struct QueryEvents
{
    std::vector<QueryEvent> events;
    //! True if they may move the cursor in any state.
    bool isStrict = false;
};

//! The path behind the service's address.
[[nodiscard]] QByteArray queryPath(const QString &indexName);
[[nodiscard]] QByteArray queryBody(QStringView expression, bool isLive);
//! What a subscription request says besides (9.1): members, with a comma in front.
[[nodiscard]] QByteArray querySubscription(QStringView indexName, QStringView expression);
//! The views last as long as \a body. A live query has an id.
[[nodiscard]] SyncResult<QueryResult> parseQueryResult(QByteArrayView body, bool isLive,
                                                       const ReadLimits &limits = {});
//! True if \a payload is of live queries.
[[nodiscard]] bool isOfQueries(QByteArrayView payload);
//! The views last as long as \a payload.
[[nodiscard]] SyncResult<QueryEvents> parseQueryEvents(QByteArrayView payload, const ReadLimits &limits = {});

} // namespace Twilio::Protocol
