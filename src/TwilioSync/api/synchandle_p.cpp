#include "TwilioSync/api/synchandle_p.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/protocol/replyverdict.h"
#include "TwilioSync/protocol/restresources.h"

#include <QtCore/qtimer.h>

#include <iterator>

namespace Twilio {

namespace {

//! True if \a failure is not of the request, but of the moment.
bool isTransient(const SyncError &failure)
{
    const ReplyVerdict verdict = verdictOf(failure);
    return verdict == ReplyVerdict::Throttled || verdict == ReplyVerdict::NotSent;
}

//! True if it may have been done all the same.
bool isServiceTrouble(const SyncError &failure)
{
    return verdictOf(failure) == ReplyVerdict::MaybeApplied || failure.status() >= 500;
}

} // namespace

void HandlePrivate::declare(Property property, const QString &value)
{
    const bool isSid = property == Property::Sid;
    QString &field = isSid ? sid : uniqueName;
    if (field == value) {
        reopen();
        return;
    }
    (isSid ? declared.sid : declared.uniqueName) = value;
    field = value;
    // What the last opening filled in names the object that is being left.
    if (entity) {
        (isSid ? declared.uniqueName : declared.sid).clear();
        (isSid ? uniqueName : sid).clear();
    }
    (isSid ? m_shown.sid : m_shown.uniqueName) = value;
    scheduleOpen();
    tellLater();
    emitChanged(property);
}

void HandlePrivate::showDeclared()
{
    uniqueName = declared.uniqueName;
    sid = declared.sid;
    tellLater();
}

// What is being opened is not wanted any more, and must not fill in its names.
void HandlePrivate::stopOpening()
{
    ++m_opening;
    m_awaitsAgain = false;
    m_waitsToOpen = false;
    m_openPatience.progressed();
}

void HandlePrivate::scheduleOpen()
{
    stopOpening();
    if (std::exchange(m_openScheduled, true))
        return;
    QTimer::singleShot(0, object, [this] {
        if (std::exchange(m_openScheduled, false)) // not closed meanwhile
            openDeclared();
    });
}

void HandlePrivate::openAtOnce()
{
    const bool awaited = m_awaitsAgain;
    scheduleOpen();
    m_awaitsAgain = awaited;
}

void HandlePrivate::reopen()
{
    const bool isOver = status == Sync::Status::Failed || status == Sync::Status::Removed
            || status == Sync::Status::Closed;
    if (isOver || m_waitsToOpen)
        scheduleOpen();
}

void HandlePrivate::setAwaiting(bool awaits)
{
    stopOpening();
    // A SID is never given again.
    m_awaitsAgain = awaits && declared.sid.isEmpty() && !declared.uniqueName.isEmpty();
    if (m_awaitsAgain)
        openLater();
}

void HandlePrivate::openLater()
{
    m_waitsToOpen = true;
    QTimer::singleShot(m_openPatience.next(), object, [this, number = m_opening] {
        if (number == m_opening)
            openDeclared();
    });
}

void HandlePrivate::openDeclared()
{
    const quint64 number = ++m_opening;
    m_waitsToOpen = false;
    if (!m_awaitsAgain) {
        const QPointer guard(object);
        detach();
        if (!guard
            || number != m_opening) // a slot of rows that went has deleted it, or let it open meanwhile
            return;
        showDeclared();
    }
    watchClient();
    if (const auto request = declaredRequest()) {
        start(*request,
              [this, request = *request](const SyncResult<EntityPtr> &result, bool isCurrent) {
                  if (const auto *failure = errorOf(result); failure && isCurrent)
                      openingFailed(request, *failure);
              },
              {});
    }
}

std::optional<OpenRequest> HandlePrivate::declaredRequest()
{
    const QString id = declared.sid.isEmpty() ? declared.uniqueName : declared.sid;
    if (!client || id.isEmpty() || !ClientPrivate::of(client)->isStarted()) {
        setStatus(Sync::Status::Null); // opens when there is a token
        return std::nullopt;
    }
    // What has a SID was made by somebody; under it nothing can be made.
    const bool mustExist = m_awaitsAgain
            || (mode == SyncClient::OpenMode::OpenOrCreate && Protocol::looksLikeSid(declared.sid));
    OpenOptions options { id, mustExist ? SyncClient::OpenMode::OpenExisting : mode, std::nullopt,
                          initialValue };
    if (ttl.isValid() && !ttl.isNull()) {
        bool isNumber = false;
        options.ttl = ttl.toLongLong(&isNumber);
        if (!isNumber) {
            setStatus(Sync::Status::Failed, SyncError(QStringLiteral("ttl: expected a number of seconds")));
            return std::nullopt;
        }
    }
    const auto request = openRequestOf(kind, options);
    if (const auto *wrong = errorOf(request)) {
        setStatus(Sync::Status::Failed, *wrong);
        return std::nullopt;
    }
    return std::get<OpenRequest>(request);
}

void HandlePrivate::open(SyncClient *by, const OpenRequest &request,
                         std::function<void(const SyncError &)> done, const CancelToken &cancelled)
{
    client = by;
    (Protocol::looksLikeSid(request.id) ? declared.sid : declared.uniqueName) = request.id;
    start(
            request,
            [this, done = std::move(done)](const SyncResult<EntityPtr> &result, bool isCurrent) {
                const auto *failure = errorOf(result);
                if (isCurrent && failure)
                    setStatus(Sync::Status::Failed, *failure);
                else if (isCurrent && declared.uniqueName.isEmpty())
                    declared.sid = sid;
                done(failure ? *failure : SyncError());
            },
            cancelled);
}

void HandlePrivate::start(const OpenRequest &request, Opened done, const CancelToken &cancelled)
{
    calls.setNotifier(&ClientPrivate::of(client)->session->notifier());
    watchClient();
    const quint64 number = ++m_opening;
    m_retryWhenConnected = false;
    if (!m_awaitsAgain)
        setStatus(Sync::Status::Opening, m_openPatience.attempts() > 0 ? m_openError : SyncError());
    OpenRequest asked = request;
    asked.order = firstShown();
    ClientPrivate::of(client)->session->open(
            asked,
            [this, guard = QPointer(object), number, done = std::move(done)](SyncResult<EntityPtr> result) {
                if (!guard || number != m_opening) {
                    done(SyncError(QStringLiteral("handle closed")), false);
                    return;
                }
                if (errorOf(result))
                    m_retryWhenConnected =
                            client && client->connectionState() != SyncClient::ConnectionState::Connected;
                else
                    opened(std::get<EntityPtr>(result));
                done(result, guard && number == m_opening);
            },
            cancelled);
}

bool HandlePrivate::isWorthAnotherTry(const OpenRequest &request, const SyncError &failure) const
{
    if (failure.status() == 404 && request.way == OpenWay::OpenExisting)
        return waitForIt || m_awaitsAgain;
    // What was made by the last try would be refused as there already.
    return isTransient(failure) || (isServiceTrouble(failure) && request.way != OpenWay::CreateNew);
}

void HandlePrivate::openingFailed(const OpenRequest &request, const SyncError &failure)
{
    if (!isWorthAnotherTry(request, failure)) {
        m_awaitsAgain = false;
        setStatus(Sync::Status::Failed, failure);
        return;
    }
    if (!m_awaitsAgain)
        setStatus(Sync::Status::Opening, failure);
    openLater();
}

void HandlePrivate::opened(const EntityPtr &it)
{
    m_openPatience.progressed();
    m_awaitsAgain = false;
    const quint64 number = m_opening;
    const QPointer guard(object);
    detach(); // of one that has gone
    if (!guard || number != m_opening)
        return;
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
    m_clientWatch.end();
    m_clientHold = holdInScript(client);
    if (!client)
        return;
    const auto connectionStateChanged = [this] {
        const bool started = client && ClientPrivate::of(client)->isStarted();
        const bool connected = client && client->connectionState() == SyncClient::ConnectionState::Connected;
        const bool named = !sid.isEmpty() || !uniqueName.isEmpty();
        if ((started && status == Sync::Status::Null && named)
            || (connected && (m_waitsToOpen || (status == Sync::Status::Failed && m_retryWhenConnected))))
            openAtOnce();
    };
    m_clientWatch.begin(
            client, object, connectionStateChanged, [this] { identityChanging(); },
            [this] { clientDestroyed(); });
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
    stopOpening();
    setStatus(Sync::Status::Closed);
    detach();
}

void HandlePrivate::destroy()
{
    ++m_opening;
    status = Sync::Status::Closed;
    m_clientWatch.end();
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
    if (status == Sync::Status::Failed || (status == Sync::Status::Opening && !m_openError.isNull()))
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
    shown.fromCache = entity && entity->isFromCache();
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
    tell(old.fromCache != now.fromCache, Property::FromCache);
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
    if (entity->isFromCache() && !isLocal && declared.sid.isEmpty() && !declared.uniqueName.isEmpty()) {
        scheduleOpen(); // what was kept went while nobody looked; its name may be another's by now
        return;
    }
    setStatus(Sync::Status::Removed);
    postEvent([this, isLocal] { emitRemoved(isLocal); });
    if (autoReopen)
        setAwaiting(true);
    detached(*entity);
}

void HandlePrivate::identityChanging()
{
    const bool isDeclared = !declared.sid.isEmpty() || !declared.uniqueName.isEmpty();
    if (status == Sync::Status::Closed || !isDeclared || (!entity && status == Sync::Status::Null))
        return;
    setStatus(Sync::Status::Opening);
    scheduleOpen();
    detach();
}

void HandlePrivate::clientDestroyed()
{
    const SyncError gone = clientDestroyedError();
    ++m_opening;
    m_clientWatch.end();
    client.clear(); // its methods are not to be called any more
    m_clientHold.reset();
    setStatus(Sync::Status::Closed, gone);
    post([this] { emitChanged(Property::Client); });
    const QPointer guard(object);
    calls.failAll(gone);
    if (guard)
        detach();
}

} // namespace Twilio
