#pragma once

#include <QtCore/qdatetime.h>
#include <QtCore/qtimezone.h>

namespace Twilio {

//! \a msecs since 1970, in UTC. Qt 6.9 deprecates the way of Qt 6.4, which has no other as cheap.
inline QDateTime utcTime(qint64 msecs)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QDateTime::fromMSecsSinceEpoch(msecs, QTimeZone::UTC);
#else
    return QDateTime::fromMSecsSinceEpoch(msecs, Qt::UTC);
#endif
}

} // namespace Twilio
