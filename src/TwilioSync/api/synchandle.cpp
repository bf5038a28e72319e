#include "TwilioSync/api/synchandle.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/handlecalls_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/store/dates.h"

#include <QtCore/qtimer.h>

#include <iterator>

namespace Twilio {

void HandlePrivate::set(QString &field, const QString &value, QString &other, Property property)
{
    if (field == value)
        return;
    field = value;
    // What the last opening filled in names the object that is being left.
    if (entity)
        other.clear();
    (property == Property::Sid ? m_shown.sid : m_shown.uniqueName) = value;
    scheduleOpen();
    tellLater();
    emitChanged(property);
}

void HandlePrivate::scheduleOpen()
{
    ++m_opening; // what is being opened is not wanted any more, and must not fill in its names
    if (std::exchange(m_openScheduled, true))
        return;
    QTimer::singleShot(0, object, [this] {
        if (std::exchange(m_openScheduled, false)) // not closed meanwhile
            openDeclared();
    });
}

void HandlePrivate::openDeclared()
{
    const quint64 number = ++m_opening;
    const QPointer guard(object);
    detach();
    if (!guard || number != m_opening) // a slot of rows that went has deleted it, or let it open meanwhile
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
                         std::function<void(const SyncError &)> done, const CancelToken &cancelled)
{
    client = by;
    calls.setNotifier(&ClientPrivate::of(by)->session->notifier());
    watchClient();
    const quint64 number = ++m_opening;
    m_retryWhenConnected = false;
    setStatus(Sync::Status::Opening);
    ClientPrivate::of(by)->session->open(
            request,
            [this, guard = QPointer(object), number, done = std::move(done)](SyncResult<EntityPtr> result) {
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
            },
            cancelled);
}

void HandlePrivate::opened(const EntityPtr &it)
{
    entity = it;
    entity->attach(this);
    if (orderedWrites)
        entity->askForOrder(true);
    uniqueName = QString::fromUtf8(entity->root().uniqueName);
    sid = QString::fromUtf8(entity->root().sid);
    setStatus(Sync::Status::Ready);
    attached();
}

void HandlePrivate::watchClient()
{
    QObject::disconnect(m_clientWatch);
    QObject::disconnect(m_closingWatch);
    if (!client)
        return;
    m_closingWatch = QObject::connect(ClientPrivate::of(client)->session.get(), &ClientSession::closing,
                                      object, [this] { clientDestroyed(); });
    m_clientWatch = QObject::connect(client, &SyncClient::connectionStateChanged, object, [this] {
        const bool started = client && ClientPrivate::of(client)->isStarted();
        const bool connected = client && client->connectionState() == SyncClient::ConnectionState::Connected;
        const bool named = !sid.isEmpty() || !uniqueName.isEmpty();
        if ((started && status == Sync::Status::Null && named)
            || (connected && status == Sync::Status::Failed && m_retryWhenConnected))
            scheduleOpen();
    });
}

void HandlePrivate::detach()
{
    ++m_generation;
    const EntityPtr old = std::exchange(entity, nullptr);
    if (!old)
        return;
    if (orderedWrites)
        old->askForOrder(false);
    old->detach(this);
    std::erase_if(m_left, [](const std::weak_ptr<Entity> &left) { return left.expired(); });
    m_left.push_back(old);
    tellLater();
    detached(*old);
}

void HandlePrivate::close()
{
    m_openScheduled = false;
    if (status == Sync::Status::Closed)
        return;
    ++m_opening;
    setStatus(Sync::Status::Closed);
    detach();
}

void HandlePrivate::destroy()
{
    ++m_opening;
    status = Sync::Status::Closed;
    QObject::disconnect(m_clientWatch);
    QObject::disconnect(m_closingWatch);
    std::vector<Outbox::Done> sent;
    m_left.push_back(entity);
    for (const std::weak_ptr<Entity> &left : std::exchange(m_left, {})) {
        if (const EntityPtr past = left.lock()) {
            auto some = past->outbox().dropOwner(calls.owner());
            sent.insert(sent.end(), std::make_move_iterator(some.begin()),
                        std::make_move_iterator(some.end()));
        }
    }
    if (const EntityPtr old = std::exchange(entity, nullptr)) {
        if (orderedWrites)
            old->askForOrder(false);
        old->detach(this);
        detached(*old);
    }
    const SyncError closed(QStringLiteral("handle closed"));
    calls.beginToEnd();
    for (const auto &done : sent)
        done(closed.withUnknownOutcome());
    calls.failAll(closed);
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
    tellLater();
}

void HandlePrivate::post(std::function<void()> tell)
{
    if (client)
        ClientPrivate::of(client)->session->notifier().post(object, std::move(tell));
    else
        QMetaObject::invokeMethod(object, std::move(tell), Qt::QueuedConnection);
}

void HandlePrivate::postEvent(std::function<void()> tell)
{
    post([this, number = m_generation, tell = std::move(tell)] {
        if (number == m_generation)
            tell();
    });
}

void HandlePrivate::tellLater()
{
    if (!std::exchange(m_tellPosted, true))
        post([this] { tellChanges(); });
}

void HandlePrivate::show(Shown &shown) const
{
    const RootState none;
    const RootState &root = entity ? entity->root() : none;
    shown.uniqueName = uniqueName;
    shown.sid = sid;
    shown.status = status;
    shown.error = error();
    shown.subscription = entity ? entity->subscriptionState() : Sync::SubscriptionState::Unsubscribed;
    shown.created = root.created;
    shown.updated = root.updated;
    shown.expires = root.expires;
    shown.revision = root.revision;
    shown.pendingWrites = entity ? entity->pendingWrites() : 0;
}

void HandlePrivate::tellChanges()
{
    m_tellPosted = false;
    Shown now;
    show(now);
    const Shown old = std::exchange(m_shown, now);
    const QPointer guard(object);
    const auto tell = [&](bool differs, Property property) {
        if (differs && guard)
            emitChanged(property);
    };
    tell(old.uniqueName != now.uniqueName, Property::UniqueName);
    tell(old.sid != now.sid, Property::Sid);
    tell(old.created != now.created, Property::DateCreated);
    tell(old.updated != now.updated, Property::DateUpdated);
    tell(old.expires != now.expires, Property::DateExpires);
    tell(old.revision != now.revision, Property::Revision);
    tell(old.count != now.count, Property::Count);
    tell(old.complete != now.complete, Property::Complete);
    tell(old.pendingWrites != now.pendingWrites, Property::PendingWrites);
    tell(old.error != now.error, Property::Error);
    tell(old.status != now.status, Property::Status);
    tell(old.subscription != now.subscription, Property::SubscriptionState);
}

void HandlePrivate::rootChanged()
{
    if (entity)
        tellLater();
}

void HandlePrivate::rootRemoved(bool isLocal)
{
    setStatus(Sync::Status::Removed);
    postEvent([this, isLocal] { emitRemoved(isLocal); });
    detached(*entity);
}

void HandlePrivate::clientDestroyed()
{
    const SyncError gone = clientDestroyedError();
    ++m_opening;
    QObject::disconnect(m_clientWatch);
    QObject::disconnect(m_closingWatch);
    client.clear(); // its methods are not to be called any more
    setStatus(Sync::Status::Closed, gone);
    post([this] { emitChanged(Property::Client); });
    const QPointer guard(object);
    calls.failAll(gone);
    if (guard)
        detach();
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
