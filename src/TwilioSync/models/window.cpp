#include "TwilioSync/models/windowchange.h"

#include "TwilioSync/core/logging.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace Twilio {

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

void Window::attach(const std::shared_ptr<CollectionEntity> &entity, Notifier &notifier)
{
    whenSteady([this, entity, teller = QPointer(&notifier), number = ++m_attachment] {
        if (number != m_attachment)
            return; // detached before it came to it
        m_entity = entity;
        m_notifier = teller;
        m_items = OverlaidItems(entity->store());
        entity->store().observers.add(this);
        m_observing = true;
        m_wasEstablished = isEstablished();
        m_isFromCache = entity->isFromCache();
        if (m_optimistic) {
            for (const ItemKey &key : entity->pendingKeys())
                m_items.lay(key, pendingOf(key, m_items.confirmed(key)));
        }
        start();
    });
}

void Window::detach()
{
    ++m_attachment;
    m_toLay.clear();
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
        if (!isBehind(end))
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
    if (isPlain())
        plainInserted(rank, added);
    else
        eachInserted(added);
}

void Window::plainInserted(qsizetype rank, std::span<const ItemPtr> added)
{
    const qsizetype visible = visibleOf(added);
    if (visible == 0) {
        m_items.catchUp(qsizetype(added.size()));
        return;
    }
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    insertWithin(isAscending() ? rank : m_items.size() - rank, visible,
                 [&] { m_items.catchUp(qsizetype(added.size())); });
}

void Window::itemsRemoved(qsizetype rank, std::span<const ItemPtr> gone)
{
    if (isPlain())
        plainRemoved(rank, gone);
    else
        eachRemoved(gone);
}

void Window::plainRemoved(qsizetype rank, std::span<const ItemPtr> gone)
{
    const qsizetype visible = visibleOf(gone);
    if (visible == 0) {
        m_items.catchUp(qsizetype(gone.size()));
        return;
    }
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    const qsizetype first = rowOfRank(isAscending() ? rank : rank + qsizetype(gone.size()) - 1);
    removeRows(first, visible, [&] {
        m_items.catchUp(qsizetype(gone.size()));
        m_count -= visible;
    });
    if (scope.isAlive())
        fetchUnasked();
}

Window::Shown Window::shown() const
{
    return isAscending() ? Shown { confirmedEnd(), Cut::top() } : Shown { Cut::bottom(), confirmedEnd() };
}

void Window::itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &after)
{
    if (m_items.isPlain())
        noteChange({ rowOfRank(rank), before, Sync::Pending::NotPending });
    else
        oneReplaced(before, after);
}

void Window::noteChange(const Changed &change)
{
    if (change.row >= m_count)
        return;
    if (m_changed.empty())
        QMetaObject::invokeMethod(
                m_model, [this] { endTurn(); }, Qt::QueuedConnection);
    m_changed.push_back(change);
}

// An answer and the end of its write are one change of the row.
void Window::endTurn()
{
    const QPointer alive(m_model);
    layWaiting();
    if (alive)
        whenSteady([this] { flushChanges(); });
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
    qsizetype first = -1;
    qsizetype last = -1;
    QList<int> roles;
    const auto tell = [&] {
        if (first >= 0 && scope.isAlive())
            m_rows.rowsChanged(int(first), int(last), roles);
        first = -1;
    };
    for (const auto &[row, before, pending] : changed) {
        const ItemPtr now = itemAt(int(row));
        auto differing = now ? m_roles.differing(*before, *now) : ItemRoles::Differing();
        if (now && pending != pendingAt(*now))
            differing.append(PendingRole);
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
