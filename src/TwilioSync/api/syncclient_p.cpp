#include "TwilioSync/api/syncclient_p.h"

#include "TwilioSync/api/connectionstate_p.h"
#include "TwilioSync/api/syncoutbox_p.h"
#include "TwilioSync/api/syncwrite_p.h"
#include "TwilioSync/session/tokenclaims.h"

#include <QtCore/qmetaobject.h>

#include <utility>

namespace Twilio {

ClientPrivate::ClientPrivate(SyncClient *client)
    : q(client)
    , session(std::make_unique<ClientSession>(client))
    , calls(&session->notifier())
    , tokens(client)
    , metrics(
              session.get(),
              [client] {
                  return client->isSignalConnected(QMetaMethod::fromSignal(&SyncClient::metricsChanged));
              },
              client)
{
    connectSession();
    session->setAsksAboutConflicts(
            [client] { return client->isSignalConnected(QMetaMethod::fromSignal(&SyncClient::conflict)); });
}

ClientPrivate::~ClientPrivate() = default;

void ClientPrivate::connectSession()
{
    TwilsockChannel &channel = session->channel();
    QObject::connect(&channel, &TwilsockChannel::stateChanged, q,
                     [this](ChannelState state) { connectionMoved(state); });
    QObject::connect(&channel, &TwilsockChannel::errorOccurred, q,
                     [this](const SyncError &failure) { fail(failure); });
    QObject::connect(&channel, &TwilsockChannel::tokenAboutToExpire, q, [this] {
        tokens.want(token);
        tell([client = q] { Q_EMIT client->tokenAboutToExpire(); });
    });
    QObject::connect(&channel, &TwilsockChannel::tokenExpired, q, [this] {
        tokens.want(token);
        tell([client = q] { Q_EMIT client->tokenExpired(); });
    });
    QObject::connect(&tokens, &TokenKeeper::answered, q, &SyncClient::setToken);
    QObject::connect(&tokens, &TokenKeeper::failed, q, [this](const SyncError &failure) { fail(failure); });
    QObject::connect(&session->registry(), &SubscriptionRegistry::caughtUpChanged, q,
                     [this] { caughtUpChanged(); });
    DiskCache &cache = session->diskCache();
    QObject::connect(&cache, &DiskCache::failed, q, [this](const SyncError &failure) { failCache(failure); });
    QObject::connect(&cache, &DiskCache::sizeChanged, q,
                     [this] { tell([client = q] { Q_EMIT client->cacheSizeChanged(); }); });
    QObject::connect(&metrics, &MetricsWatch::changed, q, &SyncClient::metricsChanged);
    QObject::connect(session.get(), &ClientSession::writeHasFailed, q,
                     [this](const Write &write, const SyncError &failure) {
                         tell([client = q, told = SyncWritePrivate::made(write, session.get()), failure] {
                             Q_EMIT client->writeFailed(told, failure);
                         });
                     });
    QObject::connect(session.get(), &ClientSession::conflictFound, q,
                     [this](const Write &write, const TargetState &theirs) {
                         QVariant value;
                         if (theirs.exists)
                             value = SyncValue::fromCheckedJson(theirs.json).toVariantMap();
                         tell([client = q, told = SyncWritePrivate::made(write, session.get()), value] {
                             Q_EMIT client->conflict(told, value);
                         });
                     });
    QObject::connect(session.get(), &ClientSession::pendingWritesChanged, q, [this] {
        if (std::exchange(m_pendingWritesToTell, true))
            return; // once for all writes of a turn
        tell([this] {
            m_pendingWritesToTell = false;
            Q_EMIT q->pendingWritesChanged();
        });
    });
}

void ClientPrivate::tell(std::function<void()> signal) { session->notifier().post(q, std::move(signal)); }

void ClientPrivate::connectionMoved(ChannelState state)
{
    if (state == ChannelState::Connected) {
        tokens.sessionBegan();
        confirmCacheOwner();
    } else if (!isSessionUp(state)) {
        tokens.sessionEnded();
    }
    const SyncClient::ConnectionState now = connectionStateOf(state);
    if (std::exchange(m_stateToTell, now) == now)
        return;
    tell([this, now] {
        const QPointer guard(q);
        connectionState = now;
        if (now == SyncClient::ConnectionState::Connected)
            setError({});
        if (guard)
            Q_EMIT guard->connectionStateChanged(now);
    });
}

void ClientPrivate::caughtUpChanged()
{
    const bool now = session->registry().isCaughtUp();
    if (std::exchange(m_onlineToTell, now) == now)
        return;
    tell([this, now] {
        online = now;
        Q_EMIT q->onlineChanged();
    });
}

void ClientPrivate::fail(const SyncError &failure)
{
    tell([this, failure] {
        const QPointer guard(q);
        setError(failure);
        if (guard)
            Q_EMIT guard->connectionError(failure);
    });
}

void ClientPrivate::failCache(const SyncError &failure)
{
    tell([client = q, failure] { Q_EMIT client->cacheError(failure); });
}

void ClientPrivate::applyCacheOwner()
{
    if (!session->diskCache().hasPlace() || token.isEmpty())
        return;
    const auto owner = ownerOfToken(token);
    if (!owner)
        failCache(SyncError(QStringLiteral(
                "cache: expected an access token with an identity and a Sync service, nothing is kept")));
    session->diskCache().setOwner(owner);
}

bool ClientPrivate::applyIdentity()
{
    const auto named = ownerOfToken(token);
    const bool isOther = named && m_identity && named != m_identity;
    if (named)
        m_identity = named;
    const QPointer guard(q);
    if (isOther)
        session->changeIdentity();
    if (guard)
        applyCacheOwner(); // only now: what has gone was kept for the one before
    return isOther;
}

void ClientPrivate::confirmCacheOwner()
{
    DiskCache &cache = session->diskCache();
    const auto owner = cache.owner(); // as the token has it
    if (!owner)
        return;
    const AccountDescriptor &account = session->channel().account();
    const auto isOther = [](const QString &said, const QString &named) {
        return !said.isEmpty() && said != named;
    };
    const bool isAlias = owner->serviceSid == u"default";
    if (!isOther(account.accountSid, owner->accountSid) && !isOther(account.identity, owner->identity)
        && (isAlias || !isOther(account.instanceSid, owner->serviceSid)))
        return;
    failCache(SyncError(
            QStringLiteral("cache: the session is of %1, %2, %3, the token names %4, %5, %6: nothing is kept")
                    .arg(account.accountSid, account.instanceSid, account.identity, owner->accountSid,
                         owner->serviceSid, owner->identity)));
    cache.setOwner({});
}

SyncOutbox *ClientPrivate::theOutbox()
{
    if (!m_outbox)
        m_outbox = new SyncOutbox(std::make_unique<OutboxPrivate>(session.get()), q);
    return m_outbox;
}

bool ClientPrivate::isStarted() const
{
    const ChannelState state = channelState();
    return m_connectScheduled
            || (state != ChannelState::Disconnected && state != ChannelState::Disconnecting);
}

std::optional<SyncError> ClientPrivate::refusal() const
{
    if (isStarted())
        return std::nullopt;
    return SyncError(token.isEmpty() ? QStringLiteral("client: no token has been set")
                                     : QStringLiteral("client: shut down"));
}

std::optional<SyncError> ClientPrivate::queryRefusal(const QString &indexName) const
{
    if (indexName.isEmpty())
        return SyncError(QStringLiteral("indexName: expected a name, got an empty string"));
    return refusal();
}

QUrl ClientPrivate::effectiveUrl() const
{
    return url.isEmpty() ? QUrl(QStringLiteral("wss://tsock.%1.twilio.com/v3/wsconnect").arg(region)) : url;
}

std::optional<QSslConfiguration> ClientPrivate::effectiveSslConfiguration() const
{
    if (authorities.isEmpty())
        return sslConfiguration;
    QSslConfiguration configuration = sslConfiguration.value_or(QSslConfiguration::defaultConfiguration());
    configuration.setCaCertificates(authorities);
    return configuration;
}

void ClientPrivate::setError(const SyncError &to)
{
    if (error == to)
        return;
    error = to;
    Q_EMIT q->errorChanged();
}

void ClientPrivate::applyOptions()
{
    TwilsockChannel::Options options = session->channel().options();
    options.url = effectiveUrl();
    options.allowInsecure = allowInsecure;
    options.sslConfiguration = effectiveSslConfiguration();
    options.limits = limits;
    session->setRestBase("https://cds." + region.toUtf8() + ".twilio.com");
    session->channel().setOptions(options); // last: it may tell of a new state
}

void ClientPrivate::applyLimits()
{
    session->setWriteLimit(limits.pendingWrites);
    session->setReadLimits({ .items = limits.pageItems, .depth = limits.jsonDepth });
    Requester::Options options = session->requests().options();
    options.limit = limits.queuedRequests;
    session->requests().setOptions(options);
    scheduleOptions();
}

void ClientPrivate::scheduleConnect()
{
    m_connectScheduled = true;
    const QPointer guard(q);
    applyIdentity();
    if (!guard)
        return;
    session->requests().hold();
    // Objects that wait for a token may open: their requests wait here.
    session->setRestBase("https://cds." + region.toUtf8() + ".twilio.com");
    QMetaObject::invokeMethod(
            q, [this] { connectNow(); }, Qt::QueuedConnection);
}

void ClientPrivate::connectNow()
{
    if (!std::exchange(m_connectScheduled, false))
        return; // shut down meanwhile
    openOrAsk();
}

void ClientPrivate::openOrAsk()
{
    if (openChannel() && token.isEmpty() && !m_isOffline)
        tokens.want(token);
}

bool ClientPrivate::openChannel()
{
    const QPointer guard(q);
    applyOptions();
    if (guard)
        session->channel().setToken(token);
    if (guard && m_isOffline)
        session->channel().goOffline();
    else if (guard)
        session->channel().open();
    if (guard)
        session->requests().release();
    return guard;
}

void ClientPrivate::stopConnecting()
{
    m_connectScheduled = false;
    tokens.cancel();
}

void ClientPrivate::scheduleOptions()
{
    if (std::exchange(m_optionsScheduled, true))
        return;
    QMetaObject::invokeMethod(
            q, [this] { applyScheduledOptions(); }, Qt::QueuedConnection);
}

void ClientPrivate::applyScheduledOptions()
{
    if (std::exchange(m_optionsScheduled, false) && isStarted())
        applyOptions();
}

void ClientPrivate::setProvider(SyncClient::TokenProvider provider)
{
    const QPointer guard(q);
    tokens.setProvider(std::move(provider));
    session->setExpectingToken(tokens.hasProvider());
    if (!guard)
        return;
    if (!tokens.hasProvider()) {
        if (channelState() == ChannelState::AwaitingToken)
            session->channel().close();
        return;
    }
    if (!isStarted() && token.isEmpty())
        scheduleConnect();
    else if (channelState() == ChannelState::Denied)
        tokens.want(token);
}

void ClientPrivate::goOffline()
{
    if (std::exchange(m_isOffline, true) || !isStarted() || m_connectScheduled)
        return;
    tokens.cancel();
    session->channel().goOffline();
}

void ClientPrivate::goOnline()
{
    if (std::exchange(m_isOffline, false) && isStarted() && !m_connectScheduled)
        openOrAsk();
}

void ClientPrivate::reconnect()
{
    if (m_isOffline && isStarted() && !m_connectScheduled) {
        goOnline();
        return;
    }
    m_isOffline = false;
    if (!isStarted()) {
        if (!token.isEmpty() || tokens.hasProvider())
            scheduleConnect();
    } else if (channelState() == ChannelState::AwaitingToken
               || (channelState() == ChannelState::Denied && tokens.hasProvider())) {
        tokens.wantNow(token);
    } else if (!m_connectScheduled) {
        const QPointer guard(q);
        applyScheduledOptions();
        if (guard)
            session->channel().open();
    }
}

void ClientPrivate::leaveThread() { session->channel().abandonSocket(); }

void ClientPrivate::updateToken(const QString &newToken, const Callback<Nothing> &done)
{
    const QPointer guard(q);
    const bool changed = token != newToken;
    token = newToken;
    const bool isOther = applyIdentity();
    if (guard && changed)
        Q_EMIT q->tokenChanged();
    if (!guard)
        return;
    if (std::exchange(m_connectScheduled, false)) {
        if (openChannel())
            done(Nothing());
        return;
    }
    // A session is of one identity: another needs its own (protocol.md 2).
    if (isOther && (isSessionUp(channelState()) || channelState() == ChannelState::Initializing)) {
        session->channel().goOffline();
        if (guard && openChannel())
            done(Nothing());
        return;
    }
    if (!isStarted() && !openChannel())
        return;
    applyScheduledOptions();
    if (!guard)
        return;
    session->channel().updateToken(newToken, [guard = QPointer(q), this, done](SyncResult<Nothing> result) {
        if (guard && !errorOf(result)) {
            session->registry().retryRefused();
            if (isSessionUp(channelState()))
                tokens.sessionBegan();
        }
        done(std::move(result));
    });
}

} // namespace Twilio
