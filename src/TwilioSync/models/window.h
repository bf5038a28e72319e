#pragma once

#include "TwilioSync/core/notifier.h"
#include "TwilioSync/core/patience.h"
#include "TwilioSync/models/itemroles.h"
#include "TwilioSync/models/overlaiditems.h"
#include "TwilioSync/models/rowreceiver.h"
#include "TwilioSync/session/collectionentity.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace Twilio {

/*!
    \brief What one handle shows of a list or map, as rows: everything from the end that order() names to
   where the window ends for now.

    A row is a rank in the store; nothing is kept per row. Other handles' slots, and this one's, may ask and
   change anything at any moment: what concerns rows that are just changing comes once they have.
*/
class Window final : public CollectionObserver
{
    Q_DISABLE_COPY_MOVE(Window)

public:
    //! \a model is what slots may destroy, \a rows and \a roles are its own.
    Window(QObject *model, RowReceiver &rows, const ItemRoles &roles);
    ~Window();

    //! Shows \a entity; what is not known of it is asked for.
    void attach(const std::shared_ptr<CollectionEntity> &entity, Notifier &notifier);
    //! Lets go of it; no rows are left.
    void detach();
    //! For the model's destructor: no rows change any more.
    void abandon();
    //! The subscription may be another.
    void subscriptionChanged();

    [[nodiscard]] Qt::SortOrder order() const { return m_order; }
    //! Starts again at the other end; a reset.
    void setOrder(Qt::SortOrder order);
    [[nodiscard]] bool loadsAll() const { return m_loadsAll; }
    void setLoadsAll(bool all);

    [[nodiscard]] int maximum() const { return int(m_maximum); }
    //! Rows at most, 0 = any number; those that are too many go from the far end.
    void setMaximum(int rows);

    [[nodiscard]] int count() const { return int(m_count); }
    [[nodiscard]] bool isComplete() const { return m_end == farEnd(); }
    //! Why the last page could not be had; null if it could.
    [[nodiscard]] SyncError error() const { return m_error; }
    [[nodiscard]] bool canFetch() const;
    void fetch();
    //! Null if there is no such row.
    [[nodiscard]] ItemPtr itemAt(int row) const;
    [[nodiscard]] int rowOf(ItemKeyView key) const;
    [[nodiscard]] bool isOptimistic() const { return m_optimistic; }
    //! Whether rows show what writes that wait make of them.
    void setOptimistic(bool optimistic);
    //! Writes to \a key have come, gone or changed.
    void writesChanged(const ItemKey &key);
    //! Rows are what was kept on the disk.
    [[nodiscard]] bool isFromCache() const { return m_isFromCache; }
    //! What the row of \a item waits for.
    [[nodiscard]] Sync::Pending pendingAt(const ItemRecord &item) const
    {
        return m_items.pendingAt(keyOf(item));
    }
    //! Has views read everything anew, what \a change makes different as well.
    void reset(std::function<void()> change);

    //! Rows at a time.
    int pageSize = 50;

private:
    class Scope;

    static constexpr qsizetype noLimit = std::numeric_limits<int>::max();

