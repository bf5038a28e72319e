#pragma once

#include "TwilioSync/api/calltracker_p.h"
#include "TwilioSync/api/metricswatch_p.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/tokenkeeper.h"

#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>

#include <functional>
#include <memory>
#include <optional>

namespace Twilio {

/*!
    \brief The client's properties, and when they take effect: all that is set in one turn of the event loop,
   together.
*/
class ClientPrivate
{
    Q_DISABLE_COPY_MOVE(ClientPrivate)

public:
    explicit ClientPrivate(SyncClient *client);
    ~ClientPrivate();

    [[nodiscard]] static ClientPrivate *of(const SyncClient *client) { return client->d.get(); }

    //! True once a token has been set, or is being asked for, until shutdown().
    [[nodiscard]] bool isStarted() const;
    //! True if what is set now takes effect with the connection that will be made.
    [[nodiscard]] bool isConnectScheduled() const { return m_connectScheduled; }
    [[nodiscard]] ChannelState channelState() const { return session->channel().state(); }
    [[nodiscard]] QUrl effectiveUrl() const;
    //! None = the application's defaults.
    [[nodiscard]] std::optional<QSslConfiguration> effectiveSslConfiguration() const;
    //! Connects on the next turn; until then requests wait.
    void scheduleConnect();
    //! Nothing is asked for or made any more.
    void stopConnecting();
    void applyOptions();
    //! Those of calls at once, those of connections as applyOptions() does.
    void applyLimits();
    //! As applyOptions(), once for all that is set in this turn.
    void scheduleOptions();
    //! What was scheduled, before something else tries to connect.
    void applyScheduledOptions();
    void setProvider(SyncClient::TokenProvider provider);
    void reconnect();
    void goOffline();
    void goOnline();
    //! The sockets there are cannot go to another thread; the connection is made anew there.
    void leaveThread();
    void fail(const SyncError &error);
    void failCache(const SyncError &error);
    //! The cache is that of the identity in the token.
    void applyCacheOwner();
    //! What is seen and kept is of the identity in the token from now on. True if it is another's than the
    //! one before: nothing of that one is left.
    bool applyIdentity();
    //! The session has begun: it says whose it is.
    void confirmCacheOwner();
    void updateToken(const QString &newToken, const Callback<Nothing> &done);
    void setError(const SyncError &to);
    [[nodiscard]] SyncOutbox *theOutbox();
    //! \a there, made if it is none.
    template <typename Objects>
    [[nodiscard]] Objects *made(Objects *&there)
    {
        if (!there)
            there = new Objects(q);
        return there;
    }

    //! Why no calls are taken now; none if they are.
    [[nodiscard]] std::optional<SyncError> refusal() const;
    //! The same, for a query of \a indexName.
    [[nodiscard]] std::optional<SyncError> queryRefusal(const QString &indexName) const;
    //! Opens a handle of type \c Handle on behalf of list() and its siblings.
    template <typename Handle>
    QFuture<Handle *> open(ObjectKind kind, const OpenOptions &options);

    SyncClient *const q;
    QString token;
    QString region = QStringLiteral("us1");
    //! Empty = the region's.
    QUrl url;
    bool allowInsecure = false;
    QString caFile;
    QString cachePath;
    QList<QSslCertificate> authorities; // of caFile
    std::optional<QSslConfiguration> sslConfiguration;
    SyncLimits limits;
    bool paceWrites = true;
    //! As told: it changes with its signal.
    SyncClient::ConnectionState connectionState = SyncClient::ConnectionState::Disconnected;
    bool online = false;
    SyncError error;
    //! A child of the client, to be in its thread; owned here.
    std::unique_ptr<ClientSession> session;
    CallTracker calls;
    SyncDocuments *documents = nullptr;
    SyncLists *lists = nullptr;
    SyncMaps *maps = nullptr;
    SyncStreams *streams = nullptr;
    TokenKeeper tokens;
    MetricsWatch metrics;

private:
    void connectNow();
    //! Opens the channel, and asks for a token if there is none, unless no connection is wanted.
    void openOrAsk();
    //! False if a slot has destroyed the client meanwhile.
    bool openChannel();
    void connectSession();
    void connectionMoved(ChannelState state);
    void caughtUpChanged();
    //! Has \a signal emitted, and what goes before it done, when the client tells.
    void tell(std::function<void()> signal);

    //! Whose the last token was that says so.
    std::optional<CacheOwner> m_identity;
    SyncOutbox *m_outbox = nullptr;
    bool m_connectScheduled = false;
    bool m_optionsScheduled = false;
    //! The application wants no connection.
    bool m_isOffline = false;
    bool m_onlineToTell = false;
    bool m_pendingWritesToTell = false;
    SyncClient::ConnectionState m_stateToTell = SyncClient::ConnectionState::Disconnected;
};

} // namespace Twilio
