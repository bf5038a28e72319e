#pragma once

#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qdebug.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>

namespace Twilio {

/*!
    \brief What one client may use up, whatever a server sends and an application asks: SyncClient::limits().

    A connection that goes beyond is cut, and made anew with growing delays; a call that does fails. The error
   names the limit.
*/
class TWILIOSYNC_EXPORT SyncLimits
{
    Q_GADGET
    Q_PROPERTY(int messageSize MEMBER messageSize)
    Q_PROPERTY(int unsentBytes MEMBER unsentBytes)
    Q_PROPERTY(int queuedRequests MEMBER queuedRequests)
    Q_PROPERTY(int pendingWrites MEMBER pendingWrites)
    Q_PROPERTY(int pageItems MEMBER pageItems)
    Q_PROPERTY(int jsonDepth MEMBER jsonDepth)

public:
    //! Bytes of one message of the service, all its frames together: 65,536 (64 KiB) to 1,073,741,824
    //! (1 GiB); 64 MiB at first. A full page of the largest items is about 2 MiB. For connections that are
    //! made from now on.
    int messageSize = 64 * 1024 * 1024;
    //! Bytes that wait in this process because the service does not read, or answers to its pings that it
    //! does not take: 65,536 (64 KiB) to 1,073,741,824 (1 GiB); 16 MiB at first. Requests alone do not get
    //! there, they wait in line. For connections that are made from now on.
    int unsentBytes = 16 * 1024 * 1024;
    //! Calls that are no writes, and have no answer yet: 1 to 10,000,000; 100,000 at first.
    int queuedRequests = 100'000;
    //! Writes that wait or are under way, as SyncClient::pendingWrites: 1 to 10,000,000; 1,000,000 at first.
    int pendingWrites = 1'000'000;
    //! Items of a page, asked for at a time and taken: 2 to 100; 100 at first. A page with more is refused as
    //! a whole, and asked for again with growing delays.
    int pageItems = 100;
    //! How deep the objects and arrays of a value of the service may be nested: 1 to 1,024; 1,024 at first.
    //! A value that is nested deeper is refused: its event or resource is as if it could not be read.
    int jsonDepth = 1'024;

    //! Which limit is out of its range, and what was expected; null if none is.
    [[nodiscard]] SyncError problem() const;

    friend TWILIOSYNC_EXPORT bool operator==(const SyncLimits &a, const SyncLimits &b) noexcept;
    friend bool operator!=(const SyncLimits &a, const SyncLimits &b) noexcept { return !(a == b); }
    friend TWILIOSYNC_EXPORT QDebug operator<<(QDebug debug, const SyncLimits &limits);
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncLimits)
