#include "TwilioSync/api/syncstreams.h"

#include "TwilioSync/api/streamcalls_p.h"

namespace Twilio {

SyncStreams::SyncStreams(SyncClient *client) : QObject(client), m_client(client) { }

SyncStreams::~SyncStreams() = default;

CallTarget SyncStreams::target(const QString &id) const { return { m_client, ObjectKind::Stream, id }; }

QFuture<SyncStreamMessage> SyncStreams::publishMessage(const QString &id, const SyncValue &value)
{
    return publishCall(target(id), value);
}

QFuture<void> SyncStreams::setTtl(const QString &id, qint64 seconds) { return ttlCall(target(id), seconds); }

QFuture<void> SyncStreams::remove(const QString &id) { return removeCall(target(id)); }

} // namespace Twilio
