#pragma once

#include "server/data/types.h"
#include "server/net/awaitedreaders.h"
#include "server/net/clientframe.h"
#include "server/net/eventwriter.h"
#include "server/net/ratelimiter.h"
#include "server/net/serverframes.h"
#include "server/net/subscriptions.h"
#include "server/net/token.h"
#include "server/serverglobal.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qqueue.h>
#include <QtCore/qtimer.h>

#include <optional>

namespace Twilio::Server {

class Connection;
class Credentials;
class Hub;
struct AnswerInstead;

/*!
    \brief One client: its frames, its token's life and its subscriptions.

    Protocol: protocol.md, sections 4, 5 and 9. Ends with its connection.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Session : public QObject, public EventWriter
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Session)

public:
    //! Takes \a connection over. The others outlive the session.
    Session(Hub &hub, const Credentials &credentials, Connection *connection);
    ~Session() override;

    [[nodiscard]] Connection &connection() const { return *m_connection; }
    //! True from an accepted init on.
    [[nodiscard]] bool isInitialized() const { return m_claims.has_value(); }
    //! Empty before init.
    [[nodiscard]] QString identity() const { return m_claims ? m_claims->identity : QString(); }

    [[nodiscard]] Subscriptions &subscriptions() { return m_subscriptions; }
    //! Whose calls these are; after init only.
    [[nodiscard]] Caller caller() const;
    //! True once nothing more is done for the client.
    [[nodiscard]] bool isOver() const { return m_over; }

    //! Sends the frame of a live event.
    void sendEvent(const QByteArray &frame);

    void countDeliveries(qsizetype count) override { m_deliveriesThisTurn += count; }
    void waitFor(Connection &reader) override;

    void ping();
    //! Announces the token's end, however far it is.
    void warnOfExpiry();
    void expire();
    //! Says goodbye with a close frame; nothing but replies goes out behind it.
    void sayClose(const FrameStatus &status, const std::optional<BackoffPolicy> &backoff = {});
    [[nodiscard]] int pingsSent() const { return m_pingsSent; }
    //! Replies the client has sent, to pings and to everything else.
    [[nodiscard]] int acknowledgements() const { return m_acknowledgements; }

Q_SIGNALS:
    //! The connection is gone. Last signal.
    void ended();

private:
    void onMessage(const QByteArray &message);
    void onFrame(const SyncResult<ClientFrame> &parsed);
    void goOn();
    //! True if nothing more may be made for this client, or for those it writes to, before they have read.
    [[nodiscard]] bool mustWait();
    void onInit(const ClientFrame &frame);
    void onUpdate(const ClientFrame &frame);
    void onCall(const ClientFrame &frame);
    void reject(const QString &why);
    void refuseToken(const QByteArray &id, const TokenRefusal &refusal);
    void throttle(const QByteArray &id, const AnswerInstead &answer);
    void armToken();
    [[nodiscard]] std::optional<RestReply> limited(const RestRequest &request);
    [[nodiscard]] QByteArray initReplyFields(const ClientFrame &frame);

    Hub &m_hub;
    const Credentials &m_credentials;
    Connection *const m_connection;
    std::optional<TokenClaims> m_claims;
    //! \sa Caller::endpoint
    QByteArray m_endpoint;
    Subscriptions m_subscriptions;
    AwaitedReaders m_awaited;
    int m_messagesThisTurn = 0;
    qsizetype m_deliveriesThisTurn = 0;
    // Requests of one connection: protocol.md, section 12.
    TokenBucket m_requests { 500, 500 };
    QTimer m_initTimer;
    QTimer m_pingTimer;
    QTimer m_warningTimer;
    QTimer m_expiryTimer;
    int m_silentPings = 0;
    qint64 m_pingedAt = 0;
    int m_pingsSent = 0;
    int m_acknowledgements = 0;
    bool m_over = false;
};

} // namespace Twilio::Server
