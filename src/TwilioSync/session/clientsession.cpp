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

// Of the object that such an event is about; none if it may be of any.
std::optional<ObjectKind> kindOf(Protocol::EventType type)
{
    switch (type) {
    case Protocol::EventType::DocumentUpdated:
    case Protocol::EventType::DocumentRemoved:
        return ObjectKind::Document;
    case Protocol::EventType::ListItemAdded:
    case Protocol::EventType::ListItemUpdated:
    case Protocol::EventType::ListItemRemoved:
    case Protocol::EventType::ListContextUpdated:
    case Protocol::EventType::ListRemoved:
        return ObjectKind::List;
    case Protocol::EventType::MapItemAdded:
    case Protocol::EventType::MapItemUpdated:
    case Protocol::EventType::MapItemRemoved:
    case Protocol::EventType::MapRemoved:
        return ObjectKind::Map;
    case Protocol::EventType::StreamMessagePublished:
    case Protocol::EventType::StreamRemoved:
        return ObjectKind::Stream;
    case Protocol::EventType::Unknown:
    case Protocol::EventType::SubscriptionEstablished:
    case Protocol::EventType::SubscriptionCanceled:
    case Protocol::EventType::SubscriptionFailed:
        break;
    }
    return std::nullopt;
}

} // namespace

