#include "TwilioSync/api/syncsortfiltermodel.h"

#include "TwilioSync/api/syncsortfiltermodel_p.h"
#include "TwilioSync/core/logging.h"

namespace Twilio {

SyncSortFilterModel::SyncSortFilterModel(QObject *parent)
    : QAbstractProxyModel(parent)
    , d(std::make_unique<SortFilterPrivate>(this))
{ }

SyncSortFilterModel::~SyncSortFilterModel() = default;

void SyncSortFilterModel::setSourceModel(QAbstractItemModel *source)
{
    if (source == sourceModel())
        return;
    beginResetModel();
    d->leaveSource();
    QAbstractProxyModel::setSourceModel(source);
    d->followSource();
    d->load();
    endResetModel();
    d->tellCount();
    Q_EMIT modelChanged();
}

QString SyncSortFilterModel::sortRole() const { return d->sortRole; }

void SyncSortFilterModel::setSortRole(const QString &name)
{
    if (d->sortRole == name)
        return;
    d->sortRole = name;
    d->followRoles();
    Q_EMIT sortRoleChanged();
}

Qt::SortOrder SyncSortFilterModel::sortOrder() const { return d->sortOrder; }

void SyncSortFilterModel::setSortOrder(Qt::SortOrder order)
{
    if (d->sortOrder == order)
        return;
    d->sortOrder = order;
    d->sortAgain();
    Q_EMIT sortOrderChanged();
}

QString SyncSortFilterModel::filterRole() const { return d->filterRole; }

void SyncSortFilterModel::setFilterRole(const QString &name)
{
    if (d->filterRole == name)
        return;
    d->filterRole = name;
    d->followRoles();
    Q_EMIT filterRoleChanged();
}

QString SyncSortFilterModel::filterText() const { return d->filterText; }

void SyncSortFilterModel::setFilterText(const QString &text)
{
    if (d->filterText == text)
        return;
    d->filterText = text;
    d->filterAgain();
    Q_EMIT filterTextChanged();
}

void SyncSortFilterModel::setFilterFunction(const FilterFunction &accepts)
{
    d->accepts = accepts;
    d->filterAgain();
}

int SyncSortFilterModel::count() const { return int(d->shown.size()); }

QVariant SyncSortFilterModel::get(int row) const
{
    const QModelIndex at = index(row, 0);
    if (!at.isValid())
        return {};
    QVariantMap values;
    const QHash<int, QByteArray> names = roleNames();
    for (auto it = names.cbegin(); it != names.cend(); ++it)
        values.insert(QString::fromUtf8(it.value()), at.data(it.key()));
    return values;
}

int SyncSortFilterModel::mapToSource(int row) const { return d->shown.value(row, -1); }

int SyncSortFilterModel::mapFromSource(int sourceRow) const { return d->rows.value(sourceRow, -1); }

void SyncSortFilterModel::invalidateFilter() { d->filterAgain(); }

QModelIndex SyncSortFilterModel::mapToSource(const QModelIndex &proxyIndex) const
{
    const QAbstractItemModel *const source = sourceModel();
    if (!source || !proxyIndex.isValid() || proxyIndex.model() != this)
        return {};
    return source->index(mapToSource(proxyIndex.row()), 0);
}

QModelIndex SyncSortFilterModel::mapFromSource(const QModelIndex &sourceIndex) const
{
    if (!sourceIndex.isValid() || sourceIndex.model() != sourceModel() || sourceIndex.column() != 0
        || sourceIndex.parent().isValid())
        return {};
    return index(mapFromSource(sourceIndex.row()), 0);
}

QModelIndex SyncSortFilterModel::index(int row, int column, const QModelIndex &parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex SyncSortFilterModel::parent(const QModelIndex &) const { return {}; }

int SyncSortFilterModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : count(); }

int SyncSortFilterModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : 1; }

bool SyncSortFilterModel::hasChildren(const QModelIndex &parent) const { return rowCount(parent) > 0; }

void SyncSortFilterModel::sort(int, Qt::SortOrder order) { setSortOrder(order); }

bool SyncSortFilterModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && QAbstractProxyModel::canFetchMore(parent);
}

void SyncSortFilterModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    d->wantsMore = true;
    QAbstractProxyModel::fetchMore(parent);
}

void SyncSortFilterModel::warn(const QString &message) const
{
    qCCritical(lcClient).noquote() << "SyncSortFilterModel:" << message;
}

} // namespace Twilio
