#pragma once

#include "TwilioSync/api/synccollection.h"

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <array>
#include <optional>
#include <vector>

//! What one row shows: the six roles that every collection has.
using Row = std::array<QVariant, 8>;

//! Text of \a row for failures.
[[nodiscard]] QString textOf(const Row &row);

/*!
    \brief A copy of a model made of its signals alone: reads those rows that a signal names, when it names
   them.

    Notes as a failure what a view could not follow, and changes that change nothing.
*/
class Replica : public QObject
{
    Q_OBJECT

public:
    //! Of an empty \a model.
    explicit Replica(const Twilio::SyncCollection *model);

    [[nodiscard]] const std::vector<Row> &rows() const { return m_rows; }
    //! Of the keys this window has ever shown the one furthest from its start; none while it showed none.
    [[nodiscard]] const std::optional<QVariant> &furthest() const { return m_furthest; }
    //! The model is about to show something else.
    void expectAnother();
    //! rowsInserted, rowsRemoved and dataChanged so far.
    [[nodiscard]] int changes() const { return m_changes; }
    //! What was wrong first; empty if nothing was.
    [[nodiscard]] const QString &failure() const { return m_failure; }
    //! How the model differs from this copy; empty if it does not. Changes of a turn of the event loop are
    //! told at its end.
    [[nodiscard]] QString difference() const;

private:
    [[nodiscard]] Row read(int row) const;
    void fail(const QString &what);
    void inserted(const QModelIndex &parent, int first, int last);
    void removed(const QModelIndex &parent, int first, int last);
    void moved(int first, int last, int to);
    void changed(const QModelIndex &topLeft, const QModelIndex &bottomRight, const QList<int> &roles);
    void reset();
    void noteFurthest();

    const Twilio::SyncCollection *const m_model;
    std::vector<Row> m_rows;
    std::optional<QVariant> m_furthest;
    bool m_expectsAnother = false;
    int m_changes = 0;
    QString m_failure;
};
