// How the rows of SyncSortFilterModel follow those of its source.
#include "TwilioSync/api/syncsortfiltermodel_p.h"

#include <QtCore/qstringlist.h>

#include <algorithm>
#include <numeric>

namespace Twilio {
namespace {

//! From here on one new layout costs views less than the single moves.
constexpr qsizetype manyMoves = 50;

//! Calls \a tell (first, last) for each run of \a rows, which are in ascending order, the last run first.
template <typename Tell>
void forRunsBackwards(const QList<int> &rows, Tell tell)
{
    for (qsizetype end = rows.size(); end > 0;) {
        qsizetype begin = end - 1;
        while (begin > 0 && rows.at(begin - 1) == rows.at(begin) - 1)
            --begin;
        tell(rows.at(begin), rows.at(end - 1));
        end = begin;
    }
}

} // namespace

void SortFilterPrivate::leaveSource()
{
    for (const QMetaObject::Connection &connection : std::as_const(m_connections))
        QObject::disconnect(connection);
    m_connections.clear();
    shown.clear();
    rows.clear();
    m_keys.clear();
    m_warnedSortRole.clear();
    m_warnedFilterRole.clear();
}

void SortFilterPrivate::followSource()
{
    const QAbstractItemModel *const source = q->sourceModel();
    if (!source)
        return;
    using Model = QAbstractItemModel;
    const auto topLevel = [this](void (SortFilterPrivate::*handle)(int, int)) {
        return [this, handle](const QModelIndex &parent, int first, int last) {
            if (!parent.isValid())
                (this->*handle)(first, last);
        };
    };
    const auto connect = [this, source](auto signal, auto slot) {
        m_connections.append(QObject::connect(source, signal, q, slot));
    };
    connect(&Model::rowsInserted, topLevel(&SortFilterPrivate::sourceInserted));
    connect(&Model::rowsAboutToBeRemoved, topLevel(&SortFilterPrivate::sourceAboutToBeRemoved));
    connect(&Model::rowsRemoved, topLevel(&SortFilterPrivate::sourceRemoved));
    connect(&Model::dataChanged,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                sourceChanged(first, last, roles);
            });
    connect(&Model::rowsAboutToBeMoved, [this] { sourceAboutToBeRearranged(); });
    connect(&Model::rowsMoved, [this] { sourceRearranged(); });
    connect(&Model::layoutAboutToBeChanged, [this] { sourceAboutToBeRearranged(); });
    connect(&Model::layoutChanged, [this] { sourceRearranged(); });
    connect(&Model::modelAboutToBeReset, [this] { q->beginResetModel(); });
    connect(&Model::modelReset, [this] {
        load();
        q->endResetModel();
        tellCount();
    });
    // The base class, connected earlier, has let the source go by then
    connect(&Model::destroyed, [this] {
        q->beginResetModel();
        load();
        q->endResetModel();
        tellCount();
        Q_EMIT q->modelChanged();
    });
}

void SortFilterPrivate::load()
{
    const QAbstractItemModel *const source = q->sourceModel();
    const int count = source ? source->rowCount() : 0;
    m_order = KeyOrder();
    m_leavingFirst = m_leavingLast = -1;
    wantsMore = false;
    rows = QList<int>(count, -1);
    m_keys = QList<QVariant>(count);
    m_sortRole = m_filterRole = -1;
    resolveRoles();
    readKeys(0, count - 1);
    QList<int> passing;
    for (int row = 0; row < count; ++row) {
        if (passes(row))
            passing.append(row);
    }
    shown = sorted(passing);
    reindex(0);
}

bool SortFilterPrivate::followRoles()
{
    if (!resolveRoles())
        return false;
    readKeys(0, int(rows.size()) - 1);
    sortAgain();
    filterAgain();
    return true;
}

void SortFilterPrivate::sortAgain()
{
    m_order = KeyOrder();
    rearrange(sorted(shown));
}

void SortFilterPrivate::filterAgain()
{
    QList<int> gone;
    QList<int> come;
    for (int row = 0; row < int(rows.size()); ++row) {
        const bool isShown = rows.at(row) >= 0;
        if (isShown != passes(row))
            (isShown ? gone : come).append(row);
    }
    hide(gone);
    show(come);
    tellCount();
}

