#include "TwilioSync/api/synchandle.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/dates_p.h"
#include "TwilioSync/api/handlecalls_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/synchandle_p.h"

#include <QtCore/qtimer.h>

namespace Twilio {

void HandlePrivate::set(QString &field, const QString &value, QString &other, Property property)
{
    if (field == value)
        return;
    field = value;
    // What the last opening filled in names the object that is being left.
    const bool clearsOther = entity && !other.isEmpty();
    if (clearsOther)
        other.clear();
    m_shown.uniqueName = uniqueName;
    m_shown.sid = sid;
    scheduleOpen();
    const QPointer guard(object);
    if (clearsOther)
        emitChanged(property == Property::Sid ? Property::UniqueName : Property::Sid);
    if (guard)
        emitChanged(property);
}

void HandlePrivate::scheduleOpen()
{
    if (std::exchange(m_openScheduled, true))
        return;
    QTimer::singleShot(0, object, [this] {
        m_openScheduled = false;
        openDeclared();
    });
}

void HandlePrivate::openDeclared()
{
    ++m_opening;
    const QPointer guard(object);
    letGo();
    if (!guard)
        return;
    watchClient();
    const QString id = sid.isEmpty() ? uniqueName : sid;
    if (!client || id.isEmpty()) {
        setStatus(Sync::Status::Null);
        return;
    }
    if (!ClientPrivate::of(client)->isStarted()) {
        setStatus(Sync::Status::Null); // opens when there is a token
        return;
    }
    OpenOptions options { id, mode, std::nullopt, initialValue };
    if (ttl.isValid() && !ttl.isNull()) {
        bool isNumber = false;
        options.ttl = ttl.toLongLong(&isNumber);
        if (!isNumber) {
            setStatus(Sync::Status::Failed, SyncError(QStringLiteral("ttl: expected a number of seconds")));
            return;
        }
    }
    const auto request = openRequestOf(kind, options);
    if (const auto *wrong = errorOf(request)) {
        setStatus(Sync::Status::Failed, *wrong);
        return;
    }
    open(client, std::get<OpenRequest>(request), [](const SyncError &) {});
}

void HandlePrivate::open(SyncClient *by, const OpenRequest &request,
                         std::function<void(const SyncError &)> done)
{
    client = by;
    calls.setNotifier(&ClientPrivate::of(by)->session->notifier());
    watchClient();
    const quint64 number = ++m_opening;
    m_retryWhenConnected = false;
    const QPointer guard(object);
    setStatus(Sync::Status::Opening);
    if (!guard || number != m_opening) { // a slot has ended it
        done(SyncError(QStringLiteral("handle closed")));
        return;
    }
    ClientPrivate::of(by)->session->open(
            request, [this, guard, number, done = std::move(done)](SyncResult<EntityPtr> result) {
                if (!guard || number != m_opening) {
                    done(SyncError(QStringLiteral("handle closed")));
                    return;
                }
                if (const auto *failure = errorOf(result)) {
                    m_retryWhenConnected =
                            client && client->connectionState() != SyncClient::ConnectionState::Connected;
                    setStatus(Sync::Status::Failed, *failure);
                    done(*failure);
                    return;
                }
                opened(std::get<EntityPtr>(result));
                done({});
            });
}

void HandlePrivate::opened(const EntityPtr &it)
{
    entity = it;
    const QPointer guard(object);
    entity->attach(this);
    if (!guard || !entity)
        return;
    if (orderedWrites)
        entity->askForOrder(true);
    uniqueName = QString::fromUtf8(entity->root().uniqueName);
    sid = QString::fromUtf8(entity->root().sid);
    setStatus(Sync::Status::Ready);
    if (guard && entity && status == Sync::Status::Ready)
        attached();
}

void HandlePrivate::watchClient()
{
    QObject::disconnect(m_clientWatch);
    QObject::disconnect(m_closingWatch);
    if (!client)
        return;
    m_closingWatch = QObject::connect(ClientPrivate::of(client)->session.get(), &ClientSession::closing,
                                      object, [this] { clientGone(); });
    m_clientWatch = QObject::connect(client, &SyncClient::connectionStateChanged, object, [this] {
        const bool started = client && ClientPrivate::of(client)->isStarted();
        const bool connected = client && client->connectionState() == SyncClient::ConnectionState::Connected;
        const bool named = !sid.isEmpty() || !uniqueName.isEmpty();
        if ((started && status == Sync::Status::Null && named)
            || (connected && status == Sync::Status::Failed && m_retryWhenConnected))
            scheduleOpen();
    });
}

void HandlePrivate::letGo()
{
    if (!entity)
        return;
    const QPointer guard(object);
    detaching();
    if (!guard || !entity)
        return;
    const EntityPtr old = std::exchange(entity, nullptr);
    if (orderedWrites)
        old->askForOrder(false);
    old->detach(this);
    refresh();
}

void HandlePrivate::close()
{
    if (status == Sync::Status::Closed)
        return;
    ++m_opening;
    m_openScheduled = false;
    const QPointer guard(object);
    letGo();
    if (guard)
        setStatus(Sync::Status::Closed);
}

void HandlePrivate::shutDown()
{
    ++m_opening;
    status = Sync::Status::Closed;
    QObject::disconnect(m_clientWatch);
    QObject::disconnect(m_closingWatch);
    if (const EntityPtr old = std::exchange(entity, nullptr)) {
        old->outbox().dropOwner(calls.owner());
        if (orderedWrites)
            old->askForOrder(false);
        old->detach(this);
    }
    calls.failAll(SyncError(QStringLiteral("handle closed")));
}

std::optional<SyncError> HandlePrivate::refusal() const
{
    switch (status) {
    case Sync::Status::Ready:
    case Sync::Status::Removed: // the entity knows the service's words for it
        break;
    case Sync::Status::Null:
        return SyncError(QStringLiteral("handle not open: it names nothing yet"));
    case Sync::Status::Opening:
        return SyncError(QStringLiteral("handle not open: still opening"));
    case Sync::Status::Failed:
        return m_openError;
    case Sync::Status::Closed:
        return SyncError(m_openError.isNull() ? QStringLiteral("handle closed") : m_openError.message());
    }
    return entity ? std::nullopt : std::optional(SyncError(QStringLiteral("handle closed")));
}

SyncError HandlePrivate::error() const
{
    if (status == Sync::Status::Failed)
        return m_openError;
    if (!settingError.isNull())
        return settingError;
    return entity ? entity->subscriptionError() : SyncError();
}

void HandlePrivate::setStatus(Sync::Status to, const SyncError &why)
{
    status = to;
    m_openError = why;
    refresh();
}

void HandlePrivate::refresh()
{
    const RootState none;
    const RootState &root = entity ? entity->root() : none;
    Shown now { uniqueName,
                sid,
                status,
                error(),
                entity ? entity->subscriptionState() : Sync::SubscriptionState::Unsubscribed,
                root.created,
                root.updated,
                root.expires,
                root.revision,
                entity ? entity->pendingWrites() : 0 };
    const Shown old = std::exchange(m_shown, std::move(now));
    const Shown shown = m_shown; // a slot may change it again
    const QPointer guard(object);
    const auto tell = [&](bool differs, Property property) {
        if (differs && guard)
            emitChanged(property);
    };
    tell(old.uniqueName != shown.uniqueName, Property::UniqueName);
    tell(old.sid != shown.sid, Property::Sid);
    tell(old.created != shown.created, Property::DateCreated);
    tell(old.updated != shown.updated, Property::DateUpdated);
    tell(old.expires != shown.expires, Property::DateExpires);
    tell(old.revision != shown.revision, Property::Revision);
    tell(old.pendingWrites != shown.pendingWrites, Property::PendingWrites);
    tell(old.error != shown.error, Property::Error);
    tell(old.status != shown.status, Property::Status);
    tell(old.subscription != shown.subscription, Property::SubscriptionState);
}

void HandlePrivate::rootChanged()
{
    if (!entity)
        return;
    // State that an application acts on is told at once; what changes with every event, once per turn.
    if (entity->subscriptionState() != m_shown.subscription
        || entity->pendingWrites() != m_shown.pendingWrites) {
        refresh();
        return;
    }
    if (std::exchange(m_refreshScheduled, true))
        return;
    QMetaObject::invokeMethod(
            object,
            [this] {
                m_refreshScheduled = false;
                refresh();
            },
            Qt::QueuedConnection);
}

void HandlePrivate::rootRemoved(bool isLocal)
{
    const QPointer guard(object);
    detaching();
    if (guard)
        setStatus(Sync::Status::Removed);
    if (guard)
        emitRemoved(isLocal);
}

void HandlePrivate::clientGone()
{
    const SyncError gone = clientDestroyedError();
    ++m_opening;
    QObject::disconnect(m_clientWatch);
    QObject::disconnect(m_closingWatch);
    client.clear(); // its methods are not to be called any more
    const QPointer guard(object);
    letGo();
    if (!guard)
        return;
    setStatus(Sync::Status::Closed, gone);
    if (guard)
        emitChanged(Property::Client);
    if (guard)
        calls.failAll(gone);
}

SyncHandle::SyncHandle(std::unique_ptr<HandlePrivate> priv) : d(std::move(priv)) { }

SyncHandle::~SyncHandle() = default;

SyncClient *SyncHandle::client() const { return d->client; }

void SyncHandle::setClient(SyncClient *client)
{
    if (d->client == client)
        return;
    d->client = client;
    d->watchClient();
    d->scheduleOpen();
    d->emitChanged(HandlePrivate::Property::Client);
}

QString SyncHandle::uniqueName() const { return d->uniqueName; }

void SyncHandle::setUniqueName(const QString &name)
{
    d->set(d->uniqueName, name, d->sid, HandlePrivate::Property::UniqueName);
}

QString SyncHandle::sid() const { return d->sid; }

void SyncHandle::setSid(const QString &sid)
{
    d->set(d->sid, sid, d->uniqueName, HandlePrivate::Property::Sid);
}

SyncClient::OpenMode SyncHandle::mode() const { return d->mode; }

void SyncHandle::setMode(SyncClient::OpenMode mode)
{
    if (d->mode == mode)
        return;
    d->mode = mode;
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

bool SyncHandle::orderedWrites() const { return d->orderedWrites; }

void SyncHandle::setOrderedWrites(bool ordered)
{
    if (std::exchange(d->orderedWrites, ordered) == ordered)
        return;
    if (d->entity)
        d->entity->askForOrder(ordered);
    d->emitChanged(HandlePrivate::Property::OrderedWrites);
}

void SyncHandle::closeHandle() { d->close(); }

QFuture<void> SyncHandle::setTtl(qint64 seconds)
{
    return voidWrite(*d, { checkTtl(seconds) }, writeOf(*d, WriteOperation::SetTtl, {}, {}, seconds));
}

} // namespace Twilio
