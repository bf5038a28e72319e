#pragma once

#include "serverglobal.h"
#include "TwilioSync/core/syncerror.h"

#include <QtCore/qobject.h>
#include <QtCore/qurl.h>

#include <functional>
#include <memory>

namespace Twilio {

class LocalSyncServerPrivate;

namespace Server {
class Gateway;
class Hooks;
class Router;
struct ServerOptions;
} // namespace Server

/*!
    \brief A Sync server in this process, for tests, demos and work without an account.

    Speaks to any client of the service, and to backends by Twilio's REST API on the same port. In memory by
   default; what it holds then lives as long as this object, over close() and listen(). Properties other than
   these few states take effect with the next listen().

    \code
    LocalSyncServer server;
    if (!server.listen())
        qFatal("%s", qPrintable(server.error().message()));
    client.setUrl(server.url());
    client.setToken(server.createToken("alice"));
    \endcode

    Everything happens in the object's own thread, on its event loop. Protocol: protocol.md.
*/
class TWILIOSYNC_SERVER_EXPORT LocalSyncServer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LocalSyncServer)
    Q_PROPERTY(QString host READ host WRITE setHost NOTIFY hostChanged FINAL)
    Q_PROPERTY(int port READ port WRITE setPort NOTIFY portChanged FINAL)
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged FINAL)
    Q_PROPERTY(QUrl url READ url NOTIFY listeningChanged FINAL)
    Q_PROPERTY(QUrl httpUrl READ httpUrl NOTIFY listeningChanged FINAL)
    Q_PROPERTY(QString secret READ secret WRITE setSecret NOTIFY secretChanged FINAL)
    Q_PROPERTY(QString databasePath READ databasePath WRITE setDatabasePath NOTIFY databasePathChanged FINAL)
    Q_PROPERTY(QString certificatePath READ certificatePath WRITE setCertificatePath NOTIFY
                       certificatePathChanged FINAL)
    Q_PROPERTY(QString keyPath READ keyPath WRITE setKeyPath NOTIFY keyPathChanged FINAL)
    Q_PROPERTY(Twilio::SyncError error READ error NOTIFY errorChanged FINAL)

public:
    explicit LocalSyncServer(QObject *parent = nullptr);
    ~LocalSyncServer() override;

    //! IP address to listen on, 127.0.0.1 by default. Both loopbacks are listened on together; any other
    //! address needs a secret of 32 bytes.
    [[nodiscard]] QString host() const;
    void setHost(const QString &host);

    //! 0 to 65535; 0, the default, takes any free one. While listening the one that is in use.
    [[nodiscard]] int port() const;
    void setPort(int port);

    [[nodiscard]] bool isListening() const;
    //! Where clients connect, such as \c ws://127.0.0.1:8470/v3/wsconnect; empty while not listening.
    [[nodiscard]] QUrl url() const;
    //! Where backends call, such as \c http://127.0.0.1:8470, to put in the place of \c
    //! https://sync.twilio.com; empty while not listening.
    [[nodiscard]] QUrl httpUrl() const;

    //! Key that signs access tokens, and that backends show; a random one by default. Another one holds from
    //! the next listen() on.
    [[nodiscard]] QString secret() const;
    void setSecret(const QString &secret);

    //! SQLite file that keeps everything; empty, the default, keeps it in memory.
    [[nodiscard]] QString databasePath() const;
    void setDatabasePath(const QString &path);

    //! PEM files of a certificate chain and its RSA or EC key; both make the server speak TLS.
    [[nodiscard]] QString certificatePath() const;
    void setCertificatePath(const QString &path);
    [[nodiscard]] QString keyPath() const;
    void setKeyPath(const QString &path);

    //! Why listen() failed, or why the server closed by itself; null after a successful listen().
    [[nodiscard]] SyncError error() const;

    /*!
        \brief Puts services and what is in them from JSON into the server: a file, or all *.json of a folder.

        All of it, or nothing: false with error() set, which names the file, the place in it and the trouble;
        its status is 400 then. Best before listen(): afterwards it is told as any other change is. The format
        is in docs/local-server.md.
    */
    Q_INVOKABLE bool importFrom(const QString &path);
    //! Writes the same form of what is there: to a file, or a file for each service if \a path is a folder or
    //! ends with a slash. False with error() set if it cannot.
    Q_INVOKABLE bool exportTo(const QString &path);

    //! Starts to listen; false with error() set if it cannot. True if it already does.
    Q_INVOKABLE bool listen();
    //! Ends all connections and frees the port.
    Q_INVOKABLE void close();
    //! An access token for \a identity in this server's own service, good for \a ttlSeconds, signed with the
    //! key that is in force.
    [[nodiscard]] Q_INVOKABLE QString createToken(const QString &identity, qint64 ttlSeconds = 3600) const;

    //! Timings, limits and switches.
    [[nodiscard]] Server::ServerOptions options() const;
    void setOptions(const Server::ServerOptions &options);

    //! Has something take a hand in what the server does, for tests of clients; on loopback only. Holds from
    //! the next listen() on.
    void
    setHooks(const std::function<std::unique_ptr<Server::Hooks>(Server::Gateway &, Server::Router &)> &make);

    //! Has something answer paths of its own on the port, as the page of twilio-sync-server does. Holds from
    //! the next listen() on.
    void
    setExtension(const std::function<std::unique_ptr<QObject>(Server::Gateway &, Server::Router &)> &make);

    //! Its sessions, for tests; null while not listening.
    [[nodiscard]] Server::Gateway *gateway() const;

Q_SIGNALS:
    void hostChanged();
    void portChanged();
    void listeningChanged();
    void secretChanged();
    void databasePathChanged();
    void certificatePathChanged();
    void keyPathChanged();
    void errorChanged();
    //! listen() failed, or the server had to close by itself.
    void errorOccurred(const Twilio::SyncError &error);

private:
    const std::unique_ptr<LocalSyncServerPrivate> d;
};

} // namespace Twilio
