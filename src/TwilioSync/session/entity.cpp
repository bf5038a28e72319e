#include "TwilioSync/session/entity.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/objectmirror.h"

#include <QtCore/qtimer.h>

#include <algorithm>
#include <utility>

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
    const bool isNewToCache = !std::exchange(m_isAsKept, false);
    if (isFirst && m_session && m_session->diskCache().isOpen() && !root().removed)
        m_mirror = std::make_unique<ObjectMirror>(m_session->diskCache(), *this, itemStore(), isNewToCache);
    if (isFirst && m_session && !root().removed)
        m_session->registry().add(root().sid, objectTypeOf(m_kind), this);
}

void Entity::detach(EntityObserver *observer)
{
    // What is kept goes on without a handle, and whether it was applied is seen in what happens.
    if (keepsWrites() && !m_outbox.isEmpty() && !root().removed)
        m_session->followWrites(shared_from_this());
    m_observers.remove(observer);
    if (!m_observers.isEmpty())
        return;
    endMirror();
    stopReadingKept();
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

void Entity::touchMirror()
{
    if (m_mirror)
        m_mirror->touch();
}

void Entity::endMirror(bool isGone)
{
    if (!m_mirror)
        return;
    flush();
    m_mirror->end(isGone);
    m_mirror.reset();
}

void Entity::restore(const CachedObject &kept)
{
    adopt(kept.root.resource);
    m_isFromCache = m_isAsKept = true;
    m_storageId = kept.root.storageId;
}

void Entity::noteRead()
{
    m_isFromCache = m_isAsKept = false;
    m_storageId = storageNow();
}

QByteArray Entity::storageNow() const
{
    return m_session ? m_session->channel().account().storageId : QByteArray();
}

bool Entity::isOfAnotherTime() const
{
    const QByteArray now = storageNow();
    return !now.isEmpty() && !m_storageId.isEmpty() && now != m_storageId;
}

CachedRoot Entity::stateForCache() const
{
    const RootState &state = root();
    const auto time = [](qint64 value) { return value == noTime ? std::nullopt : std::optional(value); };
    CachedRoot kept { .kind = m_kind, .storageId = m_storageId };
    kept.resource = { .sid = state.sid,
                      .uniqueName = state.uniqueName,
                      .url = state.url,
                      .itemsUrl = state.itemsUrl,
                      .contextUrl = state.contextUrl,
                      .revision = state.revision,
                      .lastEventId = state.lastEventId,
                      .created = time(state.created),
                      .updated = time(state.updated),
                      .hasExpires = true,
                      .expires = time(state.expires),
                      .data = {} };
    return kept;
}

void Entity::tellWrites(const ItemKey &target)
{
    m_observers.each([&target](EntityObserver &observer) { observer.writesChanged(target); });
}

void Entity::tellChanged()
{
    touchMirror();
    m_observers.each([](EntityObserver &observer) { observer.rootChanged(); });
}

void Entity::tellContext(bool isEvent)
{
    m_observers.each([isEvent](EntityObserver &observer) { observer.contextChanged(isEvent); });
}

void Entity::adopt(const Protocol::RootResource &resource)
{
    noteRead();
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
    endMirror(true);
    root().removed = true;
    stopReadingKept();
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

void Entity::leave(const SyncError &why)
{
    if (!m_session)
        return; // the end of another object was the end of all
    const auto self = shared_from_this();
    endMirror();
    stopReadingKept();
    m_session->registry().remove(root().sid);
    m_whyGone = why;
    failWrites(keepsWrites()); // while there is somebody to tell
    if (m_session)
        leaveSession();
}

void Entity::leaveSession()
{
    m_session->delist(m_place);
    m_session = nullptr;
    m_subscription = Sync::SubscriptionState::Unsubscribed;
}

void Entity::failWrites(bool areKept)
{
    m_outbox.failAll(areKept ? m_whyGone.withUnknownOutcome()
                             : m_whyGone); // what is kept is done another time
    m_outbox.endAll();
}

void Entity::sessionDestroyed()
{
    const auto self = shared_from_this();
    endMirror();
    stopReadingKept();
    m_whyGone = clientDestroyedError();
    const bool areKept = keepsWrites();
    leaveSession();
    failWrites(areKept);
}

void Entity::subscriptionChanged(Sync::SubscriptionState state, const SyncError &error)
{
    if (m_subscription == state && m_subscriptionError == error)
        return;
    const auto self = shared_from_this();
    m_subscription = state;
    m_subscriptionError = error;
    if (state == Sync::SubscriptionState::Established && !isComparing()) {
        m_isFromCache = false;
        if (m_storageId.isEmpty())
            m_storageId = storageNow();
    }
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

bool Entity::compare()
{
    if (!m_session || root().removed)
        return false;
    if (!m_comparison) {
        m_comparison = std::make_unique<Patience>(Patience::Rule());
        whenKeptIsRead([this] { readForComparison(); });
    }
    return true;
}

void Entity::readForComparison()
{
    get(root().url, [this](const SyncResult<RestReply> &reply) {
        const auto state = stateOfReply(reply);
        if (const auto *error = errorOf(state)) {
            repeatComparison(*error);
            return;
        }
        const auto &now = std::get<Protocol::RootResource>(state);
        m_storageId = storageNow();
        m_outbox.trail().missedUpTo(std::max(root().lastEventId, now.lastEventId.value_or(-1)));
        compareWith(now);
    });
}

void Entity::endComparison()
{
    const auto self = shared_from_this();
    m_comparison.reset();
    if (m_subscription == Sync::SubscriptionState::Established)
        m_isFromCache = false;
    tellChanged();
    if (m_session)
        m_session->registry().settled();
}

void Entity::repeatComparison(const SyncError &error)
{
    if (!refusal().isNull() || !isAttached()) {
        endComparison(); // of no use to anybody any more
        return;
    }
    const auto delay = m_comparison ? m_comparison->next() : Patience::Milliseconds(0);
    qCWarning(lcStore) << root().sid << "cannot be compared with what the service has:" << error
                       << "- again in" << delay.count() << "ms";
    QTimer::singleShot(delay, m_session, [weak = weak_from_this()] {
        if (const auto living = weak.lock())
            living->readForComparison();
    });
}

Callback<RestReply> Entity::whileAsking(Callback<RestReply> done)
{
    const qint64 cursor = root().lastEventId;
    m_requestedAt.insert(std::upper_bound(m_requestedAt.begin(), m_requestedAt.end(), cursor), cursor);
    return [self = shared_from_this(), cursor, done = std::move(done)](SyncResult<RestReply> reply) {
        auto &all = self->m_requestedAt;
        all.erase(std::lower_bound(all.begin(), all.end(), cursor));
        done(std::move(reply));
    };
}

SyncError Entity::refusal() const
{
    if (!m_session)
        return m_whyGone;
    return root().removed ? removedError(m_kind) : SyncError();
}

void Entity::get(const QByteArray &url, Callback<RestReply> done, const CancelToken &cancelled)
{
    if (const SyncError why = refusal(); !why.isNull()) {
        done(why);
        return;
    }
    m_session->requests().send({ QByteArrayLiteral("GET"), RestUrl::fromEncoded(url), {}, {} },
                               Requester::Repeat::Safely,
                               whileAsking([this, url, done = std::move(done)](SyncResult<RestReply> reply) {
                                   if (const auto *error = errorOf(reply))
                                       noticeRemoval(url, *error);
                                   done(std::move(reply));
                               }),
                               cancelled);
}

Protocol::ReadLimits Entity::readLimits() const
{
    return m_session ? m_session->readLimits() : Protocol::ReadLimits();
}

SyncResult<Protocol::RootResource> Entity::stateOfReply(const SyncResult<RestReply> &reply) const
{
    if (const auto *error = errorOf(reply))
        return *error;
    return Protocol::parseRootResource(std::get<RestReply>(reply).body, readLimits());
}

} // namespace Twilio
