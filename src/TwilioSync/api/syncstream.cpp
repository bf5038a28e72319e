#include "TwilioSync/api/syncstream.h"

#include "TwilioSync/api/streamcalls_p.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/session/streamentity.h"

#include <QtCore/qmetaobject.h>

namespace Twilio {

class StreamPrivate : public HandleSignals<SyncObject>, public StreamObserver
{
public:
    StreamPrivate() : HandleSignals(ObjectKind::Stream) { }

    [[nodiscard]] StreamEntity &stream() const { return static_cast<StreamEntity &>(*entity); }
    [[nodiscard]] SyncStream *handle() const { return static_cast<SyncStream *>(object); }

protected:
    void attached() override { stream().store().observers.add(this); }
    void detached(Entity &old) override { static_cast<StreamEntity &>(old).store().observers.remove(this); }
    void emitRemoved(bool isLocal) override { Q_EMIT handle()->removed(isLocal); }
    void messageArrived(const QByteArray &messageSid, const SyncValue &value, bool isLocal) override
    {
        static const QMetaMethod published = QMetaMethod::fromSignal(&SyncStream::messagePublished);
        if (handle()->isSignalConnected(published))
            postEvent([this, messageSid, value, isLocal] {
                Q_EMIT handle()->messagePublished(SyncStreamMessage(QString::fromUtf8(messageSid), value),
                                                  isLocal);
            });
    }
};

SyncStream::SyncStream(QObject *parent) : SyncObject(std::make_unique<StreamPrivate>(), parent) { }

SyncStream::~SyncStream() { d->destroy(); }

QFuture<SyncStreamMessage> SyncStream::publishMessage(const SyncValue &value)
{
    return publishCall(*d, value);
}

QFuture<void> SyncStream::removeStream() { return removeCall(*d); }

} // namespace Twilio
