#pragma once

#include "server/data/types.h"
#include "server/serverglobal.h"

#include <QtCore/qbytearrayview.h>

#include <optional>

namespace Twilio::Server {

//! The words of one kind of objects on the wire (protocol.md, sections 1, 7.2 and 8.2).
struct KindWords
{
    //! \c document: prefix of event types and fields, and \c object_type in subscriptions.
    QByteArrayView name;
    //! \c Documents in paths.
    QByteArrayView collection;
    //! \c ET in front of 32 hex digits.
    QByteArrayView sidPrefix;
};

[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT const KindWords &wordsOf(ObjectKind kind);
//! The kind called \a name (\c document …), none for anything else, \c live_query included.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT std::optional<ObjectKind> kindFromName(QByteArrayView name);
//! The kind of \a collection (\c Documents …).
[[nodiscard]] std::optional<ObjectKind> kindFromCollection(QByteArrayView collection);
//! Two capital letters and 32 lower-case hex digits (protocol.md, section 7.1).
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT bool looksLikeSid(QStringView text);
//! Lists and maps.
[[nodiscard]] constexpr bool hasItems(ObjectKind kind)
{
    return kind == ObjectKind::List || kind == ObjectKind::Map;
}

} // namespace Twilio::Server
