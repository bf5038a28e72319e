#pragma once

#include "TwilioSync/core/opentypes.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>

#include <optional>
#include <utility>

/*!
    What JavaScript hands to a method, checked before anything is sent.

    Each function takes the argument's name, and an error reads "<name>: expected …, got …".
*/
namespace Twilio::Qml {

//! What a person would call \a value: "an array", "null", "the number -1", "the string 'x'".
[[nodiscard]] QString describe(const QJSValue &value);

//! "<name>: expected <expected>, got …".
[[nodiscard]] SyncError wrongArgument(QStringView name, QStringView expected, const QJSValue &got);

//! An object as the library takes it, keys in the order JavaScript has them.
[[nodiscard]] SyncResult<SyncValue> objectArgument(const QJSValue &value, QStringView name);

//! A non-empty string.
[[nodiscard]] SyncResult<QString> stringArgument(const QJSValue &value, QStringView name);

//! A string, which may be empty.
[[nodiscard]] SyncResult<QString> textArgument(const QJSValue &value, QStringView name);

//! A whole number from \a min to \a max; \a unit ("seconds", may be empty) is for the message.
[[nodiscard]] SyncResult<qint64> integerArgument(const QJSValue &value, QStringView name, qint64 min,
                                                 qint64 max, QStringView unit = {});

//! Seconds as everywhere; none for undefined or null.
[[nodiscard]] SyncResult<std::optional<qint64>> ttlArgument(const QJSValue &value, QStringView name = u"ttl");

//! The \c{{ ttl }} of a write; undefined or null is no option at all.
[[nodiscard]] SyncResult<WriteOptions> writeOptionsArgument(const QJSValue &value);

//! The \c{{ ttl, once }} of a push.
[[nodiscard]] SyncResult<PushOptions> pushOptionsArgument(const QJSValue &value);

//! A function.
[[nodiscard]] SyncResult<QJSValue> functionArgument(const QJSValue &value, QStringView name);

//! True for undefined and null, the two ways to leave an optional argument out.
[[nodiscard]] bool isMissing(const QJSValue &value);

//! True for an object that is nothing more special than that (a Promise is), as options and values must be.
[[nodiscard]] bool isPlainObject(const QJSValue &value);

//! What JSON.parse() makes of \a json, keys in the order of the text; undefined if it is malformed.
[[nodiscard]] QJSValue parseJson(QJSEngine *engine, const QByteArray &json);

} // namespace Twilio::Qml
