#pragma once

#include "TwilioSync/store/coverage.h"
#include "TwilioSync/store/itemevent.h"
#include "TwilioSync/store/itemstore.h"
#include "TwilioSync/store/observers.h"
#include "TwilioSync/store/rootstate.h"

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <deque>
#include <functional>
#include <set>
#include <span>
#include <vector>

namespace Twilio {

//! Neighbours that have come into a store, or have gone, the first with \c rank others before it.
struct RunChange
{
    enum class Kind : quint8 { Inserted, Removed };

    Kind kind;
    qsizetype rank;
    //! In ascending order.
    std::span<const ItemPtr> items;
    //! They were kept in a cache, as they are.
    bool isKept = false;
};

/*!
    \brief Follows a store: told of a change once the store has made it, one observer after the other.

    Until it is its turn, an observer goes on showing what was before, by CollectionStore::changeInFlight():
   so a model begins and ends its change without another one in between. What a slot asks of the store
   meanwhile comes after all of them.
*/
class CollectionObserver
{
public:
    //! Some from \a first to \a last will come or go, and with them what the store says of itself: changes
    //! from before can still be told as such.
    virtual void itemsAboutToMove(ItemKeyView first, ItemKeyView last) = 0;
    virtual void itemsInserted(qsizetype rank, std::span<const ItemPtr> items) = 0;
    virtual void itemsRemoved(qsizetype rank, std::span<const ItemPtr> items) = 0;
    virtual void itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &after) = 0;
    //! It shows all that is below \c low, and all that is above \c high.
    struct Shown
    {
        Cut low;
        Cut high;
    };
    //! What has to stay known. Not asked while anything is being told.
    [[nodiscard]] virtual Shown shown() const = 0;
    //! Once for each event of the collection; the rows are right already.
    virtual void itemEvent(const ItemEvent &event) = 0;
    //! What a cache had kept is known now, or is not to come any more.
    virtual void keptTaken() { }

protected:
    ~CollectionObserver() = default;
};

/*!
    \brief The items of one list or map as far as they are known, shared by all handles that show it.

    Decides what is true: events may come out of order and more than once, pages and replies may be older than
   events that were applied already (protocol.md 8.3). Knows no rows and no views.

    Neighbours that come, or go, one after the other wait for each other, to be told as one run:

    \code
        items           a b . . . f          rank of the run: 2
        event           + c                  begins a run: c would stand at 2
        event           + d                  joins: nothing is between c and d
        event           + e                  joins
        event           ~ a, or the end of the turn
                        a b c d e f          told: 3 inserted at 2, added c, added d, added e
                        A b c d e f          then: replaced at 0, updated a
    \endcode

    Revision and dates of the collection are committed with the run, before anybody is told of it.
*/
class CollectionStore
{
    Q_DISABLE_COPY_MOVE(CollectionStore)

public:
    //! Where news of an item comes from.
    enum class Source : quint8 {
        AddedEvent,
        UpdatedEvent,
        LocalAdd, //!< reply to a write of ours that made the item
        LocalUpdate, //!< reply to a write of ours that changed it
        Read //!< a page or a single item that was asked for
    };

    //! Far more than the service ever delays an event.
    static constexpr qsizetype eventsRemembered = 4096;

    //! What its items are named by.
    enum class Kind : quint8 {
        List, //!< an index
        Map //!< a key
    };

    explicit CollectionStore(Kind kind) : m_kind(kind) { }

    RootState root;
    Coverage coverage;

    //! False for what names no item of such a collection. News of such are reported and dropped.
    [[nodiscard]] bool accepts(ItemKeyView key) const;

    [[nodiscard]] const ItemStore &items() const { return m_items; }
    Observers<CollectionObserver> observers;

    //! The change of items() that observers are being told of; null if there is none.
    [[nodiscard]] const RunChange *changeInFlight() const { return m_inFlight; }
    //! How many changes of that kind there have been: who has been told of fewer still shows what was before.
    [[nodiscard]] quint64 version() const { return m_version; }
    //! True while observers are being told, or something waits for them.
    [[nodiscard]] bool isBusy() const { return m_busy || m_finishing; }
    //! Calls \a act once observers have been told of all that has changed; at once if they have.
    void whenSettled(std::function<void()> act);

    //! Calls \a act at the end of all that is under way. While isBusy() only.
    void whenIdle(std::function<void()> act) { m_postponed.push_back(std::move(act)); }

    /*!
        \brief While there is one, nothing changes: what is asked of the store comes at its end.

        For observers that change rows by themselves: a slot may run an event loop, where news come in.
    */
    class Pause
    {
        Q_DISABLE_COPY_MOVE(Pause)

