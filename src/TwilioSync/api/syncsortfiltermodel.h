#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qsortfilterproxymodel.h>

#include <functional>
#include <memory>

namespace Twilio {

class SortFilterPrivate;

/*!
    \brief The rows of a SyncList, a SyncMap or any other model, sorted and filtered by roles that are called
   by name.

    \code
    auto *open = new SyncSortFilterModel(this);
    open->setSourceModel(list);
    open->setSortRole(u"title"_s);
    open->setFilterFunction([](const QModelIndex &row) { return !row.data(doneRole).toBool(); });
    \endcode

    It is a QSortFilterProxyModel that knows its roles by name, takes a function as a filter, and moves a row
   whose key has changed, so that views keep the rest, their current item and what is selected; the class that
   it stands on only tells that the layout is new, as this one does when more than 50 rows change their places
   at once. sortRole, sortOrder and filterRole replace the base class's properties of the same names; what it
   filters beside them, as by filterRegularExpression, has to be met too.

    Writing through the model writes to the source. What is sorted and filtered is what the source has: set
   SyncCollection::loadAll to work on all of a collection. fetchMore() goes on until a row comes that passes
   the filter. Columns other than the first are shown and never sorted by.
*/
class TWILIOSYNC_EXPORT SyncSortFilterModel : public QSortFilterProxyModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncSortFilterModel)
    //! Another name for sourceModel.
    Q_PROPERTY(QAbstractItemModel *model READ sourceModel WRITE setSourceModel NOTIFY modelChanged FINAL)
    Q_PROPERTY(QString sortRole READ sortRole WRITE setSortRole NOTIFY sortRoleChanged FINAL)
    Q_PROPERTY(Qt::SortOrder sortOrder READ sortOrder WRITE setSortOrder NOTIFY sortOrderChanged FINAL)
    Q_PROPERTY(QString filterRole READ filterRole WRITE setFilterRole NOTIFY filterRoleChanged FINAL)
    Q_PROPERTY(QString filterText READ filterText WRITE setFilterText NOTIFY filterTextChanged FINAL)
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    //! Whether a row of the source is to be shown. It must not throw, nor change a model.
    using FilterFunction = std::function<bool(const QModelIndex &sourceIndex)>;

    explicit SyncSortFilterModel(QObject *parent = nullptr);
    ~SyncSortFilterModel() override;

    void setSourceModel(QAbstractItemModel *source) override;

    [[nodiscard]] QString sortRole() const;
    //! Name of the role to sort by; empty, as at first, = the order of the source, which also decides between
    //! equals. Ascending order has what is missing or null first, then booleans, numbers, dates and texts;
    //! texts are compared as QLocale() orders them, upper and lower case alike.
    void setSortRole(const QString &name);
    [[nodiscard]] Qt::SortOrder sortOrder() const;
    void setSortOrder(Qt::SortOrder order);

    [[nodiscard]] QString filterRole() const;
    //! Name of the role in which filterText() is looked for.
    void setFilterRole(const QString &name);
    [[nodiscard]] QString filterText() const;
    //! What filterRole() has to contain, in upper or lower case; empty = anything.
    void setFilterText(const QString &text);
    //! A second condition, asked of the rows that fit filterText(); an empty one lifts it.
    void setFilterFunction(const FilterFunction &accepts);

    //! Rows that are shown.
    [[nodiscard]] int count() const;
    //! The values of \a row under the names of their roles; invalid if there is no such row.
    Q_INVOKABLE QVariant get(int row) const;
    //! Row of the source that is shown in \a row; -1 if there is none.
    Q_INVOKABLE int mapToSource(int row) const;
    //! Row that shows row \a sourceRow of the source; -1 if it is filtered out.
    Q_INVOKABLE int mapFromSource(int sourceRow) const;
    //! Asks the filter again, for when the function's answers depend on something else that has changed.
    Q_INVOKABLE void invalidateFilter();

    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    //! The source's names. A name keeps its number when the source or its roles change, so numbers may be
    //! others than the source's.
    QHash<int, QByteArray> roleNames() const override;
    QModelIndex mapToSource(const QModelIndex &proxyIndex) const override;
    QModelIndex mapFromSource(const QModelIndex &sourceIndex) const override;
    //! Sets sortOrder(), whatever the column.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    Q_INVOKABLE bool canFetchMore(const QModelIndex &parent = {}) const override;
    Q_INVOKABLE void fetchMore(const QModelIndex &parent = {}) override;

Q_SIGNALS:
    void modelChanged();
    // Of the properties that replace the base class's
    void sortRoleChanged(); // clazy:exclude=overloaded-signal
    void filterRoleChanged(); // clazy:exclude=overloaded-signal
    void sortOrderChanged();
    void filterTextChanged();
    void countChanged();

protected:
    bool filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
    void connectNotify(const QMetaMethod &signal) override;
    void disconnectNotify(const QMetaMethod &signal) override;
    //! Tells the developer of a mistake in how the model is set up, on the log category twilio.sync.client.
    virtual void warn(const QString &message) const;

private:
    friend class SortFilterPrivate;
    friend class SortMoves;
    const std::unique_ptr<SortFilterPrivate> d;
};

} // namespace Twilio
