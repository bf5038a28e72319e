#pragma once

#include "TwilioSync/cache/cachedobject.h"

#include <QtCore/qbytearray.h>

#include <optional>

/*!
    What is kept as bytes, and back: none if they are no such bytes, whoever has written them.
*/
namespace Twilio {

//! A name for \a owner that tells nothing of them: some ASCII letters and digits.
[[nodiscard]] QByteArray nameOfOwner(const CacheOwner &owner);

[[nodiscard]] QByteArray encodeCoverage(const Coverage &coverage);
[[nodiscard]] std::optional<Coverage> decodeCoverage(const QByteArray &bytes);

//! All of \a root but its kind, SID and unique name; \a data, sealed, in place of a document's contents or
//! a list's context.
[[nodiscard]] QByteArray encodeRoot(const CachedRoot &root, const QByteArray &data);
//! Fills in the rest of \a root; gives what was \c data.
[[nodiscard]] std::optional<QByteArray> decodeRoot(const QByteArray &bytes, CachedRoot &root);

//! All of \a item but what names it; \a data, sealed, in place of its value.
[[nodiscard]] QByteArray encodeItem(const ItemRecord &item, const QByteArray &data);
//! The texts of \a fields are views into what is owned here.
struct DecodedItem
{
    ItemFields fields;
    QByteArray revision;
    QByteArray data;
};
[[nodiscard]] std::optional<DecodedItem> decodeItem(const QByteArray &bytes);

} // namespace Twilio
