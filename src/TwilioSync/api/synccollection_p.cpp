#include "TwilioSync/api/synccollection_p.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <tuple>

namespace Twilio {

void CollectionPrivate::attached()
{
    collection()->store().observers.add(this);
    m_observing = true;
    fetch();
}

void CollectionPrivate::detachStore()
{
    if (std::exchange(m_observing, false) && entity)
        collection()->store().observers.remove(this);
}

void CollectionPrivate::detaching()
{
    ++m_window;
    m_fetching = false;
    m_fetchAgain = false;
    m_changed.clear();
    const QPointer guard(object);
    const bool wasComplete = m_complete;
    const bool hadRows = m_count > 0;
    if (hadRows) // views may read them once more
        q()->beginRemoveRows({}, 0, count() - 1);
    detachStore();
    m_decoded.clear();
    m_count = 0;
    m_edge.reset();
    m_complete = false;
    if (hadRows)
        q()->endRemoveRows();
    if (hadRows && guard)
        Q_EMIT q()->countChanged();
    if (wasComplete && guard)
        Q_EMIT q()->completeChanged();
}

void CollectionPrivate::restart()
{
    ++m_window;
    m_fetching = false;
    m_changed.clear();
    const bool hadRows = m_count > 0;
    q()->beginResetModel();
    m_count = 0;
    m_edge.reset();
    m_complete = false;
    const QPointer guard(object);
    q()->endResetModel();
    if (guard && hadRows)
        Q_EMIT q()->countChanged();
    if (guard)
        Q_EMIT q()->completeChanged();
    if (guard)
        fetch();
}

bool CollectionPrivate::inWindow(ItemKeyView key) const
{
    if (m_complete)
        return true;
    if (!m_edge)
        return false;
    const auto side = compareKeys(key, *m_edge);
    return isAscending() ? side <= 0 : side >= 0;
}

qsizetype CollectionPrivate::windowSize() const
{
    if (m_complete)
        return items().size();
    if (!m_edge)
        return 0;
    return isAscending() ? items().upperBound(*m_edge) : items().size() - items().lowerBound(*m_edge);
}

int CollectionPrivate::rowOfRank(qsizetype rank) const
{
    return int(isAscending() ? rank : items().size() - 1 - rank);
}

ItemPtr CollectionPrivate::itemAt(int row) const
{
    if (!m_observing || row < 0 || row >= m_count)
        return {};
    // Another handle's slot may ask while this one has not been told of a removal yet.
    const qsizetype rank = isAscending() ? row : items().size() - 1 - row;
    return rank >= 0 && rank < items().size() ? items().at(rank) : ItemPtr();
}

int CollectionPrivate::rowOf(const ItemKey &key) const
{
    if (!m_observing || !inWindow(key))
        return -1;
    const qsizetype rank = items().rank(key);
    return rank < 0 ? -1 : rowOfRank(rank);
}

void CollectionPrivate::fetch()
{
    if (!canFetch())
        return;
    m_fetching = true;
    PageRequest request;
    request.from = m_edge;
    request.excludesFrom = m_edge.has_value();
    request.size = pageSize;
    request.order = order;
    collection()->readPage(
            request, [this, guard = QPointer(object), window = m_window](const SyncResult<Page> &result) {
                if (guard && window == m_window)
                    pageRead(result);
            });
}

void CollectionPrivate::pageRead(const SyncResult<Page> &result)
{
    m_fetching = false;
    if (const auto *error = errorOf(result)) {
        if (status == Sync::Status::Ready) {
            qCWarning(lcClient) << "reading a page of" << sid << "failed:" << *error;
            m_fetchError = settingError = *error;
            m_fetchAgain = collection()->subscriptionState() != Sync::SubscriptionState::Established;
            refresh();
        }
        return;
    }
    const QPointer guard(object);
    const quint64 window = m_window;
    if (const SyncError old = std::exchange(m_fetchError, {}); !old.isNull() && settingError == old) {
        settingError = {};
        refresh();
    }
    if (!guard || !flushChanges() || window != m_window)
        return;
    const Page &page = std::get<Page>(result);
    const std::optional<ItemKey> edge = page.last ? page.last : m_edge;
    const bool complete = !page.hasNext;

    // What the window will show once its edge has moved; the store holds the page already.
    const auto oldEdge = std::exchange(m_edge, edge);
    const bool oldComplete = std::exchange(m_complete, complete);
    const qsizetype size = windowSize();
    if (size > m_count) {
        m_edge = oldEdge;
        m_complete = oldComplete;
        q()->beginInsertRows({}, count(), int(size) - 1);
        m_edge = edge;
        m_complete = complete;
        m_count = size;
        q()->endInsertRows();
        if (guard)
            Q_EMIT q()->countChanged();
    }
    if (guard && complete != oldComplete)
        Q_EMIT q()->completeChanged();
    if (guard)
        fetchUnasked();
}

// A view asks for more when it shows the last row; where there is none, it never would.
void CollectionPrivate::fetchUnasked()
{
    if (loadAll || m_count == 0)
        fetch();
}

void CollectionPrivate::rootChanged()
{
    const QPointer guard(object);
    HandleSignals::rootChanged();
    // A page that could not be had while the connection was bad is worth another try.
    if (guard && entity && entity->subscriptionState() == Sync::SubscriptionState::Established
        && std::exchange(m_fetchAgain, false))
        fetchUnasked();
}

qsizetype CollectionPrivate::visibleOf(std::span<const ItemPtr> run) const
{
    // The window reaches from one end to its edge, so only the run's far end may be beyond it.
    if (inWindow(keyOf(isAscending() ? *run.back() : *run.front())))
        return qsizetype(run.size());
    return std::count_if(run.begin(), run.end(),
                         [this](const ItemPtr &item) { return inWindow(keyOf(*item)); });
}

void CollectionPrivate::itemsAboutToBeInserted(qsizetype rank, std::span<const ItemPtr> added)
{
    if (visibleOf(added) == 0 || !flushChanges())
        return;
    m_inserting = visibleOf(added); // a slot may have changed the window
    if (m_inserting == 0)
        return;
    const auto first = int(isAscending() ? rank : items().size() - rank);
    q()->beginInsertRows({}, first, first + int(m_inserting) - 1);
}

void CollectionPrivate::itemsInserted(qsizetype, std::span<const ItemPtr>)
{
    if (m_inserting == 0)
        return;
    m_count += std::exchange(m_inserting, 0);
    const QPointer guard(object);
    q()->endInsertRows();
    if (guard)
        Q_EMIT q()->countChanged();
}

void CollectionPrivate::itemsAboutToBeRemoved(qsizetype rank, std::span<const ItemPtr> going)
{
    if (visibleOf(going) == 0 || !flushChanges())
        return;
    m_removing = visibleOf(going); // a slot may have changed the window
    if (m_removing == 0)
        return;
    const int first = rowOfRank(isAscending() ? rank : rank + qsizetype(going.size()) - 1);
    q()->beginRemoveRows({}, first, first + int(m_removing) - 1);
}

void CollectionPrivate::itemsRemoved(qsizetype, std::span<const ItemPtr>)
{
    if (m_removing == 0)
        return;
    m_count -= std::exchange(m_removing, 0);
    const QPointer guard(object);
    q()->endRemoveRows();
    if (guard)
        Q_EMIT q()->countChanged();
    if (guard)
        fetchUnasked();
}

void CollectionPrivate::itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &)
{
    const int row = rowOfRank(rank);
    if (row >= m_count)
        return;
    if (m_changed.isEmpty())
        QMetaObject::invokeMethod(
                object, [this] { std::ignore = flushChanges(); }, Qt::QueuedConnection);
    if (!m_changed.contains(row))
        m_changed.insert(row, before);
}

bool CollectionPrivate::flushChanges()
{
    if (m_changed.isEmpty())
        return m_observing;
    const auto changed = std::exchange(m_changed, {});
    QList<int> rows = changed.keys();
    std::sort(rows.begin(), rows.end());
    const QPointer guard(object);
    int first = -1;
    int last = -1;
    QList<int> roles;
    const auto tell = [&] {
        if (first >= 0 && guard)
            Q_EMIT q()->dataChanged(q()->index(first), q()->index(last), roles);
        first = -1;
    };
    for (const int row : rows) {
        const ItemPtr now = itemAt(row);
        const QList<int> differing = now ? differingRoles(*changed.value(row), *now) : QList<int>();
        if (differing.isEmpty())
            continue;
        if (first >= 0 && row != last + 1)
            tell();
        if (!guard)
            return false;
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
    return guard && m_observing;
}

} // namespace Twilio
