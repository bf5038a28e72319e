#pragma once

#include "TwilioSync/api/syncmetrics.h"
#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/api/syncwrite.h"
#include "TwilioSync/core/opentypes.h"
#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/core/syncexception.h"
#include "TwilioSync/core/synclimits.h"
#include "TwilioSync/core/syncnamespace.h"
#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>
#include <QtCore/qurl.h>
#include <QtCore/qvariant.h>

#include <functional>
#include <memory>
#include <optional>

QT_FORWARD_DECLARE_CLASS(QSslConfiguration)

namespace Twilio {

class ClientPrivate;
class SyncCache;
class SyncDocument;
class SyncDocuments;
class SyncInstantQuery;
class SyncList;
class SyncLists;
class SyncLiveQuery;
class SyncMap;
class SyncMaps;
class SyncStream;
class SyncStreams;
struct OpenOptions;

/*!
    \brief One connection to Twilio Sync, and the way to its documents, lists, maps and streams.

    Set a token and it connects; it reconnects by itself until the token is refused or shutdown() is called.
   Everything runs on the thread the client lives in, nothing blocks. It may be moved to another thread while
   no handle is open; a connection there is is made anew. Destroying it fails every pending future with
   "client destroyed" and leaves its handles Closed.

    Whoever cancels the future of a call, of the client or of a handle, takes the call back: what was not sent
   is not sent, what was is not tried again; a write that the service has applied by then stays applied. What
   then() made of a future is another one; cancel that of the call.
*/
class TWILIOSYNC_EXPORT SyncClient : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncClient)
    // They include this file
    Q_MOC_INCLUDE("TwilioSync/api/syncdocuments.h")
    Q_MOC_INCLUDE("TwilioSync/api/synclists.h")
    Q_MOC_INCLUDE("TwilioSync/api/syncmaps.h")
    Q_MOC_INCLUDE("TwilioSync/api/syncstreams.h")
    Q_PROPERTY(QString token READ token WRITE setToken NOTIFY tokenChanged FINAL)
    Q_PROPERTY(Twilio::SyncClient::ConnectionState connectionState READ connectionState NOTIFY
                       connectionStateChanged FINAL)
    Q_PROPERTY(bool online READ isOnline NOTIFY onlineChanged FINAL)
    Q_PROPERTY(QString connectionStateName READ connectionStateName NOTIFY connectionStateChanged FINAL)
    Q_PROPERTY(Twilio::SyncClient::LogLevel logLevel READ logLevel WRITE setLogLevel NOTIFY logLevelChanged)
    Q_PROPERTY(QString region READ region WRITE setRegion NOTIFY regionChanged FINAL)
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged FINAL)
    Q_PROPERTY(bool allowInsecure READ allowInsecure WRITE setAllowInsecure NOTIFY allowInsecureChanged FINAL)
    Q_PROPERTY(QString caFile READ caFile WRITE setCaFile NOTIFY caFileChanged FINAL)
    Q_PROPERTY(Twilio::SyncLimits limits READ limits WRITE setLimits NOTIFY limitsChanged FINAL)
    Q_PROPERTY(bool paceWrites READ paceWrites WRITE setPaceWrites NOTIFY paceWritesChanged FINAL)
    Q_PROPERTY(QString cachePath READ cachePath WRITE setCachePath NOTIFY cachePathChanged FINAL)
    Q_PROPERTY(bool persistentWrites READ persistentWrites WRITE setPersistentWrites NOTIFY
                       persistentWritesChanged FINAL)
    Q_PROPERTY(int maximumWriteAge READ maximumWriteAge WRITE setMaximumWriteAge NOTIFY maximumWriteAgeChanged
                       FINAL)
    Q_PROPERTY(qint64 cacheSize READ cacheSize NOTIFY cacheSizeChanged FINAL)
    Q_PROPERTY(qint64 maximumCacheSize READ maximumCacheSize WRITE setMaximumCacheSize NOTIFY
                       maximumCacheSizeChanged FINAL)
    Q_PROPERTY(Twilio::SyncMetrics metrics READ metrics NOTIFY metricsChanged FINAL)
    Q_PROPERTY(int pendingWrites READ pendingWrites NOTIFY pendingWritesChanged FINAL)
    Q_PROPERTY(Twilio::SyncOutbox *outbox READ outbox CONSTANT FINAL)
    Q_PROPERTY(Twilio::SyncDocuments *documents READ documents CONSTANT)
    Q_PROPERTY(Twilio::SyncLists *lists READ lists CONSTANT)
    Q_PROPERTY(Twilio::SyncMaps *maps READ maps CONSTANT)
    Q_PROPERTY(Twilio::SyncStreams *streams READ streams CONSTANT)
    Q_PROPERTY(QString version READ version CONSTANT FINAL)
    Q_PROPERTY(Twilio::SyncError error READ error NOTIFY errorChanged FINAL)

