#pragma once

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <optional>

// From JSON to Qt's types.
namespace Twilio {

//! An int if \a number fits: what QML takes for a double it writes as "5e+05" where a text is bound to it.
[[nodiscard]] QVariant variantOf(qint64 number);
//! As variantOf(qint64) if \a number is whole, else as it is.
[[nodiscard]] QVariant variantOf(double number);

/*!
    \brief What the JSON value \a json, in UTF-8, is to applications; none if it is not exactly one.

    Texts may hold anything, halves of surrogate pairs included. Whole numbers are \c int, \c qlonglong or
   \c qulonglong, whichever fits first, all others \c double; \c null is \c std::nullptr_t. Of members with
   equal names the last one counts.
*/
[[nodiscard]] std::optional<QVariant> readJson(QByteArrayView json);

//! The members of the object \a json; none, and why in \a problem, if it is not exactly one object.
[[nodiscard]] std::optional<QVariantMap> readJsonObject(QByteArrayView json, QString *problem = nullptr);

} // namespace Twilio
