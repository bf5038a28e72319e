#pragma once

#include "TwilioSync/api/synchandle.h"
#include "TwilioSync/core/itemrole.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qstringlist.h>

namespace Twilio {

class CollectionPrivate;

//! Where getItems() starts, which way it goes and how much it takes at a time.
template <typename Key>
struct PageQuery
{
    //! Item to start with; it need not exist. None = from the end that \c order names.
    std::optional<Key> from = std::nullopt;
    //! 1 to 100.
    int pageSize = 50;
    Qt::SortOrder order = Qt::AscendingOrder;
};

/*!
    \brief Base of SyncList and SyncMap: a window on a remote collection as a model.

    QML reads rows by the names of their roles. For views that know columns, those of Qt Widgets or a
   TableView, there is a column for each of valueRoles(), which DisplayRole and EditRole read, or one with the
   items' keys: no adapter is needed, and what a view shows in a cell is exactly one field.

    The window starts at the end that order() names and grows by fetchMore(). Its rows are what the service
   would answer for it at every moment; the model is never reset but for another object or order.
*/
class TWILIOSYNC_EXPORT SyncCollection : public QAbstractListModel, public SyncHandle
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncCollection)
    TWILIOSYNC_HANDLE_PROPERTIES
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(Qt::SortOrder order READ order WRITE setOrder NOTIFY orderChanged FINAL)
    Q_PROPERTY(int pageSize READ pageSize WRITE setPageSize NOTIFY pageSizeChanged FINAL)
    Q_PROPERTY(bool complete READ isComplete NOTIFY completeChanged FINAL)
    Q_PROPERTY(bool loadAll READ loadAll WRITE setLoadAll NOTIFY loadAllChanged FINAL)
    Q_PROPERTY(int maximumCount READ maximumCount WRITE setMaximumCount NOTIFY maximumCountChanged FINAL)
    Q_PROPERTY(QVariantList valueRoles READ roleDeclarations WRITE setRoleDeclarations NOTIFY
                       valueRolesChanged FINAL)

public:
    // ValueRole, ItemKeyRole and so on.
    using Role = ItemRole;
    using enum ItemRole;

    ~SyncCollection() override;

    //! Rows in the model.
    [[nodiscard]] int count() const;
    [[nodiscard]] Qt::SortOrder order() const;
    //! Starts the window again at the other end.
    void setOrder(Qt::SortOrder order);
    [[nodiscard]] int pageSize() const;
    //! Rows per fetchMore(), 1 to 100, default 50; anything else is refused with a warning and error().
    void setPageSize(int rows);
    //! True if every item of the service's collection is in the model.
    [[nodiscard]] bool isComplete() const;
    [[nodiscard]] bool loadAll() const;
    //! Keeps fetching until complete, or until there are maximumCount() rows.
    void setLoadAll(bool all);
    [[nodiscard]] int maximumCount() const;
    /*!
        Rows the model has at most; 0, the default, is no bound, and less is refused with a warning and
        error(). The window keeps the end that order() names: the rows that are too many go from the other
        one, at once if the bound is lowered, and complete turns false. At the bound canFetchMore() is false;
        below it, by a removal or another bound, fetchMore() goes on from where the window ends. What no
        handle shows is not kept for long either: with a bound a list of any length takes little memory.
    */
    void setMaximumCount(int rows);
    [[nodiscard]] QStringList valueRoles() const;
    /*!
        Top-level fields of the value that get a role of their own name. Refused, with a warning and error(),
        are \c index, \c model, \c modelData and our own role names. A name keeps its number as long as the
        model lives; a view learns of new names when it gets its model.

        Where the field is missing or null, a row has the default of the field's type: "", false, 0, an
       invalid date, black, an empty list or object. The type is that of the first value that was read, where
       none was declared; value and valueAt() have the field as it is.
    */
    void setValueRoles(const QStringList &names);
    //! As the property has them: a name, or { name, type, default }.
    [[nodiscard]] QVariantList roleDeclarations() const;
    /*!
        As setValueRoles(), of names or maps { name, type, default }: \c type is one of \c string, \c bool,
        \c int, \c real (or \c double), \c date, \c color, \c url, \c list, \c object and \c var, which
        leaves missing fields undefined and null ones null; a value of another type is converted, or is the
        default where it cannot be. With anything else nothing changes, and error() says why.
    */
    void setRoleDeclarations(const QVariantList &roles);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = ValueRole) const override;
    //! Writes \c value or a field of valueRoles() to the service. Rows go on showing what the service has
    //! until it has taken the new value; if it does not, writeBackFailed() of the list or map says why.
    bool setData(const QModelIndex &index, const QVariant &value, int role = ValueRole) override;
    //! Editable is what has a field to write to, while the object is open.
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    //! One for each of valueRoles(), at least one.
    Q_INVOKABLE int columnCount(const QModelIndex &parent = {}) const override;
    //! The names of valueRoles(), or what the only column shows.
    Q_INVOKABLE QVariant headerData(int section, Qt::Orientation orientation,
                                    int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;
    Q_INVOKABLE bool canFetchMore(const QModelIndex &parent = {}) const override;
    //! Asks for the next pageSize() rows; they arrive later as one insertion. The first page, and the one
    //! after every row has gone, are asked for without it.
    Q_INVOKABLE void fetchMore(const QModelIndex &parent = {}) override;

    //! The value in \a row; invalid if there is no such row.
    Q_INVOKABLE QVariant valueAt(int row) const;
    //! Stops events for this handle alone; every later call rejects with "handle closed".
    Q_INVOKABLE void close();
    //! Opens again what is Removed, Failed or Closed, as the mode says; at once if it waits for another try.
    Q_INVOKABLE void reopen();

Q_SIGNALS:
    TWILIOSYNC_HANDLE_SIGNALS
    //! After the rows have come or gone; several such changes of one turn are told once.
    void countChanged();
    void orderChanged();
    void pageSizeChanged();
    void completeChanged();
    void loadAllChanged();
    void maximumCountChanged();
    void valueRolesChanged();
    //! The object is gone from the service; \a isLocal if by a call of this client. There are no rows left,
    //! and status() is Removed, of which statusChanged() has told.
    void removed(bool isLocal);

protected:
    SyncCollection(std::unique_ptr<CollectionPrivate> priv, QObject *parent);
    [[nodiscard]] CollectionPrivate *collection() const;
    void connectNotify(const QMetaMethod &signal) override;
    void disconnectNotify(const QMetaMethod &signal) override;

    friend class CollectionPrivate;
};

} // namespace Twilio
