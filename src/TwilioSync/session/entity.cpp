#include "TwilioSync/session/entity.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/writerequest.h"

#include <QtCore/qdatetime.h>

namespace Twilio {

Entity::Entity(ObjectKind kind, ClientSession *session) : m_kind(kind), m_session(session), m_outbox(this)
{
    m_place = session->enlist(this);
    m_outbox.setOptions(session->writeOptions());
}

Entity::~Entity()
{
    if (m_session)
        m_session->delist(m_place);
}

void Entity::attach(EntityObserver *observer)
{
    const bool isFirst = m_observers.isEmpty();
    m_observers.add(observer);
    if (isFirst && m_session && !root().removed)
        m_session->registry().add(root().sid, objectTypeOf(m_kind), this);
}

void Entity::detach(EntityObserver *observer)
{
    m_observers.remove(observer);
    if (!m_observers.isEmpty())
        return;
    m_subscription = Sync::SubscriptionState::Unsubscribed;
    m_subscriptionError = {};
    if (!m_session)
        return;
    const auto self = shared_from_this(); // writes that end may be all that holds it
    m_session->registry().remove(root().sid);
    // Without a subscription its contents grow old: the next open reads anew (protocol.md 10.2).
    m_session->cache().forget(this);
    m_outbox.caughtUp();
}

void Entity::tellChanged()
{
    m_observers.each([](EntityObserver &observer) { observer.rootChanged(); });
}

void Entity::tellContext(bool isEvent)
{
    m_observers.each([isEvent](EntityObserver &observer) { observer.contextChanged(isEvent); });
}

void Entity::adopt(const Protocol::RootResource &resource)
{
    m_outbox.trail().missedUpTo(resource.lastEventId.value_or(-1)); // while nobody was attached
    root().adopt(resource, true);
}

void Entity::refresh(const Protocol::RootResource &resource)
{
    root().adopt(resource, false);
    tellChanged();
}

void Entity::markRemoved(bool isLocal)
{
    const auto self = shared_from_this();
    flush();
    if (root().removed)
        return;
    root().removed = true;
    m_subscription = Sync::SubscriptionState::Unsubscribed;
    m_subscriptionError = {};
    if (m_session) {
        m_session->registry().remove(root().sid);
        m_session->cache().forget(this);
    }
    // Whichever of its answer and its event comes first, a removal of ours is ours.
    const bool isOurs = m_outbox.finishRemovals() || isLocal;
    m_observers.each([isOurs](EntityObserver &observer) { observer.rootRemoved(isOurs); });
    m_outbox.failAll(removedError(m_kind));
}

void Entity::sessionDestroyed()
{
    const auto self = shared_from_this();
    m_session->delist(m_place);
    m_session = nullptr;
    m_subscription = Sync::SubscriptionState::Unsubscribed;
    m_outbox.failAll(clientDestroyedError());
    m_outbox.endAll();
}

void Entity::subscriptionChanged(Sync::SubscriptionState state, const SyncError &error)
{
    if (m_subscription == state && m_subscriptionError == error)
        return;
    const auto self = shared_from_this();
    m_subscription = state;
    m_subscriptionError = error;
    tellChanged();
    if (following() != Following::Soon)
        m_outbox.caughtUp();
}

void Entity::replayed(qint64 lastEventId)
{
    const auto self = shared_from_this();
    if (lastEventId > root().lastEventId)
        m_outbox.trail().missedUpTo(lastEventId); // counted, but not sent
    root().noteReplayed(lastEventId);
    flush();
    tellChanged();
}

void Entity::missEvent()
{
    if (!m_session || root().removed || !replayCursor())
        return;
    if (root().noteGap())
        m_session->registry().renew(root().sid);
    else
        qCWarning(lcStore) << "an event of" << root().sid << "cannot be read again: it is lost";
}

void Entity::objectGone() { markRemoved(false); }

Callback<RestReply> Entity::whileAsking(Callback<RestReply> done)
{
    const auto requestedAt = m_requestedAt.insert(root().lastEventId);
    return [self = shared_from_this(), requestedAt, done = std::move(done)](SyncResult<RestReply> reply) {
        self->m_requestedAt.erase(requestedAt);
        done(std::move(reply));
    };
}

void Entity::get(const QByteArray &url, Callback<RestReply> done, const CancelToken &cancelled)
{
    if (!m_session) {
        done(clientDestroyedError());
        return;
    }
    if (root().removed) {
        done(removedError(m_kind));
        return;
    }
    m_session->requests().send({ QByteArrayLiteral("GET"), QUrl::fromEncoded(url), {}, {} },
                               Requester::Repeat::Safely,
                               whileAsking([this, url, done = std::move(done)](SyncResult<RestReply> reply) {
                                   if (const auto *error = errorOf(reply))
                                       noticeRemoval(url, *error);
                                   done(std::move(reply));
                               }),
                               cancelled);
}

SyncResult<Protocol::RootResource> Entity::stateOfReply(const SyncResult<RestReply> &reply)
{
    if (const auto *error = errorOf(reply))
        return *error;
    return Protocol::parseRootResource(std::get<RestReply>(reply).body);
}

void Entity::askForOrder(bool ask)
{
    m_askedForOrder += ask ? 1 : -1;
    m_outbox.setOrdered(m_askedForOrder > 0);
}

void Entity::write(Write write, Mutator mutator, Callback<WriteOutcome> done, const CancelToken &cancelled)
{
    if (!m_session) {
        done(clientDestroyedError());
        return;
    }
    if (root().removed) {
        done(removedError(m_kind));
        return;
    }
    if (m_session->isClosed()) {
        done(m_session->whyClosed());
        return;
    }
    if (const SyncError error = m_session->tooManyWrites(); !error.isNull()) {
        done(error);
        return;
    }
    write.objectSid = root().sid;
    write.objectName = root().uniqueName;
    write.created = QDateTime::currentMSecsSinceEpoch();
    m_outbox.setPaced(m_session->pacesWrites(), m_session->isRealService());
    m_outbox.add(std::move(write), std::move(mutator), std::move(done), cancelled);
}

qint64 Entity::nextWriteId() { return m_session->nextWriteId(); }

bool Entity::canSend() const { return m_session && m_session->channel().state() == ChannelState::Connected; }

WriteHost::Following Entity::following() const
{
    switch (m_subscription) {
    case Sync::SubscriptionState::Established:
        return Following::Yes;
    case Sync::SubscriptionState::Pending:
    case Sync::SubscriptionState::Subscribing:
        return Following::Soon;
    case Sync::SubscriptionState::Unsubscribed:
    case Sync::SubscriptionState::SubscriptionFailed:
        break;
    }
    return Following::No;
}

qint64 Entity::newestEvent() const { return qMax(root().newestEventId, root().lastEventId); }

void Entity::transmit(const Write &write, Callback<RestReply> done)
{
    if (write.attempts > 1)
        m_session->countRetry();
    m_session->channel().request(requestOf(write, urlOf(write), m_kind), whileAsking(std::move(done)));
}

SyncResult<WriteOutcome> Entity::confirm(const Write &write, const TargetState &before,
                                         const RestReply &reply)
{
    if (write.operation == WriteOperation::RemoveObject) {
        confirmRemoval(write, before);
        return WriteOutcome();
    }
    const auto resource = stateOfReply(reply);
    if (const auto *error = errorOf(resource))
        return *error;
    refresh(std::get<Protocol::RootResource>(resource));
    return WriteOutcome();
}

void Entity::confirmRemoval(const Write &, const TargetState &) { markRemoved(true); }

std::optional<TargetState> Entity::known(const Write &) const { return TargetState(); }

void Entity::read(const Write &, Callback<TargetState> done, const CancelToken &cancelled)
{
    get(
            root().url,
            [done = std::move(done)](const SyncResult<RestReply> &reply) {
                const auto state = stateOfReply(reply);
                if (const auto *error = errorOf(state)) {
                    done(*error);
                    return;
                }
                const auto &resource = std::get<Protocol::RootResource>(state);
                done(TargetState {
                        true, resource.data, resource.revision, resource.lastEventId.value_or(-1), {} });
            },
            cancelled);
}

SyncError Entity::missing(const Write &) const { return removedError(m_kind); }

SyncError Entity::explained(const Write &write, const SyncError &error) const
{
    return explainedSize(error, m_kind, write.sentValue);
}

void Entity::refused(const Write &write, const SyncError &error) { noticeRemoval(urlOf(write), error); }

void Entity::noticeRemoval(const QByteArray &url, const SyncError &error)
{
    const bool isAboutObject = url == root().url && error.status() == 404;
    if (isAboutObject || isMissingObject(m_kind, error))
        markRemoved(false);
}

void Entity::writeAdded(const Write &write)
{
    m_selfWhileWriting = shared_from_this(); // its handles may all be closed
    if (m_session)
        m_session->writeAdded(write);
    tellChanged();
}

void Entity::writeChanged(const Write &write)
{
    if (m_session)
        m_session->writeChanged(write);
}

void Entity::writeEnded(const Write &write)
{
    const auto self = m_outbox.isEmpty() ? std::move(m_selfWhileWriting) : nullptr;
    if (m_session)
        m_session->writeEnded(write);
    tellChanged();
}

} // namespace Twilio
