#include "TwilioSync/api/syncclient.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/loglevel_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/syncdocuments.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/api/syncinstantquery.h"
#include "TwilioSync/api/synclists.h"
#include "TwilioSync/api/synclivequery_p.h"
#include "TwilioSync/api/syncmaps.h"
#include "TwilioSync/api/syncstreams.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qfile.h>
#include <QtCore/qmetaobject.h>
#include <QtNetwork/qsslcertificate.h>

namespace Twilio {
namespace {

QString localPath(const QString &path)
{
    const QUrl url(path);
    return url.isLocalFile() ? url.toLocalFile() : path;
}

SyncResult<QList<QSslCertificate>> certificatesOf(const QString &path)
{
    const QUrl url(path);
    QFile file(url.scheme() == QStringLiteral("qrc") ? u':' + url.path() : localPath(path));
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

template <typename Handle>
QFuture<Handle *> ClientPrivate::open(ObjectKind kind, const OpenOptions &options)
{
    const auto request = openRequestOf(kind, options);
    if (const auto *wrong = errorOf(request))
        return failedFuture<Handle *>(*wrong);
    if (const auto refused = refusal())
        return failedFuture<Handle *>(*refused);
    auto [future, done, cancelled] = calls.begin<Handle *>();
    const QPointer<Handle> handle(new Handle(q));
    static_cast<SyncHandle *>(handle)->d->open(
            q, std::get<OpenRequest>(request),
            [handle, done = done, cancelled = cancelled](const SyncError &failure) {
                if (handle && (!failure.isNull() || cancelled.stop_requested()))
                    handle->deleteLater();
                if (!failure.isNull() || !handle)
                    done(failure.isNull() ? clientDestroyedError() : failure);
                else
                    done(handle.data());
            },
            cancelled);
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

bool SyncClient::isOnline() const { return d->online; }

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

SyncLimits SyncClient::limits() const { return d->limits; }

void SyncClient::setLimits(const SyncLimits &limits)
{
    if (const SyncError wrong = limits.problem(); !wrong.isNull()) {
        d->fail(wrong);
        return;
    }
    if (d->limits == limits)
        return;
    d->limits = limits;
    d->applyLimits();
    Q_EMIT limitsChanged();
}

void SyncClient::reconnect() { d->reconnect(); }

void SyncClient::goOffline() { d->goOffline(); }

void SyncClient::goOnline() { d->goOnline(); }

QFuture<void> SyncClient::waitForPendingWrites()
{
    auto [future, done, cancelled] = d->calls.begin<void>();
    d->session->waitForWrites(done);
    return future;
}

bool SyncClient::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

void SyncClient::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&SyncClient::metricsChanged))
        d->metrics.start();
    QObject::connectNotify(signal);
}

SyncMetrics SyncClient::metrics() const { return d->metrics.current(); }

bool SyncClient::paceWrites() const { return d->paceWrites; }

void SyncClient::setPaceWrites(bool pace)
{
    if (d->paceWrites == pace)
        return;
    d->paceWrites = pace;
    d->session->setPacesWrites(pace);
    Q_EMIT paceWritesChanged();
}

QString SyncClient::cachePath() const { return d->cachePath; }

void SyncClient::setCachePath(const QString &path)
{
    if (std::exchange(d->cachePath, path) == path)
        return;
    d->session->diskCache().setFolder(localPath(path));
    d->applyCacheOwner();
    Q_EMIT cachePathChanged();
}

SyncCache *SyncClient::cache() const { return d->session->diskCache().ownCache(); }

void SyncClient::setCache(SyncCache *cache)
{
    if (this->cache() == cache)
        return;
    d->session->diskCache().setOwnCache(cache);
    d->applyCacheOwner();
    if (cache && !std::exchange(d->cachePath, {}).isEmpty())
        Q_EMIT cachePathChanged();
}

bool SyncClient::persistentWrites() const { return d->session->diskCache().wantsToKeepWrites(); }

void SyncClient::setPersistentWrites(bool keeps)
{
    if (persistentWrites() == keeps)
        return;
    d->session->diskCache().setKeepsWrites(keeps);
    Q_EMIT persistentWritesChanged();
}

int SyncClient::maximumWriteAge() const { return int(d->session->maximumWriteAge() / 1000); }

void SyncClient::setMaximumWriteAge(int seconds)
{
    if (maximumWriteAge() == seconds)
        return;
    if (seconds < 0) {
        d->fail(SyncError(
                QStringLiteral("maximumWriteAge: expected 0 or more seconds, got %1").arg(seconds)));
        return;
    }
    d->session->setMaximumWriteAge(qint64(seconds) * 1000);
    Q_EMIT maximumWriteAgeChanged();
}

qint64 SyncClient::cacheSize() const { return d->session->diskCache().size(); }

qint64 SyncClient::maximumCacheSize() const { return d->session->diskCache().maximumSize(); }

void SyncClient::setMaximumCacheSize(qint64 bytes)
{
    if (maximumCacheSize() == bytes)
        return;
    if (bytes < 0) {
        d->failCache(
                SyncError(QStringLiteral("maximumCacheSize: expected 0 or more bytes, got %1").arg(bytes)));
        return;
    }
    d->session->diskCache().setMaximumSize(bytes);
    Q_EMIT maximumCacheSizeChanged();
}

void SyncClient::setCacheCipher(CacheFunction seal, CacheFunction open)
{
    d->session->diskCache().setCipher({ std::move(seal), std::move(open) });
}

QFuture<void> SyncClient::clearCache()
{
    auto [future, done, cancelled] = d->calls.begin<void>();
    d->session->diskCache().clear(done);
    return future;
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

QFuture<SyncLiveQuery *> SyncClient::liveQuery(const QString &indexName, const QString &expression)
{
    if (const auto refused = d->queryRefusal(indexName))
        return failedFuture<SyncLiveQuery *>(*refused);
    auto [future, done, cancelled] = d->calls.begin<SyncLiveQuery *>();
    const QPointer query(new SyncLiveQuery(this));
    LiveQueryPrivate::of(query)->open(this, indexName, expression,
                                      [query, done = done, cancelled = cancelled](const SyncError &failure) {
                                          if (query && (!failure.isNull() || cancelled.stop_requested()))
                                              query->deleteLater();
                                          if (failure.isNull() && query)
                                              done(query.data());
                                          else
                                              done(failure.isNull() ? clientDestroyedError() : failure);
                                      });
    return future;
}

QFuture<SyncInstantQuery *> SyncClient::instantQuery(const QString &indexName)
{
    if (const auto refused = d->queryRefusal(indexName))
        return failedFuture<SyncInstantQuery *>(*refused);
    auto [future, done, cancelled] = d->calls.begin<SyncInstantQuery *>();
    auto *const query = new SyncInstantQuery(this);
    query->setClient(this);
    query->setIndexName(indexName);
    done(query);
    return future;
}

SyncDocuments *SyncClient::documents() const { return d->made(d->documents); }

SyncLists *SyncClient::lists() const { return d->made(d->lists); }

SyncMaps *SyncClient::maps() const { return d->made(d->maps); }

SyncStreams *SyncClient::streams() const { return d->made(d->streams); }

QFuture<void> SyncClient::updateToken(const QString &token)
{
    if (token.isEmpty())
        return failedFuture<void>(SyncError(QStringLiteral("token: expected a token, got an empty string")));
    auto [future, done, cancelled] = d->calls.begin<void>();
    d->updateToken(token, done);
    return future;
}

QFuture<void> SyncClient::shutdown()
{
    auto [future, done, cancelled] = d->calls.begin<void>();
    d->stopConnecting();
    const QPointer guard(this);
    d->session->channel().close(done);
    if (guard)
        d->session->requests().release();
    return future;
}

} // namespace Twilio