    // CollectionObserver
    void itemsAboutToMove(ItemKeyView first, ItemKeyView last) override;
    void itemsInserted(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemsRemoved(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &after) override;
    [[nodiscard]] Shown shown() const override;
    void keptTaken() override;
    void itemEvent(const ItemEvent &event) override
    {
        m_rows.windowChanged(); // the state comes before what happened
        m_rows.itemHappened(event);
    }

    [[nodiscard]] bool isAscending() const { return m_order == Qt::AscendingOrder; }
    [[nodiscard]] Cut nearEnd() const { return isAscending() ? Cut::bottom() : Cut::top(); }
    [[nodiscard]] Cut farEnd() const { return isAscending() ? Cut::top() : Cut::bottom(); }
    //! The place behind \a key, as rows go.
    [[nodiscard]] Cut behind(ItemKeyView key) const
    {
        return isAscending() ? Cut::after(key) : Cut::before(key);
    }
    [[nodiscard]] bool inWindow(ItemKeyView key) const { return m_end.isAbove(key) == isAscending(); }
    //! There is room for rows between the window's end and \a cut.
    [[nodiscard]] bool isBehind(const Cut &cut) const { return isAscending() ? cut > m_end : cut < m_end; }
    //! The window's end as the service knows it: a placeholder is above all that it has.
    [[nodiscard]] Cut confirmedEnd() const;
    //! How many items are between the near end and \a cut.
    [[nodiscard]] qsizetype rowsUpTo(const Cut &cut) const;
    [[nodiscard]] qsizetype rowOfRank(qsizetype rank) const;
    //! How many of \a run, neighbours in ascending order, are within the window.
    [[nodiscard]] qsizetype visibleOf(std::span<const ItemPtr> run) const;
    //! How far everything is known behind the window's end.
    [[nodiscard]] Cut knownEnd() const;
    //! What is behind the window's end is being read from the cache.
    [[nodiscard]] bool isToCome() const;
    [[nodiscard]] bool isEstablished() const;
    //! What is known may be shown: it is up to date, or was kept until it is.
    [[nodiscard]] bool isShowable() const;

    struct Changed
    {
        qsizetype row;
        //! What it showed before.
        ItemPtr before;
        Sync::Pending pending;
    };

    //! True if nothing that comes or goes can concern a write of ours.
    [[nodiscard]] bool isPlain() const
    {
        return m_items.isPlain() && (!m_optimistic || m_entity->outbox().isEmpty());
    }
    //! Neighbours, the first with \a rank others before it, have come or gone; none concerns a write of ours.
    void plainInserted(qsizetype rank, std::span<const ItemPtr> items);
    void plainRemoved(qsizetype rank, std::span<const ItemPtr> items);

    // overlaidwindow.cpp: what writes that wait make of rows
    void eachInserted(std::span<const ItemPtr> items);
    void eachRemoved(std::span<const ItemPtr> items);
    void oneInserted(const ItemPtr &item);
    void oneRemoved(const ItemPtr &item);
    void oneReplaced(const ItemPtr &before, const ItemPtr &after);
    //! How many of \a items, from the first on, come or go side by side like items of nobody here.
    template <typename Concerns>
    [[nodiscard]] std::size_t plainOf(std::span<const ItemPtr> items, Concerns concerns) const;
    //! What writes make of the item at \a key, which is \a confirmed without them; none if they are not
    //! shown.
    [[nodiscard]] std::optional<PendingItem> pendingOf(const ItemKey &key, const ItemPtr &confirmed) const;
    //! Shows what writes make of \a key by then.
    void layOverLater(const ItemKey &key);
    void layWaiting();
    [[nodiscard]] std::vector<PendingItem> comingOf(std::span<const ItemKey> keys) const;
    //! Shows what writes make where nothing is, neighbours in ascending order.
    void layTogether(const std::vector<PendingItem> &coming);
    void layOver(const ItemKey &key);
    //! Shows what \a commit makes of \a key, which has a row before, or after, or both.
    template <typename Commit>
    void changeRow(const ItemKey &key, bool willShow, Commit commit);
    //! \a item has come; it is the one that \a placeholder has stood for.
    void showNamed(const ItemKey &placeholder, const ItemPtr &item);
    [[nodiscard]] Changed shownNow(qsizetype rank) const;

    //! Shows \a visible more rows from \a first on, and no more than there may be.
    template <typename Commit>
    void insertWithin(qsizetype first, qsizetype visible, Commit commit);
    //! A row will be another, as of the end of this turn.
    void noteChange(const Changed &change);

    //! Calls \a act once no rows are changing, at once if none are.
    void whenSteady(std::function<void()> act);
    template <typename Begin, typename Commit, typename End>
    void change(Begin begin, Commit commit, End end);
    template <typename Commit>
    void insertRows(qsizetype first, qsizetype count, Commit commit);
    template <typename Commit>
    void removeRows(qsizetype first, qsizetype count, Commit commit);
    template <typename Commit>
    void moveRow(qsizetype from, qsizetype to, Commit commit);
    //! How many rows more there may be.
    [[nodiscard]] qsizetype room() const;
    //! The first \a rows are those there are, and the window ends behind them.
    void endAfter(qsizetype rows);
    //! Shows no more rows than \a count; none are changing.
    void shrinkTo(qsizetype count);
    //! Shows up to \a limit more rows, none beyond \a end.
    void growTo(const Cut &end, qsizetype limit);
    void start();
    void stopFetching();
    //! Shows a page more of what is known.
    void showKnown();
    void askFor(const PageRequest &request);
    //! Asks for the page behind \a last, the end of a page that has just come, if that is wanted anyway.
    void fetchAhead(const PageRequest &before, const ItemKey &last);
    void pageRead(const SyncResult<Page> &result);
    void fetchUnasked();
    void fetchLater();
    void endTurn();
    //! Tells which rows have changed in this turn.
    void flushChanges();

    QObject *const m_model;
    RowReceiver &m_rows;
    const ItemRoles &m_roles;
    std::shared_ptr<CollectionEntity> m_entity;
    QPointer<Notifier> m_notifier;
    OverlaidItems m_items;
    bool m_observing = false;
    bool m_wasEstablished = false;
    //! Counts what it was attached to.
    quint64 m_attachment = 0;
    Qt::SortOrder m_order = Qt::AscendingOrder;
    bool m_loadsAll = false;
    bool m_optimistic = false;
    //! As rows were told last.
    bool m_isFromCache = false;
    qsizetype m_maximum = 0;
    //! Where the rows end for now.
    Cut m_end = Cut::bottom();
    qsizetype m_count = 0;

    bool m_fetching = false;
    //! By reading what was kept, not from the service.
    bool m_awaitsKept = false;
    //! The page behind the one that is being read has been asked for, too.
    bool m_fetchesAhead = false;
    //! Counts what the window has shown; pages asked for something else are ignored.
    quint64 m_generation = 0;
    SyncError m_error;
    //! Until a page that could not be had is asked for again.
    QTimer m_fetchTimer;
    Patience m_fetchPatience { { .first = std::chrono::seconds(1), .cap = std::chrono::seconds(60) } };

    //! Changes of rows that are under way, one within the other.
    int m_changing = 0;
    std::vector<std::function<void()>> m_later;
    //! Writes to them have changed, which rows are to show.
    std::vector<ItemKey> m_toLay;
    //! In the order of the changes of this turn; a row may be there more than once.
    std::vector<Changed> m_changed;
};

} // namespace Twilio
