#pragma once

#include "TwilioSync/core/latencies.h"
#include "TwilioSync/core/steadytime.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/restmessage.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace Twilio {

/*!
    \brief Tunnelled requests that wait: in line to be sent, then for their reply (protocol.md 5.8).

    Knows no socket. Whoever takes a callback out calls it, once; callbacks of requests that are still here at
    the end are takeAll()'s.
*/
class RequestQueue : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestQueue)

public:
    using Done = Callback<RestReply>;
    struct Ended
    {
        Done done;
        SyncResult<RestReply> result;
    };
    struct Sendable
    {
        quint64 number;
        RestRequest request;
    };

    explicit RequestQueue(QObject *parent = nullptr);
    ~RequestQueue() override;

    using Milliseconds = std::chrono::milliseconds;

    //! How long a request waits in line, pauses aside, and from then on for its reply.
    void setTimeouts(Milliseconds queue, Milliseconds reply);
    //! Before the first request.
    void setClock(const SteadyClock &clock) { m_clock = clock; }

    //! While paused nothing may be sent, and the time of what waits in line stands still.
    void setPaused(bool paused);
    //! Bytes of an answer keep coming: all replies get their whole time anew.
    void replyProgressed();

    //! Puts \a request last in line; \a number is larger than any before.
    void add(quint64 number, RestRequest request, Done done);
    //! The first in line, whose reply is awaited from now on.
    [[nodiscard]] std::optional<Sendable> takeSendable();
    //! The callback of \a number, which is forgotten; none if it is not here.
    [[nodiscard]] std::optional<Done> take(quint64 number);
    //! As take(), as its answer has come: how long that took is added to \a roundTrips.
    [[nodiscard]] std::optional<Done> takeAnswered(quint64 number, Latencies &roundTrips);
    //! Callbacks of requests that have been sent, oldest first.
    [[nodiscard]] std::vector<Done> takeInFlight();
    //! Callbacks of all requests, those in flight first.
    [[nodiscard]] std::vector<Done> takeAll();

    [[nodiscard]] std::size_t inFlightCount() const { return m_inFlight.size(); }
    [[nodiscard]] std::size_t queuedCount() const { return m_queued.size(); }

Q_SIGNALS:
    //! \a ended are out of the table, their callbacks not yet called.
    void timedOut(const std::vector<Twilio::RequestQueue::Ended> &ended);

private:
    struct Entry
    {
        RestRequest request; // without headers and body once sent
        Done done;
        Milliseconds deadline;
        Milliseconds added; // in line
        QElapsedTimer sent = {};
    };
    using Entries = std::map<quint64, Entry>; // by number: also by age and so by deadline

    void expire();
    //! Until the oldest of \a entries ends; the maximum if none will.
    [[nodiscard]] Milliseconds timeLeft(const Entries &entries) const;
    void rearm();
    static void takeInto(std::vector<Done> &callbacks, Entries &entries);

    Entries m_queued;
    Entries m_inFlight;
    QTimer m_timer { this };
    SteadyClock m_clock = steadyTime;
    Milliseconds m_queueTimeout { 0 };
    Milliseconds m_replyTimeout { 0 };
    //! When the pause began; none outside of one.
    std::optional<Milliseconds> m_pausedSince;
    //! When a part of an answer came last.
    std::optional<Milliseconds> m_lastProgress;
};

} // namespace Twilio
