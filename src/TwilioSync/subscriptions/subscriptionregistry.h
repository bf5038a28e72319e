#pragma once

#include "TwilioSync/core/patience.h"
#include "TwilioSync/core/syncnamespace.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/notification.h"
#include "TwilioSync/protocol/restmessage.h"
#include "TwilioSync/subscriptions/roundpacer.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace Twilio {

/*!
    \brief A remote object whose changes are wanted, as the registry sees it.
*/
class Subscriber
{
public:
    virtual ~Subscriber() = default;
    //! Event id to replay from; none = from now on, which is all that streams have.
    [[nodiscard]] virtual std::optional<qint64> replayCursor() const = 0;
    //! What a request says of it besides: JSON members, each with a comma in front.
    [[nodiscard]] virtual QByteArray requestMembers() const { return {}; }
    //! \a error is null unless \a state is SubscriptionFailed.
    virtual void subscriptionChanged(Sync::SubscriptionState state, const SyncError &error) = 0;
    //! All events up to \a lastEventId have been delivered.
    virtual void replayed(qint64 lastEventId) = 0;
    //! True while what it knows is from before this process: the service may know another history.
    [[nodiscard]] virtual bool isRestored() const { return false; }
    //! True if the cursor counts the events of another storage than the one that the service has now.
    [[nodiscard]] virtual bool isOfAnotherTime() const { return false; }
    //! The service cannot send the events after the cursor. True if it finds out in another way what has
    //! happened meanwhile, after which the cursor is another.
    virtual bool compare() { return false; }
    //! True while that goes on.
    [[nodiscard]] virtual bool isComparing() const { return false; }
    //! The service says that there is no such object any more.
    virtual void objectGone() = 0;
};

/*!
    \brief Which objects the service shall report on, and how far that has got (protocol.md, section 9).

    Asks in batches, sent side by side, a round at a time: at the end of the turn in which something is
   wanted, or, while a request is unanswered, once it is answered, so that what many turns want shares one.
   Checks that outcomes arrive and asks again for those that do not, with growing delays; asks for everything
   again after a reconnect and when the service's time limit has passed. What the service refused, and what
   brought nothing in many attempts, is asked for again after a reconnect or with a new token. Knows no
   connection: it is told, and it sends through a function.
*/
class SubscriptionRegistry : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SubscriptionRegistry)