void SortFilterPrivate::sourceChanged(const QModelIndex &first, const QModelIndex &last,
                                      const QList<int> &roles)
{
    if (!first.isValid() || first.parent().isValid() || first.column() > 0)
        return;
    followRoles();
    const auto concerns = [&roles](int role) {
        return role >= 0 && (roles.isEmpty() || roles.contains(role));
    };
    const bool asksFilter = accepts || (!filterText.isEmpty() && concerns(m_filterRole));
    QList<int> gone;
    QList<int> come;
    QList<int> moved;
    QList<int> stayed;
    for (int row = first.row(); row <= last.row() && row < int(rows.size()); ++row) {
        const bool wasShown = rows.at(row) >= 0;
        const bool isShown = asksFilter ? passes(row) : wasShown;
        if (wasShown != isShown)
            (wasShown ? gone : come).append(row);
        if (wasShown && isShown)
            stayed.append(row);
        if (!concerns(m_sortRole))
            continue;
        const QVariant before = m_keys.at(row);
        readKeys(row, row);
        if (wasShown && isShown && m_order.compare(before, m_keys.at(row)) != 0)
            moved.append(row);
    }
    hide(gone);
    settle(moved);
    show(come);
    tellChanged(stayed, roles);
    tellCount();
}

void SortFilterPrivate::sourceInserted(int first, int last)
{
    const int added = last - first + 1;
    for (int &row : shown)
        row += row >= first ? added : 0;
    rows.insert(first, added, -1);
    m_keys.insert(first, added, QVariant());
    if (!followRoles()) { // with rows some models get new roles
        readKeys(first, last);
        QList<int> come;
        for (int row = first; row <= last; ++row) {
            if (passes(row))
                come.append(row);
        }
        show(come);
        tellCount();
    }
    const bool someCame =
            std::any_of(rows.cbegin() + first, rows.cbegin() + last + 1, [](int row) { return row >= 0; });
    wantsMore = wantsMore && !someCame;
    if (wantsMore)
        QMetaObject::invokeMethod(
                q, [this] { q->fetchMore(); }, Qt::QueuedConnection);
}

void SortFilterPrivate::sourceAboutToBeRemoved(int first, int last)
{
    m_leavingFirst = first;
    m_leavingLast = last;
    QList<int> gone(last - first + 1);
    std::iota(gone.begin(), gone.end(), first);
    hide(gone);
}

void SortFilterPrivate::sourceRemoved(int first, int last)
{
    const int removed = last - first + 1;
    m_leavingFirst = m_leavingLast = -1;
    for (int &row : shown)
        row -= row > last ? removed : 0;
    rows.remove(first, removed);
    m_keys.remove(first, removed);
    tellCount();
}

void SortFilterPrivate::sourceAboutToBeRearranged()
{
    Q_EMIT q->layoutAboutToBeChanged();
    m_kept = q->persistentIndexList();
    m_keptSources.clear();
    for (const QModelIndex &index : std::as_const(m_kept))
        m_keptSources.append(q->mapToSource(index));
}

void SortFilterPrivate::sourceRearranged()
{
    load();
    QModelIndexList now;
    for (const QPersistentModelIndex &source : std::as_const(m_keptSources))
        now.append(q->mapFromSource(source));
    q->changePersistentIndexList(m_kept, now);
    m_kept.clear();
    m_keptSources.clear();
    Q_EMIT q->layoutChanged();
    tellCount();
}

bool SortFilterPrivate::resolveRoles()
{
    const QAbstractItemModel *const source = q->sourceModel();
    const auto names = source ? source->roleNames() : QHash<int, QByteArray>();
    const int sort = resolve("sortRole", sortRole, names, &m_warnedSortRole);
    const int filter = resolve("filterRole", filterRole, names, &m_warnedFilterRole);
    const int oldSort = std::exchange(m_sortRole, sort);
    const int oldFilter = std::exchange(m_filterRole, filter);
    return oldSort != sort || oldFilter != filter;
}

int SortFilterPrivate::resolve(const char *property, const QString &name, const QHash<int, QByteArray> &names,
                               QString *warned)
{
    if (name.isEmpty())
        return -1;
    if (const int role = names.key(name.toUtf8(), -1); role >= 0)
        return role;
    // Without rows a model may not know its roles yet
    if (!rows.isEmpty() && *warned != name) {
        *warned = name;
        QStringList known;
        for (const QByteArray &each : names)
            known.append(QString::fromUtf8(each));
        known.sort();
        q->warn(QStringLiteral("%1: the model has no role \"%2\", it has %3")
                        .arg(QLatin1String(property), name, known.join(QStringLiteral(", "))));
    }
    return -1;
}

void SortFilterPrivate::readKeys(int first, int last)
{
    for (int row = first; row <= last; ++row)
        m_keys[row] = m_sortRole >= 0 ? sourceIndex(row).data(m_sortRole) : QVariant();
}

QModelIndex SortFilterPrivate::sourceIndex(int row) const { return q->sourceModel()->index(row, 0); }

bool SortFilterPrivate::passes(int sourceRow) const
{
    if (sourceRow >= m_leavingFirst && sourceRow <= m_leavingLast)
        return false;
    if (m_filterRole >= 0 && !filterText.isEmpty()
        && !sourceIndex(sourceRow).data(m_filterRole).toString().contains(filterText, Qt::CaseInsensitive))
        return false;
    return !accepts || accepts(sourceIndex(sourceRow));
}

