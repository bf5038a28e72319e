#include "TwilioSync/core/logging.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/writes/writebytes.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>

// How a ClientSession opens what its cache on the disk may have.
namespace Twilio {
namespace {

SyncError notCachedError(const OpenRequest &request)
{
    return SyncError(QStringLiteral("%1: not in the cache, and there is no connection").arg(request.id));
}

bool isAway(ChannelState state)
{
    return state == ChannelState::WaitAndReconnect || state == ChannelState::Offline;
}

} // namespace

void ClientSession::openCached(const OpenRequest &request, const Callback<EntityPtr> &done,
                               const CancelToken &cancelled)
{
    m_diskCache.load(
            request.kind, request.id, request.order,
            ofIdentity(done, [this, request, done, cancelled](const std::optional<CachedObject> &kept) {
                openRestored(request, kept, done, cancelled);
            }));
}

void ClientSession::openRestored(const OpenRequest &request, const std::optional<CachedObject> &kept,
                                 const Callback<EntityPtr> &done, const CancelToken &cancelled)
{
    if (cancelled.stop_requested()) {
        done(cancelledError());
        return;
    }
    if (EntityPtr opened = m_cache.find(request.kind, request.id)) { // by somebody else, meanwhile
        handOut(std::move(opened), done);
        return;
    }
    if (!kept) {
        if (request.way == OpenWay::OpenExisting)
            readIfConnected(request, done, cancelled);
        else
            read(request, 1, done, cancelled);
        return;
    }
    EntityPtr entity = m_cache.living(request.kind, kept->root.resource.sid);
    if (!entity)
        entity = makeEntity(request.kind);
    qCDebug(lcStore) << "opening" << kept->root.resource.sid << "as kept up to event"
                     << kept->root.resource.lastEventId.value_or(-1) << "with" << kept->items.size()
                     << "items";
    if (!entity->isAttached())
        entity->restore(*kept);
    m_cache.remember(entity);
    handOut(entity, done);
}

void ClientSession::readIfConnected(const OpenRequest &request, Callback<EntityPtr> done,
                                    const CancelToken &cancelled)
{
    if (isAway(m_channel.state()))
        done(notCachedError(request));
    else
        readUnknown(request, std::move(done), cancelled, true);
}

void ClientSession::readUnknown(const OpenRequest &request, Callback<EntityPtr> done,
                                const CancelToken &cancelled, bool needsConnection)
{
    const quint64 number = ++m_lastUnknown;
    m_unknown.push_back({ number, request, std::move(done), cancelled, {}, needsConnection });
    auto onCancel = std::make_shared<OnCancel>(cancelled, [self = QPointer(this), number] {
        if (auto unknown = self ? self->takeUnknown(number) : std::nullopt)
            unknown->fail(cancelledError());
    });
    read(
            request, 1,
            [self = QPointer(this), number, onCancel](const SyncResult<EntityPtr> &result) {
                if (auto unknown = self ? self->takeUnknown(number) : std::nullopt)
                    unknown->done(result);
            },
            m_unknown.back().reading.get_token());
}

std::optional<ClientSession::Unknown> ClientSession::takeUnknown(quint64 number)
{
    const auto place = std::find_if(m_unknown.begin(), m_unknown.end(),
                                    [number](const Unknown &unknown) { return unknown.number == number; });
    if (place == m_unknown.end())
        return std::nullopt;
    Unknown unknown = std::move(*place);
    m_unknown.erase(place);
    return unknown;
}

void ClientSession::connectionMissing()
{
    const auto rest = std::stable_partition(m_unknown.begin(), m_unknown.end(),
                                            [](const Unknown &unknown) { return !unknown.needsConnection; });
    std::vector<Unknown> failing(std::make_move_iterator(rest), std::make_move_iterator(m_unknown.end()));
    m_unknown.erase(rest, m_unknown.end());
    for (Unknown &unknown : failing)
        unknown.fail(notCachedError(unknown.request));
}

void ClientSession::cacheOpened()
{
    for (Unknown &unknown : m_unknown) {
        const auto found = [this, number = unknown.number](const std::optional<CachedObject> &kept) {
            auto waiting = kept ? takeUnknown(number) : std::nullopt;
            if (!waiting)
                return;
            waiting->reading.request_stop();
            openRestored(waiting->request, kept, waiting->done, waiting->cancelled);
        };
        if (!unknown.needsConnection)
            m_diskCache.load(unknown.request.kind, unknown.request.id, unknown.request.order, found);
    }
}

void ClientSession::restoreWrites(const KeptOutbox &kept)
{
    m_lastWriteId = std::max(m_lastWriteId, kept.lastId);
    for (const KeptWrites &writes : kept.objects)
        restoreWrites(writes);
}

void ClientSession::restoreWrites(const KeptWrites &kept)
{
    std::vector<Write> writes;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto drop = [this](const Write &write, const char *why) {
        m_diskCache.dropWrite(write.id);
        writeFailed(write, SyncError(QString::fromLatin1(nameOf(write.operation)) + QLatin1StringView(why)));
    };
    for (const QByteArray &body : kept.bodies) {
        auto write = decodeWrite(body);
        if (!write) {
            qCWarning(lcStore) << "cache: a write that was kept cannot be read: it is lost";
            continue;
        }
        if (write->ttl.value_or(0) > 0) { // counts from when it was made
            *write->ttl -= std::max<qint64>(0, now - write->created) / 1000;
            if (*write->ttl <= 0) {
                drop(*write, ": its time to live is over");
                continue;
            }
        }
        if (!kept.object)
            drop(*write, ": the object is not known any more");
        else
            writes.push_back(*std::move(write));
    }
    if (writes.empty())
        return;
    const CachedRoot &root = kept.object->root;
    EntityPtr entity = m_cache.living(root.kind, root.resource.sid);
    if (!entity)
        entity = makeEntity(root.kind);
    if (!entity->isAttached())
        entity->restore(*kept.object);
    m_cache.remember(entity);
    followWrites(entity);
    entity->restoreWrites(std::move(writes));
}

void ClientSession::followWrites(const EntityPtr &entity)
{
    if (std::none_of(m_keepers.begin(), m_keepers.end(),
                     [&](const auto &keeper) { return keeper->keeps(entity); }))
        m_keepers.push_back(std::make_unique<WriteKeeper>(entity));
}

void ClientSession::dropIdleKeepers()
{
    m_dropsKeepers = false;
    std::erase_if(m_keepers, [](const auto &keeper) { return keeper->isIdle(); });
}

} // namespace Twilio
