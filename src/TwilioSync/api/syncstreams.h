#pragma once

#include "TwilioSync/api/syncstream.h"

#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

namespace Twilio {

class CallTarget;
class SyncClient;

/*!
    \brief Streams that need not be open.

    \c SyncClient::streams(). The first argument is always the id, a SID or unique name, of a stream that
   exists; 404 otherwise. One that no handle has open is read with one more request, once for all calls that
   wait for it. Nothing is subscribed to.

    A write takes its place among those of the handles that have the stream open, and is merged with what
   waits as theirs are. Calls by one id keep their order. They end as those of a handle do, with the client at
   the latest; whoever cancels a future takes the call back.
*/
class TWILIOSYNC_EXPORT SyncStreams : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncStreams)

public:
    ~SyncStreams() override;

    //! Sends \a value, at most 4 KB as JSON; not repeated by itself if the connection is lost meanwhile.
    QFuture<Twilio::SyncStreamMessage> publishMessage(const QString &id, const SyncValue &value);
    //! \a seconds from now, 0 to \c maxTtlSeconds, 0 = never expires.
    QFuture<void> setTtl(const QString &id, qint64 seconds);
    //! Removes the stream itself.
    QFuture<void> remove(const QString &id);

private:
    friend class ClientPrivate;
    explicit SyncStreams(SyncClient *client);
    [[nodiscard]] CallTarget target(const QString &id) const;

    SyncClient *const m_client;
};

} // namespace Twilio
