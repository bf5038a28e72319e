// Documents and streams: not built yet.
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/api/syncstream.h"

namespace Twilio {
namespace {
class PlainPrivate : public HandleSignals<SyncObject>
{
public:
    using HandleSignals::HandleSignals;
    void emitRemoved(bool) override { }
};
SyncError unavailable() { return SyncError(QStringLiteral("not available yet")); }
} // namespace
SyncDocument::SyncDocument(QObject *parent)
    : SyncObject(std::make_unique<PlainPrivate>(ObjectKind::Document), parent)
{ }
SyncDocument::~SyncDocument() = default;
QVariantMap SyncDocument::value() const { return {}; }
QByteArray SyncDocument::json() const { return {}; }
QVariantMap SyncDocument::initialValue() const { return {}; }
void SyncDocument::setInitialValue(const QVariantMap &) { }
QFuture<QVariantMap> SyncDocument::set(const SyncValue &, const WriteOptions &)
{
    return failedFuture<QVariantMap>(unavailable());
}
QFuture<QVariantMap> SyncDocument::update(const SyncValue &, const WriteOptions &)
{
    return failedFuture<QVariantMap>(unavailable());
}
QFuture<QVariantMap> SyncDocument::mutate(const Mutator &, const WriteOptions &)
{
    return failedFuture<QVariantMap>(unavailable());
}
QFuture<void> SyncDocument::removeDocument() { return failedFuture<void>(unavailable()); }
SyncStream::SyncStream(QObject *parent)
    : SyncObject(std::make_unique<PlainPrivate>(ObjectKind::Stream), parent)
{ }
SyncStream::~SyncStream() = default;
QFuture<SyncStreamMessage> SyncStream::publishMessage(const SyncValue &)
{
    return failedFuture<SyncStreamMessage>(unavailable());
}
QFuture<void> SyncStream::removeStream() { return failedFuture<void>(unavailable()); }
} // namespace Twilio
