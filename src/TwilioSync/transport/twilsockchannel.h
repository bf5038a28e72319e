#pragma once

#include "TwilioSync/core/steadytime.h"
#include "TwilioSync/core/synclimits.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/restmessage.h"
#include "TwilioSync/transport/channelcounters.h"
#include "TwilioSync/transport/connectiontable.h"
#include "TwilioSync/transport/transport.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qobject.h>
#include <QtNetwork/qsslconfiguration.h>

#include <chrono>
#include <memory>
#include <optional>

namespace Twilio {

class TwilsockChannelPrivate;

/*!
    \brief A pushed message: views into its own frame.

    The views are valid as long as \c frame or a copy of it lives (copying shares, it does not copy bytes).
*/
struct ChannelNotification
{
    QByteArray frame;
    //! For example \c twilio.sync.event (protocol.md 8.1).
    QByteArrayView messageType;
    //! JSON text as it came.
    QByteArrayView payload;
};

//! Who the service takes us for; from the reply to init (protocol.md 4.3). Empty before.
struct AccountDescriptor
{
    QString accountSid;
    //! The service instance of product data_sync.
    QString instanceSid;
    QString identity;
    //! Names what the service has now: another one, if its objects and events are of another time.
    QByteArray storageId;
};

//! Why a request failed: the connection went away while its reply was awaited. Nobody knows whether it was
//! done.
[[nodiscard]] SyncError connectionLostError();
//! True for connectionLostError(): what is safe to repeat (GET, If-Match) may be repeated.
[[nodiscard]] bool isConnectionLost(const SyncError &error);
//! Why a callback was called by a destructor.
[[nodiscard]] SyncError clientDestroyedError();
//! Why a call of the identity before has ended.
[[nodiscard]] SyncError identityChangedError();

/*!
    \brief One client's session with the gateway; survives reconnects (protocol.md, sections 4 to 6).

    Moves by the table of connectiontable.h. Its signals tell of moves that are complete. Slots of them and
   callbacks may call anything here, may run an event loop, in which the connection goes on, and may delete
   it. Each callback is called once, never from within the call that it was handed to; in the destructor with
    clientDestroyedError().
*/
class TwilsockChannel : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TwilsockChannel)

