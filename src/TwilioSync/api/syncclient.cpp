#include "TwilioSync/api/syncclient.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/loglevel_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncoutbox_p.h"
#include "TwilioSync/api/syncstream.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qfuturewatcher.h>

#include <algorithm>

namespace Twilio {
namespace {

static_assert(int(ConnectionState::Connecting) == int(SyncClient::ConnectionState::Connecting));
static_assert(int(ConnectionState::Connected) == int(SyncClient::ConnectionState::Connected));
static_assert(int(ConnectionState::Disconnecting) == int(SyncClient::ConnectionState::Disconnecting));
static_assert(int(ConnectionState::Disconnected) == int(SyncClient::ConnectionState::Disconnected));
static_assert(int(ConnectionState::Denied) == int(SyncClient::ConnectionState::Denied));
static_assert(int(ConnectionState::Error) == int(SyncClient::ConnectionState::Error));

SyncClient::ConnectionState publicState(ConnectionState state)
{
    return SyncClient::ConnectionState(int(state));
}

} // namespace

ClientPrivate::ClientPrivate(SyncClient *client)
    : q(client)
    , session(std::make_unique<ClientSession>())
    , calls(&session->notifier())
{
    connectSession();
}

ClientPrivate::~ClientPrivate() = default;

void ClientPrivate::connectSession()
{
    TwilsockChannel &channel = session->channel();
    // The first thing that is done may be the one whose slot destroys the client.
    QObject::connect(&channel, &TwilsockChannel::connectionStateChanged, q, [this](ConnectionState state) {
        const QPointer guard(q);
        if (state == ConnectionState::Connected)
            setError({});
        if (guard)
            Q_EMIT guard->connectionStateChanged(publicState(state));
    });
    QObject::connect(&channel, &TwilsockChannel::errorOccurred, q, [this](const SyncError &failure) {
        const QPointer guard(q);
        setError(failure);
        if (guard)
            Q_EMIT guard->connectionError(failure);
    });
    QObject::connect(&channel, &TwilsockChannel::tokenAboutToExpire, q, [this] {
        const QPointer guard(q);
        askProvider();
        if (guard)
            Q_EMIT guard->tokenAboutToExpire();
    });
    QObject::connect(&channel, &TwilsockChannel::tokenExpired, q, [this] {
        const QPointer guard(q);
        askProvider();
        if (guard)
            Q_EMIT guard->tokenExpired();
    });
    QObject::connect(session.get(), &ClientSession::pendingWritesChanged, q,
                     &SyncClient::pendingWritesChanged);
}

SyncOutbox *ClientPrivate::theOutbox()
{
    if (!m_outbox)
        m_outbox = new SyncOutbox(std::make_unique<OutboxPrivate>(session.get()), q);
    return m_outbox;
}

bool ClientPrivate::isStarted() const
{
    return m_connectScheduled || session->channel().state() != ChannelState::Disconnected;
}

QUrl ClientPrivate::effectiveUrl() const
{
    return url.isEmpty() ? QUrl(QStringLiteral("wss://tsock.%1.twilio.com/v3/wsconnect").arg(region)) : url;
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
    session->setRestBase("https://cds." + region.toUtf8() + ".twilio.com");
    session->channel().setOptions(options); // last: it may tell of a new state
}

void ClientPrivate::scheduleConnect()
{
    m_connectScheduled = true;
    session->requests().hold();
    // Objects that wait for a token may open: their requests wait here.
    session->setRestBase("https://cds." + region.toUtf8() + ".twilio.com");
    QTimer::singleShot(0, q, [this] { connectNow(); });
}

void ClientPrivate::connectNow()
{
    if (!m_connectScheduled)
        return; // shut down meanwhile
    if (token.isEmpty()) {
        askProvider();
        return; // once it answers
    }
    m_connectScheduled = false;
    openChannel();
}

bool ClientPrivate::openChannel()
{
    const QPointer guard(q);
    applyOptions();
    if (guard)
        session->channel().setToken(token);
    if (guard)
        session->channel().open();
    if (guard)
        session->requests().release();
    return guard;
}

void ClientPrivate::askProvider()
{
    if (!provider || m_asking)
        return;
    m_asking = true;
    const QPointer guard(q);
    const auto ask = provider; // the application's, which may destroy the client or set another one
    const QFuture<QString> answer = ask();
    if (!guard)
        return;
    auto *watcher = new QFutureWatcher<QString>(q);
    QObject::connect(watcher, &QFutureWatcher<QString>::finished, q, [this, watcher] {
        watcher->deleteLater();
        m_asking = false;
        QFuture<QString> future = watcher->future();
        QString why = QStringLiteral("tokenProvider: cancelled");
        try {
            future.waitForFinished(); // has finished: throws what the provider failed with
            if (future.resultCount() > 0) {
                const QString given = future.result();
                if (!given.isEmpty()) {
                    m_providerFailures = 0;
                    q->setToken(given);
                    return;
                }
                why = QStringLiteral("tokenProvider: expected a token, got an empty string");
            }
        } catch (const SyncException &failure) {
            why = QStringLiteral("tokenProvider: ") + failure.error().message();
        } catch (const std::exception &failure) {
            why = QStringLiteral("tokenProvider: ") + QString::fromUtf8(failure.what());
        }
        providerFailed(why);
    });
    watcher->setFuture(answer);
}

void ClientPrivate::providerFailed(const QString &why)
{
    using namespace std::chrono;
    const SyncError failure(why);
    qCWarning(lcClient) << failure;
    const QPointer guard(q);
    setError(failure);
    if (guard)
        Q_EMIT q->connectionError(failure);
    if (!guard)
        return;
    const auto delay =
            std::min<milliseconds>(seconds(60), seconds(1) * (1 << std::min(m_providerFailures++, 6)));
    QTimer::singleShot(delay, q, [this] { askProvider(); });
}

void ClientPrivate::updateToken(const QString &newToken, const Callback<Nothing> &done)
{
    const QPointer guard(q);
    const bool changed = token != newToken;
    token = newToken;
    if (changed)
        Q_EMIT q->tokenChanged();
    if (!guard)
        return;
    if (std::exchange(m_connectScheduled, false)) {
        if (openChannel())
            done(Nothing());
        return;
    }
    if (session->channel().state() == ChannelState::Disconnected)
        applyOptions();
    if (!guard)
        return;
    session->channel().updateToken(newToken, [guard = QPointer(q), this, done](SyncResult<Nothing> result) {
        if (guard && !errorOf(result))
            session->registry().retryRefused();
        done(std::move(result));
    });
}

template <typename Handle>
QFuture<Handle *> ClientPrivate::open(ObjectKind kind, const OpenOptions &options)
{
    const auto request = openRequestOf(kind, options);
    if (const auto *wrong = errorOf(request))
        return failedFuture<Handle *>(*wrong);
    if (!isStarted())
        return failedFuture<Handle *>(SyncError(token.isEmpty()
                                                        ? QStringLiteral("client: no token has been set")
                                                        : QStringLiteral("client: shut down")));
    auto [future, done] = calls.begin<Handle *>();
    const QPointer<Handle> handle(new Handle(q));
    static_cast<SyncHandle *>(handle)->d->open(
            q, std::get<OpenRequest>(request), [handle, done = done](const SyncError &failure) {
                if (!failure.isNull() && handle)
                    handle->deleteLater();
                if (!failure.isNull() || !handle)
                    done(failure.isNull() ? clientDestroyedError() : failure);
                else
                    done(handle.data());
            });
    return future;
}

SyncClient::SyncClient(QObject *parent) : QObject(parent), d(std::make_unique<ClientPrivate>(this)) { }

SyncClient::~SyncClient()
{
    disconnect(&d->session->channel(), nullptr, this, nullptr);
    disconnect(d->session.get(), nullptr, this, nullptr);
    d->session->close();
    d->calls.failAll(clientDestroyedError());
}

QString SyncClient::token() const { return d->token; }

void SyncClient::setToken(const QString &token)
{
    if (d->token == token && (token.isEmpty() || d->isStarted()))
        return;
    if (!token.isEmpty() && d->isStarted() && d->session->channel().state() != ChannelState::Disconnected) {
        d->updateToken(token, [](const SyncResult<Nothing> &) {}); // a refusal shows as state and error
        return;
    }
    const bool changed = d->token != token;
    d->token = token;
    if (!token.isEmpty())
        d->scheduleConnect();
    if (changed)
        Q_EMIT tokenChanged();
}

void SyncClient::setTokenProvider(TokenProvider provider)
{
    d->provider = std::move(provider);
    if (d->provider && d->token.isEmpty())
        d->scheduleConnect();
}

SyncClient::ConnectionState SyncClient::connectionState() const
{
    return publicState(d->session->channel().connectionState());
}

QString SyncClient::connectionStateName() const
{
    switch (connectionState()) {
    case ConnectionState::Connecting:
        return QStringLiteral("connecting");
    case ConnectionState::Connected:
        return QStringLiteral("connected");
    case ConnectionState::Disconnecting:
        return QStringLiteral("disconnecting");
    case ConnectionState::Disconnected:
        return QStringLiteral("disconnected");
    case ConnectionState::Denied:
        return QStringLiteral("denied");
    case ConnectionState::Error:
        return QStringLiteral("error");
    }
    return {};
}

SyncClient::LogLevel SyncClient::logLevel() const { return currentLogLevel(); }

void SyncClient::setLogLevel(LogLevel level)
{
    if (applyLogLevel(level))
        Q_EMIT logLevelChanged();
}

bool SyncClient::setLogLevelName(const QString &name)
{
    const auto level = logLevelOf(name);
    if (level)
        setLogLevel(*level);
    return level.has_value();
}

QString SyncClient::region() const { return d->region; }

void SyncClient::setRegion(const QString &region)
{
    if (d->region == region)
        return;
    d->region = region;
    const bool movesUrl = d->url.isEmpty();
    const QPointer guard(this);
    Q_EMIT regionChanged();
    if (guard && movesUrl)
        Q_EMIT urlChanged();
}

QUrl SyncClient::url() const { return d->effectiveUrl(); }

void SyncClient::setUrl(const QUrl &url)
{
    const QUrl before = d->effectiveUrl();
    d->url = url;
    if (d->effectiveUrl() == before)
        return;
    const QPointer guard(this);
    if (d->session->channel().state() != ChannelState::Disconnected)
        d->session->channel().setUrl(d->effectiveUrl());
    if (guard)
        Q_EMIT urlChanged();
}

bool SyncClient::allowInsecure() const { return d->allowInsecure; }

void SyncClient::setAllowInsecure(bool allow)
{
    if (d->allowInsecure == allow)
        return;
    d->allowInsecure = allow;
    const QPointer guard(this);
    if (d->session->channel().state() != ChannelState::Disconnected)
        d->applyOptions();
    if (guard)
        Q_EMIT allowInsecureChanged();
}

bool SyncClient::paceWrites() const { return d->paceWrites; }

void SyncClient::setPaceWrites(bool pace)
{
    if (d->paceWrites == pace)
        return;
    d->paceWrites = pace;
    d->session->setPacesWrites(pace);
    Q_EMIT paceWritesChanged();
}

int SyncClient::pendingWrites() const { return d->session->pendingWrites(); }

SyncOutbox *SyncClient::outbox() const { return d->theOutbox(); }

QString SyncClient::version() { return QStringLiteral(TWILIOSYNC_VERSION); }

SyncError SyncClient::error() const { return d->error; }

QFuture<SyncDocument *> SyncClient::document() { return document(OpenOptions()); }

QFuture<SyncDocument *> SyncClient::document(const QString &id) { return document(OpenOptions { .id = id }); }

QFuture<SyncDocument *> SyncClient::document(const OpenOptions &options)
{
    return d->open<SyncDocument>(ObjectKind::Document, options);
}

QFuture<SyncList *> SyncClient::list() { return list(OpenOptions()); }

QFuture<SyncList *> SyncClient::list(const QString &id) { return list(OpenOptions { .id = id }); }

QFuture<SyncList *> SyncClient::list(const OpenOptions &options)
{
    return d->open<SyncList>(ObjectKind::List, options);
}

QFuture<SyncMap *> SyncClient::map() { return map(OpenOptions()); }

QFuture<SyncMap *> SyncClient::map(const QString &id) { return map(OpenOptions { .id = id }); }

QFuture<SyncMap *> SyncClient::map(const OpenOptions &options)
{
    return d->open<SyncMap>(ObjectKind::Map, options);
}

QFuture<SyncStream *> SyncClient::stream() { return stream(OpenOptions()); }

QFuture<SyncStream *> SyncClient::stream(const QString &id) { return stream(OpenOptions { .id = id }); }

QFuture<SyncStream *> SyncClient::stream(const OpenOptions &options)
{
    return d->open<SyncStream>(ObjectKind::Stream, options);
}

QFuture<void> SyncClient::updateToken(const QString &token)
{
    if (token.isEmpty())
        return failedFuture<void>(SyncError(QStringLiteral("token: expected a token, got an empty string")));
    auto [future, done] = d->calls.begin<void>();
    d->updateToken(token, done);
    return future;
}

QFuture<void> SyncClient::shutdown()
{
    auto [future, done] = d->calls.begin<void>();
    d->stopConnecting();
    const QPointer guard(this);
    d->session->channel().close(done);
    if (guard)
        d->session->requests().release();
    return future;
}

} // namespace Twilio
