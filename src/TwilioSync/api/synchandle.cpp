#include "TwilioSync/api/synchandle.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/objectcalls_p.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/store/dates.h"

#include <utility>

namespace Twilio {

SyncHandle::SyncHandle(std::unique_ptr<HandlePrivate> priv) : d(std::move(priv)) { }

SyncHandle::~SyncHandle() = default;

SyncClient *SyncHandle::client() const { return d->client; }

void SyncHandle::setClient(SyncClient *client)
{
    if (d->client == client)
        return;
    d->client = client;
    d->showDeclared(); // the SID is that of the other client's service
    d->watchClient();
    d->scheduleOpen();
    d->emitChanged(HandlePrivate::Property::Client);
}

QString SyncHandle::uniqueName() const { return d->uniqueName; }

void SyncHandle::setUniqueName(const QString &name) { d->declare(HandlePrivate::Property::UniqueName, name); }

QString SyncHandle::sid() const { return d->sid; }

void SyncHandle::setSid(const QString &sid) { d->declare(HandlePrivate::Property::Sid, sid); }

SyncClient::OpenMode SyncHandle::mode() const { return d->mode; }

void SyncHandle::setMode(SyncClient::OpenMode mode)
{
    const bool differs = std::exchange(d->mode, mode) != mode;
    if (d->status == Sync::Status::Failed || d->status == Sync::Status::Removed)
        d->reopen();
    if (differs)
        d->emitChanged(HandlePrivate::Property::Mode);
}

std::optional<qint64> SyncHandle::creationTtl() const
{
    return d->ttl.isNull() ? std::nullopt : std::optional(d->ttl.toLongLong());
}

void SyncHandle::setCreationTtl(std::optional<qint64> seconds)
{
    setCreationTtlOrNull(seconds ? QVariant(*seconds) : QVariant());
}

QVariant SyncHandle::creationTtlOrNull() const
{
    return d->ttl.isNull() ? QVariant::fromValue(nullptr) : d->ttl;
}

void SyncHandle::setCreationTtlOrNull(const QVariant &seconds)
{
    if (d->ttl == seconds)
        return;
    d->ttl = seconds;
    d->emitChanged(HandlePrivate::Property::Ttl);
}

Sync::Status SyncHandle::status() const { return d->status; }

SyncError SyncHandle::error() const { return d->error(); }

Sync::SubscriptionState SyncHandle::subscriptionState() const
{
    return d->entity ? d->entity->subscriptionState() : Sync::SubscriptionState::Unsubscribed;
}

QDateTime SyncHandle::dateCreated() const { return dateOf(d->entity ? d->entity->root().created : noTime); }

QDateTime SyncHandle::dateUpdated() const { return dateOf(d->entity ? d->entity->root().updated : noTime); }

QDateTime SyncHandle::dateExpires() const { return dateOf(d->entity ? d->entity->root().expires : noTime); }

QVariant SyncHandle::dateCreatedOrNull() const { return dateOrNull(dateCreated()); }

QVariant SyncHandle::dateUpdatedOrNull() const { return dateOrNull(dateUpdated()); }

QVariant SyncHandle::dateExpiresOrNull() const { return dateOrNull(dateExpires()); }

QString SyncHandle::revision() const
{
    return d->entity ? QString::fromUtf8(d->entity->root().revision) : QString();
}

int SyncHandle::pendingWrites() const { return d->entity ? d->entity->pendingWrites() : 0; }

bool SyncHandle::isFromCache() const { return d->entity && d->entity->isFromCache(); }

bool SyncHandle::orderedWrites() const { return d->orderedWrites; }

void SyncHandle::setOrderedWrites(bool ordered)
{
    if (std::exchange(d->orderedWrites, ordered) == ordered)
        return;
    if (d->entity)
        d->entity->askForOrder(ordered);
    d->emitChanged(HandlePrivate::Property::OrderedWrites);
}

bool SyncHandle::isOptimistic() const { return d->optimistic; }

void SyncHandle::setOptimistic(bool optimistic)
{
    if (std::exchange(d->optimistic, optimistic) == optimistic)
        return;
    const QPointer alive(d->object);
    d->showOptimistic();
    if (alive)
        d->emitChanged(HandlePrivate::Property::Optimistic);
}

bool SyncHandle::autoReopen() const { return d->autoReopen; }

void SyncHandle::setAutoReopen(bool reopens)
{
    if (std::exchange(d->autoReopen, reopens) == reopens)
        return;
    if (d->status == Sync::Status::Removed)
        d->setAwaiting(reopens);
    d->emitChanged(HandlePrivate::Property::AutoReopen);
}

bool SyncHandle::waitForIt() const { return d->waitForIt; }

void SyncHandle::setWaitForIt(bool waits)
{
    if (std::exchange(d->waitForIt, waits) == waits)
        return;
    if (d->status == Sync::Status::Failed || d->status == Sync::Status::Opening)
        d->scheduleOpen();
    d->emitChanged(HandlePrivate::Property::WaitForIt);
}

void SyncHandle::closeHandle() { d->close(); }

void SyncHandle::reopenHandle() { d->reopen(); }

QFuture<void> SyncHandle::setTtl(qint64 seconds) { return ttlCall(*d, seconds); }

} // namespace Twilio
