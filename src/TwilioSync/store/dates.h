#pragma once

#include "TwilioSync/core/utctime.h"
#include "TwilioSync/store/itemrecord.h"

#include <QtCore/qvariant.h>

namespace Twilio {

//! UTC; invalid for noTime.
inline QDateTime dateOf(qint64 msecs) { return msecs == noTime ? QDateTime() : utcTime(msecs); }

//! What QML shall see: a date, or null.
inline QVariant dateOrNull(const QDateTime &date)
{
    return date.isValid() ? QVariant(date) : QVariant::fromValue(nullptr);
}

} // namespace Twilio
