#include "server/localsyncserver.h"

#include "server/data/syncdata.h"
#include "server/exchange/exporter.h"
#include "server/exchange/importer.h"
#include "server/net/gateway.h"
#include "server/net/tlsfiles.h"
#include "server/net/token.h"
#include "server/storage/sqlitestorage.h"
#include "server/webhooks/webhooktarget.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qrandom.h>

#include <array>

using namespace Qt::StringLiterals;

namespace Twilio {
namespace {

// protocol.md has no such rule; HMAC-SHA256 keys shorter than its hash are weaker than it.
constexpr qsizetype leastRemoteSecret = 32;

QHostAddress addressOf(const QString &host)
{
    return host == "localhost"_L1 ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(host);
}

// A name such as localhost leads to either loopback address, whichever the resolver likes better.
QList<QHostAddress> addressesWith(const QHostAddress &address)
{
    if (address == QHostAddress(QHostAddress::LocalHost))
        return { address, QHostAddress(QHostAddress::LocalHostIPv6) };
    if (address == QHostAddress(QHostAddress::LocalHostIPv6))
        return { address, QHostAddress(QHostAddress::LocalHost) };
    return { address };
}

QString randomSecret()
{
    std::array<quint32, 8> words;
    QRandomGenerator::system()->fillRange(words.data(), words.size());
    return QString::fromLatin1(
            QByteArray::fromRawData(reinterpret_cast<const char *>(words.data()), sizeof(words)).toHex());
}

} // namespace

class LocalSyncServerPrivate
{
public:
    explicit LocalSyncServerPrivate(LocalSyncServer *server) : q(server) { }

    SyncResult<Nothing> start();
    SyncResult<Nothing> checkAddress(const QHostAddress &address) const;
    SyncResult<Nothing> openData();
    SyncResult<Nothing> importFrom(const QString &path);
    SyncResult<Nothing> exportTo(const QString &path);
    bool finish(const SyncResult<Nothing> &result);
    void setError(const SyncError &newError);

    LocalSyncServer *const q;
    QString host = u"127.0.0.1"_s;
    int port = 0;
    QString secret = randomSecret();
    QString databasePath;
    QString certificatePath;
    QString keyPath;
    Server::ServerOptions options;
    Server::MakeHooks makeHooks;
    Server::MakeExtension makeExtension;
    SyncError error;
    // Data goes last: the gateway answers from it.
    std::unique_ptr<Server::SyncData> data;
    QString openPath;
    std::unique_ptr<Server::Gateway> gateway;
    QUrl url;
};

SyncResult<Nothing> LocalSyncServerPrivate::checkAddress(const QHostAddress &address) const
{
    if (address.isNull())
        return SyncError(u"host: expected an IP address, got \"%1\""_s.arg(host));
    if (secret.isEmpty())
        return SyncError(u"secret: expected a key that signs access tokens, got an empty one"_s);
    if (!address.isLoopback() && secret.toUtf8().size() < leastRemoteSecret)
        return SyncError(
                u"secret: expected at least %1 bytes to listen on %2, got %3"_s.arg(leastRemoteSecret)
                        .arg(host)
                        .arg(secret.toUtf8().size()));
    if (options.maxOutput < Server::ServerOptions::leastMaxOutput)
        return SyncError(
                u"maxOutput: expected at least %1 bytes, got %2"_s.arg(Server::ServerOptions::leastMaxOutput)
                        .arg(options.maxOutput));
    if (!address.isLoopback() && makeHooks)
        return SyncError(u"hooks such as --enable-control: expected a loopback host, got %1"_s.arg(host));
    if (certificatePath.isEmpty() != keyPath.isEmpty())
        return SyncError(u"TLS: expected a certificate and a key, got only one of them"_s);
    return Nothing();
}

SyncResult<Nothing> LocalSyncServerPrivate::openData()
{
    if (data && openPath == databasePath)
        return Nothing();
    data.reset(); // lets go of its file first
    auto opened = std::make_unique<Server::SyncData>();
    if (!databasePath.isEmpty()) {
        auto file = Server::SqliteStorage::open(databasePath);
        if (const auto *failure = errorOf(file))
            return *failure;
        opened->setStorage(std::get<0>(std::move(file)));
    }
    data = std::move(opened);
    openPath = databasePath;
    return Nothing();
}

SyncResult<Nothing> LocalSyncServerPrivate::importFrom(const QString &path)
{
    if (!gateway) {
        if (auto opened = openData(); errorOf(opened))
            return opened;
    }
    Server::Services services(*data);
    services.setJudgeOfUrls([this](const QString &webhook) {
        return Server::refusalOfWebhooksTo(webhook, options.webhookHosts);
    });
    return Server::Importer(*data, services).import(path);
}

SyncResult<Nothing> LocalSyncServerPrivate::exportTo(const QString &path)
{
    if (!data) {
        if (auto opened = openData(); errorOf(opened))
            return opened;
    }
    return Server::Exporter(*data).exportTo(path);
}

bool LocalSyncServerPrivate::finish(const SyncResult<Nothing> &result)
{
    const SyncError *const failure = errorOf(result);
    setError(failure ? *failure : SyncError());
    return !failure;
}

SyncResult<Nothing> LocalSyncServerPrivate::start()
{
    const QHostAddress address = addressOf(host);
    if (auto checked = checkAddress(address); errorOf(checked))
        return checked;
    std::optional<QSslConfiguration> tls;
    if (!certificatePath.isEmpty()) {
        auto loaded = Server::loadTlsFiles(certificatePath, keyPath);
        if (const auto *failure = errorOf(loaded))
            return *failure;
        tls = std::get<QSslConfiguration>(std::move(loaded));
    }
    if (auto opened = openData(); errorOf(opened))
        return opened;
    auto started = std::make_unique<Server::Gateway>(*data, options, secret.toUtf8(), tls, makeHooks);
    if (makeExtension)
        started->extend(makeExtension);
    if (auto listening = started->listen(addressesWith(address), quint16(port)); errorOf(listening))
        return listening;
    gateway = std::move(started);
    QObject::connect(
            gateway.get(), &Server::Gateway::failed, q,
            [this](const SyncError &failure) {
                q->close();
                setError(failure);
            },
            Qt::QueuedConnection);

    const bool any = address == QHostAddress::Any || address == QHostAddress::AnyIPv4;
    url.setScheme(tls ? u"wss"_s : u"ws"_s);
    url.setHost(any ? u"127.0.0.1"_s : address == QHostAddress::AnyIPv6 ? u"::1"_s : address.toString());
    url.setPort(gateway->port());
    url.setPath(u"/v3/wsconnect"_s);
    return Nothing();
}

void LocalSyncServerPrivate::setError(const SyncError &newError)
{
    if (error != newError) {
        error = newError;
        Q_EMIT q->errorChanged();
    }
    if (!newError.isNull())
        Q_EMIT q->errorOccurred(newError);
}

LocalSyncServer::LocalSyncServer(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<LocalSyncServerPrivate>(this))
{ }

LocalSyncServer::~LocalSyncServer() = default;

bool LocalSyncServer::listen()
{
    if (isListening())
        return true;
    const auto result = d->start();
    if (const auto *failure = errorOf(result)) {
        d->setError(*failure);
        return false;
    }
    d->setError({});
    Q_EMIT listeningChanged();
    if (d->port == 0)
        Q_EMIT portChanged();
    return true;
}

bool LocalSyncServer::importFrom(const QString &path) { return d->finish(d->importFrom(path)); }

bool LocalSyncServer::exportTo(const QString &path) { return d->finish(d->exportTo(path)); }

void LocalSyncServer::close()
{
    if (!isListening())
        return;
    d->gateway.reset();
    d->url.clear();
    if (!d->openPath.isEmpty()) {
        d->data->commit(); // what this turn has changed
        d->data.reset();
    }
    Q_EMIT listeningChanged();
    if (d->port == 0)
        Q_EMIT portChanged();
}

QString LocalSyncServer::createToken(const QString &identity, qint64 ttlSeconds) const
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    Server::TokenClaims claims;
    claims.identity = identity;
    claims.expiresAtMs = now + ttlSeconds * 1000;
    return Server::makeToken(claims, d->gateway ? d->gateway->credentials().secret() : d->secret.toUtf8(),
                             now);
}

