#pragma once

#include "server/data/object.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/json.h"

#include <optional>

/*!
    What a call says, read and checked (protocol.md, sections 6.1, 7.1, 7.6 and 12). Pure functions; the
    errors are those of the catalogue.
*/
namespace Twilio::Server {

//! The segments of \a path, decoded; none if an escape is malformed or does not give UTF-8.
[[nodiscard]] std::optional<QStringList> pathSegments(const QByteArray &path);

//! The first value called \a name, none if there is none.
[[nodiscard]] std::optional<QByteArray> firstValue(const NameValueList &list, QByteArrayView name);

//! The body of a write.
struct WriteBody
{
    //! Views into the request.
    Protocol::JsonObjectView members;
    //! Seconds; none if absent or null.
    std::optional<qint64> ttl;
    //! Compact JSON object; none if absent.
    std::optional<QByteArray> data;
};

//! Whether what is written has a life of its own.
enum class Ttl : quint8 { Ignored, Taken };

//! Reads the body of a write. No body at all is an empty object. \c data is looked at only if what is written
//! has some: a document, or an item or message of \a dataOf.
[[nodiscard]] SyncResult<WriteBody> parseWrite(const QByteArray &body, std::optional<ObjectKind> dataOf,
                                               Ttl ttl = Ttl::Taken);
//! The context in the body that creates a list; an empty object if absent or null.
[[nodiscard]] SyncResult<QByteArray> parseContext(const WriteBody &body);
//! \c unique_name, none if absent or null.
[[nodiscard]] SyncResult<std::optional<QString>> parseUniqueName(const WriteBody &body);
//! \c key of a new map item.
[[nodiscard]] SyncResult<ItemId> parseKey(const WriteBody &body);
//! The item that the path segment \a text names in a collection of \a kind.
[[nodiscard]] SyncResult<ItemId> parseItemId(const QString &text, ObjectKind kind);

//! The revision in If-Match without quotes and weakness, \c -1 as it is; none if there is no such header.
[[nodiscard]] SyncResult<std::optional<QByteArray>> parseIfMatch(const RestRequest &request);

} // namespace Twilio::Server
