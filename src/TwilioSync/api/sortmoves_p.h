#pragma once

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qlist.h>
#include <QtCore/qset.h>

namespace Twilio {

class SyncSortFilterModel;

/*!
    \brief Gives the rows that QSortFilterProxyModel has sorted anew as moves.

    The class itself tells of a new layout, after which a Qt Quick view no longer knows where its current item
    and its delegates have gone. So it works silently between hold() and replay(), and the rows then go to
    their new places one by one. Until the last one is there, what is shown is translated.

    \code
        sorted by title: "a" becomes "d", "c" becomes "a"

        source row        0 1 2 3
        shown before      a b c e      the order that views know
        m_target          2 1 0 3      what the class has sorted: c' b a' e
        m_order           0 1 2 3      what is shown, at first as before
          move 0 to 2     1 2 0 3      b c' a' e
          move 1 to 0     2 1 0 3      c' b a' e: as sorted, nothing is translated any more
    \endcode
*/
class SortMoves
{
public:
    //! A row of the source, and where it is shown.
    struct Move
    {
        int sourceRow = -1;
        int from = -1;
    };

    explicit SortMoves(SyncSortFilterModel *model) : q(model) { }

    //! Before the rows \a moves get new places.
    void hold(const QList<Move> &moves);
    //! After they got them.
    void replay();
    //! Lets go of what is held, untold; for when the source goes.
    void abandon();

    [[nodiscard]] bool isHolding() const { return m_isHolding; }
    //! Some are not yet where they belong: only then is there anything to translate.
    [[nodiscard]] bool isReplaying() const { return !m_order.isEmpty(); }
    //! The source row that is shown in \a row, \a settled in the end.
    [[nodiscard]] int sourceRow(int row, int settled) const { return m_order.value(row - m_first, settled); }
    //! Where \a sourceRow is shown, \a settled in the end.
    [[nodiscard]] int shownRow(int sourceRow, int settled) const;

private:
    //! Has what is shown begin as it was.
    void rewind();
    void move(int from, int to);

    SyncSortFilterModel *const q;
    QList<Move> m_moves;
    bool m_isHolding = false;
    bool m_wasBlocked = false;
    QModelIndexList m_kept;
    QList<QPersistentModelIndex> m_keepers;
    //! The rows between all old and new places begin here;
    int m_first = 0;
    //! the source rows that they show now,
    QList<int> m_order;
    //! and in the end,
    QList<int> m_target;
    //! and those that are not yet where they belong.
    QSet<int> m_unsettled;
};

} // namespace Twilio