public:
    // Enums that QML sees are int wide: Qt 6.4 reads one in a signal's argument as an int, whatever its width

    //! protocol.md 5.5, "Mapping to use in our client".
    enum class ConnectionState : int {
        Connecting, //!< opening, initialising, or waiting to try again
        Connected,
        Disconnecting,
        Disconnected, //!< at first, after shutdown(), and from goOffline() to goOnline()
        Denied, //!< the token was refused or has expired; a new one is needed
        Error //!< an address that is refused, a service that does not understand us; another url,
              //!< allowInsecure or token tries again, as does reconnect()
    };
    Q_ENUM(ConnectionState)

    //! How list() and its siblings open.
    enum class OpenMode : int {
        OpenOrCreate, //!< the default; without an id it creates
        OpenExisting, //!< fails with status 404 if it does not exist
        CreateNew //!< the id, if given, is the unique name; fails with status 409 if it exists
    };
    Q_ENUM(OpenMode)

    //! What the logging categories twilio.sync.* let through.
    enum class LogLevel : int { LogSilent, LogError, LogWarn, LogInfo, LogDebug, LogTrace };
    Q_ENUM(LogLevel)

    //! Gives a token, now or later; a failed future is asked again with growing delays.
    using TokenProvider = std::function<QFuture<QString>()>;

    explicit SyncClient(QObject *parent = nullptr);
    ~SyncClient() override;

    [[nodiscard]] QString token() const;
    //! A non-empty token connects on the next turn of the event loop; a changed one while connected updates
    //! it. One of another identity, service or account, as it names them, begins a session of its own:
    //! handles are opened anew, calls and writes of the former end, those that are kept come back with it.
    void setToken(const QString &token);
    //! Asked at once if there is no token, and whenever one is about to expire or has expired. If it fails,
    //! throws, gives the same token again or does not answer within 30 seconds, that is a connectionError,
    //! and it is asked again after a growing delay. Calls wait for the token meanwhile.
    void setTokenProvider(TokenProvider provider);

    [[nodiscard]] ConnectionState connectionState() const;
    //! True while it is Connected, once every object and live query that was open by then has caught up with
    //! what happened before, or was refused. Those that are opened later tell by their own state.
    [[nodiscard]] bool isOnline() const;
    //! 'connecting', 'connected', 'disconnecting', 'disconnected', 'denied' or 'error'.
    [[nodiscard]] QString connectionStateName() const;
    [[nodiscard]] LogLevel logLevel() const;
    //! Process-wide, as logging categories are.
    void setLogLevel(LogLevel level);
    //! Sets the level by its name, 'silent' to 'trace'; false if it is none.
    Q_INVOKABLE bool setLogLevelName(const QString &name);
    [[nodiscard]] QString region() const;
    //! Host part of the default addresses, "us1" at first.
    void setRegion(const QString &region);
    //! wss://tsock.{region}.twilio.com/v3/wsconnect unless set.
    [[nodiscard]] QUrl url() const;
    void setUrl(const QUrl &url);
    [[nodiscard]] bool allowInsecure() const;
    //! Lets ws:// go to other hosts than this one.
    void setAllowInsecure(bool allow);
    //! PEM file, a path or a file: or qrc: URL: the only certificate authorities that are trusted. Empty =
    //! the system's. What cannot be read is a connectionError.
    [[nodiscard]] QString caFile() const;
    void setCaFile(const QString &file);
    //! For wss:// connections that are made from now on; a caFile takes the place of its authorities.
    void setSslConfiguration(const QSslConfiguration &configuration);
    //! What it may use up. A value out of its range is a connectionError and changes nothing.
    [[nodiscard]] SyncLimits limits() const;
    void setLimits(const SyncLimits &limits);
    //! Whether writes keep to the service's documented rates per object (protocol.md, section 12); on by
    //! default.
    [[nodiscard]] bool paceWrites() const;
    void setPaceWrites(bool pace);
    /*!
        A folder, as a path or a file: URL, in which it keeps what it has seen, a file for each account,
       service and identity; empty, as at first, = nothing is kept. It is made if need be. To be set before
       the first connection; whose data it is comes from the token, which may have expired.

        What is kept is shown at once when it is opened again, with or without a connection
        (SyncHandle::isFromCache()); what happened meanwhile follows once there is one. What has never been
       seen cannot be opened with OpenExisting while there is none, and is waited for otherwise.
     */
    [[nodiscard]] QString cachePath() const;
    void setCachePath(const QString &path);
    /*!
        Keeps what it has seen in \a cache, in place of files; null = in none any more. Whichever of it and
       cachePath is set last counts: the other is none, or empty, then. To be set before the first connection.
       It is not owned by the client and must outlive it, even if another one is set meanwhile: it is used in
       a thread of the client's.

        All that is said of the files of cachePath is true of it as well, but that what cannot be read is left
       as it is: the client tells that as a cacheError() and goes on without. What becomes of the contents is
       the application's to decide then.
     */
    void setCache(Twilio::SyncCache *cache);
    //! What setCache() has set; null at first, and once a cachePath is set.
    [[nodiscard]] Twilio::SyncCache *cache() const;
    [[nodiscard]] bool persistentWrites() const;
    /*!
        Whether writes that wait are kept in the cache as well, and are sent after the next start if they have
       not been by then; off by default. To be set with the cache.

        A write is on the disk before it is sent, and is Unsaved in the outbox until then. It waits while
       there is no connection, over shutdown(), and when its handle goes; the call of a handle or client that
       goes ends with SyncError::isOutcomeUnknown(). What was sent when the process ended, and may have been
       applied, is looked for before it is sent again. Of mutate() what the function makes of the value that
       is known is kept; after a restart it is written if the value is still the one that it was made of, and
       is a conflict() otherwise. Whatever fails in the end is a writeFailed().
     */
    void setPersistentWrites(bool keeps);
    //! Seconds that a write may wait before it is sent, over restarts too, 0, as at first, = any number. One
    //! that has waited for longer fails. A number below 0 is a connectionError and changes nothing.
    [[nodiscard]] int maximumWriteAge() const;
    void setMaximumWriteAge(int seconds);
    //! Bytes that the file takes up; follows what is written.
    [[nodiscard]] qint64 cacheSize() const;
    //! Bytes that the file may take up, 0, as at first, = any number. If it gets larger, what was opened
    //! longest ago goes until it is half as large; what is open stays.
    [[nodiscard]] qint64 maximumCacheSize() const;
    void setMaximumCacheSize(qint64 bytes);
    //! Turns one text into another.
    using CacheFunction = std::function<QByteArray(const QByteArray &)>;
    //! Has values go through \a seal on their way into the cache, and through \a open on their way back,
    //! which gives a null text for what \a seal has not made. Names, keys and dates stay readable. Both are
    //! called in a thread of the cache.
    void setCacheCipher(CacheFunction seal, CacheFunction open);
    //! Forgets what is kept for this identity, but for persistentWrites and what they are to; what is open is
    //! kept again when it is opened the next time.
    QFuture<void> clearCache();
    //! Writes that wait or are under way, of all objects.
    [[nodiscard]] int pendingWrites() const;
    //! What it has done so far. While metricsChanged() is connected to, those that it told last.
    [[nodiscard]] SyncMetrics metrics() const;
    //! The same as a model, with the means to take them back. Made when it is asked for first.
    [[nodiscard]] Twilio::SyncOutbox *outbox() const;
    //! Of this library, e.g. "1.0.0".
    [[nodiscard]] static QString version();
    //! The last connection error; null while all is well.
    [[nodiscard]] SyncError error() const;

    //! A new document without a unique name. It has this client as parent.
    QFuture<Twilio::SyncDocument *> document();
    //! The document called \a id, a SID or a unique name; created if there is none.
    QFuture<Twilio::SyncDocument *> document(const QString &id);
    QFuture<Twilio::SyncDocument *> document(const OpenOptions &options);
    QFuture<Twilio::SyncList *> list();
    QFuture<Twilio::SyncList *> list(const QString &id);
    QFuture<Twilio::SyncList *> list(const OpenOptions &options);
    QFuture<Twilio::SyncMap *> map();
    QFuture<Twilio::SyncMap *> map(const QString &id);
    QFuture<Twilio::SyncMap *> map(const OpenOptions &options);
    QFuture<Twilio::SyncStream *> stream();
    QFuture<Twilio::SyncStream *> stream(const QString &id);
    QFuture<Twilio::SyncStream *> stream(const OpenOptions &options);

    //! The items of an index that \a expression wants, followed live. It has this client as parent; fails if
    //! the service refuses the query.
    QFuture<Twilio::SyncLiveQuery *> liveQuery(const QString &indexName, const QString &expression);
    //! For searches of an index, one after the other. It has this client as parent.
    QFuture<Twilio::SyncInstantQuery *> instantQuery(const QString &indexName);

    //! Calls on objects that need not be open, by SID or unique name. Made when they are asked for first.
    [[nodiscard]] Twilio::SyncDocuments *documents() const;
    [[nodiscard]] Twilio::SyncLists *lists() const;
    [[nodiscard]] Twilio::SyncMaps *maps() const;
    [[nodiscard]] Twilio::SyncStreams *streams() const;

    //! Replaces the token without losing the connection; fails if the service refuses it. One of another
    //! identity connects anew, see setToken(): whether it is taken shows as connectionState.
    QFuture<void> updateToken(const QString &token);
    //! Tries to connect now: ends the wait between two attempts, leaves Denied and Error, starts after a
    //! shutdown() with the token there is, or by asking the provider. Nothing while connected.
    Q_INVOKABLE void reconnect();
    /*!
        \brief Hangs up, and does not connect before goOnline() or reconnect().

        Nothing ends by it: calls wait as they do while a connection is lost, handles show what was known, a
        token that is set is used later. It lasts over shutdown(). The state is Disconnected.
    */
    Q_INVOKABLE void goOffline();
    //! Connects again after goOffline(), if there is a token or a provider. Nothing otherwise.
    Q_INVOKABLE void goOnline();
    //! Ends once all writes have ended that are pending now, well or not; those that are made later do not
    //! prolong it. It waits for a connection as they do.
    QFuture<void> waitForPendingWrites();
    //! Says good-bye and disconnects; pending requests fail. A token set later connects again.
    QFuture<void> shutdown();

