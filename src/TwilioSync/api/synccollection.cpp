#include "TwilioSync/api/synccollection.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/synccollection_p.h"
#include "TwilioSync/core/logging.h"

namespace Twilio {

SyncCollection::SyncCollection(std::unique_ptr<CollectionPrivate> priv, QObject *parent)
    : QAbstractListModel(parent)
    , SyncHandle(std::move(priv))
{
    collection()->begin(this);
}

SyncCollection::~SyncCollection()
{
    collection()->abandon();
    d->destroy();
}

CollectionPrivate *SyncCollection::collection() const { return static_cast<CollectionPrivate *>(d.get()); }

void SyncCollection::connectNotify(const QMetaMethod &signal) { collection()->hold.connected(this, signal); }

void SyncCollection::disconnectNotify(const QMetaMethod &)
{
    collection()->hold.disconnected(this, [this] { return isSignalConnected(ModelHold::rows()); });
}

int SyncCollection::count() const { return collection()->window->count(); }

Qt::SortOrder SyncCollection::order() const { return collection()->window->order(); }

void SyncCollection::setOrder(Qt::SortOrder order)
{
    if (this->order() == order)
        return;
    const QPointer alive(this);
    collection()->window->setOrder(order);
    if (alive)
        Q_EMIT orderChanged();
}

int SyncCollection::pageSize() const { return collection()->window->pageSize; }

void SyncCollection::setPageSize(int rows)
{
    CollectionPrivate *const p = collection();
    if (const auto wrong = checkPageSize(rows)) {
        p->refuseSetting(*wrong);
        return;
    }
    if (p->window->pageSize == rows)
        return;
    p->window->pageSize = rows;
    Q_EMIT pageSizeChanged();
}

bool SyncCollection::isComplete() const { return collection()->window->isComplete(); }

bool SyncCollection::loadAll() const { return collection()->window->loadsAll(); }

void SyncCollection::setLoadAll(bool all)
{
    if (loadAll() == all)
        return;
    collection()->window->setLoadsAll(all);
    Q_EMIT loadAllChanged();
}

int SyncCollection::maximumCount() const { return collection()->window->maximum(); }

void SyncCollection::setMaximumCount(int rows)
{
    if (const auto wrong = checkMaximumCount(rows)) {
        collection()->refuseSetting(*wrong);
        return;
    }
    if (maximumCount() == rows)
        return;
    const QPointer alive(this);
    collection()->window->setMaximum(rows);
    if (alive)
        Q_EMIT maximumCountChanged();
}

QStringList SyncCollection::valueRoles() const
{
    QStringList names;
    for (const FieldRole &role : collection()->roles.fields())
        names.append(role.name);
    return names;
}

void SyncCollection::setValueRoles(const QStringList &names)
{
    QList<FieldRole> roles;
    for (const QString &name : names)
        roles.append({ name });
    collection()->setValueRoles(roles);
}

QVariantList SyncCollection::roleDeclarations() const { return declarationsOf(collection()->roles.fields()); }

void SyncCollection::setRoleDeclarations(const QVariantList &roles)
{
    const auto declared = fieldRolesOf(roles);
    if (const auto *error = errorOf(declared))
        collection()->refuseSetting(*error);
    else
        collection()->setValueRoles(std::get<QList<FieldRole>>(declared));
}

int SyncCollection::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : count(); }

QVariant SyncCollection::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Window &window = *collection()->window;
    const ItemPtr item = window.itemAt(index.row());
    if (!item)
        return {};
    if (role == PendingRole)
        return QVariant::fromValue(window.pendingAt(*item));
    if (role == FromCacheRole)
        return window.isFromCache();
    return collection()->roles.read(item, collection()->fieldRole(index, role));
}

bool SyncCollection::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return false;
    return collection()->writeBack(index.row(), value, collection()->fieldRole(index, role));
}

Qt::ItemFlags SyncCollection::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    const bool isField =
            index.isValid() && collection()->roles.roleOfColumn(index.column()) >= FirstFieldRole;
    return isField && status() == Sync::Status::Ready ? flags | Qt::ItemIsEditable : flags;
}

int SyncCollection::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : collection()->roles.columns();
}

QVariant SyncCollection::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount())
        return QAbstractListModel::headerData(section, orientation, role);
    const ItemRoles &roles = collection()->roles;
    return QString::fromUtf8(roles.names().value(roles.roleOfColumn(section)));
}

QHash<int, QByteArray> SyncCollection::roleNames() const { return collection()->roles.names(); }

bool SyncCollection::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && collection()->window->canFetch();
}

void SyncCollection::fetchMore(const QModelIndex &parent)
{
    if (!parent.isValid())
        collection()->window->fetch();
}

QVariant SyncCollection::valueAt(int row) const
{
    const ItemPtr item = collection()->window->itemAt(row);
    return item ? collection()->roles.read(item, ValueRole) : QVariant();
}

void SyncCollection::close() { closeHandle(); }

void SyncCollection::reopen() { reopenHandle(); }

} // namespace Twilio
