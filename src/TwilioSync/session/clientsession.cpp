#include "TwilioSync/session/clientsession.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/session/collectionentity.h"
#include "TwilioSync/session/documententity.h"
#include "TwilioSync/session/streamentity.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

namespace Twilio {
namespace {

// 404 on reading and 409 on creating, again and again: somebody else creates and removes it (protocol.md,
// defect 16).
constexpr int maxOpenRounds = 3;

bool isOutcome(Protocol::EventType type)
{
    return type == Protocol::EventType::SubscriptionEstablished
            || type == Protocol::EventType::SubscriptionCanceled
            || type == Protocol::EventType::SubscriptionFailed;
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
            break;
        case ChannelState::Throttling:
            break; // the session goes on
        case ChannelState::Disconnected:
        case ChannelState::AwaitingToken:
        case ChannelState::Connecting:
        case ChannelState::Initializing:
        case ChannelState::WaitAndReconnect:
        case ChannelState::Disconnecting:
        case ChannelState::Denied:
        case ChannelState::Failed:
            m_registry.disconnected();
            break;
        }
    });
}

ClientSession::~ClientSession()
{
    m_channel.disconnect(this);
    close();
}

void ClientSession::close()
{
    Q_EMIT closing();
    m_entities.clear();
    for (Names &names : m_names)
        names.clear();
    // The end of one may be the end of another: calls that fail let go of what they held.
    std::vector<EntityPtr> living;
    for (Entity *entity : std::as_const(m_living)) {
        if (EntityPtr alive = entity->weak_from_this().lock())
            living.push_back(std::move(alive));
    }
    m_living.clear();
    for (const EntityPtr &entity : living)
        entity->sessionGone();
}

void ClientSession::changePendingWrites(int by)
{
    m_pendingWrites += by;
    Q_EMIT pendingWritesChanged();
}

void ClientSession::forget(const Entity *entity)
{
    const RootState &root = entity->root();
    const auto known = m_entities.constFind(root.sid);
    const auto isIt = [entity](const std::weak_ptr<Entity> &weak) {
        const EntityPtr other = weak.lock();
        return !other || other.get() == entity;
    };
    if (known != m_entities.cend() && isIt(*known))
        m_entities.erase(known);
    Names &names = m_names[int(entity->kind())];
    const auto named = names.constFind(QString::fromUtf8(root.uniqueName));
    if (named != names.cend() && isIt(*named))
        names.erase(named);
}

EntityPtr ClientSession::known(ObjectKind kind, const QString &id) const
{
    EntityPtr entity = m_entities.value(id.toUtf8()).lock();
    if (!entity)
        entity = m_names[int(kind)].value(id).lock();
    return entity && entity->kind() == kind ? entity : nullptr;
}

void ClientSession::open(const OpenRequest &request, Callback<EntityPtr> done)
{
    if (request.way == OpenWay::CreateNew) {
        create(request, maxOpenRounds, std::move(done));
        return;
    }
    if (const EntityPtr entity = known(request.kind, request.id)) {
        QTimer::singleShot(0, this, [this, request, entity, done = std::move(done)] {
            if (entity->root().removed)
                open(request, done); // it went in between, and is not known any more
            else
                done(entity);
        });
        return;
    }
    read(request, 1, std::move(done));
}

void ClientSession::read(const OpenRequest &request, int round, Callback<EntityPtr> done)
{
    const QByteArray url =
            m_restBase + rootPathOf(request.kind) + '/' + QUrl::toPercentEncoding(request.id, {}, ".");
    m_requests.send(
            { QByteArrayLiteral("GET"), QUrl::fromEncoded(url), {}, {} }, Requester::Repeat::Safely,
            [self = QPointer(this), request, round, done = std::move(done)](SyncResult<RestReply> reply) {
                const auto *error = errorOf(reply);
                if (!self)
                    done(error ? *error : clientDestroyedError());
                else if (!error)
                    done(self->adopt(request, std::get<RestReply>(reply), false));
                else if (error->status() == 404 && request.way == OpenWay::OpenOrCreate)
                    self->create(request, round, done);
                else
                    done(*error);
            });
}

void ClientSession::create(const OpenRequest &request, int round, Callback<EntityPtr> done)
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
            [self = QPointer(this), request, round, done = std::move(done)](SyncResult<RestReply> reply) {
                const auto *error = errorOf(reply);
                if (!self)
                    done(error ? *error : clientDestroyedError());
                else if (!error)
                    done(self->adopt(request, std::get<RestReply>(reply), true));
                else if (error->status() == 409 && round < maxOpenRounds)
                    self->read(request, round + 1, done);
                else
                    done(*error);
            });
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
    if (const EntityPtr entity = m_entities.value(resource.sid).lock();
        entity && entity->kind() == request.kind) {
        entity->refresh(resource); // opened twice at the same time
        return entity;
    }
    const EntityPtr entity = makeEntity(request.kind);
    entity->adopt(resource);
    m_entities.insert(resource.sid, entity);
    if (!resource.uniqueName.isEmpty())
        m_names[int(request.kind)].insert(QString::fromUtf8(resource.uniqueName), entity);
    return entity;
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
    m_backlog.push_back(notification);
    if (m_dispatching)
        return;
    const QPointer guard(this);
    m_dispatching = true;
    while (guard && !m_backlog.empty()) {
        const auto batch = std::exchange(m_backlog, {});
        for (const ChannelNotification &next : batch) {
            if (guard)
                dispatch(next);
        }
    }
    if (guard)
        m_dispatching = false;
}

void ClientSession::dispatch(const ChannelNotification &notification)
{
    const QPointer guard(this);
    const bool isStrict = notification.messageType == QByteArrayView("twilio.sync.event");
    if (!isStrict && !notification.messageType.startsWith("com.twilio.rtd.cds."))
        return;
    const auto parsed = m_parser.parse(notification.payload);
    if (const auto *error = errorOf(parsed)) {
        qCWarning(lcStore) << "dropped a notification of" << notification.payload.size()
                           << "bytes:" << *error;
        return;
    }
    const Protocol::Notification &events = *std::get<const Protocol::Notification *>(parsed);
    if (events.type == Protocol::EventType::Unknown)
        return;
    if (events.dropped > 0)
        qCWarning(lcStore) << "dropped" << events.dropped << "incomplete events";
    for (const Protocol::Event &event : events.events) {
        if (isOutcome(events.type)) {
            m_registry.outcome(events.type, event, events.correlationId);
        } else {
            const auto sid = QByteArray::fromRawData(event.sid.data(), event.sid.size());
            if (const EntityPtr entity = m_entities.value(sid).lock())
                entity->handleEvent(events.type, event, isStrict);
        }
        if (!guard)
            return;
    }
}

} // namespace Twilio