ClientSession::ClientSession(QObject *parent)
    : QObject(parent)
    , m_channel({}, this)
    , m_requests(&m_channel, this)
    , m_registry(
              [this](const QByteArray &body, Callback<RestReply> done) {
                  RestRequest request {
                      QByteArrayLiteral("POST"), QUrl::fromEncoded(m_restBase + "/v4/Subscriptions"), {}, body
                  };
                  m_requests.send(std::move(request), Requester::Repeat::Never, std::move(done));
              },
              SubscriptionRegistry::Options(), this)
{
    connect(&m_channel, &TwilsockChannel::notificationReceived, this, &ClientSession::handleNotification);
    connect(&m_channel, &TwilsockChannel::stateChanged, this, [this](ChannelState state) {
        switch (state) {
        case ChannelState::Connected:
            m_registry.connected();
            eachLiving([](Entity &entity) { entity.sessionUp(); });
            break;
        case ChannelState::Throttling:
            break; // the session goes on
        case ChannelState::AwaitingToken:
        case ChannelState::Connecting:
        case ChannelState::Initializing:
        case ChannelState::WaitAndReconnect:
            m_registry.disconnected();
            break;
        case ChannelState::Disconnected:
        case ChannelState::Disconnecting:
        case ChannelState::Denied:
        case ChannelState::Failed:
            m_registry.disconnected();
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

void ClientSession::cancelWrites(const QByteArray &objectSid)
{
    for (const Write &write : writes()) {
        if (write.objectSid == objectSid)
            cancelWrite(write.id);
    }
}

void ClientSession::writeAdded(const Write &write)
{
    ++m_pendingWrites;
    Q_EMIT writeAppended(write);
    Q_EMIT pendingWritesChanged();
}

void ClientSession::writeEnded(const Write &write)
{
    --m_pendingWrites;
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
        QTimer::singleShot(0, this, [this, request, done = std::move(done), cancelled] {
            if (const EntityPtr entity = m_cache.find(request.kind, request.id))
                done(entity);
            else
                open(request, done, cancelled);
        });
        return;
    }
    read(request, 1, std::move(done), cancelled);
}

void ClientSession::read(const OpenRequest &request, int round, Callback<EntityPtr> done,
                         const CancelToken &cancelled)
{
    const QByteArray url =
            m_restBase + rootPathOf(request.kind) + '/' + QUrl::toPercentEncoding(request.id, {}, ".");
    m_requests.send(
            { QByteArrayLiteral("GET"), QUrl::fromEncoded(url), {}, {} }, Requester::Repeat::Safely,
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
              QUrl::fromEncoded(m_restBase + rootPathOf(request.kind)),
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
    auto parsed = Protocol::parseRootResource(reply.body);
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

void ClientSession::handleNotification(const ChannelNotification &notification)
{
    const bool isStrict = notification.messageType == QByteArrayView("twilio.sync.event");
    if (!isStrict && !notification.messageType.startsWith("com.twilio.rtd.cds."))
        return;
    auto unread = m_spare ? std::exchange(m_spare, nullptr) : std::make_shared<Unread>();
    const auto parsed = unread->parser.parse(notification.payload);
    if (const auto *error = errorOf(parsed)) {
        qCWarning(lcStore) << "dropped a notification of" << notification.payload.size()
                           << "bytes:" << *error;
        recycle(std::move(unread));
        missEvents({}, std::nullopt);
        return;
    }
    unread->notification = std::get<const Protocol::Notification *>(parsed);
    if (unread->notification->type == Protocol::EventType::Unknown) {
        recycle(std::move(unread));
        return;
    }
    unread->isStrict = isStrict;
    unread->isBegun = false;
    unread->next = 0;
    m_unread.push_back(std::move(unread));
    readOn();
}

// A slot of a row that changes may run an event loop, which brings the next notification: what is left of
// this one comes first.
void ClientSession::readOn()
{
    const QPointer guard(this);
    while (guard && !m_unread.empty()) {
        std::shared_ptr<Unread> current = m_unread.front(); // the event is a view into it
        const Protocol::Notification &notification = *current->notification;
        if (!std::exchange(current->isBegun, true)) {
            noteIncomplete(notification);
        } else if (current->next < notification.events.size()) {
            handleEvent(notification, notification.events[current->next++], current->isStrict);
        } else {
            m_unread.pop_front();
            recycle(std::move(current));
        }
    }
}

void ClientSession::recycle(std::shared_ptr<Unread> unread)
{
    if (unread.use_count() > 1)
        return; // an event of it is still being worked on
    unread->parser.trim();
    m_spare = std::move(unread);
}

void ClientSession::noteIncomplete(const Protocol::Notification &notification)
{
    const auto kind = kindOf(notification.type);
    if (notification.incomplete.empty())
        return;
    qCWarning(lcStore) << "dropped" << notification.incomplete.size() << "of"
                       << notification.incomplete.size() + notification.events.size()
                       << "events that lack something or are not what they should be";
    // Before the others: the cursor must not go past what is missing.
    const QPointer guard(this);
    for (const Protocol::Event &event : notification.incomplete) {
        if (guard && kind)
            missEvents(event.sid, kind);
    }
}

void ClientSession::handleEvent(const Protocol::Notification &notification, const Protocol::Event &event,
                                bool isStrict)
{
    const auto kind = kindOf(notification.type);
    if (!kind) {
        m_registry.outcome(notification.type, event, notification.correlationId);
        return;
    }
    ++m_eventsReceived;
    const EntityPtr entity = m_cache.find(QByteArray::fromRawData(event.sid.data(), event.sid.size()));
    if (entity && entity->kind() == *kind) {
        entity->handleEvent(notification.type, event, isStrict);
    } else if (entity) {
        qCWarning(lcStore) << "dropped an event of" << event.sid << "that is of another kind of object";
        entity->missEvent();
    }
}

void ClientSession::missEvents(QByteArrayView sid, std::optional<ObjectKind> kind)
{
    std::vector<EntityPtr> concerned;
    for (Entity *living : std::as_const(m_living)) {
        const EntityPtr entity = living->weak_from_this().lock();
        // Whose it is may be what could not be read.
        const bool isConcerned = entity && (sid.isEmpty() || entity->root().sid == sid);
        if (isConcerned && (!kind || entity->kind() == *kind))
            concerned.push_back(entity);
    }
    for (const EntityPtr &entity : concerned)
        entity->missEvent();
}

} // namespace Twilio