bool SortFilterPrivate::isBefore(int a, int b) const
{
    const int order = m_order.compare(m_keys.at(a), m_keys.at(b));
    if (order != 0)
        return sortOrder == Qt::AscendingOrder ? order < 0 : order > 0;
    return a < b;
}

QList<int> SortFilterPrivate::sorted(QList<int> sourceRows) const
{
    std::sort(sourceRows.begin(), sourceRows.end(), [this](int a, int b) { return isBefore(a, b); });
    return sourceRows;
}

void SortFilterPrivate::hide(const QList<int> &sourceRows)
{
    QList<int> places;
    for (const int row : sourceRows) {
        if (rows.at(row) >= 0)
            places.append(rows.at(row));
    }
    std::sort(places.begin(), places.end());
    forRunsBackwards(places, [this](int first, int last) {
        q->beginRemoveRows({}, first, last);
        for (int place = first; place <= last; ++place)
            rows[shown.at(place)] = -1;
        shown.remove(first, last - first + 1);
        reindex(first);
        q->endRemoveRows();
    });
}

void SortFilterPrivate::show(const QList<int> &sourceRows)
{
    const QList<int> coming = sorted(sourceRows);
    const auto placeOf = [this](int row) {
        const auto it = std::lower_bound(shown.cbegin(), shown.cend(), row,
                                         [this](int a, int b) { return isBefore(a, b); });
        return int(it - shown.cbegin());
    };
    // From the back, so that the places in front stay what they are
    for (qsizetype end = coming.size(); end > 0;) {
        const int place = placeOf(coming.at(end - 1));
        qsizetype begin = end - 1;
        while (begin > 0 && placeOf(coming.at(begin - 1)) == place)
            --begin;
        q->beginInsertRows({}, place, place + int(end - begin) - 1);
        shown.insert(place, end - begin, 0);
        std::copy(coming.cbegin() + begin, coming.cbegin() + end, shown.begin() + place);
        reindex(place);
        q->endInsertRows();
        end = begin;
    }
}

void SortFilterPrivate::settle(const QList<int> &changed)
{
    QList<bool> unsettled(rows.size(), false);
    for (const int row : changed)
        unsettled[row] = true;
    QList<int> others;
    std::copy_if(shown.cbegin(), shown.cend(), std::back_inserter(others),
                 [&](int row) { return !unsettled.at(row); });
    const QList<int> moving = sorted(changed);
    QList<int> target;
    std::merge(others.cbegin(), others.cend(), moving.cbegin(), moving.cend(), std::back_inserter(target),
               [this](int a, int b) { return isBefore(a, b); });
    if (changed.size() >= manyMoves) {
        rearrange(target);
        return;
    }
    for (qsizetype i = 0; i < target.size(); ++i) {
        const int row = target.at(i);
        if (!std::exchange(unsettled[row], false))
            continue;
        const int from = rows.at(row);
        const int to = i == 0 ? 0 : rows.at(target.at(i - 1)) + 1;
        // What stands between will move away itself
        if (from >= to && std::all_of(shown.cbegin() + to, shown.cbegin() + from, [&](int between) {
                return unsettled.at(between);
            }))
            continue;
        q->beginMoveRows({}, from, from, {}, to);
        shown.move(from, from < to ? to - 1 : to);
        reindex(std::min(from, to));
        q->endMoveRows();
    }
}

void SortFilterPrivate::rearrange(const QList<int> &order)
{
    if (order == shown)
        return;
    Q_EMIT q->layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = q->persistentIndexList();
    QList<int> sources;
    for (const QModelIndex &index : before)
        sources.append(shown.at(index.row()));
    shown = order;
    reindex(0);
    QModelIndexList after;
    for (const int source : std::as_const(sources))
        after.append(q->index(rows.at(source), 0));
    q->changePersistentIndexList(before, after);
    Q_EMIT q->layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void SortFilterPrivate::tellChanged(QList<int> sourceRows, const QList<int> &roles)
{
    for (int &row : sourceRows)
        row = rows.at(row);
    std::sort(sourceRows.begin(), sourceRows.end());
    forRunsBackwards(sourceRows, [&](int first, int last) {
        Q_EMIT q->dataChanged(q->index(first, 0), q->index(last, 0), roles);
    });
}

void SortFilterPrivate::reindex(qsizetype from)
{
    for (qsizetype place = from; place < shown.size(); ++place)
        rows[shown.at(place)] = int(place);
}

void SortFilterPrivate::tellCount()
{
    if (std::exchange(m_toldCount, q->count()) != q->count())
        Q_EMIT q->countChanged();
}

} // namespace Twilio
