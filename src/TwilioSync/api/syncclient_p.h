#pragma once

#include "TwilioSync/api/calltracker_p.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/session/clientsession.h"

#include <QtCore/qtimer.h>

#include <memory>

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
    [[nodiscard]] QUrl effectiveUrl() const;
    //! Connects on the next turn; until then requests wait.
    void scheduleConnect();
    void stopConnecting() { m_connectScheduled = false; }
    void applyOptions();
    void updateToken(const QString &newToken, const Callback<Nothing> &done);
    void setError(const SyncError &to);
    [[nodiscard]] SyncOutbox *theOutbox();

    //! Opens a handle of type \c Handle on behalf of list() and its siblings.
    template <typename Handle>
    QFuture<Handle *> open(ObjectKind kind, const OpenOptions &options);

    SyncClient *const q;
    QString token;
    QString region = QStringLiteral("us1");
    //! Empty = the region's.
    QUrl url;
    bool allowInsecure = false;
    bool paceWrites = true;
    SyncError error;
    std::unique_ptr<ClientSession> session;
    CallTracker calls;
    SyncClient::TokenProvider provider;

private:
    void connectNow();
    //! False if a slot has destroyed the client meanwhile.
    bool openChannel();
    void connectSession();
    void askProvider();
    void providerFailed(const QString &why);

    SyncOutbox *m_outbox = nullptr;
    bool m_connectScheduled = false;
    bool m_asking = false;
    int m_providerFailures = 0;
};

} // namespace Twilio
