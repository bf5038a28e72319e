#include "TwilioSync/session/entity.h"

#include "TwilioSync/session/clientsession.h"

namespace Twilio {

QByteArray objectTypeOf(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Document:
        return QByteArrayLiteral("document");
    case ObjectKind::List:
        return QByteArrayLiteral("list");
    case ObjectKind::Map:
        return QByteArrayLiteral("map");
    case ObjectKind::Stream:
        return QByteArrayLiteral("stream");
    }
    return {};
}

QByteArray rootPathOf(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Document:
        return QByteArrayLiteral("/v3/Documents");
    case ObjectKind::List:
        return QByteArrayLiteral("/v3/Lists");
    case ObjectKind::Map:
        return QByteArrayLiteral("/v3/Maps");
    case ObjectKind::Stream:
        return QByteArrayLiteral("/v3/Streams");
    }
    return {};
}

namespace {

// What the service calls the absence of an item; the collection is still there (protocol.md 11.2).
bool isMissingItem(const SyncError &error) { return error.code() == 54151 || error.code() == 54201; }

// protocol.md 11.3 and its siblings in 11.2.
SyncError removedError(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Document:
        return SyncError(QStringLiteral("The Document has been removed"), 404, 54100);
    case ObjectKind::List:
        return SyncError(QStringLiteral("The List has been removed"), 404, 54150);
    case ObjectKind::Map:
        return SyncError(QStringLiteral("The Map has been removed"), 404, 54200);
    case ObjectKind::Stream:
        return SyncError(QStringLiteral("The Stream has been removed"), 404, 54250);
    }
    return {};
}

} // namespace

Entity::Entity(ObjectKind kind, ClientSession *session) : m_kind(kind), m_session(session)
{
    session->enlist(this);
}

Entity::~Entity()
{
    if (m_session)
        m_session->delist(this);
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
    if (m_session) {
        m_session->registry().remove(root().sid);
        // Without a subscription its contents grow old: the next open reads anew (protocol.md 10.2).
        m_session->forget(this);
    }
}

void Entity::tellChanged()
{
    m_observers.each([](EntityObserver &observer) { observer.rootChanged(); });
}

void Entity::changePending(int by)
{
    m_pendingWrites += by;
    if (m_session)
        m_session->changePendingWrites(by);
    tellChanged();
}

void Entity::refresh(const Protocol::RootResource &resource)
{
    root().take(resource, false);
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
        m_session->forget(this);
    }
    m_observers.each([isLocal](EntityObserver &observer) { observer.rootRemoved(isLocal); });
}

void Entity::sessionGone()
{
    const auto self = shared_from_this();
    m_session = nullptr;
    m_subscription = Sync::SubscriptionState::Unsubscribed;
    m_pacer->releaseAll();
}

void Entity::subscriptionChanged(Sync::SubscriptionState state, const SyncError &error)
{
    if (m_subscription == state && m_subscriptionError == error)
        return;
    const auto self = shared_from_this();
    m_subscription = state;
    m_subscriptionError = error;
    tellChanged();
}

void Entity::replayed(qint64 lastEventId)
{
    const auto self = shared_from_this();
    root().noteEvent(lastEventId, {}, true);
    tellChanged();
}

void Entity::objectGone() { markRemoved(false); }

void Entity::noticeRemoval(const SyncError &error)
{
    if (error.status() == 404 && !isMissingItem(error))
        markRemoved(false);
}

void Entity::request(const char *method, const QByteArray &url, const QByteArray &body,
                     Requester::Repeat repeat, Callback<RestReply> done, const QByteArray &ifMatch)
{
    if (!m_session) {
        done(clientDestroyedError());
        return;
    }
    if (root().removed) {
        done(removedError(m_kind));
        return;
    }
    RestRequest request { QByteArray(method), QUrl::fromEncoded(url), {}, body };
    if (!ifMatch.isEmpty())
        request.headers.append({ QByteArrayLiteral("If-Match"), ifMatch });
    const bool isWrite = request.method != "GET";
    if (isWrite)
        m_pacer->charge(body.size());
    const auto requestedAt = m_requestedAt.insert(root().lastEventId);
    m_session->requests().send(
            std::move(request), repeat,
            [self = shared_from_this(), requestedAt, done = std::move(done)](SyncResult<RestReply> reply) {
                self->m_requestedAt.erase(requestedAt);
                if (const auto *error = errorOf(reply))
                    self->noticeRemoval(*error);
                done(std::move(reply));
            },
            [pacer = std::weak_ptr(m_pacer), isWrite] {
                if (const auto living = pacer.lock(); living && isWrite)
                    living->throttled();
            });
}

void Entity::pacedRequest(const char *method, const QByteArray &url, const QByteArray &body,
                          Requester::Repeat repeat, Callback<RestReply> done)
{
    writeGate()([self = shared_from_this(), method, url, body, repeat, done = std::move(done)] {
        self->request(method, url, body, repeat, done);
    });
}

std::function<void(std::function<void()>)> Entity::writeGate()
{
    return [this](std::function<void()> go) {
        if (!m_session) {
            go(); // to fail
            return;
        }
        m_pacer->setEnabled(m_session->pacesWrites());
        if (m_session->isRealService())
            m_pacer->engage();
        m_pacer->acquire(m_session, std::move(go));
    };
}

QByteArray Entity::writeBody(const SyncValue *value, std::optional<qint64> ttl)
{
    QByteArray body = "{";
    if (value)
        body += "\"data\":" + value->toJson();
    if (ttl)
        body += (value ? QByteArray(",\"ttl\":") : QByteArray("\"ttl\":")) + QByteArray::number(*ttl);
    return body + '}';
}

SyncResult<Protocol::RootResource> Entity::stateOfReply(const SyncResult<RestReply> &reply)
{
    if (const auto *error = errorOf(reply))
        return *error;
    return Protocol::parseRootResource(std::get<RestReply>(reply).body);
}

void Entity::setTtl(qint64 seconds, Callback<Nothing> done)
{
    done = countWrite<Nothing>(std::move(done));
    pacedRequest("POST", root().url, writeBody(nullptr, seconds), Requester::Repeat::Safely,
                 [self = shared_from_this(), done = std::move(done)](const SyncResult<RestReply> &reply) {
                     const auto resource = stateOfReply(reply);
                     if (const auto *error = errorOf(resource)) {
                         done(*error);
                         return;
                     }
                     self->refresh(std::get<Protocol::RootResource>(resource));
                     done(Nothing());
                 });
}

void Entity::removeObject(Callback<Nothing> done)
{
    done = countWrite<Nothing>(std::move(done));
    pacedRequest("DELETE", root().url, {}, Requester::Repeat::Safely,
                 [self = shared_from_this(), done = std::move(done)](const SyncResult<RestReply> &reply) {
                     if (const auto *error = errorOf(reply)) {
                         done(*error);
                         return;
                     }
                     self->markRemoved(true);
                     done(Nothing());
                 });
}

} // namespace Twilio
