#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/restmessage.h"
#include "TwilioSync/transport/twilsockchannel.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <memory>
#include <vector>

namespace Twilio {

/*!
    \brief Sends REST calls through the channel and tries again what may be tried again (protocol.md 6.3).

    A success is a 2xx reply; everything else is the error, of the last attempt. 429 was not applied and is
   always repeated; 502, 503, 504 and a lost connection are repeated where that does no harm. Retry-After is
   honoured.
*/
class RequestQueue : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestQueue)

public:
    using Milliseconds = std::chrono::milliseconds;

    //! What may have been applied although no success was reported.
    enum class Repeat : quint8 {
        Once, //!< must not happen twice
        Safely //!< reads, conditional and idempotent writes
    };

    struct Options
    {
        Milliseconds initialDelay { 1'000 };
        Milliseconds delayCap { 30'000 };
        //! For all attempts together.
        Milliseconds budget { 90'000 };
    };

    explicit RequestQueue(TwilsockChannel *channel, QObject *parent = nullptr);
    //! Calls back what is still waiting with clientDestroyedError().
    ~RequestQueue() override;

    void setOptions(const Options &options) { m_options = options; }
    //! While held, requests wait for release(): a connection is about to be started.
    void hold() { m_held = true; }
    void release();
    [[nodiscard]] bool isHeld() const { return m_held; }

    //! Never calls \a done from within. \a throttled is called at each 429.
    void send(RestRequest request, Repeat repeat, Callback<RestReply> done,
              std::function<void()> throttled = {});

private:
    struct Call
    {
        RestRequest request;
        Repeat repeat;
        Callback<RestReply> done;
        std::function<void()> throttled;
        QElapsedTimer age;
        int attempts = 0;
    };
    using CallPtr = std::shared_ptr<Call>;

    void attempt(const CallPtr &call);
    void replied(const CallPtr &call, SyncResult<RestReply> result);
    void retry(const CallPtr &call, const SyncError &error, Milliseconds delay);
    void finish(const CallPtr &call, SyncResult<RestReply> result);
    [[nodiscard]] Milliseconds delayAfter(int attempts) const;

    TwilsockChannel *const m_channel;
    Options m_options;
    //! Waiting for the channel to be opened, or for the time of their next attempt.
    std::vector<CallPtr> m_waiting;
    bool m_held = false;
};

} // namespace Twilio
