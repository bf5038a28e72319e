#include "TwilioSync/api/synccollection.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/synccollection_p.h"
#include "TwilioSync/core/logging.h"

namespace Twilio {

SyncCollection::SyncCollection(std::unique_ptr<CollectionPrivate> priv, QObject *parent)
    : QAbstractListModel(parent)
    , SyncHandle(std::move(priv))
{
    d->object = this;
}

SyncCollection::~SyncCollection()
{
    collection()->detachStore();
    d->shutDown();
}

CollectionPrivate *SyncCollection::collection() const { return static_cast<CollectionPrivate *>(d.get()); }

int SyncCollection::count() const { return collection()->count(); }

Qt::SortOrder SyncCollection::order() const { return collection()->order; }

void SyncCollection::setOrder(Qt::SortOrder order)
{
    CollectionPrivate *const p = collection();
    if (p->order == order)
        return;
    p->order = order;
    const QPointer guard(this);
    if (p->status == Sync::Status::Ready)
        p->restart();
    if (guard)
        Q_EMIT orderChanged();
}

int SyncCollection::pageSize() const { return collection()->pageSize; }

void SyncCollection::setPageSize(int rows)
{
    CollectionPrivate *const p = collection();
    if (const auto wrong = checkPageSize(rows)) {
        qCCritical(lcClient) << *wrong;
        p->settingError = *wrong;
        p->refresh();
        return;
    }
    if (p->pageSize == rows)
        return;
    p->pageSize = rows;
    Q_EMIT pageSizeChanged();
}

bool SyncCollection::isComplete() const { return collection()->isComplete(); }

bool SyncCollection::loadAll() const { return collection()->loadAll; }

void SyncCollection::setLoadAll(bool all)
{
    CollectionPrivate *const p = collection();
    if (p->loadAll == all)
        return;
    p->loadAll = all;
    if (all)
        p->fetch();
    Q_EMIT loadAllChanged();
}

QStringList SyncCollection::valueRoles() const { return collection()->valueRoles; }

void SyncCollection::setValueRoles(const QStringList &names) { collection()->setValueRoles(names); }

int SyncCollection::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : count(); }

QVariant SyncCollection::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ItemPtr item = collection()->itemAt(index.row());
    return item ? collection()->read(item, role) : QVariant();
}

bool SyncCollection::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return false;
    return collection()->writeBack(index.row(), value, role);
}

Qt::ItemFlags SyncCollection::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable : flags;
}

QHash<int, QByteArray> SyncCollection::roleNames() const { return collection()->roleNames(); }

bool SyncCollection::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && collection()->canFetch();
}

void SyncCollection::fetchMore(const QModelIndex &parent)
{
    if (!parent.isValid())
        collection()->fetch();
}

QVariant SyncCollection::valueAt(int row) const
{
    const ItemPtr item = collection()->itemAt(row);
    return item ? collection()->read(item, ValueRole) : QVariant();
}

void SyncCollection::close() { closeHandle(); }

} // namespace Twilio