    public:
        explicit Pause(CollectionStore &store) : m_store(std::exchange(store.m_busy, true) ? nullptr : &store)
        { }
        ~Pause()
        {
            if (m_store)
                m_store->finish();
        }

    private:
        CollectionStore *const m_store;
    };

    //! \a fields is the item's new state. Without \a knowsExpires it keeps the expiry it has, and noTime as
    //! \c created keeps that. Older news than what is known changes nothing.
    void apply(const ItemFields &fields, Source source, bool knowsExpires = true);
    //! The same with \a item, which it keeps if nothing is missing in it.
    void apply(const ItemPtr &item, Source source);
    //! Takes an event in; the cursor moves at once. Items that come, or go, side by side wait for each other
    //! until flush(), to appear as one run; whatever else is asked of the store comes after them. False if
    //! the event is stale: nothing changes.
    bool receive(const CollectionEvent &event);
    //! Applies what waits. An update that came before its item's addition is told as the addition when that
    //! comes; here, as an update if it cannot come any more.
    void flush();
    [[nodiscard]] bool isWaiting() const { return !m_run.items.empty(); }
    //! True if all events up to \a eventId have come, and none of them waits for what is under way.
    [[nodiscard]] bool hasApplied(qint64 eventId) const
    {
        return eventId <= root.lastEventId && (m_waitingEvents.empty() || *m_waitingEvents.begin() > eventId);
    }
    //! Consecutive items in ascending order: what is new in them appears as whole runs. All there is between
    //! \a from and \a to is known then, but for what a slot that is told has dropped again.
    void applyPage(const std::vector<ItemFields> &page, const Cut &from = Cut::bottom(),
                   const Cut &to = Cut::bottom());
    //! Takes over what was kept of it, before there is anybody to be told; root is right already. \a items
    //! are those between \a from and \a to, of all that is \a known: the others come with takeKept().
    void restore(const std::vector<ItemPtr> &items, const Coverage &known, const Cut &from = Cut::bottom(),
                 const Cut &to = Cut::top());
    //! More of what was kept, \a items, neighbours in either order: all there were between \a from and \a to.
    //! What is known of one by now is newer. Between changes only.
    void takeKept(const std::vector<ItemPtr> &items, const Cut &from, const Cut &to);
    //! No more comes. Between changes only.
    void endKept();
    //! True until then: what is kept of an item may still come, so what has become of it is remembered.
    [[nodiscard]] bool awaitsKept() const { return m_awaitsKept; }
    //! What will be known by that.
    [[nodiscard]] const Coverage &toCome() const { return m_toCome; }
    //! The events since cannot be had, or are of another time: \a resource is what the service says now, and
    //! any item that is read from now on is newer than what is known. Between changes only.
    void restart(const Protocol::RootResource &resource);
    //! After restart(): of all there is between \a from and \a to, \a there is what the service has. What is
    //! not, and has not come since, has been removed.
    void removeMissing(const QSet<ItemKey> &there, const Cut &from, const Cut &to);
    //! The item is gone by the event \a fields.lastEventId; \a fields.json is its last value.
    void applyRemoval(const ItemFields &fields, bool isLocal);

    //! The event \a eventId is still to come and is of a write of ours.
    void expectOwnEvent(qint64 eventId) { m_ownEvents.insert(eventId); }

    //! Forgets removals once there are many, all but those of the latest events: what is from before counts
    //! as stale from then on. A reply that is still to come has all up to the event \a answered.
    void forgetOldEvents(qint64 answered);
    //! Drops the items that no observer shows, once there are many, and with them that they are known: all
    //! but those \a needed, and those that a reply still to come may have in an older state. Their events
    //! are not told again.
    void dropUnseen(qint64 answered, const QSet<ItemKey> &needed);
    //! True if there may be so many.
    [[nodiscard]] bool isWorthDropping() const
    {
        return m_items.size() > mostUnseen && m_received > mostUnseen / 16 && !m_awaitsKept;
    }
    //! Items that no observer shows, at most, but for those that came since the last look.
    qsizetype mostUnseen = 1024;

    //! True if the item is known to be gone.
    [[nodiscard]] bool isTombstone(ItemKeyView key) const { return m_tombstones.contains(ownedKey(key)); }

private:
    //! Neighbours that came, or go, together.
    struct Run
    {
        struct News
        {
            ItemPtr item;
            //! The event id of a removal.
            qint64 eventId = -1;
            qint64 time = noTime;
            Source source = Source::AddedEvent;
            //! An update that may have overtaken the addition.
            bool isEarly = false;
        };
        //! In the order of their keys; those that go are still in the store.
        std::vector<ItemPtr> items;
        //! The same in the order of the events.
        std::vector<News> news;
        qsizetype rank = 0;
        bool isRemoval = false;
        //! The newest event of them, and the revision of the collection that it made.
        qint64 newestEvent = -1;
        QByteArray revision;
    };

