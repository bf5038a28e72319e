#include "TwilioSync/api/sortmoves_p.h"

#include "TwilioSync/api/syncsortfiltermodel.h"

#include <algorithm>

namespace Twilio {

void SortMoves::hold(const QList<Move> &moves)
{
    m_moves = moves;
    m_kept = q->persistentIndexList();
    m_keepers.clear();
    for (const QModelIndex &index : std::as_const(m_kept))
        m_keepers.append(index);
    m_isHolding = true;
    m_wasBlocked = q->blockSignals(true);
}

void SortMoves::abandon()
{
    if (std::exchange(m_isHolding, false))
        q->blockSignals(m_wasBlocked);
    m_moves.clear();
    m_order.clear();
    m_target.clear();
    m_unsettled.clear();
    m_kept.clear();
    m_keepers.clear();
}

void SortMoves::replay()
{
    if (m_isHolding) {
        rewind();
        m_isHolding = false;
        q->blockSignals(m_wasBlocked);
    }
    // A slot that changes the source has the rest told before that: then nothing is left here
    for (qsizetype i = 0; i < m_target.size(); ++i) {
        const int row = m_target.at(i);
        if (!m_unsettled.remove(row))
            continue;
        const auto from = int(m_order.indexOf(row));
        const int to = i == 0 ? 0 : int(m_order.indexOf(m_target.at(i - 1))) + 1;
        // What stands between will move away itself
        const bool isThere = from >= to
                && std::all_of(m_order.cbegin() + to, m_order.cbegin() + from,
                               [this](int between) { return m_unsettled.contains(between); });
        if (!isThere)
            move(from, to);
    }
    abandon();
}

void SortMoves::rewind()
{
    int first = std::numeric_limits<int>::max();
    int last = -1;
    for (const Move &move : std::as_const(m_moves)) {
        const int to = q->mapFromSource(move.sourceRow);
        first = std::min({ first, move.from, to });
        last = std::max({ last, move.from, to });
        m_unsettled.insert(move.sourceRow);
    }
    m_target.clear();
    for (int row = first; row <= last; ++row)
        m_target.append(q->mapToSource(row));
    QList<int> order(m_target.size(), -1);
    for (const Move &move : std::as_const(m_moves))
        order[move.from - first] = move.sourceRow;
    auto free = order.begin();
    for (const int row : std::as_const(m_target)) {
        if (m_unsettled.contains(row))
            continue;
        free = std::find(free, order.end(), -1);
        *free = row;
    }
    QModelIndexList now;
    for (const QPersistentModelIndex &keeper : std::as_const(m_keepers))
        now.append(keeper);
    q->changePersistentIndexList(now, m_kept);
    m_first = first;
    m_order = order;
}

void SortMoves::move(int from, int to)
{
    q->beginMoveRows({}, m_first + from, m_first + from, {}, m_first + to);
    m_order.move(from, from < to ? to - 1 : to);
    q->endMoveRows();
}

int SortMoves::shownRow(int sourceRow, int settled) const
{
    const auto at = m_order.indexOf(sourceRow);
    return at < 0 ? settled : m_first + int(at);
}

} // namespace Twilio
