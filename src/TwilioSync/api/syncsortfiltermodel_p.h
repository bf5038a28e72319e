#pragma once

#include "TwilioSync/api/sortkey_p.h"
#include "TwilioSync/api/syncsortfiltermodel.h"

#include <QtCore/qlist.h>

namespace Twilio {

/*!
    \brief Which rows of the source are shown, and in which order.

    The sort keys are kept: a source may have changed rows that it has not told of yet, and what is shown must
   stay in order by what has been told.
*/
class SortFilterPrivate
{
public:
    explicit SortFilterPrivate(SyncSortFilterModel *model) : q(model) { }

    void leaveSource();
    void followSource();
    //! Forgets the source's rows and reads them anew; between the signals of a reset.
    void load();
    //! After a new sort role or order.
    void sortAgain();
    //! After a new condition.
    void filterAgain();
    //! Looks the roles' names up again; true if that led to others, and what is shown has followed.
    bool followRoles();
    void tellCount();

    QString sortRole;
    Qt::SortOrder sortOrder = Qt::AscendingOrder;
    QString filterRole;
    QString filterText;
    SyncSortFilterModel::FilterFunction accepts;
    //! Of the source: the one shown in each row.
    QList<int> shown;
    //! Of this model: where each row of the source is shown, or -1.
    QList<int> rows;
    //! Rows were asked for and none has come yet that passes.
    bool wantsMore = false;

private:
    void sourceChanged(const QModelIndex &first, const QModelIndex &last, const QList<int> &roles);
    void sourceInserted(int first, int last);
    void sourceAboutToBeRemoved(int first, int last);
    void sourceRemoved(int first, int last);
    void sourceAboutToBeRearranged();
    void sourceRearranged();

    bool resolveRoles();
    int resolve(const char *property, const QString &name, const QHash<int, QByteArray> &names,
                QString *warned);
    void readKeys(int first, int last);
    [[nodiscard]] QModelIndex sourceIndex(int row) const;
    [[nodiscard]] bool passes(int sourceRow) const;
    //! A total order of the source's rows.
    [[nodiscard]] bool isBefore(int a, int b) const;
    [[nodiscard]] QList<int> sorted(QList<int> sourceRows) const;

    // Each takes rows of the source and tells the views.
    void hide(const QList<int> &sourceRows);
    void show(const QList<int> &sourceRows);
    //! Brings rows with new keys where they belong; all others are in order.
    void settle(const QList<int> &changed);
    void rearrange(const QList<int> &order);
    void tellChanged(QList<int> sourceRows, const QList<int> &roles);
    //! Brings rows up to date with shown from row \a from on.
    void reindex(qsizetype from);

    SyncSortFilterModel *const q;
    QList<QMetaObject::Connection> m_connections;
    KeyOrder m_order;
    QList<QVariant> m_keys;
    int m_sortRole = -1;
    int m_filterRole = -1;
    int m_toldCount = 0;
    //! Names that have been warned of.
    QString m_warnedSortRole;
    QString m_warnedFilterRole;
    //! Rows that the source is about to remove.
    int m_leavingFirst = -1;
    int m_leavingLast = -1;
    //! What persistent indexes stand for while the source rearranges its rows.
    QModelIndexList m_kept;
    QList<QPersistentModelIndex> m_keptSources;
};

} // namespace Twilio
