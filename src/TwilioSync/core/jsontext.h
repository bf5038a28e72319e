#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>

#include <optional>

// JSON as text: what conversions give, and strings of any UTF-16, halves of surrogate pairs included.
namespace Twilio {

/*!
    \brief What a value is as JSON, or why it is not.

    A module whose types this library does not know registers a converter from them to this one.
*/
struct JsonText
{
    //! Empty if it is refused, or nothing at all, as JavaScript's undefined is.
    QByteArray json = {};
    //! Where in the value it is that is refused: ".list[3].pos"; empty for all of it.
    QString member = {};
    //! Why it is refused; empty if it is not.
    QString reason = {};
    //! Members of the object that are nothing, as wtf8().
    QByteArrayList erased = {};

    [[nodiscard]] bool isRefused() const { return !reason.isEmpty(); }
};

//! Nested deeper than that, values are neither read nor written.
inline constexpr int maxValueDepth = 1024;

//! \a text as a JSON string; of a pair of surrogates half stays, escaped, as JSON.stringify() does.
TWILIOSYNC_PRIVATE_EXPORT void appendJsonString(QByteArray &to, QStringView text);

//! The shortest text that reads as \a number, whole numbers without exponent up to 2^63; false if it is none
//! that JSON has.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT bool appendJsonNumber(QByteArray &to, double number);

//! The text of the JSON string \a literal, quotes included, which is UTF-8; none if it is malformed.
[[nodiscard]] std::optional<QString> jsonString(QByteArrayView literal);

//! UTF-8 in which half of a surrogate pair is three bytes, so that no two texts are the same.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QByteArray wtf8(QStringView text);

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::JsonText)
