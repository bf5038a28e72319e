#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qdebug.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>

namespace Twilio {

/*!
    \brief What a client has done so far, and what it is busy with: SyncClient::metrics().

    Counts begin with the client. Times are milliseconds. Large numbers are doubles, as those of QML are: exact up
   to 2^53.
*/
class TWILIOSYNC_EXPORT SyncMetrics
{
    Q_GADGET
    Q_PROPERTY(double eventsReceived MEMBER eventsReceived)
    Q_PROPERTY(double bytesReceived MEMBER bytesReceived)
    Q_PROPERTY(double bytesSent MEMBER bytesSent)
    Q_PROPERTY(double reconnects MEMBER reconnects)
    Q_PROPERTY(double retries MEMBER retries)
    Q_PROPERTY(double throttledTime MEMBER throttledTime)
    Q_PROPERTY(double roundTripMedian MEMBER roundTripMedian)
    Q_PROPERTY(double roundTrip95 MEMBER roundTrip95)
    Q_PROPERTY(double roundTrip99 MEMBER roundTrip99)
    Q_PROPERTY(int queuedRequests MEMBER queuedRequests)
    Q_PROPERTY(int requestsInFlight MEMBER requestsInFlight)
    Q_PROPERTY(int pendingWrites MEMBER pendingWrites)
    Q_PROPERTY(int objects MEMBER objects)
    Q_PROPERTY(double storeMemory MEMBER storeMemory)

public:
    //! Changes of objects that the service told of, replayed ones included.
    double eventsReceived = 0;
    //! Bytes of WebSocket messages, without what WebSocket and TLS add.
    double bytesReceived = 0;
    double bytesSent = 0;
    //! Connections after the first one that the service accepted.
    double reconnects = 0;
    //! Requests that were sent once more: refused for now, or without an answer.
    double retries = 0;
    //! For how long nothing was sent because the service had refused requests for now.
    double throttledTime = 0;
    //! Half of the latest 1,000 requests were answered within that, from their sending; 0 = none was yet.
    double roundTripMedian = 0;
    //! 95 and 99 of 100.
    double roundTrip95 = 0;
    double roundTrip99 = 0;
    //! Requests that wait to be sent, and those that wait for an answer. Writes that wait for their turn are
    //! in pendingWrites alone.
    int queuedRequests = 0;
    int requestsInFlight = 0;
    //! As SyncClient::pendingWrites.
    int pendingWrites = 0;
    //! Documents, lists, maps and streams that are open, or have calls under way.
    int objects = 0;
    //! Bytes of the items and documents that these keep.
    double storeMemory = 0;

    friend TWILIOSYNC_EXPORT bool operator==(const SyncMetrics &a, const SyncMetrics &b) noexcept;
    friend bool operator!=(const SyncMetrics &a, const SyncMetrics &b) noexcept { return !(a == b); }
    friend TWILIOSYNC_EXPORT QDebug operator<<(QDebug debug, const SyncMetrics &metrics);
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncMetrics)
