// What a Window shows of writes that the service has not taken yet.
#include "TwilioSync/models/windowchange.h"
#include "TwilioSync/store/placeholder.h"

#include <QtCore/qset.h>

#include <algorithm>

namespace Twilio {

std::optional<PendingItem> Window::pendingOf(const ItemKey &key, const ItemPtr &confirmed) const
{
    return m_optimistic ? m_entity->pendingAt(key, confirmed) : std::nullopt;
}

Window::Changed Window::shownNow(qsizetype rank) const
{
    ItemPtr item = m_items.at(rank);
    const Sync::Pending pending = pendingAt(*item);
    return { rowOfRank(rank), std::move(item), pending };
}

void Window::setOptimistic(bool optimistic)
{
    if (std::exchange(m_optimistic, optimistic) == optimistic || !m_observing)
        return;
    const auto keys = optimistic ? m_entity->pendingKeys() : m_items.keys();
    for (const ItemKey &key : keys)
        layOverLater(key);
}

void Window::writesChanged(const ItemKey &key)
{
    if (m_optimistic && m_observing && key != ItemKey())
        layOverLater(key);
}

// In a turn of its own, as all that is told of calls, and before their results.
void Window::layOverLater(const ItemKey &key)
{
    m_toLay.push_back(key);
    if (m_toLay.size() > 1 || !m_notifier)
        return;
    m_notifier->post(m_model, [this] { layWaiting(); });
}

void Window::layWaiting()
{
    if (m_toLay.empty())
        return;
    m_entity->store().whenSettled([this, alive = QPointer(m_model), number = m_attachment] {
        const auto isAttached = [&] { return alive && number == m_attachment; };
        std::vector<ItemKey> keys = isAttached() ? std::exchange(m_toLay, {}) : std::vector<ItemKey>();
        QSet<ItemKey> laid; // all writes to one are laid at once
        std::erase_if(keys, [&laid](const ItemKey &key) {
            const auto before = laid.size();
            laid.insert(key);
            return laid.size() == before;
        });
        for (std::span<const ItemKey> left = keys; isAttached() && !left.empty();) {
            const auto run = comingOf(left);
            if (run.size() > 1)
                layTogether(run);
            else
                layOver(left.front());
            left = left.subspan(std::max<std::size_t>(run.size(), 1));
        }
    });
}

// As many of the first as come side by side, in their order: the pushes of a turn, most often.
std::vector<PendingItem> Window::comingOf(std::span<const ItemKey> keys) const
{
    std::vector<PendingItem> coming;
    qsizetype place = 0;
    for (const ItemKey &key : keys) {
        const qsizetype at = m_items.below(Cut::before(key));
        const bool isNext =
                coming.empty() || (at == place && compareKeys(keyOf(*coming.back().item), key) < 0);
        if (!isNext || !inWindow(key) || m_items.isLaid(key) || m_items.confirmed(key))
            break;
        auto pending = pendingOf(key, {});
        if (!pending || !pending->item)
            break;
        place = at;
        coming.push_back(*std::move(pending));
    }
    return coming;
}

void Window::layTogether(const std::vector<PendingItem> &coming)
{
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    const qsizetype place = m_items.below(Cut::before(keyOf(*coming.front().item)));
    insertWithin(isAscending() ? place : m_items.size() - place, qsizetype(coming.size()), [&] {
        for (const PendingItem &each : coming)
            m_items.lay(ownedKey(keyOf(*each.item)), each);
    });
}

void Window::layOver(const ItemKey &key)
{
    const ItemPtr confirmed = m_items.confirmed(key);
    const auto pending = pendingOf(key, confirmed);
    if (!pending && !m_items.isLaid(key))
        return;
    changeRow(key, pending ? bool(pending->item) : bool(confirmed), [&] { m_items.lay(key, pending); });
}

template <typename Commit>
void Window::changeRow(const ItemKey &key, bool willShow, Commit commit)
{
    const qsizetype rank = m_items.rank(key);
    const bool did = rank >= 0 && inWindow(key);
    const bool will = willShow && inWindow(key);
    if (did && will)
        noteChange(shownNow(rank));
    if (did == will) {
        commit();
        return;
    }
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    if (will) {
        const qsizetype place = m_items.below(Cut::before(key));
        insertWithin(isAscending() ? place : m_items.size() - place, 1, commit);
        return;
    }
    removeRows(rowOfRank(rank), 1, [&] {
        commit();
        --m_count;
    });
    if (scope.isAlive())
        fetchUnasked();
}

template <typename Concerns>
std::size_t Window::plainOf(std::span<const ItemPtr> items, Concerns concerns) const
{
    const qsizetype before = m_items.addedBelow(keyOf(*items.front()));
    const auto isNoNeighbour = [&](const ItemPtr &item) {
        return concerns(item) || m_items.addedBelow(keyOf(*item)) != before;
    };
    return std::size_t(std::find_if(items.begin(), items.end(), isNoNeighbour) - items.begin());
}

// Several steps, and one change for whoever looks in between.
void Window::eachInserted(std::span<const ItemPtr> items)
{
    const Scope scope(*this);
    const auto concernsUs = [this](const ItemPtr &item) {
        const ItemKey key = ownedKey(keyOf(*item));
        return m_items.isLaid(key) || pendingOf(key, item) || m_entity->placeholderOf(item);
    };
    while (!items.empty() && scope.isAlive() && m_observing) {
        const std::size_t plain = plainOf(items, concernsUs);
        if (plain > 0)
            plainInserted(m_items.below(Cut::before(keyOf(*items.front()))), items.first(plain));
        else
            oneInserted(items.front());
        items = items.subspan(std::max<std::size_t>(plain, 1));
    }
}

void Window::eachRemoved(std::span<const ItemPtr> items)
{
    const Scope scope(*this);
    const auto concernsUs = [this](const ItemPtr &item) {
        const ItemKey key = ownedKey(keyOf(*item));
        return m_items.isLaid(key) || pendingOf(key, {});
    };
    while (!items.empty() && scope.isAlive() && m_observing) {
        const std::size_t plain = plainOf(items, concernsUs);
        if (plain > 0)
            plainRemoved(m_items.below(Cut::before(keyOf(*items.front()))), items.first(plain));
        else
            oneRemoved(items.front());
        items = items.subspan(std::max<std::size_t>(plain, 1));
    }
}

void Window::oneInserted(const ItemPtr &item)
{
    const auto placeholder = m_entity->placeholderOf(item);
    if (placeholder && m_items.rank(*placeholder) >= 0) {
        showNamed(*placeholder, item);
        return;
    }
    const ItemKey key = ownedKey(keyOf(*item));
    const auto pending = pendingOf(key, item);
    changeRow(key, !pending || pending->item, [&] {
        m_items.catchUp(1);
        m_items.lay(key, pending);
    });
}

void Window::oneRemoved(const ItemPtr &item)
{
    const ItemKey key = ownedKey(keyOf(*item));
    const auto pending = pendingOf(key, {});
    changeRow(key, pending && pending->item, [&] {
        m_items.catchUp(1);
        m_items.lay(key, pending);
    });
}

void Window::oneReplaced(const ItemPtr &before, const ItemPtr &after)
{
    const ItemKey key = ownedKey(keyOf(*after));
    const qsizetype rank = m_items.rank(key);
    if (rank < 0)
        return; // it is hidden
    const bool isLaid = m_items.isLaid(key);
    noteChange({ rowOfRank(rank), isLaid ? m_items.at(rank) : before, m_items.pendingAt(key) });
    // What makes the row go, or is not laid over it yet, comes with layOver().
    if (const auto pending = pendingOf(key, after); isLaid && pending && pending->item)
        m_items.lay(key, pending);
}

void Window::showNamed(const ItemKey &placeholder, const ItemPtr &item)
{
    const ItemKey key = ownedKey(keyOf(*item));
    const auto pending = pendingOf(key, item);
    const bool stays = !pending || pending->item;
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    const auto name = [&] {
        m_items.catchUp(1);
        m_items.lay(key, pending);
    };
    if (!stays || !inWindow(placeholder) || !inWindow(key)) {
        changeRow(placeholder, false, [&] { m_items.lay(placeholder, {}); });
        if (scope.isAlive())
            changeRow(key, stays, name);
        return;
    }
    Changed change = shownNow(m_items.rank(placeholder));
    const qsizetype from = change.row;
    const qsizetype place = m_items.below(Cut::before(key)); // placeholders stand above
    change.row = isAscending() ? place : m_items.size() - 1 - place;
    const auto commit = [&] {
        m_items.lay(placeholder, {});
        name();
    };
    if (change.row == from)
        commit();
    else
        moveRow(from, change.row, commit);
    if (scope.isAlive())
        noteChange(change);
}

} // namespace Twilio
