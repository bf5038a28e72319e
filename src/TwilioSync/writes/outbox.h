#pragma once

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/patience.h"
#include "TwilioSync/core/steadytime.h"
#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/store/placeholder.h"
#include "TwilioSync/writes/pace.h"
#include "TwilioSync/writes/trail.h"
#include "TwilioSync/writes/writehost.h"

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace Twilio {

/*!
    \brief All writes to one object, in order: what may go next, at which pace, what is merged, what an answer
   means.

    \code
                   add()                    pump(): connection, pace, order
      call --> [ waiting ] --(merged?)--> [ reading ] --> [ sending ] --> answer --> store, caller
                   ^                                          |
                   +------- 429, 412, 5xx: again <------------+
                   +------- lost: [ unanswered ], as a repeat <---+
    \endcode

    Writes to one item, or to the object itself, go one at a time; different items, and pushes, overlap, but
   not while ordered. A write whose answer got lost is repeated knowing that it may have been applied
   (protocol.md 6.3, 7.6). Knows no socket: it talks to its WriteHost.
*/
class Outbox
{
    Q_DISABLE_COPY_MOVE(Outbox)

public:
    using Milliseconds = std::chrono::milliseconds;
    using Done = Callback<WriteOutcome>;

    struct Options
    {
        //! Before what was refused for now is tried again; doubles up to the cap.
        Milliseconds initialDelay { 1'000 };
        Milliseconds delayCap { 30'000 };
        //! For how long one write may be refused like that, again and again.
        Milliseconds budget { 90'000 };
        //! After that long, what got no answer is not being worked on any more.
        Milliseconds answerTimeout { 30'000 };
        //! Writes under way at the same time.
        int window = 100;
        SteadyClock clock = steadyTime;
    };

    explicit Outbox(WriteHost *host);
    ~Outbox();

    void setOptions(const Options &options) { m_options = options; }
    //! One write under way at a time: the order of calls is the order of effects; until all have ended that
    //! there are.
    void setOrdered(bool ordered);
    [[nodiscard]] bool isOrdered() const { return m_ordered; }
    //! Whether the documented rates are kept, and from the start.
    void setPaced(bool paced, bool fromStart);

    //! Those that have not ended, or not been told so yet.
    [[nodiscard]] int count() const { return int(m_entries.size()) + m_endingCount; }
    [[nodiscard]] bool isEmpty() const { return count() == 0; }
    [[nodiscard]] std::vector<Write> writes() const;
    //! What writes are to be made to: items, and ItemKey() if it is the object itself.
    [[nodiscard]] QList<ItemKey> targets() const { return m_lanes.keys(); }
    //! True while a removal of \a item that was sent is without an answer.
    [[nodiscard]] bool isRemoving(const ItemKey &item) const;

    //! What writes that have not ended make of their target.
    struct Effect
    {
        //! Raw JSON; none = there is no value any more.
        std::optional<QByteArray> json;
        //! All of them are on the disk, if they are to be.
        bool isSaved = true;
        //! One of them has a conflict.
        bool isRejected = false;
        //! When the first was made, milliseconds since 1970 UTC.
        qint64 begun = 0;
    };
    //! Of those to \a item, ItemKey() for the object itself, whose value is \a base without them; none if
    //! there are none. An item that they cannot make stays missing.
    [[nodiscard]] std::optional<Effect> effectOn(const ItemKey &item,
                                                 const std::optional<QByteArray> &base) const;
    //! Null if \a push is not there, or no Push.
    [[nodiscard]] const Write *findPush(qint64 push) const;
    //! Pushes in the order of calls.
    [[nodiscard]] std::vector<qint64> pushes() const;
    //! The oldest push that was sent before the event \a eventId, has the value \a json and is not \a taken.
    [[nodiscard]] std::optional<qint64> pushOfValue(const QByteArray &json, qint64 eventId,
                                                    const std::function<bool(qint64)> &taken) const;

    /*!
        \brief Takes \a write over; gives the number under which it stands, which may be that of a waiting
       one that it was merged into.

        \a mutator is for Mutate alone. \a done is called once, never from within; not any more once
       \a cancelled says so, and if nobody else waits for the write it is taken back as by cancel().
    */
    qint64 add(Write write, Mutator mutator, Done done, const CancelToken &cancelled = {});
    //! Takes over a write of a process before this one, in the order of their numbers. What was sent without
    //! an answer is treated like one whose answer got lost.
    void restore(Write write);
    //! Sends what may be sent: the connection takes requests, or something else has changed.
    void pump();
    //! What is known of \a item, ItemKey() for the object itself, is another by now: what functions have made
    //! of it and has not been sent is made anew.
    void targetChanged(const ItemKey &item);
    //! Everything that happened up to now is in the trail.
    void caughtUp();
    //! Takes a write back; of one that was sent already, the repeats. False if there is none.
    bool cancel(qint64 id);
    //! Settles a conflict: the write is made \a value instead, or, if there is none, whatever there is gives
    //! way to it. False if it has no conflict, or none any more.
    bool resolve(qint64 id, const std::optional<QByteArray> &value);
    [[nodiscard]] bool hasConflict(qint64 id) const;
    //! The same for all; many end in turns of the event loop to come, as by failAll().
    void cancelAll();
    //! Nobody waits for the writes of \a owner any more: those not sent are dropped, and their callbacks,
    //! unless writes are kept; gives the callbacks of the others, whose outcome is unknown.
    [[nodiscard]] std::vector<Done> dropOwner(quint64 owner);
    //! Ends all with \a error, in order: none is sent any more, but of many only the first are told at once,
    //! and the others in turns of the event loop to come.
    void failAll(const SyncError &error);
    //! Tells all of those now.
    void endAll();

    //! The object has gone by a removal of ours, if one was sent: its call succeeds then, and true is given.
    bool finishRemovals();

    //! True if events are to be noted in trail().
    [[nodiscard]] bool keepsTrail() const { return m_tracked > 0; }
    [[nodiscard]] EventTrail &trail() { return m_trail; }

private:
    struct Caller
    {
        quint64 owner;
        Done done;
        CancelToken cancelled;
        std::unique_ptr<OnCancel> onCancel;
    };
    struct Entry
    {
        Write write;
        Mutator mutator = {};
        std::vector<Caller> callers = {};
        //! The target when it was sent last, or read.
        std::optional<TargetState> target = {};
        Milliseconds sentAt { 0 };
        //! As it stands it is being written to the disk, so many times.
        int saves = 0;
        std::optional<Milliseconds> refusedSince = {};
        //! Since refusedSince.
        std::unique_ptr<Patience> patience = {};
        int races = 0;
        int looks = 0;
        //! Its item is being looked for.
        bool isSearched = false;
        //! Counts among those under way.
        bool isActive = false;
        //! It is not tried again, and ends with its answer.
        bool isCancelled = false;
        //! That is what the application wanted: nothing has failed.
        bool isTakenBack = false;
        //! Of the reading that is under way.
        std::stop_source reading { std::nostopstate };
    };
    //! In the order of calls.
    using Entries = std::map<qint64, Entry>;
    //! What has ended together, and is not told yet.
    struct Ending
    {
        Entries entries;
        //! Null if it was done.
        SyncError error;
        //! Nobody wanted that.
        bool isFailure = false;
    };
    using Result = SyncResult<WriteOutcome>;

    // outbox.cpp: the queue
    [[nodiscard]] static ItemKey laneOf(const Write &write) { return write.item.value_or(ItemKey()); }
    [[nodiscard]] Entry *entry(qint64 id);
    //! The waiting write that \a added becomes part of; null if there is none.
    [[nodiscard]] Entry *mergedInto(const Write &added);
    void enqueue(Entry added);
    //! Into its lane.
    Entry &place(Entry added);
    //! It stays unsaved, and is not sent, until it is on the disk.
    void keepWaiting(Entry &entry);
    //! Stands for those who have gone.
    [[nodiscard]] static Caller nobody()
    {
        return { 0, [](const Result &) {}, {}, {} };
    }
    [[nodiscard]] static SyncError supersededError(const Write &by);
    //! Takes the waiting writes out that \a added makes pointless.
    [[nodiscard]] Entries supersede(Entry &added);
    [[nodiscard]] bool startNext();
    void start(Entry &entry);
    void setActive(Entry &entry, bool active);
    //! Marks it as sent: from now on what it did may be looked for in the trail.
    void track(Entry &entry);
    void forgetOldEvents();
    void setState(Entry &entry, WriteState state);
    void waitAgain(Entry &entry);
    void arm(Milliseconds wait);
    [[nodiscard]] Milliseconds now() const { return m_options.clock(); }

    // outboxpushes.cpp: writes to what has been pushed and has no index yet
    //! True if \a added has become part of the push of its item, which has not been sent.
    [[nodiscard]] bool foldIntoPush(Write &added, Caller &caller);
    [[nodiscard]] bool waitsForPush(const Write &write) const
    {
        return write.item && isPlaceholder(*write.item);
    }
    //! The service has named the item of \a push.
    void namePushed(qint64 push, const ItemKey &item);
    //! Ends writes to items of pushes that are not there any more.
    void endFollowers();

    // outboxconflicts.cpp: what functions have made, and of what
    //! Has functions make what is wanted before it can be sent; some in this turn, the others later.
    void makeAhead();
    //! False if nothing has come of it.
    [[nodiscard]] bool makeAhead(qint64 id);
    //! The value that \a write will find, as far as that is known; none = there is none.
    [[nodiscard]] std::optional<TargetState> expectedTarget(const Write &write) const;
    //! True if what \a write has made was made of \a target.
    [[nodiscard]] static bool isMadeOf(const Write &write, const TargetState &target);
    //! What it was made of is not there any more, and there is no function to make it anew.
    void disagree(Entry &entry, const TargetState &theirs);

    // outboxends.cpp: how they end
    //! Ends what has waited for too long.
    void endOld();
    [[nodiscard]] Entries::node_type takeOut(qint64 id);
    [[nodiscard]] std::vector<Done> keepWithout(quint64 owner);
    [[nodiscard]] Entries takeOutAllBut(const std::vector<qint64> &kept);
    //! Without writes there is no order to be kept; if none is wanted, it ends.
    void endOrder();
    //! Takes the entry out; gives those who wait for it.
    std::vector<Caller> extract(qint64 id);
    void finish(qint64 id, const Result &result);
    //! Forgets the callers that \a isGone names, who may \a want it undone, and drops what nobody waits for
    //! any more, unless it is under way; gives the callbacks of what was sent.
    template <typename IsGone>
    std::vector<Done> dropCallers(IsGone isGone, bool wantUndone);
    //! Ends it with cancelledError(), or as soon as its answer is there.
    void takeBack(Entry &entry);
    void dropCancelled();
    //! Has \a entries, which have been taken out, end with \a error.
    void end(Entries entries, const SyncError &error, bool isFailure = false);
    void endSome();

    // outboxanswers.cpp: what is sent, and what comes of it
    void readTarget(qint64 id, void (Outbox::*then)(qint64, const TargetState &));
    void build(qint64 id, const TargetState &target);
    void buildMutation(qint64 id, const TargetState &target);
    void send(Entry &entry);
    //! The mark that it was sent is where it has to be.
    void transmit(qint64 id);
    void answered(qint64 id, const SyncResult<RestReply> &answer);
    void refused(Entry &entry, const SyncError &error);
    void tryLater(Entry &entry, const SyncError &error, std::optional<Milliseconds> retryAfter);
    void raced(Entry &entry, const SyncError &error);

    // outboxrepeats.cpp: what may have been applied
    void answerLost(Entry &entry, const SyncError &error);
    void decide(qint64 id, const TargetState &fresh);
    void decidePushes();
    void decideAlike(const std::vector<qint64> &mates);
    //! Of a push that is recognisable.
    void decideOnce(qint64 id);
    void searched(qint64 id, const SyncResult<TargetState> &found);
    //! True if it makes its target where there is none.
    [[nodiscard]] bool mayAdd(const Write &write) const;
    [[nodiscard]] bool isThere(const Write &write, const TargetState &fresh) const;
    void finishUnknown(qint64 id);

    WriteHost *const m_host;
    Options m_options;
    Entries m_entries;
    std::deque<Ending> m_ending;
    int m_endingCount = 0;
    //! The writes to each target, in order; only the first may be under way.
    QHash<ItemKey, std::deque<qint64>> m_lanes;
    //! Those that may be sent as far as their lanes go.
    std::set<qint64> m_ready;
    //! Pushes whose items there are writes to.
    std::set<qint64> m_followed;
    //! Pushes whose answer got lost: it is found out whether they were applied.
    std::set<qint64> m_unanswered;
    //! Mutations that have not been made, or may have been made of something else.
    std::set<qint64> m_unmade;
    EventTrail m_trail;
    //! The newest event that an answer has named, though it may not have come yet.
    qint64 m_newestAnswered = -1;
    Pace m_pace;
    std::optional<Milliseconds> m_pausedUntil;
    QTimer m_timer;
    //! Under way, of which there is a limit.
    int m_active = 0;
    //! Sent, and not ended yet.
    int m_tracked = 0;
    bool m_ordered = false;
    bool m_orderEnds = false;
    bool m_paced = true;
    bool m_inTurn = false;
    bool m_deciding = false;
    bool m_pumping = false;
    bool m_pumpAgain = false;
    //! Callers have cancelled, and are still here.
    bool m_haveCancelled = false;
};

} // namespace Twilio
