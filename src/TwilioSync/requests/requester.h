#pragma once

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/patience.h"
#include "TwilioSync/core/synclimits.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/replyverdict.h"
#include "TwilioSync/protocol/restmessage.h"
#include "TwilioSync/transport/twilsockchannel.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <map>
#include <memory>

namespace Twilio {

/*!
    \brief Sends REST calls through the channel and tries again what may be tried again (protocol.md 6.3).

    A success is a 2xx reply; everything else is the error, of the last attempt. Whatever was throttled (429,
   of the service or of the gateway) was not applied and is repeated; what perhaps was applied (502, 503, 504,
   a lost connection, no reply in time) is repeated where that does no harm. Retry-After is honoured within
    bounds.
*/
class Requester : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Requester)

public:
    using Milliseconds = std::chrono::milliseconds;

    //! What may be asked again.
    enum class Repeat : quint8 {
        Never, //!< the caller sees to it
        Once, //!< must not happen twice: repeated if it has not happened
        Safely //!< reads, conditional and idempotent writes
    };

    struct Options
    {
        Milliseconds initialDelay { 1'000 };
        Milliseconds delayCap { 30'000 };
        //! For all attempts together.
        Milliseconds budget { 90'000 };
        //! Calls without an answer (SyncLimits::queuedRequests); one more fails.
        int limit = SyncLimits().queuedRequests;
    };

    explicit Requester(TwilsockChannel *channel, QObject *parent = nullptr);
    //! Calls back what is still waiting with clientDestroyedError().
    ~Requester() override;

    [[nodiscard]] const Options &options() const { return m_options; }
    void setOptions(const Options &options) { m_options = options; }
    //! While held, requests wait for release(): a connection is about to be started.
    void hold() { m_held = true; }
    void release();
    [[nodiscard]] bool isHeld() const { return m_held; }

    //! Returns the call's number for cancel(), which \a cancelled calls too. Never calls \a done from within.
    //! Too many fail; what may never be repeated is the library's own, and few.
    quint64 send(RestRequest request, Repeat repeat, Callback<RestReply> done,
                 const CancelToken &cancelled = {});
    //! Ends call \a number with cancelledError(), never from within: what was not sent will not be,
    //! what was is not tried again. False if it has ended already.
    bool cancel(quint64 number);

    //! Ends all calls with \a error, from within; none is sent any more.
    void failAll(const SyncError &error);

    //! Why one call more than options().limit fails.
    [[nodiscard]] SyncError tooMany() const;

    //! Calls that are not in the channel: held, or to be tried again.
    [[nodiscard]] int waiting() const;
    //! Attempts after the first ones, of all calls so far.
    [[nodiscard]] qint64 retries() const { return m_retries; }

private:
    struct Call
    {
        RestRequest request;
        Repeat repeat;
        Callback<RestReply> done;
        QElapsedTimer age;
        Patience patience;
        //! In the channel; 0 = waits here.
        quint64 channelNumber = 0;
        bool wasTried = false;
        std::unique_ptr<OnCancel> onCancel = {};
    };
    //! By number; oldest first.
    using Calls = std::map<quint64, std::shared_ptr<Call>>;

    void attempt(quint64 number);
    void refuse(quint64 number);
    void replied(quint64 number, SyncResult<RestReply> result);
    [[nodiscard]] bool mayRepeat(const Call &call, ReplyVerdict verdict, const SyncError &error) const;
    void retry(quint64 number, const SyncError &error, Milliseconds delay);
    void finish(quint64 number, SyncResult<RestReply> result);

    TwilsockChannel *const m_channel;
    Options m_options;
    Calls m_calls;
    quint64 m_lastNumber = 0;
    qint64 m_retries = 0;
    bool m_held = false;
};

} // namespace Twilio
