#pragma once

#include "TwilioSync/session/entity.h"
#include "TwilioSync/session/keptrest.h"
#include "TwilioSync/session/targetwatch.h"
#include "TwilioSync/store/collectionstore.h"

#include <QtCore/qnamespace.h>
#include <QtCore/qset.h>

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace Twilio {

//! One page to be read (protocol.md 7.7).
struct PageRequest
{
    //! The service gives no more at a time (protocol.md 7.7).
    static constexpr int largest = 100;

    //! Where to start; none = at the end that \c order names.
    std::optional<ItemKey> from;
    //! Leaves out the item at \c from itself.
    bool excludesFrom = false;
    //! 1 to largest.
    int size = 50;
    Qt::SortOrder order = Qt::AscendingOrder;
};

//! What was read, as the store knows it by now: what has been removed meanwhile is not in it.
struct Page
{
    //! In the order asked for.
    std::vector<ItemPtr> items;
    //! Keys of the first and last item of the reply, even if they have been removed meanwhile.
    std::optional<ItemKey> first;
    std::optional<ItemKey> last;
    bool hasNext = false;
    bool hasPrevious = false;
};

//! What writes that have not ended make of an item.
struct PendingItem
{
    //! Null = it is gone.
    ItemPtr item;
    Sync::Pending state = Sync::Pending::NotPending;
};

//! \a item as the target of a write; null = it does not exist.
[[nodiscard]] TargetState stateOf(const ItemPtr &item);

/*!
    \brief A list or a map: its store, and the calls that read and write items.

    Every reply goes through the store, so that it and the event of the same write make one change
   (protocol.md 8.3).
*/
class CollectionEntity : public Entity
{
public:
    CollectionEntity(ObjectKind kind, ClientSession *session);

    [[nodiscard]] RootState &root() override { return m_store->root; }
    [[nodiscard]] CollectionStore &store() { return *m_store; }
    [[nodiscard]] const CollectionStore &store() const { return *m_store; }
    [[nodiscard]] qsizetype memory() const override { return m_store->items().bytes(); }
    [[nodiscard]] bool isList() const { return kind() == ObjectKind::List; }

    //! From the store while it is known to be up to date, else from the service.
    void get(const ItemKey &wanted, Callback<ItemPtr> done, const CancelToken &cancelled);
    //! The context of a list, raw JSON; empty until it is known.
    [[nodiscard]] QByteArray context() const { return m_context.json; }
    //! Has the context of a list read unless it is known.
    void wantContext();
    //! Told before a page is taken in that has another behind it, with the key of its last item: who wants
    //! that one, too, may ask for it, and the service works on it meanwhile.
    using PageAhead = std::function<void(const ItemKey &last)>;
    void readPage(const PageRequest &request, Callback<Page> done, const CancelToken &cancelled = {},
                  PageAhead ahead = {});

    //! What writes make of the item at \a key, a placeholder perhaps, which is \a confirmed without them
    //! (null = there is none); none if nothing is to be made.
    [[nodiscard]] std::optional<PendingItem> pendingAt(const ItemKey &key, const ItemPtr &confirmed) const;
    //! Of which items pendingAt() may say something.
    [[nodiscard]] QList<ItemKey> pendingKeys() const;
    //! The placeholder of the push that made \a item, which has just come; none if it is of nobody here, as
    //! far as is known. Before its answer is there an equal value tells.
    [[nodiscard]] std::optional<ItemKey> placeholderOf(const ItemPtr &item);
    //! What \a key, a placeholder perhaps, names by now.
    [[nodiscard]] ItemKey resolved(const ItemKey &key) const;
    //! True if \a key is the placeholder of a push that waits or has been done lately.
    [[nodiscard]] bool knowsPlaceholder(const ItemKey &key) const;

    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;
    void flush() override;
    //! Has the store drop what no handle shows and no write needs.
    void dropUnseen();
    void adopt(const Protocol::RootResource &resource) override;
    void restore(const CachedObject &kept) override;
    //! What is kept and has not been read yet is read from the end on that \a order names.
    void wantKept(Qt::SortOrder order);
    void compareWith(const Protocol::RootResource &state) override;
    [[nodiscard]] CachedRoot stateForCache() const override;

protected:
    [[nodiscard]] CollectionStore *itemStore() override { return m_store.get(); }
    void noteKeptInTrail(const std::vector<Write> &writes) override;
    void whenKeptIsRead(const std::function<void()> &act) override;
    void stopReadingKept() override;
    // WriteHost
    [[nodiscard]] SyncResult<WriteOutcome> confirm(const Write &write, const TargetState &before,
                                                   const RestReply &reply) override;
    void confirmRemoval(const Write &write, const TargetState &before) override;
    [[nodiscard]] Following following() const override;
    [[nodiscard]] std::optional<TargetState> known(const Write &write) const override;
    [[nodiscard]] std::optional<TargetState> expected(const Write &write) const override;
    void search(const Write &push, Callback<TargetState> done, const CancelToken &cancelled) override;
    void read(const Write &write, Callback<TargetState> done, const CancelToken &cancelled) override;
    [[nodiscard]] SyncError missing(const Write &write) const override;
    [[nodiscard]] SyncError explained(const Write &write, const SyncError &error) const override;
    [[nodiscard]] QByteArray urlOf(const Write &write) const override;
    void writeEnded(const Write &write) override;
    [[nodiscard]] SyncError prepare(Write &write) const override;

private:
    [[nodiscard]] std::shared_ptr<CollectionEntity> self();
    //! As search(), of what stands before \a last; none = at the end of the list.
    void searchBehind(const Write &push, const std::optional<ItemKey> &last, Callback<TargetState> done,
                      const CancelToken &cancelled);
    //! What the service says of the context: the newest counts.
    struct Context
    {
        QByteArray json = {};
        qint64 eventId = -1;
        bool isAsked = false;
    };
    void contextEvent(const Protocol::Event &event, bool isStrict);
    //! False if it is no news.
    bool takeContext(const QByteArray &json, qint64 eventId);
    [[nodiscard]] std::unique_ptr<CollectionStore> newStore();
    [[nodiscard]] QByteArray itemsUrl() const;
    [[nodiscard]] QByteArray itemUrl(const ItemKey &key) const;
    [[nodiscard]] SyncError missingItem(const ItemKey &key) const;
    //! \a error of a call on the item; that it is missing reads alike whichever call finds out.
    //! From the service; null if there is none.
    void readItem(const ItemKey &key, Callback<ItemPtr> done, const CancelToken &cancelled = {});
    //! \a done at once, or once a large page has been read.
    void parsePage(const SyncResult<RestReply> &reply, Callback<Protocol::PageResource> done);
    struct PageReply;
    //! The answer \a parsed to \a query, read from \a body but not taken in.
    [[nodiscard]] SyncResult<PageReply> pageOf(const PageRequest &query, const QByteArray &body,
                                               SyncResult<Protocol::PageResource> parsed) const;
    //! All but the items.
    [[nodiscard]] static Page outlineOf(const PageReply &reply);
    [[nodiscard]] static Page pageBesides(const PageReply &reply);
    [[nodiscard]] Page storePage(const PageRequest &query, const PageReply &reply);
    //! What is to be read again, the last first.
    struct Stretch
    {
        Cut from;
        Cut to;
    };
    [[nodiscard]] std::vector<Stretch> knownStretches() const;
    void compareStretches(std::vector<Stretch> left, int store);
    void ttlWritten(const ItemKey &key, const Protocol::ItemResource &resource);
    //! What an item of ours was, \a before, is gone; \a answer says so unless it is null.
    void removed(const TargetState &before, const Protocol::ItemResource *answer);
    void takeKept(KeptRest::Piece piece);
    void keptEnded();
    //! That \a item is as it was kept, if it may be what a write before has made.
    void noteKeptInTrail(const ItemPtr &item);
    void noteInTrail(Protocol::EventType type, const Protocol::Event &event, bool isStrict);
    [[nodiscard]] bool isOwnRemoval(ItemKeyView key);
    [[nodiscard]] CollectionEvent eventOf(Protocol::EventType type, const Protocol::Event &event,
                                          bool isInOrder);

    //! \a push has made the item at \a index, its answer says.
    void namePushed(qint64 push, qint64 index);

    TargetWatch m_targets { outbox() };
    std::unique_ptr<CollectionStore> m_store;
    //! Counts the stores: what was asked for with one before may be older than what the next began with.
    int m_storeNumber = 0;
    //! Stores before it: a slot of rows that go may run an event loop in which the object is opened again.
    std::vector<std::unique_ptr<CollectionStore>> m_retired;
    //! Removals of ours that are done, their events still to come.
    QSet<ItemKey> m_ownRemovals;
    //! The pushes that are under way whose items have come, and which those are; both ways.
    QHash<qint64, qint64> m_pushOfIndex;
    QHash<qint64, qint64> m_indexOfPush;
    //! Those that have been done lately, the oldest first: delegates may still call their items so.
    std::deque<std::pair<qint64, qint64>> m_namedLately;
    Context m_context;
    //! While what was kept is being read.
    std::shared_ptr<KeptRest> m_rest;
    std::vector<std::function<void()>> m_afterRest;
    //! Writes of a process before were sent after this event; none if there are none.
    std::optional<qint64> m_keptSentAfter;
    bool m_flushScheduled = false;
};

} // namespace Twilio
