#include "TwilioSync/transport/twilsockchannel_p.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/clientmessage.h"

// Token updates (protocol.md 5.4): one at a time, in order of call, on an open session only; without one the
// last token is what the next init sends.
namespace Twilio {

using namespace Qt::StringLiterals;

void TwilsockChannelPrivate::updateToken(const QString &newToken, Callback<Nothing> done)
{
    if (newToken.isEmpty()) {
        settleSoon<Nothing>(std::move(done), SyncError(u"token: expected a non-empty access token"_s));
        return;
    }
    if (state == ChannelState::Initializing || isSessionUp(state)) {
        m_updates.push_back({ newToken, std::move(done) });
        sendTokenUpdates();
        return;
    }
    settleSoon<Nothing>(std::move(done), Nothing());
    if (token != newToken || state == ChannelState::Failed) { // what failed there was not the token
        token = newToken;
        m_backoff.progressed();
        post({ .input = ChannelInput::NewToken });
    }
}

void TwilsockChannelPrivate::setExpectingToken(bool on)
{
    m_expectsToken = on;
    if (!on && std::exchange(m_waitsForToken, false))
        failRequests(m_requests.takeAll(), unableToConnect());
}

void TwilsockChannelPrivate::sendTokenUpdates()
{
    while (!m_updates.empty() && m_updates.front().number == 0) {
        TokenUpdate &next = m_updates.front();
        if (next.token == token) {
            settleSoon<Nothing>(std::move(next.done), Nothing());
            m_updates.pop_front();
            continue;
        }
        if (state != ChannelState::Connected)
            return;
        next.number = ++m_lastNumber;
        m_updateTimer.start(options.requestTimeout);
        send(Protocol::encodeUpdate(idOf(next.number), next.token));
    }
}

void TwilsockChannelPrivate::handleUpdateReply(const Protocol::Status &status,
                                               const Protocol::BackoffPolicy &policy)
{
    m_updateTimer.stop();
    TokenUpdate update = std::move(m_updates.front());
    m_updates.pop_front();
    if (status.code != 429) // then the service has not looked at it
        token = update.token;
    if (status.isSuccess()) {
        settleSoon<Nothing>(std::move(update.done), Nothing());
        sendTokenUpdates();
        return;
    }
    const bool isRefused = status.code == 401 || status.code == 403;
    const SyncError error = Protocol::errorFromStatus(status, "no reason given"_L1, isRefused);
    const bool isUnauthorized = status.code == 401 && status.text == "UNAUTHORIZED"_L1;
    settleSoon<Nothing>(std::move(update.done),
                        isUnauthorized ? SyncError(u"Updated token was rejected by server"_s, 400, 51130)
                                       : error);
    post({ .input = isRefused           ? ChannelInput::TokenRefused
                   : status.code == 429 ? ChannelInput::TooManyRequests
                                        : ChannelInput::Reconnect,
           .error = error,
           .policy = policy,
           .tokenExpired = isRefused && status.errorCode == tokenExpiredCode,
           .sayGoodbye = status.code != 500 });
}

// Whether the service has taken it is unknown: a new session with the new token settles that.
void TwilsockChannelPrivate::updateTimedOut()
{
    const SyncError error(u"no reply to the token update within %1 ms"_s.arg(options.requestTimeout.count()));
    TokenUpdate update = std::move(m_updates.front());
    m_updates.pop_front();
    token = update.token;
    settleSoon<Nothing>(std::move(update.done), error);
    post({ .input = ChannelInput::Reconnect, .error = error, .sayGoodbye = true });
}

// The session is gone. The next init takes the last token that was asked for; if this one was refused, at
// once.
void TwilsockChannelPrivate::keepTokens(const ChannelEvent &event)
{
    m_updateTimer.stop();
    const QString before = token;
    bool isUntried = false;
    for (TokenUpdate &update : m_updates) {
        // Of the one under way, only an expiry says nothing: that was the old token's.
        isUntried = update.number == 0 || event.tokenExpired;
        token = update.token;
        if (update.number != 0)
            settleSoon<Nothing>(std::move(update.done), connectionLostError());
        else
            settleSoon<Nothing>(std::move(update.done), Nothing());
    }
    m_updates.clear();
    if (isUntried && token != before)
        post({ .input = ChannelInput::NewToken }); // no move from WaitAndReconnect
}

void TwilsockChannelPrivate::dropTokenUpdates(const SyncError &error)
{
    m_updateTimer.stop();
    for (TokenUpdate &update : m_updates)
        settleSoon<Nothing>(std::move(update.done), error);
    m_updates.clear();
}

} // namespace Twilio
