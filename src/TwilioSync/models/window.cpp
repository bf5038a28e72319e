#include "TwilioSync/models/window.h"

#include "TwilioSync/core/logging.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace Twilio {
/*!
    \brief Rows are changing: what slots ask of them waits, and so do news from the service.

    A slot may destroy the model at the end of a change.
*/
class Window::Scope
{
    Q_DISABLE_COPY_MOVE(Scope)

public:
    explicit Scope(Window &window) : m_window(window), m_alive(window.m_model), m_entity(window.m_entity)
    {
        ++window.m_changing;
        if (m_entity)
            m_pause.emplace(m_entity->store());
    }
    ~Scope()
    {
        if (m_alive && --m_window.m_changing == 0)
            catchUp();
    }
    [[nodiscard]] bool isAlive() const { return m_alive; }

private:
    void catchUp() const
    {
        while (m_alive && m_window.m_changing == 0 && !m_window.m_later.empty()) {
            const auto act = std::move(m_window.m_later.front());
            m_window.m_later.erase(m_window.m_later.begin());
            act();
        }
    }

    Window &m_window;
    const QPointer<QObject> m_alive;
    const std::shared_ptr<CollectionEntity> m_entity;
    std::optional<CollectionStore::Pause> m_pause;
};

Window::Window(QObject *model, RowReceiver &rows, const ItemRoles &roles)
    : m_model(model)
    , m_rows(rows)
    , m_roles(roles)
    , m_fetchTimer(model)
{
    m_fetchTimer.setSingleShot(true);
    m_fetchTimer.callOnTimeout([this] { fetch(); });
}

Window::~Window() { abandon(); }

void Window::abandon()
{
    if (std::exchange(m_observing, false))
        m_entity->store().observers.remove(this);
}

void Window::whenSteady(std::function<void()> act)
{
    if (m_changing > 0)
        m_later.push_back(std::move(act));
    else
        act();
}

// Nothing is told in between: a slot of an item signal would find rows that are neither old nor new.
template <typename Begin, typename Commit, typename End>
void Window::change(Begin begin, Commit commit, End end)
{
    const Scope scope(*this);
    {
        std::optional<Notifier::Hold> hold;
        if (m_notifier)
            hold.emplace(*m_notifier);
        begin();
        commit();
    }
    m_rows.windowChanged();
    end();
}

template <typename Commit>
void Window::insertRows(qsizetype first, qsizetype count, Commit commit)
{
    change([&] { m_rows.beginInsertion(int(first), int(first + count - 1)); }, commit,
           [&] { m_rows.endInsertion(); });
}

template <typename Commit>
void Window::removeRows(qsizetype first, qsizetype count, Commit commit)
{
    change([&] { m_rows.beginRemoval(int(first), int(first + count - 1)); }, commit,
           [&] { m_rows.endRemoval(); });
}

void Window::attach(const std::shared_ptr<CollectionEntity> &entity, Notifier &notifier)
{
    whenSteady([this, entity, teller = QPointer(&notifier), number = ++m_attachment] {
        if (number != m_attachment)
            return; // detached before it came to it
        m_entity = entity;
        m_notifier = teller;
        m_items = ItemsView(entity->store());
        entity->store().observers.add(this);
        m_observing = true;
        m_wasEstablished = isEstablished();
        start();
    });
}

void Window::detach()
{
    ++m_attachment;
    if (!std::exchange(m_observing, false))
        return;
    m_entity->store().observers.remove(this);
    stopFetching();
    whenSteady([this] {
        const auto commit = [this] {
            m_changed.clear();
            m_end = nearEnd();
            m_count = 0;
        };
        const QPointer alive(m_model);
        if (m_count > 0) // views may read them once more; at its end it may be attached again
            removeRows(0, m_count, commit);
        else
            commit();
        if (!alive)
            return;
        if (!m_observing) {
            const auto left = std::exchange(m_entity, nullptr);
            if (left && left->isAttached())
                left->dropUnseen();
        }
        m_rows.windowChanged();
    });
}

void Window::setOrder(Qt::SortOrder order)
{
    whenSteady([this, order] {
        const QPointer alive(m_model);
        stopFetching();
        const auto turn = [&] {
            m_order = order;
            m_changed.clear();
            m_count = 0;
            m_end = nearEnd();
        };
        if (!m_observing) {
            turn();
            return;
        }
        reset(turn);
        if (alive && m_observing)
            start();
    });
}

void Window::reset(std::function<void()> change)
{
    whenSteady([this, apply = std::move(change)] {
        this->change([&] { m_rows.beginReset(); }, apply, [&] { m_rows.endReset(); });
    });
}

void Window::setLoadsAll(bool all)
{
    m_loadsAll = all;
    if (all)
        fetch();
}

void Window::setMaximum(int rows)
{
    m_maximum = rows;
    whenSteady([this] {
        const QPointer alive(m_model);
        m_rows.windowChanged();
        if (m_maximum > 0 && m_count > m_maximum) {
            const Scope scope(*this);
            flushChanges();
            if (scope.isAlive())
                shrinkTo(m_maximum);
        }
        if (alive && m_observing)
            m_entity->dropUnseen();
        if (alive)
            fetchUnasked();
    });
}

qsizetype Window::room() const
{
    return m_maximum == 0 ? noLimit : std::max<qsizetype>(m_maximum - m_count, 0);
}

void Window::endAfter(qsizetype rows)
{
    m_count = rows;
    m_end = rows > 0 ? behind(keyOf(*m_items.at(rowOfRank(rows - 1)))) : nearEnd();
}

