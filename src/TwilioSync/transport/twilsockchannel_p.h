#pragma once

#include "TwilioSync/core/patience.h"
#include "TwilioSync/protocol/servermessage.h"
#include "TwilioSync/transport/channelcounters.h"
#include "TwilioSync/transport/requestqueue.h"
#include "TwilioSync/transport/twilsockchannel.h"

#include <QtCore/qtimer.h>

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace Twilio {

//! errorCode of a refused token that is past its life (protocol.md 11.1).
inline constexpr int tokenExpiredCode = 20104;

//! An input of the state machine and what came with it.
struct ChannelEvent
{
    ChannelInput input;
    //! As the service or the socket put it; null = said by the machine itself.
    SyncError error = {};
    Protocol::BackoffPolicy policy = {};
    bool tokenExpired = false;
    //! Send a close frame before hanging up (protocol.md 5.2).
    bool sayGoodbye = false;
};

/*!
    \brief The channel's insides: the machine, what comes in, tokens.

    A move calls nobody: what it has to tell waits until it is complete. Whatever calls out is the last thing
   its function does, or checks that the channel still is there.
*/
class TwilsockChannelPrivate
{
public:
    TwilsockChannelPrivate(TwilsockChannel *channel, TransportFactory factory);

    void setOptions(const TwilsockChannel::Options &newOptions);
    void close(Callback<Nothing> done);
    void networkChanged();
    void abandonSocket();
    void setHeld(bool held);
    void updateToken(const QString &newToken, Callback<Nothing> done);
    void setExpectingToken(bool on);
    quint64 request(const RestRequest &request, Callback<RestReply> done);
    bool cancel(quint64 number);
    //! The end: every callback is called.
    void destroy();
    void post(ChannelEvent event);
    [[nodiscard]] bool isClosed() const { return isTerminal(state) && !m_waitsForToken; }
    [[nodiscard]] SyncError unableToConnect() const;
    [[nodiscard]] ChannelCounters counters() const;
    [[nodiscard]] const RequestQueue &requests() const { return m_requests; }

    TwilsockChannel *const q;
    TransportFactory transportFactory; // empty = WebSockets
    TwilsockChannel::Options options;
    AccountDescriptor account;
    QString token;
    ChannelState state = ChannelState::Disconnected;

private:
    struct TokenUpdate
    {
        QString token;
        Callback<Nothing> done;
        quint64 number = 0; // once sent
    };

    // twilsockchannelmachine.cpp
    void moveTo(ChannelState to, const ChannelEvent &event);
    void leave(ChannelState to);
    void enter(ChannelState from, const ChannelEvent &event);
    void noteAnnouncements(ChannelState from, const ChannelEvent &event);
    void announce();
    void announceSoon();
    void sendQueued();
    void waitAndReconnect(ChannelInput input, const Protocol::BackoffPolicy &policy);
    void pause(const Protocol::BackoffPolicy &policy);
    void completeClose();
    void noteSessionEnd();
    [[nodiscard]] bool isSearching() const { return options.clock() < m_searchUntil; }
    [[nodiscard]] std::chrono::milliseconds attemptTime() const;
    void failRequests(std::vector<RequestQueue::Done> callbacks, const SyncError &error);
    [[nodiscard]] SyncError ownError(ChannelState from, ChannelInput input) const;

    // twilsockchannelsocket.cpp
    void openSocket();
    void dropSocket(bool sayGoodbye);
    void send(const QByteArray &frame);
    void checkSilence();
    void watchPath();
    void ponged();
    void messageProgressed();

    // twilsockchannelmessages.cpp
    void handleFrame(const QByteArray &frame);
    void handleReply(const Protocol::ServerMessage &message);
    void handleInitReply(const Protocol::ServerMessage &message, const Protocol::Status &status);
    void handleClose(const Protocol::ServerMessage &message);
    [[nodiscard]] QByteArray idOf(quint64 number) const;
    [[nodiscard]] std::optional<quint64> numberOf(Protocol::JsonSlice id) const;

    // twilsockchanneltokens.cpp
    void sendTokenUpdates();
    void handleUpdateReply(const Protocol::Status &status, const Protocol::BackoffPolicy &policy);
    void updateTimedOut();
    void keepTokens(const ChannelEvent &event);
    void dropTokenUpdates(const SyncError &error);

    // Callbacks run in a turn of their own, never inside the application's call that led to them.
    template <typename T>
    void settleSoon(Callback<T> done, SyncResult<T> result)
    {
        if (done)
            runSoon([done = std::move(done), result = std::move(result)] { done(result); });
    }
    void runSoon(std::function<void()> callback);
    void scheduleDue();
    void runDue();

    std::unique_ptr<Transport> m_socket;
    bool m_socketGone = false; // it said closed()
    bool m_isHeld = false;
    std::deque<ChannelEvent> m_events;
    bool m_moving = false;
    std::deque<std::function<void()>> m_announcements; // of moves that are complete
    bool m_announcing = false;
    bool m_announceScheduled = false;
    QTimer m_stateTimer { q }; // of the state we are in
    QTimer m_watchdog { q };
    QTimer m_pathTimer { q }; // for the next ping, or for its answer
    QTimer m_networkTimer { q }; // until the network's change may make another attempt
    enum class Path : quint8 { Good, Asked, Doubtful } m_path = Path::Good;
    // Times of options.clock
    std::chrono::milliseconds m_lastAttempt { 0 };
    std::chrono::milliseconds m_connectTime { 0 }; // that the last connection took
    std::chrono::milliseconds m_searchUntil { 0 }; // for a path that has died
    std::chrono::milliseconds m_lastHeard { 0 };
    std::chrono::milliseconds m_sessionBegin { 0 };
    std::chrono::milliseconds m_throttledSince { 0 };
    std::chrono::milliseconds m_pausedUntil { 0 };
    ChannelCounters m_counters; // without the pause there is
    Patience m_backoff; // of attempts to connect
    bool m_isWaitNamed = false; // by the service, since the last session
    Patience m_shortSessions; // a gateway that accepts and drops us must not be asked at full speed
    std::chrono::milliseconds m_shortSessionWait { 0 };
    Patience m_throttling { {} }; // of pauses between which nothing was answered
    SyncError m_whyTerminal;
    bool m_expectsToken = false;
    bool m_waitsForToken = false; // in Denied

    QByteArray m_idPrefix;
    quint64 m_lastNumber = 0;
    quint64 m_initNumber = 0;
    QByteArray m_continuationToken; // JSON string
    RequestQueue m_requests { q };

    std::deque<TokenUpdate> m_updates; // in order of call; the first is under way if it has a number
    QTimer m_updateTimer { q };

    std::vector<Callback<Nothing>> m_closeCallbacks;
    std::deque<std::function<void()>> m_due;
    bool m_runScheduled = false;
};

} // namespace Twilio
