#pragma once

#include "TwilioSync/api/sortmoves_p.h"
#include "TwilioSync/api/syncsortfiltermodel.h"
#include "TwilioSync/models/modelhold.h"
#include "TwilioSync/models/rolenumbers.h"
#include "TwilioSync/models/sortkey.h"

#include <QtCore/qlist.h>

namespace Twilio {

/*!
    \brief What QSortFilterProxyModel asks for: who passes, and who comes before whom.

    The sort keys are kept: a source may have changed rows that it has not told of yet, and what is shown must
    stay in order by what has been told. Each signal of the source is heard twice, before and after the base
    class, which hears it in between.
*/
class SortFilterPrivate
{
public:
    explicit SortFilterPrivate(SyncSortFilterModel *model) : q(model), moves(model) { }

    void leaveSource();
    //! Around the base class's own setSourceModel().
    void followSourceBefore(QAbstractItemModel *source);
    void followSourceAfter();
    //! After a new sort role or order, or a new filter role.
    void followRoles();
    void sortAgain();
    //! After a new condition.
    void filterAgain();
    void judgeAgain();
    void tellCount();

    [[nodiscard]] bool passes(int sourceRow, const QModelIndex &sourceParent) const;
    //! A total order of the source's rows.
    [[nodiscard]] bool isLess(const QModelIndex &left, const QModelIndex &right) const;

    SyncSortFilterModel *const q;
    QString sortRole;
    Qt::SortOrder sortOrder = Qt::AscendingOrder;
    QString filterRole;
    QString filterText;
    SyncSortFilterModel::FilterFunction accepts;
    RoleNumbers numbers;
    SortMoves moves;
    ModelHold hold;
    //! Rows were asked for and none has come yet that passes.
    bool wantsMore = false;

private:
    //! Rows of the source that are on their way through, and what is said of each.
    struct Verdicts
    {
        int first = 0;
        QList<bool> passes;
        //! All other rows stay as they are.
        bool isAlone = false;
    };

    template <typename Signal, typename Slot>
    void connect(Signal signal, Slot slot);
    void enter();
    void leave();
    void changing(const QModelIndex &first, const QModelIndex &last, const QList<int> &roles);
    void changed(const QModelIndex &first, const QList<int> &roles);
    void insertKeys(int first, int last);
    void inserted(int first, int last);
    void reload();

    //! Sorts if the base class does not sort by what is set; false if it does.
    bool matchColumn();
    void resolveRoles();
    int resolve(const char *property, const QString &name, const QHash<int, QByteArray> &names,
                QString *warned);
    void readKeys(int first, int last);
    [[nodiscard]] QVariant readKey(int row) const;
    //! What the source has in \a role, also where it is missing or null.
    [[nodiscard]] QVariant exactData(const QModelIndex &source, int role) const;
    [[nodiscard]] QVariant keyOf(const QModelIndex &source) const;
    [[nodiscard]] bool meets(const QModelIndex &source) const;
    [[nodiscard]] bool isShown(int sourceRow) const;
    //! Tells of rows of the source, in runs of what is shown.
    void tellChanged(const QList<int> &sourceRows, const QList<int> &roles);
    void tellOurRoles(const QModelIndex &first, const QModelIndex &last, const QList<int> &roles);

    QAbstractItemModel *m_source = nullptr;
    bool m_isCollection = false;
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
    //! Signals of the source that are on their way through;
    int m_depth = 0;
    //! A slot has changed the source while one was: what is known of its rows is out of date.
    bool m_isDisturbed = false;
    //! what was set meanwhile comes after them.
    bool m_sortLater = false;
    bool m_filterLater = false;
    Verdicts m_verdicts;
    //! Of changing(), for changed().
    QList<int> m_stayed;
    QList<int> m_going;
    QList<bool> m_passing;
};

} // namespace Twilio
