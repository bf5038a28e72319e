#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

// Values that hold no others, as far as JSON goes.
namespace Twilio {

//! What jsonLeaf() has done.
struct JsonLeaf
{
    //! False if the value is none of these types; nothing was written then.
    bool isLeaf = true;
    //! Why it cannot be stored; empty if it can.
    QString reason = {};
};

//! Appends \a value to \a to if it is of a type that is one text, number, flag, point and the like.
[[nodiscard]] JsonLeaf jsonLeaf(QByteArray &to, const QVariant &value);

//! True for the integers of all sizes, but not for characters and flags.
[[nodiscard]] bool isWholeNumber(const QVariant &value);

//! Why what is of \a type cannot be stored.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QString refusalOf(QMetaType type);

//! Why what is nested deeper than maxValueDepth cannot be stored.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QString tooDeep();

} // namespace Twilio