public:
    using State = ChannelState;

    struct Options
    {
        using Milliseconds = std::chrono::milliseconds;

        //! \c wss://… or \c ws://….
        QUrl url;
        //! Lets \c ws:// leave this machine.
        bool allowInsecure = false;
        //! For \c wss://; none = the application's defaults.
        std::optional<QSslConfiguration> sslConfiguration = std::nullopt;
        //! Those of messages and bytes; others see to the rest.
        SyncLimits limits = {};
        Milliseconds connectTimeout { 20'000 };
        //! For the reply to init.
        Milliseconds initTimeout { 10'000 };
        //! For the reply to a request or a token update, from its sending, or from the last byte of a message
        //! that is still arriving.
        Milliseconds requestTimeout { 30'000 };
        //! For a request to be sent, pauses of throttling aside.
        Milliseconds queueTimeout { 20'000 };
        //! Longest silence of the peer.
        Milliseconds watchdog { 45'000 };
        //! From an answered ping of ours to the next, and for each answer: together with a second of grace
        //! the longest that a path may be dead, in either direction, without being noticed.
        Milliseconds pingInterval { 5'000 };
        Milliseconds pongTimeout { 8'000 };
        //! For the peer to hang up after close().
        Milliseconds closeTimeout { 3'000 };
        //! Waits before reconnecting: none, then this, doubling up to the cap, ±20 % (protocol.md 5.6).
        Milliseconds backoffInitial { 1'000 };
        Milliseconds backoffCap { 120'000 };
        //! After a session whose path has died, for as long as nobody answers at all: an attempt takes that,
        //! or four times what connecting took before, and the next follows after that wait.
        Milliseconds searchTime { 60'000 };
        Milliseconds searchAttempt { 1'500 };
        Milliseconds searchWait { 250 };
        //! Pause after a 429 that names none: anything from the first up to the second.
        Milliseconds throttleMin { 1'000 };
        Milliseconds throttleMax { 2'000 };
        //! Seed of the jitter; 0 = another one each time.
        quint32 seed = 0;
        //! Not changed once anything has happened.
        SteadyClock clock = steadyTime;
        //! JSON object sent as init's \c metadata; empty = what this library and this system are.
        QByteArray metadata;
    };

    //! Talks over what \a factory makes; over WebSockets if it is empty.
    explicit TwilsockChannel(TransportFactory factory = {}, QObject *parent = nullptr);
    ~TwilsockChannel() override;

    //! Talks over what \a factory makes, from the next attempt to connect on.
    void setTransportFactory(TransportFactory factory);

    [[nodiscard]] const Options &options() const;
    //! For all that starts from now on; the connection there is stays. Another URL, allowInsecure or
    //! TLS configuration connects from Failed.
    void setOptions(const Options &options);
    //! As setOptions(), the URL alone.
    void setUrl(const QUrl &url);

    //! Stores the token that the next init sends, nothing else.
    void setToken(const QString &token);
    [[nodiscard]] QString token() const;

    //! Whether another token will be given by itself once this one has expired: requests then wait for it, as
    //! they do for a connection. If not any more, those that wait fail.
    void setExpectingToken(bool on);

    //! Connects from Disconnected, Disconnecting, Denied and Failed; from WaitAndReconnect without further
    //! waiting. Without a token it waits for one.
    void open();
    //! Hangs up, and tries nothing until open(): requests wait meanwhile, as they do for a connection, and a
    //! session is resumed if the service still has it.
    void goOffline();
    //! The system's network has come back, or is another one: what waits or hangs is tried again, a session
    //! checks its path. The channel hears of it by itself as long as it makes WebSockets.
    void networkChanged();
    //! Drops the socket there is on the spot, as if it had been lost.
    void abandonSocket();
    //! Says goodbye and disconnects; \a done once that has happened, at once if there was nothing to close.
    //! Never fails. Requests fail.
    void close(Callback<Nothing> done = {});
    /*!
        \brief Replaces the token, on the open connection if there is one.

        Settles with the server's verdict while the session is up; while there is none, the token is stored
        for the next init and \a done succeeds, connecting from Disconnected, Disconnecting, Denied and
       Failed. The token there is already: succeeds, nothing is sent. Calls wait for one another.
    */
    void updateToken(const QString &token, Callback<Nothing> done = {});

    //! Whether what the service sends is kept for later, by this socket and those that follow. To be said
    //! again while it lasts: like a message that is arriving, one that is being read is a sign of life.
    void setHeld(bool held);

    /*!
        \brief Tunnels \a request; returns its number for cancel().

        Waits in line while connecting or throttled. The result is the service's answer, REST errors included;
        the error is one of the transport (status 0, or the gateway's).
    */
    quint64 request(const RestRequest &request, Callback<RestReply> done);
    //! Fails request \a number with SyncError("cancelled"); a reply is ignored. False if it has ended
    //! already.
    bool cancel(quint64 number);

    [[nodiscard]] State state() const;
    //! True if requests fail at once, since nothing will change before the application acts.
    [[nodiscard]] bool isClosed() const;
    [[nodiscard]] const AccountDescriptor &account() const;
    //! How requests fail in a state that only the application can end.
    [[nodiscard]] SyncError whyClosed() const;
    [[nodiscard]] ChannelCounters counters() const;
    [[nodiscard]] int queuedRequests() const;
    [[nodiscard]] int requestsInFlight() const;

Q_SIGNALS:
    //! Every step, also between states that look alike from outside.
    void stateChanged(Twilio::ChannelState state);
    //! Why Denied, Failed or WaitAndReconnect is entered; state() is new already, its signals follow.
    void errorOccurred(const Twilio::SyncError &error);
    void notificationReceived(const Twilio::ChannelNotification &notification);
    void tokenAboutToExpire();
    //! After the signals of Denied: a token given now connects.
    void tokenExpired();

private:
    friend class TwilsockChannelPrivate;
    const std::unique_ptr<TwilsockChannelPrivate> d;
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::ChannelNotification)
