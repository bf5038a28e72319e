#pragma once

#include "server/data/object.h"
#include "TwilioSync/core/syncresult.h"

#include <optional>

/*!
    What a call is given, checked (protocol.md, sections 7.1, 7.6 and 12). Pure functions; the errors are
   those of the catalogue.
*/
namespace Twilio::Server {

//! What a write gives, as the caller wrote it.
struct Values
{
    //! JSON text.
    std::optional<QByteArray> data = {};
    //! Seconds, 0 = never expires; invalidTtl for what is no such number.
    std::optional<qint64> ttl = {};

    static constexpr qint64 invalidTtl = -1;
};

//! Decimal digits, with a minus sign at most, as an index; none if that is no whole number of 15 digits.
[[nodiscard]] std::optional<qint64> toIndex(QByteArrayView text);

//! \a values with their data compact; both must do for an object, item or message of \a kind.
[[nodiscard]] SyncResult<Values> checkedValues(Values values, ObjectKind kind);
//! Like checkedValues(), for what has no data.
[[nodiscard]] SyncResult<Nothing> checkTtl(const Values &values);
//! The context of a list, compact.
[[nodiscard]] SyncResult<QByteArray> checkedContext(const QByteArray &json);
[[nodiscard]] SyncResult<Nothing> checkUniqueName(const std::optional<QString> &name);
//! The item that \a text names in a collection of \a kind: an index or a key.
[[nodiscard]] SyncResult<ItemId> checkedItemId(const QString &text, ObjectKind kind);
//! Compares \a ifMatch, a header's value, with \a revision, which is \c -1 for what is not there. Quotes and
//! weakness do not count.
[[nodiscard]] SyncResult<Nothing> checkIfMatch(const std::optional<QByteArray> &ifMatch, ObjectKind kind,
                                               const QByteArray &revision);

} // namespace Twilio::Server
