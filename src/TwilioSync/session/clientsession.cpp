#include "TwilioSync/session/clientsession.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/session/collectionentity.h"
#include "TwilioSync/session/documententity.h"
#include "TwilioSync/session/streamentity.h"
#include "TwilioSync/session/writerequest.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <numeric>

namespace Twilio {
namespace {

// 404 on reading and 409 on creating, again and again: somebody else creates and removes it (protocol.md,
// defect 16).
constexpr int maxOpenRounds = 3;

} // namespace

ClientSession::ClientSession(QObject *parent)
    : QObject(parent)
    , m_channel({}, this)
    , m_requests(&m_channel, this)
    , m_registry(
              [this](const QByteArray &body, Callback<RestReply> done) {
                  RestRequest request { QByteArrayLiteral("POST"),
                                        RestUrl::fromEncoded(m_restBase + "/v4/Subscriptions"),
                                        {},
                                        body };
                  m_requests.send(std::move(request), Requester::Repeat::Never, std::move(done));
              },
              SubscriptionRegistry::Options(), this)
{
    m_registry.setAwaits([this] { return m_queries.areAsking(); });
    connect(&m_channel, &TwilsockChannel::notificationReceived, this,
            [this](const ChannelNotification &notification) { m_router.route(notification); });
    connect(&m_diskCache, &DiskCache::opened, this, [this] { cacheOpened(); });
    connect(&m_diskCache, &DiskCache::writesFound, this,
            [this](const KeptOutbox &kept) { restoreWrites(kept); });
    connect(&m_channel, &TwilsockChannel::stateChanged, this, [this](ChannelState state) {
        switch (state) {
        case ChannelState::Connected:
            m_registry.connected();
            m_queries.connected();
            eachLiving([](Entity &entity) { entity.sessionUp(); });
            break;
        case ChannelState::Throttling:
            break; // the session goes on
        case ChannelState::AwaitingToken:
        case ChannelState::Connecting:
        case ChannelState::Initializing:
            m_registry.disconnected();
            m_queries.disconnected();
            break;
        case ChannelState::WaitAndReconnect:
        case ChannelState::Offline:
            m_registry.disconnected();
            m_queries.disconnected();
            connectionMissing();
            break;
        case ChannelState::Disconnected:
        case ChannelState::Disconnecting:
        case ChannelState::Denied:
        case ChannelState::Failed:
            m_registry.disconnected();
            m_queries.disconnected();
            if (isClosed())
                eachLiving([this](Entity &entity) { entity.sessionFailed(whyClosed()); });
            break;
        }
    });
}

ClientSession::~ClientSession()
{
    m_channel.disconnect(this);
    close();
}

template <typename Do>
void ClientSession::eachLiving(Do what)
{
    // The end of one may be the end of another: calls that fail let go of what they held.
    std::vector<EntityPtr> living;
    for (Entity *entity : std::as_const(m_living)) {
        if (EntityPtr alive = entity->weak_from_this().lock())
            living.push_back(std::move(alive));
    }
    for (const EntityPtr &entity : living)
        what(*entity);
}

void ClientSession::close()
{
    Q_EMIT closing();
    m_cache.clear();
    eachLiving([](Entity &entity) { entity.sessionDestroyed(); });
    m_queries.close();
    m_keepers.clear();
}

void ClientSession::changeIdentity()
{
    const QPointer guard(this);
    const SyncError why = identityChangedError();
    ++m_identity;
    Q_EMIT identityChanging();
    if (!guard)
        return;
    m_readings.clear();
    m_registry.disconnected();
    m_queries.disconnected();
    m_cache.clear();
    eachLiving([&why](Entity &entity) { entity.leave(why); });
    m_queries.close();
    m_keepers.clear();
    for (Unknown &unknown : std::exchange(m_unknown, {}))
        unknown.fail(why);
    m_lookups.failAll(why);
    m_requests.failAll(why);
    for (const WaitingForWrites &waiting : std::exchange(m_waitingForWrites, {}))
        waiting.done(why);
}

bool ClientSession::isClosed() const { return m_channel.isClosed() && !m_requests.isHeld(); }

void ClientSession::setExpectingToken(bool on)
{
    const bool wasClosed = isClosed();
    m_channel.setExpectingToken(on);
    if (isClosed() && !wasClosed)
        eachLiving([this](Entity &entity) { entity.sessionFailed(whyClosed()); });
}

SyncError ClientSession::tooManyWrites() const
{
    return m_pendingWrites < m_writeLimit
            ? SyncError()
            : SyncError(QStringLiteral("too many writes: limits.pendingWrites is %1").arg(m_writeLimit));
}

void ClientSession::setWriteOptions(const Outbox::Options &options)
{
    m_writeOptions = options;
    for (Entity *entity : std::as_const(m_living))
        entity->outbox().setOptions(options);
}

qint64 ClientSession::storeMemory() const
{
    return std::accumulate(m_living.cbegin(), m_living.cend(), qint64(0),
                           [](qint64 sum, const Entity *entity) { return sum + entity->memory(); });
}

std::vector<Write> ClientSession::writes() const
{
    std::vector<Write> all;
    for (Entity *entity : m_living) {
        const auto some = entity->outbox().writes();
        all.insert(all.end(), some.begin(), some.end());
    }
    std::sort(all.begin(), all.end(), [](const Write &a, const Write &b) { return a.id < b.id; });
    return all;
}

bool ClientSession::cancelWrite(qint64 id)
{
    return std::any_of(m_living.cbegin(), m_living.cend(),
                       [id](Entity *entity) { return entity->outbox().cancel(id); });
}

void ClientSession::setMaximumWriteAge(qint64 milliseconds)
{
    m_maximumWriteAge = milliseconds;
    eachLiving([](Entity &entity) { entity.outbox().pump(); });
}

bool ClientSession::askAboutConflict(const Write &write, const TargetState &theirs)
{
    if (!m_asksAboutConflicts || !m_asksAboutConflicts())
        return false;
    Q_EMIT conflictFound(write, theirs);
    return true;
}

bool ClientSession::hasConflict(qint64 id) const
{
    return std::any_of(m_living.cbegin(), m_living.cend(),
                       [id](const Entity *entity) { return entity->outbox().hasConflict(id); });
}

bool ClientSession::resolveConflict(qint64 id, const std::optional<QByteArray> &value)
{
    return std::any_of(m_living.cbegin(), m_living.cend(),
                       [&](Entity *entity) { return entity->outbox().resolve(id, value); });
}

void ClientSession::cancelWrites(const QByteArray &objectSid)
{
    eachLiving([&objectSid](Entity &entity) {
        if (objectSid.isEmpty() || entity.root().sid == objectSid)
            entity.outbox().cancelAll();
    });
}

void ClientSession::waitForWrites(Callback<Nothing> done)
{
    const int left = m_pendingWrites + m_reservedWrites;
    if (left == 0)
        done(Nothing());
    else
        m_waitingForWrites.push_back({ m_lastWriteId, left, std::move(done) });
}

qint64 ClientSession::reserveWrite()
{
    ++m_reservedWrites;
    return nextWriteId();
}

void ClientSession::releaseWrite(qint64 id)
{
    --m_reservedWrites;
    countForWaiting(id, -1);
}

void ClientSession::countForWaiting(qint64 id, int change)
{
    std::vector<Callback<Nothing>> done;
    std::erase_if(m_waitingForWrites, [&](WaitingForWrites &waiting) {
        if (id > waiting.lastId || (waiting.left += change) > 0)
            return false;
        done.push_back(std::move(waiting.done));
        return true;
    });
    for (const auto &tell : done)
        tell(Nothing());
}

void ClientSession::writeAdded(const Write &write)
{
    ++m_pendingWrites;
    countForWaiting(write.id, 1);
    Q_EMIT writeAppended(write);
    Q_EMIT pendingWritesChanged();
}

void ClientSession::writeEnded(const Write &write)
{
    --m_pendingWrites;
    countForWaiting(write.id, -1);
    if (!m_keepers.empty() && !std::exchange(m_dropsKeepers, true))
        QMetaObject::invokeMethod(
                this, [this] { dropIdleKeepers(); }, Qt::QueuedConnection);
    Q_EMIT writeRemoved(write);
    Q_EMIT pendingWritesChanged();
}

void ClientSession::open(const OpenRequest &request, Callback<EntityPtr> done, const CancelToken &cancelled)
{
    if (request.way == OpenWay::CreateNew) {
        create(request, maxOpenRounds, std::move(done), cancelled);
        return;
    }
    if (m_cache.find(request.kind, request.id)) {
        // Looked for again when it is handed out: it may be forgotten by then.
        QTimer::singleShot(0, this, ofIdentity(done, [this, request, done, cancelled] {
                               if (const EntityPtr entity = m_cache.find(request.kind, request.id))
                                   done(entity);
                               else
                                   open(request, done, cancelled);
                           }));
        return;
    }
    if (m_diskCache.isOpen() && request.mayBeCached)
        openCached(request, done, cancelled);
    else if (m_diskCache.awaitsOwner() && request.mayBeCached)
        readUnknown(request, std::move(done), cancelled, false);
    else if (m_diskCache.keepsWrites() && !m_diskCache.hasReadWrites()) // those are older than what follows
        m_diskCache.whenOpened(
                ofIdentity(done, [this, request, done, cancelled] { read(request, 1, done, cancelled); }));
    else
        read(request, 1, std::move(done), cancelled);
}

void ClientSession::read(const OpenRequest &request, int round, Callback<EntityPtr> done,
                         const CancelToken &cancelled)
{
    const QByteArray url =
            m_restBase + rootPathOf(request.kind) + '/' + QUrl::toPercentEncoding(request.id, {}, ".");
    m_requests.send(
            { QByteArrayLiteral("GET"), RestUrl::fromEncoded(url), {}, {} }, Requester::Repeat::Safely,
            [self = QPointer(this), request, round, done = std::move(done),
             cancelled](SyncResult<RestReply> reply) {
                const auto *error = errorOf(reply);
                if (!self)
                    done(error ? *error : clientDestroyedError());
                else if (!error)
                    self->handOut(self->adopt(request, std::get<RestReply>(reply), false), done);
                else if (error->status() == 404 && request.way == OpenWay::OpenOrCreate)
                    self->create(request, round, done, cancelled);
                else
                    done(*error);
            },
            cancelled);
}

void ClientSession::create(const OpenRequest &request, int round, Callback<EntityPtr> done,
                           const CancelToken &cancelled)
{
    QByteArray body;
    const auto add = [&body](const char *name, const QByteArray &json) {
        body += (body.isEmpty() ? "\"" : ",\"") + QByteArray(name) + "\":" + json;
    };
    if (!request.id.isEmpty())
        add("unique_name", Protocol::quoteJson(request.id));
    if (request.ttl)
        add("ttl", QByteArray::number(*request.ttl));
    if (request.kind == ObjectKind::Document)
        add("data", request.value.toJson());
    m_requests.send(
            { QByteArrayLiteral("POST"),
              RestUrl::fromEncoded(m_restBase + rootPathOf(request.kind)),
              {},
              '{' + body + '}' },
            Requester::Repeat::Once,
            [self = QPointer(this), request, round, done = std::move(done),
             cancelled](SyncResult<RestReply> reply) {
                const auto *error = errorOf(reply);
                if (!self)
                    done(error ? *error : clientDestroyedError());
                else if (!error)
                    self->handOut(self->adopt(request, std::get<RestReply>(reply), true), done);
                else if (error->status() == 409 && round < maxOpenRounds)
                    self->read(request, round + 1, done, cancelled);
                else
                    done(explainedSize(*error, request.kind, request.value.toJson()));
            },
            cancelled);
}

SyncResult<EntityPtr> ClientSession::adopt(const OpenRequest &request, const RestReply &reply, bool isNew)
{
    auto parsed = Protocol::parseRootResource(reply.body, m_readLimits);
    if (const auto *error = errorOf(parsed))
        return *error;
    auto &resource = std::get<Protocol::RootResource>(parsed);
    if (isNew && resource.data.isEmpty())
        resource.data = request.value.toJson(); // writes never echo the data
    if (resource.url.isEmpty())
        resource.url = m_restBase + rootPathOf(request.kind) + '/' + resource.sid;
    EntityPtr entity = m_cache.living(request.kind, resource.sid);
    if (entity && entity->isAttached()) {
        entity->refresh(resource); // opened twice at the same time
        return entity;
    }
    if (!entity)
        entity = makeEntity(request.kind);
    entity->adopt(resource);
    m_cache.remember(entity);
    return entity;
}

void ClientSession::handOut(const SyncResult<EntityPtr> &opened, const Callback<EntityPtr> &done)
{
    const QPointer guard(this);
    const auto *entity = std::get_if<EntityPtr>(&opened);
    if (entity)
        m_lookups.found(*entity);
    done(opened);
    // What nobody follows grows old from now on.
    if (guard && entity && !(*entity)->isAttached())
        m_cache.forget(entity->get());
}

EntityPtr ClientSession::makeEntity(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Document:
        return std::make_shared<DocumentEntity>(this);
    case ObjectKind::Stream:
        return std::make_shared<StreamEntity>(this);
    case ObjectKind::List:
    case ObjectKind::Map:
        break;
    }
    return std::make_shared<CollectionEntity>(kind, this);
}

bool ClientSession::isRealService() const
{
    return m_channel.options().url.host().endsWith(QStringLiteral(".twilio.com"));
}

} // namespace Twilio