bool LocalSyncServer::isListening() const { return d->gateway != nullptr; }

QUrl LocalSyncServer::url() const { return d->url; }

QUrl LocalSyncServer::httpUrl() const
{
    QUrl url = d->url;
    if (!url.isEmpty()) {
        url.setScheme(url.scheme() == "wss"_L1 ? u"https"_s : u"http"_s);
        url.setPath({});
    }
    return url;
}

SyncError LocalSyncServer::error() const { return d->error; }

Server::Gateway *LocalSyncServer::gateway() const { return d->gateway.get(); }

QString LocalSyncServer::host() const { return d->host; }

void LocalSyncServer::setHost(const QString &host)
{
    if (std::exchange(d->host, host) != host)
        Q_EMIT hostChanged();
}

int LocalSyncServer::port() const { return d->gateway ? d->gateway->port() : d->port; }

void LocalSyncServer::setPort(int port)
{
    if (port < 0 || port > 65535) {
        d->setError(SyncError(u"port: expected 0 to 65535, got %1"_s.arg(port)));
        return;
    }
    const int before = LocalSyncServer::port();
    d->port = port;
    if (LocalSyncServer::port() != before)
        Q_EMIT portChanged();
}

QString LocalSyncServer::secret() const { return d->secret; }

void LocalSyncServer::setSecret(const QString &secret)
{
    if (std::exchange(d->secret, secret) != secret)
        Q_EMIT secretChanged();
}

QString LocalSyncServer::databasePath() const { return d->databasePath; }

void LocalSyncServer::setDatabasePath(const QString &path)
{
    if (std::exchange(d->databasePath, path) != path)
        Q_EMIT databasePathChanged();
}

QString LocalSyncServer::certificatePath() const { return d->certificatePath; }

void LocalSyncServer::setCertificatePath(const QString &path)
{
    if (std::exchange(d->certificatePath, path) != path)
        Q_EMIT certificatePathChanged();
}

QString LocalSyncServer::keyPath() const { return d->keyPath; }

void LocalSyncServer::setKeyPath(const QString &path)
{
    if (std::exchange(d->keyPath, path) != path)
        Q_EMIT keyPathChanged();
}

Server::ServerOptions LocalSyncServer::options() const { return d->options; }

void LocalSyncServer::setOptions(const Server::ServerOptions &options) { d->options = options; }

void LocalSyncServer::setHooks(const Server::MakeHooks &make) { d->makeHooks = make; }

void LocalSyncServer::setExtension(const Server::MakeExtension &make) { d->makeExtension = make; }

} // namespace Twilio