public:
    using Milliseconds = std::chrono::milliseconds;
    //! Posts a body to /v4/Subscriptions, once; the callback gets the reply to a success, or the error.
    using Send = std::function<void(const QByteArray &body, Callback<RestReply> done)>;

    struct Options
    {
        //! How long changes of what is wanted gather at most, and the first pause after a failure.
        Milliseconds gathering { 100 };
        //! Longest pause between attempts; they start at gathering and double.
        Milliseconds retryCap { 120'000 };
        //! Objects per request until the service says otherwise.
        int batchSize = 100;
        //! Requests without an outcome after which a subscription fails.
        int tries = 10;
    };

    SubscriptionRegistry(Send send, Options options, QObject *parent = nullptr);
    ~SubscriptionRegistry() override;

    //! For all that starts from now on.
    void setOptions(const Options &options);

    //! Wants the events of \a sid for \a subscriber, which must remove() itself before it dies.
    //! \a objectType is the protocol's word, e.g. "list".
    void add(const QByteArray &sid, const QByteArray &objectType, Subscriber *subscriber);
    //! Cancels; the subscriber hears no more.
    void remove(const QByteArray &sid);

    //! Asks for the events of \a sid after its cursor again: some that came could not be read.
    void renew(const QByteArray &sid);

    //! Nothing is caught up while \a awaits is true: what is to be wanted is not known yet.
    void setAwaits(std::function<bool()> awaits) { m_awaits = std::move(awaits); }
    //! A subscriber is not comparing any more, or what was awaited is there.
    void settled() { lookWhetherCaughtUp(); }

    //! A session with the service has begun: everything is asked for, again. Nothing if it goes on.
    void connected();
    //! It has ended, and all subscriptions with it.
    void disconnected();
    //! Asks again for what was refused.
    void retryRefused();
    //! One of the three kinds of outcome.
    void outcome(Protocol::EventType type, const Protocol::Event &event, std::optional<qint64> correlationId);

    //! True if \a correlationId is of the request for \a sid that was sent last: what comes with an older one
    //! began at another cursor.
    [[nodiscard]] bool isLatest(QByteArrayView sid, qint64 correlationId) const;

    //! True once all that was wanted has had its outcome since connected(); what is wanted later, or asked
    //! for again, changes nothing.
    [[nodiscard]] bool isCaughtUp() const { return m_connected && !m_catchingUp; }

Q_SIGNALS:
    //! In a turn of its own, not from within a call.
    void caughtUpChanged();

private:
    enum class Step : quint8 { Wanted, Requested, Established, Refused, Revoked };
    struct Entry
    {
        QByteArray objectType = {};
        Subscriber *subscriber = nullptr;
        Step step = Step::Wanted;
        //! Of the request whose outcome is awaited, and the cursor that it named.
        qint64 correlationId = 0;
        std::optional<qint64> askedAfter = std::nullopt;
        //! Requests without an outcome so far.
        int attempts = 0;
        //! The pause that it sits out while it is wanted; 0 = none.
        quint64 pause = 0;
        //! Replays that were interrupted at the same place.
        Patience replays { {} };
        std::optional<qint64> interruptedAt = std::nullopt;
        //! The cursor because of which its subscriber has been comparing since the connection is there.
        std::optional<qint64> comparedAt = std::nullopt;
    };
    //! What a request is known by.
    struct Request
    {
        qint64 correlationId = 0;
        //! The one in which it was sent.
        quint64 round = 0;
    };
    //! A subscription nobody wants any more.
    struct Leaving
    {
        QByteArray sid;
        QByteArray objectType;
    };

    //! Calls \a handle (sid, entry) for those of \a sids that are still there: a subscriber may leave, or end
    //! all of this, while another one is told.
    template <typename Sids, typename Handle>
    void each(const Sids &sids, Handle handle);
    //! Something is wanted, or not any more.
    void changed();
    //! Asks for \a sids no sooner than after \a delay, whatever else is asked for meanwhile.
    void pause(std::vector<QByteArray> sids, Milliseconds delay);
    void run();
    void establish(const std::vector<QByteArray> &sids, bool isRetry);
    void cancel(const std::vector<Leaving> &batch);
    void replied(const Request &request, const SyncResult<RestReply> &reply);
    void canceled(const std::vector<Leaving> &batch, const Request &request,
                  const SyncResult<RestReply> &reply);
    void checkDelivery(const Request &request, const SyncError &missing);
    //! What \a request asked for has failed for good.
    void refuse(const Request &request, const SyncError &error);
    //! What \a request asked for is asked for again; what has been too often fails with \a error.
    void wantAgain(const Request &request, const SyncError &error);
    void wantAll();
    //! Nothing comes of asking for the events after the cursor of \a entry: true if its subscriber compares.
    [[nodiscard]] static bool compares(Entry &entry);
    void setStep(Entry &entry, Step step, const SyncError &error = {});
    //! Looks a turn later, once for all that has an outcome until then.
    void lookWhetherCaughtUp();
    qint64 nextCorrelationId();

    const Send m_send;
    std::function<bool()> m_awaits = [] { return false; };
    Options m_options;
    QHash<QByteArray, Entry> m_entries;
    std::vector<Leaving> m_leaving;
    QTimer m_ttlTimer { this };
    RoundPacer m_pacer;
    quint64 m_lastPause = 0;
    //! Counts connections: what is of an earlier one does not matter any more.
    quint64 m_connection = 0;
    qint64 m_lastCorrelationId = 0;
    int m_batchSize;
    bool m_connected = false;
    bool m_catchingUp = false;
    bool m_looks = false;
    //! The next request says that a time limit was the reason.
    bool m_ttlExpired = false;
};

} // namespace Twilio