void Window::shrinkTo(qsizetype count)
{
    if (count < m_count)
        removeRows(count, m_count - count, [&] { endAfter(count); });
}

qsizetype Window::rowsUpTo(const Cut &cut) const
{
    return isAscending() ? m_items.below(cut) : m_items.size() - m_items.below(cut);
}

qsizetype Window::rowOfRank(qsizetype rank) const { return isAscending() ? rank : m_items.size() - 1 - rank; }

ItemPtr Window::itemAt(int row) const
{
    return row >= 0 && row < m_count ? m_items.at(rowOfRank(row)) : ItemPtr();
}

int Window::rowOf(ItemKeyView key) const
{
    if (m_count == 0 || !inWindow(key))
        return -1;
    const qsizetype rank = m_items.rank(key);
    return rank < 0 ? -1 : int(rowOfRank(rank));
}

void Window::growTo(const Cut &wanted, qsizetype limit)
{
    whenSteady([this, wanted, limit] {
        const Scope scope(*this);
        flushChanges();
        if (!scope.isAlive() || !m_observing)
            return;
        // What was known then may have been dropped meanwhile, and is to be read again.
        const Cut end = isAscending() ? std::min(wanted, knownEnd()) : std::max(wanted, knownEnd());
        if (isAscending() ? end <= m_end : end >= m_end)
            return;
        const qsizetype there = rowsUpTo(end) - m_count;
        const qsizetype more = std::min({ there, limit, room() });
        if (more == 0 && there > 0)
            return;
        const auto commit = [&] {
            endAfter(m_count + more);
            if (more == there)
                m_end = end;
        };
        if (more > 0) {
            insertRows(m_count, more, commit);
            return;
        }
        commit();
        m_rows.windowChanged();
    });
}

qsizetype Window::visibleOf(std::span<const ItemPtr> run) const
{
    // The window reaches from one end to another place, so only the run's far end may be beyond that.
    if (inWindow(keyOf(isAscending() ? *run.back() : *run.front())))
        return qsizetype(run.size());
    return std::count_if(run.begin(), run.end(),
                         [this](const ItemPtr &item) { return inWindow(keyOf(*item)); });
}

void Window::itemsAboutToMove(ItemKeyView first, ItemKeyView last)
{
    if (inWindow(isAscending() ? first : last))
        flushChanges();
}

void Window::itemsInserted(qsizetype rank, std::span<const ItemPtr> added)
{
    const qsizetype visible = visibleOf(added);
    if (visible == 0) {
        m_items.catchUp();
        return;
    }
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    const qsizetype first = isAscending() ? rank : m_items.size() - rank;
    const qsizetype most = m_maximum == 0 ? noLimit : m_maximum;
    const qsizetype staying = std::min(m_count, std::max(first, most - visible));
    const qsizetype coming = std::min(visible, most - first);
    const bool isTooMuch = staying < m_count || coming < visible;
    shrinkTo(staying); // before, so that there never are more
    if (!scope.isAlive())
        return;
    const auto commit = [&] {
        m_items.catchUp();
        m_count += coming;
        if (isTooMuch)
            endAfter(m_count);
    };
    if (coming > 0) {
        insertRows(first, coming, commit);
        return;
    }
    commit();
    m_rows.windowChanged();
}

void Window::itemsRemoved(qsizetype rank, std::span<const ItemPtr> gone)
{
    const qsizetype visible = visibleOf(gone);
    if (visible == 0) {
        m_items.catchUp();
        return;
    }
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    const qsizetype first = rowOfRank(isAscending() ? rank : rank + qsizetype(gone.size()) - 1);
    removeRows(first, visible, [&] {
        m_items.catchUp();
        m_count -= visible;
    });
    if (scope.isAlive())
        fetchUnasked();
}

Window::Shown Window::shown() const
{
    return isAscending() ? Shown { m_end, Cut::top() } : Shown { Cut::bottom(), m_end };
}

void Window::itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &)
{
    const auto row = int(rowOfRank(rank));
    if (row >= m_count)
        return;
    if (m_changed.empty())
        QMetaObject::invokeMethod(
                m_model, [this] { whenSteady([this] { flushChanges(); }); }, Qt::QueuedConnection);
    m_changed.push_back({ row, before });
}

void Window::flushChanges()
{
    if (m_changed.empty())
        return;
    const Scope scope(*this);
    auto changed = std::exchange(m_changed, {});
    std::stable_sort(changed.begin(), changed.end(),
                     [](const Changed &a, const Changed &b) { return a.row < b.row; });
    const auto others = std::unique(changed.begin(), changed.end(),
                                    [](const Changed &a, const Changed &b) { return a.row == b.row; });
    changed.erase(others, changed.end()); // what was before the first change counts
    int first = -1;
    int last = -1;
    QList<int> roles;
    const auto tell = [&] {
        if (first >= 0 && scope.isAlive())
            m_rows.rowsChanged(first, last, roles);
        first = -1;
    };
    for (const auto &[row, before] : changed) {
        const ItemPtr now = itemAt(row);
        const auto differing = now ? m_roles.differing(*before, *now) : ItemRoles::Differing();
        if (differing.isEmpty())
            continue;
        if (first >= 0 && row != last + 1)
            tell();
        if (!scope.isAlive())
            return;
        if (first < 0) {
            first = row;
            roles.clear();
        }
        last = row;
        for (const int role : differing) {
            if (!roles.contains(role))
                roles.append(role);
        }
    }
    tell();
}

} // namespace Twilio