    void process(const CollectionEvent &event);
    void enqueue(const CollectionEvent &event);
    void enqueueRemoval(const CollectionEvent &event);
    //! \a event is part of the run that waits.
    void join(const CollectionEvent &event);
    //! Tells of updates whose items' additions cannot come any more.
    void tellOverdue();
    void applyRun();
    void insert(const Run &run);
    void commit(const Run &run);
    //! What is in the store under \a key; it and whether it \a joins the run that waits. If not, the run is
    //! applied first.
    template <typename Joins>
    [[nodiscard]] std::pair<ItemStore::Found, bool> lookFor(ItemKeyView key, bool mayJoin, Joins joins);
    // Once busy, nothing else changes the order: what was found holds until then.
    // What makes another \a revision of the collection commits it before anything is told. \a made is an item
    // of these fields, if there is one already.
    void store(const ItemStore::Found &found, const ItemFields &fields, Source source, bool knowsExpires,
               QByteArrayView revision = {}, const ItemPtr &made = {});
    void replace(const ItemStore::Found &found, const ItemPtr &item);
    //! Older news have what is not known of the item that was \a found.
    void complete(const ItemStore::Found &found, const ItemFields &older);
    //! Takes over \a items, which were read, ItemFields or ItemPtr.
    template <typename Item>
    void takeRead(const std::vector<Item> &items);
    void insertRun(qsizetype rank, std::span<const ItemPtr> run);
    void takeRun(qsizetype rank, std::span<const ItemPtr> run);
    void prepare(ItemKeyView first, ItemKeyView last);
    void tellChange(const RunChange &change);
    void remove(const ItemStore::Found &found, const ItemFields &fields, bool isLocal,
                QByteArrayView revision = {});
    //! Of the items of \a run, which a read has brought, those have been added since that should be known.
    void tellReread(const std::vector<ItemPtr> &run);
    //! True if the event \a eventId, whose effect a read has brought, is still to be reported.
    [[nodiscard]] bool isAhead(qint64 eventId) const
    {
        return eventId > root.lastEventId || m_waitingEvents.contains(eventId);
    }
    //! True if what has happened to the item since is known: that it went, or that it was dropped.
    [[nodiscard]] bool isOutdated(const ItemFields &fields, Source source = Source::UpdatedEvent) const;
    void forgetDropped(ItemKeyView key);
    //! Drops what is not seen and \a may go, from \a low to \a high.
    template <typename MayGo>
    void dropBetween(const Cut &low, const Cut &high, MayGo mayGo);
    void announce(const ItemPtr &item, Source source);
    [[nodiscard]] bool wasDropped(ItemKeyView key) const
    {
        return !m_dropped.isEmpty() && m_dropped.contains(ownedKey(key));
    }
    //! True if events before \a fields.lastEventId are missing, and so perhaps the item's addition.
    [[nodiscard]] bool isEarly(const ItemFields &fields, Source source) const
    {
        return source == Source::UpdatedEvent && !hasApplied(fields.lastEventId)
                && !wasDropped({ fields.index, fields.key });
    }
    void tell(ItemEvent event);
    //! Then come the changes that were asked for while observers were being told.
    void finish();

    const Kind m_kind;
    ItemStore m_items;
    const RunChange *m_inFlight = nullptr;
    quint64 m_version = 0;
    Run m_run;
    //! Event id of the removal of what is gone.
    QHash<ItemKey, qint64> m_tombstones;
    //! From so many on it is worth looking for old ones.
    qsizetype m_manyRemembered = 2 * eventsRemembered;
    bool m_awaitsKept = false;
    bool m_takesKept = false;
    Coverage m_toCome;
    //! Items that came by updates which do not say when they expire; what is kept of them may.
    QSet<ItemKey> m_withoutExpiry;
    //! What was known at restart() and has not been read since.
    Coverage m_reread;
    //! Event id of the last change of what was dropped.
    QHash<ItemKey, qint64> m_dropped;
    //! Events since the last look for what is not seen.
    int m_received = 0;
    //! Items that a read brought before their event; the event still is to be reported once.
    QHash<ItemKey, qint64> m_unannounced;
    //! Items that were found missing before the events of their removals: those still are to come, or came
    //! before restart().
    QSet<ItemKey> m_missing;
    //! Items that an update brought while events before it are missing; it still is to be reported.
    QHash<ItemKey, qint64> m_early;
    QSet<qint64> m_ownEvents;
    //! Events that have come, and wait until what is under way is complete.
    std::set<qint64> m_waitingEvents;
    std::deque<std::function<void()>> m_postponed;
    bool m_busy = false;
    bool m_finishing = false;
};

} // namespace Twilio
