// How SyncSortFilterModel follows its source, around what the base class does.
#include "TwilioSync/api/syncsortfiltermodel_p.h"

#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/api/synclivequery.h"

#include <algorithm>
#include <numeric>

namespace Twilio {
namespace {

//! From here on one new layout costs views less than the single moves.
constexpr qsizetype manyMoves = 50;

//! Calls \a tell (first, last) for each run of \a rows, which are in ascending order.
template <typename Tell>
void forRuns(const QList<int> &rows, Tell tell)
{
    for (qsizetype begin = 0; begin < rows.size();) {
        qsizetype end = begin + 1;
        while (end < rows.size() && rows.at(end) == rows.at(end - 1) + 1)
            ++end;
        tell(rows.at(begin), rows.at(end - 1));
        begin = end;
    }
}

bool isTopLevel(const QModelIndex &first)
{
    return first.isValid() && !first.parent().isValid() && first.column() == 0;
}

} // namespace

void SortFilterPrivate::leaveSource()
{
    for (const QMetaObject::Connection &connection : std::as_const(m_connections))
        QObject::disconnect(connection);
    m_connections.clear();
    moves.abandon();
    m_verdicts = {};
    m_isDisturbed = m_depth > 0;
    m_depth = 0;
    m_warnedSortRole.clear();
    m_warnedFilterRole.clear();
}

template <typename Signal, typename Slot>
void SortFilterPrivate::connect(Signal signal, Slot slot)
{
    m_connections.append(QObject::connect(m_source, signal, q, slot));
}

void SortFilterPrivate::followSourceBefore(QAbstractItemModel *source)
{
    using Model = QAbstractItemModel;
    m_source = source;
    m_isCollection = qobject_cast<SyncCollection *>(source) || qobject_cast<SyncLiveQuery *>(source);
    reload();
    if (!source)
        return;
    connect(&Model::dataChanged,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                enter();
                changing(first, last, roles);
            });
    connect(&Model::rowsInserted, [this](const QModelIndex &parent, int first, int last) {
        enter();
        if (!parent.isValid())
            insertKeys(first, last);
    });
    connect(&Model::rowsAboutToBeRemoved, [this](const QModelIndex &parent, int first, int last) {
        enter();
        if (!parent.isValid()) {
            m_leavingFirst = first;
            m_leavingLast = last;
        }
    });
    connect(&Model::rowsRemoved, [this](const QModelIndex &parent, int first, int last) {
        enter();
        if (!parent.isValid()) {
            m_leavingFirst = m_leavingLast = -1;
            m_keys.remove(first, last - first + 1);
        }
    });
    // What is still to be moved is moved while its rows are what they are
    const auto finishing = [this] { moves.replay(); };
    connect(&Model::rowsAboutToBeInserted, finishing);
    connect(&Model::rowsAboutToBeMoved, finishing);
    connect(&Model::layoutAboutToBeChanged, finishing);
    connect(&Model::modelAboutToBeReset, finishing);
    const auto reloading = [this] {
        enter();
        reload();
    };
    connect(&Model::rowsMoved, reloading);
    connect(&Model::layoutChanged, reloading);
    connect(&Model::modelReset, reloading);
}

void SortFilterPrivate::followSourceAfter()
{
    using Model = QAbstractItemModel;
    if (m_source) {
        connect(&Model::dataChanged,
                [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                    changed(first, roles);
                    tellOurRoles(first, last, roles);
                    leave();
                });
        connect(&Model::rowsInserted, [this](const QModelIndex &parent, int first, int last) {
            leave();
            if (!parent.isValid())
                inserted(first, last);
        });
        const auto leaving = [this] { leave(); };
        connect(&Model::rowsAboutToBeRemoved, leaving);
        connect(&Model::rowsRemoved, leaving);
        connect(&Model::rowsMoved, leaving);
        connect(&Model::layoutChanged, leaving);
        connect(&Model::modelReset, leaving);
        // The base class has let it go by then, and told nobody
        connect(&Model::destroyed, [this] {
            leaveSource();
            q->beginResetModel();
            m_source = nullptr;
            m_isCollection = false;
            reload();
            q->endResetModel();
            tellCount();
            Q_EMIT q->modelChanged();
        });
    }
    matchColumn();
    tellCount();
}

void SortFilterPrivate::enter()
{
    m_isDisturbed = ++m_depth > 1 || m_isDisturbed;
    moves.replay();
}

