#include "TwilioSync/api/syncsortfiltermodel.h"

#include "TwilioSync/api/syncsortfiltermodel_p.h"
#include "TwilioSync/core/logging.h"

namespace Twilio {

SyncSortFilterModel::SyncSortFilterModel(QObject *parent)
    : QSortFilterProxyModel(parent)
    , d(std::make_unique<SortFilterPrivate>(this))
{ }

SyncSortFilterModel::~SyncSortFilterModel() = default;

void SyncSortFilterModel::setSourceModel(QAbstractItemModel *source)
{
    if (source == sourceModel())
        return;
    d->leaveSource();
    d->followSourceBefore(source);
    QSortFilterProxyModel::setSourceModel(source);
    d->followSourceAfter();
    Q_EMIT modelChanged();
}

void SyncSortFilterModel::connectNotify(const QMetaMethod &signal) { d->hold.connected(this, signal); }

void SyncSortFilterModel::disconnectNotify(const QMetaMethod &)
{
    d->hold.disconnected(this, [this] { return isSignalConnected(ModelHold::rows()); });
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

int SyncSortFilterModel::count() const { return rowCount(); }

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

int SyncSortFilterModel::mapToSource(int row) const { return mapToSource(index(row, 0)).row(); }

int SyncSortFilterModel::mapFromSource(int sourceRow) const
{
    return sourceModel() ? mapFromSource(sourceModel()->index(sourceRow, 0)).row() : -1;
}

void SyncSortFilterModel::invalidateFilter() { d->filterAgain(); }

QVariant SyncSortFilterModel::data(const QModelIndex &index, int role) const
{
    const int sourceRole = d->numbers.toSource(role);
    return sourceRole >= 0 ? QSortFilterProxyModel::data(index, sourceRole) : QVariant();
}

bool SyncSortFilterModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    const int sourceRole = d->numbers.toSource(role);
    return sourceRole >= 0 && QSortFilterProxyModel::setData(index, value, sourceRole);
}

QHash<int, QByteArray> SyncSortFilterModel::roleNames() const
{
    if (const auto *source = sourceModel())
        d->numbers.follow(source->roleNames());
    return d->numbers.names();
}

QModelIndex SyncSortFilterModel::mapToSource(const QModelIndex &proxyIndex) const
{
    const QModelIndex source = QSortFilterProxyModel::mapToSource(proxyIndex);
    if (!d->moves.isReplaying() || !source.isValid() || source.parent().isValid())
        return source;
    return source.siblingAtRow(d->moves.sourceRow(proxyIndex.row(), source.row()));
}

QModelIndex SyncSortFilterModel::mapFromSource(const QModelIndex &sourceIndex) const
{
    const QModelIndex shown = QSortFilterProxyModel::mapFromSource(sourceIndex);
    if (!d->moves.isReplaying() || !shown.isValid() || sourceIndex.parent().isValid())
        return shown;
    return shown.siblingAtRow(d->moves.shownRow(sourceIndex.row(), shown.row()));
}

bool SyncSortFilterModel::filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const
{
    return d->passes(sourceRow, sourceParent);
}

bool SyncSortFilterModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    return d->isLess(left, right);
}

void SyncSortFilterModel::sort(int, Qt::SortOrder order) { setSortOrder(order); }

bool SyncSortFilterModel::canFetchMore(const QModelIndex &parent) const
{
    return QSortFilterProxyModel::canFetchMore(parent);
}

void SyncSortFilterModel::fetchMore(const QModelIndex &parent)
{
    d->wantsMore = !parent.isValid() && canFetchMore(parent);
    QSortFilterProxyModel::fetchMore(parent);
}

void SyncSortFilterModel::warn(const QString &message) const
{
    qCCritical(lcClient).noquote() << "SyncSortFilterModel:" << message;
}

} // namespace Twilio