Q_SIGNALS:
    void tokenChanged();
    void connectionStateChanged(Twilio::SyncClient::ConnectionState state);
    //! After connectionStateChanged(), and after the objects' own signals that they are up to date.
    void onlineChanged();
    void logLevelChanged();
    void regionChanged();
    void urlChanged();
    void allowInsecureChanged();
    void caFileChanged();
    void limitsChanged();
    void paceWritesChanged();
    void cachePathChanged();
    void persistentWritesChanged();
    void maximumWriteAgeChanged();
    void cacheSizeChanged();
    void maximumCacheSizeChanged();
    //! The cache cannot be used: \a error names the file, or "cache", and says why. It is told once; the
    //! client goes on without. A damaged file is set aside, and another is begun.
    void cacheError(const Twilio::SyncError &error);
    void pendingWritesChanged();
    //! Once a second at most, and only while it is connected to.
    void metricsChanged();
    void errorChanged();
    //! The connection could not be made or was lost; terminal if nothing will be tried again.
    void connectionError(const Twilio::SyncError &error);
    //! A write will not be done, whoever waits for it or has gone. Not of those that were taken back, or
    //! superseded. Before its call fails.
    void writeFailed(const Twilio::SyncWrite &write, const Twilio::SyncError &error);
    /*!
        What a mutate() of before the last start has made was made of another value than \a theirs, which
       there is by now (invalid if there is none), and its function has gone: \a write waits for one of
       SyncWrite::retry(), SyncWrite::overwrite() and SyncWrite::drop(), and with it what was written to the
       same item later. While it is not connected to, such a write is a writeFailed().
     */
    void conflict(const Twilio::SyncWrite &write, const QVariant &theirs);
    //! Minutes before the token expires; time for updateToken().
    void tokenAboutToExpire();
    void tokenExpired();

protected:
    bool event(QEvent *event) override;
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class ClientPrivate;
    const std::unique_ptr<ClientPrivate> d;
};

static_assert(int(SyncClient::ConnectionState::Connecting) == 0
              && int(SyncClient::ConnectionState::Error) == 5);
static_assert(int(SyncClient::OpenMode::OpenOrCreate) == 0 && int(SyncClient::OpenMode::CreateNew) == 2);
static_assert(int(SyncClient::LogLevel::LogSilent) == 0 && int(SyncClient::LogLevel::LogTrace) == 5);

//! What to open and how.
struct OpenOptions
{
    //! SID or unique name; empty creates a new object without a name.
    QString id = {};
    SyncClient::OpenMode mode = SyncClient::OpenMode::OpenOrCreate;
    //! Seconds, 0 to \c maxTtlSeconds, 0 = never expires; used on creation only.
    std::optional<qint64> ttl = std::nullopt;
    //! Initial contents of a created document.
    QVariantMap value = {};
};

} // namespace Twilio