void SortFilterPrivate::leave()
{
    m_depth = std::max(0, m_depth - 1); // a slot may have set another source
    if (m_depth > 0)
        return;
    followRoles();
    if (std::exchange(m_isDisturbed, false)) {
        readKeys(0, int(m_keys.size()) - 1);
        m_sortLater = m_filterLater = true;
        if (q->count() > 0)
            Q_EMIT q->dataChanged(q->index(0, 0), q->index(q->count() - 1, 0));
    }
    if (std::exchange(m_sortLater, false))
        sortAgain();
    else
        matchColumn();
    if (std::exchange(m_filterLater, false))
        filterAgain();
    tellCount();
}

void SortFilterPrivate::changing(const QModelIndex &first, const QModelIndex &last, const QList<int> &roles)
{
    m_stayed.clear();
    m_going.clear();
    m_passing.clear();
    if (!isTopLevel(first))
        return;
    const bool isSorted = m_sortRole >= 0 && (roles.isEmpty() || roles.contains(m_sortRole));
    if (!q->dynamicSortFilter()) {
        if (isSorted)
            readKeys(first.row(), last.row());
        return;
    }
    QList<bool> shown;
    QList<SortMoves::Move> moved;
    QList<int> places;
    for (int row = first.row(); row <= last.row(); ++row) {
        const int place = q->mapFromSource(row);
        const bool passes = meets(first.siblingAtRow(row));
        shown.append(place >= 0);
        m_passing.append(passes);
        if (place >= 0 && passes) {
            m_stayed.append(row);
            places.append(place);
        }
        if (!isSorted)
            continue;
        if (place >= 0 && !passes) { // goes from where it stands, and gets its key then
            m_going.append(row);
            continue;
        }
        const QVariant before = std::exchange(m_keys[row], readKey(row));
        if (place >= 0 && m_order.compare(before, m_keys.at(row)) != 0)
            moved.append({ row, place });
    }
    m_verdicts = { first.row(), m_passing, false };
    std::sort(places.begin(), places.end());
    const bool isOneRun = places.isEmpty() || places.last() - places.first() == places.size() - 1;
    // The base class tells of rows that stay in place well enough, if there is nothing in between
    if (moved.size() >= manyMoves || (moved.isEmpty() && isOneRun))
        return;
    m_verdicts.passes = shown;
    moves.hold(moved);
}

void SortFilterPrivate::changed(const QModelIndex &first, const QList<int> &roles)
{
    if (!isTopLevel(first) || !q->dynamicSortFilter())
        return;
    if (moves.isHolding()) {
        const QList<int> stayed = m_stayed;
        const Verdicts verdicts { first.row(), m_passing, true };
        const bool someComeOrGo = m_verdicts.passes != m_passing;
        m_verdicts = {};
        moves.replay();
        if (!m_isDisturbed)
            tellChanged(stayed, roles);
        if (m_isDisturbed)
            return;
        m_verdicts = verdicts;
        if (someComeOrGo)
            judgeAgain();
    }
    m_verdicts = {};
    if (m_isDisturbed) // leave() reads all keys
        return;
    for (const int row : std::as_const(m_going))
        m_keys[row] = readKey(row);
}

void SortFilterPrivate::tellChanged(const QList<int> &sourceRows, const QList<int> &roles)
{
    QList<int> places;
    for (const int row : sourceRows) {
        if (const int place = q->mapFromSource(row); place >= 0)
            places.append(place);
    }
    std::sort(places.begin(), places.end());
    forRuns(places, [&](int first, int last) {
        Q_EMIT q->dataChanged(q->index(first, 0), q->index(last, 0), numbers.fromSource(roles));
    });
}

// The base class has told of the rows with the source's numbers.
void SortFilterPrivate::tellOurRoles(const QModelIndex &first, const QModelIndex &last,
                                     const QList<int> &roles)
{
    if (numbers.isSame() || roles.isEmpty() || m_isDisturbed || !isTopLevel(first))
        return;
    QList<int> rows(last.row() - first.row() + 1);
    std::iota(rows.begin(), rows.end(), first.row());
    tellChanged(rows, roles);
}

void SortFilterPrivate::insertKeys(int first, int last)
{
    if (m_keys.isEmpty())
        resolveRoles(); // without rows the roles may have changed without a word
    m_keys.insert(first, last - first + 1, QVariant());
    readKeys(first, last);
}

void SortFilterPrivate::inserted(int first, int last)
{
    for (int row = first; wantsMore && row <= last; ++row)
        wantsMore = !isShown(row);
    if (wantsMore)
        QMetaObject::invokeMethod(
                q, [this] { q->fetchMore(); }, Qt::QueuedConnection);
}

} // namespace Twilio
