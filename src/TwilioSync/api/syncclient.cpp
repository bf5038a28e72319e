#include "TwilioSync/api/syncclient.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/connectionstate_p.h"
#include "TwilioSync/api/loglevel_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncoutbox_p.h"
#include "TwilioSync/api/syncstream.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qfile.h>
#include <QtNetwork/qsslcertificate.h>

#include <utility>

namespace Twilio {
namespace {

SyncResult<QList<QSslCertificate>> certificatesOf(const QString &path)
{
    const QUrl url(path);
    QFile file(url.isLocalFile()                               ? url.toLocalFile()
                       : url.scheme() == QStringLiteral("qrc") ? u':' + url.path()
                                                               : path);
    const auto error = [&path](const QString &why) {
        return SyncError(QStringLiteral("caFile: expected a PEM file, '%1': %2").arg(path, why), 0, 0, true);
    };
    if (!file.open(QFile::ReadOnly))
        return error(file.errorString());
    const QList<QSslCertificate> certificates = QSslCertificate::fromDevice(&file);
    if (certificates.isEmpty())
        return error(QStringLiteral("no certificate in it"));
    return certificates;
}

} // namespace

ClientPrivate::ClientPrivate(SyncClient *client)
    : q(client)
    , session(std::make_unique<ClientSession>(client))
    , calls(&session->notifier())
    , tokens(client)
{
    connectSession();
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
    if (state == ChannelState::Connected)
        tokens.sessionBegan();
    else if (!isSessionUp(state))
        tokens.sessionEnded();
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

void ClientPrivate::fail(const SyncError &failure)
{
    tell([this, failure] {
        const QPointer guard(q);
        setError(failure);
        if (guard)
            Q_EMIT guard->connectionError(failure);
    });
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
    session->setRestBase("https://cds." + region.toUtf8() + ".twilio.com");
    session->channel().setOptions(options); // last: it may tell of a new state
}

void ClientPrivate::scheduleConnect()
{
    m_connectScheduled = true;
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
    if (openChannel() && token.isEmpty())
        tokens.want(token);
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
            q,
            [this] {
                m_optionsScheduled = false;
                if (isStarted())
                    applyOptions();
            },
            Qt::QueuedConnection);
}

void ClientPrivate::setProvider(SyncClient::TokenProvider provider)
{
    const QPointer guard(q);
    tokens.setProvider(std::move(provider));
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

void ClientPrivate::reconnect()
{
    if (!isStarted()) {
        if (!token.isEmpty() || tokens.hasProvider())
            scheduleConnect();
    } else if (channelState() == ChannelState::AwaitingToken
               || (channelState() == ChannelState::Denied && tokens.hasProvider())) {
        tokens.wantNow(token);
    } else if (!m_connectScheduled) {
        session->channel().open();
    }
}

void ClientPrivate::leaveThread() { session->channel().abandonSocket(); }

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
    if (!isStarted() && !openChannel())
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
    const bool isAnotherTry = d->channelState() == ChannelState::Failed;
    if (d->token == token && (token.isEmpty() || (d->isStarted() && !isAnotherTry)))
        return;
    if (!token.isEmpty() && d->isStarted() && !d->isConnectScheduled()) {
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

void SyncClient::setTokenProvider(TokenProvider provider) { d->setProvider(std::move(provider)); }

SyncClient::ConnectionState SyncClient::connectionState() const { return d->connectionState; }

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
    if (d->channelState() == ChannelState::Failed)
        QMetaObject::invokeMethod(this, &SyncClient::reconnect, Qt::QueuedConnection); // the same one as well
    if (d->effectiveUrl() == before)
        return;
    d->scheduleOptions();
    Q_EMIT urlChanged();
}

bool SyncClient::allowInsecure() const { return d->allowInsecure; }

void SyncClient::setAllowInsecure(bool allow)
{
    if (d->allowInsecure == allow)
        return;
    d->allowInsecure = allow;
    d->scheduleOptions();
    Q_EMIT allowInsecureChanged();
}

QString SyncClient::caFile() const { return d->caFile; }

void SyncClient::setCaFile(const QString &file)
{
    if (d->caFile == file)
        return;
    d->caFile = file;
    d->authorities.clear();
    if (!file.isEmpty()) {
        auto certificates = certificatesOf(file);
        if (const auto *wrong = errorOf(certificates))
            d->fail(*wrong);
        else
            d->authorities = std::get<QList<QSslCertificate>>(std::move(certificates));
    }
    d->scheduleOptions();
    Q_EMIT caFileChanged();
}

void SyncClient::setSslConfiguration(const QSslConfiguration &configuration)
{
    d->sslConfiguration = configuration;
    d->scheduleOptions();
}

void SyncClient::reconnect() { d->reconnect(); }

bool SyncClient::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
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
