#include "TwilioSync/api/synclivequery.h"

#include "TwilioSync/api/synclivequery_p.h"

namespace Twilio {

SyncLiveQuery::SyncLiveQuery(QObject *parent)
    : QAbstractListModel(parent)
    , d(std::make_unique<LiveQueryPrivate>(this))
{ }

SyncLiveQuery::~SyncLiveQuery() = default;

SyncClient *SyncLiveQuery::client() const { return d->client; }

void SyncLiveQuery::setClient(SyncClient *client)
{
    if (d->client != client)
        d->setClient(client);
}

QString SyncLiveQuery::indexName() const { return d->indexName; }

void SyncLiveQuery::setIndexName(const QString &name)
{
    if (d->indexName == name)
        return;
    d->indexName = name;
    const QPointer guard(this);
    d->scheduleOpen(true);
    if (guard)
        Q_EMIT indexNameChanged();
}

QString SyncLiveQuery::expression() const { return d->expression; }

void SyncLiveQuery::setExpression(const QString &expression)
{
    if (d->expression == expression)
        return;
    d->expression = expression;
    d->scheduleOpen(false);
    Q_EMIT expressionChanged();
}

QString SyncLiveQuery::sid() const { return d->sid(); }

Sync::Status SyncLiveQuery::status() const { return d->status; }

SyncError SyncLiveQuery::error() const { return d->error(); }

Sync::SubscriptionState SyncLiveQuery::subscriptionState() const { return d->subscriptionState(); }

int SyncLiveQuery::count() const { return d->rows.count(); }

QStringList SyncLiveQuery::valueRoles() const
{
    QStringList names;
    for (const FieldRole &role : d->roles.fields())
        names.append(role.name);
    return names;
}

void SyncLiveQuery::setValueRoles(const QStringList &names)
{
    QList<FieldRole> roles;
    for (const QString &name : names)
        roles.append({ name });
    d->setValueRoles(roles);
}

QVariantList SyncLiveQuery::roleDeclarations() const { return declarationsOf(d->roles.fields()); }

void SyncLiveQuery::setRoleDeclarations(const QVariantList &roles)
{
    const auto declared = fieldRolesOf(roles);
    if (const auto *error = errorOf(declared))
        d->refuseSetting(*error);
    else
        d->setValueRoles(std::get<QList<FieldRole>>(declared));
}

int SyncLiveQuery::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : count(); }

QVariant SyncLiveQuery::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ItemPtr item = d->rows.at(index.row());
    const int read = role == Qt::DisplayRole ? d->roles.roleOfColumn(0) : role;
    const bool isOurs = read == ValueRole || read == ItemKeyRole || read >= FirstFieldRole;
    return item && isOurs ? d->roles.read(item, read) : QVariant();
}

QHash<int, QByteArray> SyncLiveQuery::roleNames() const
{
    QHash<int, QByteArray> names = d->roles.names();
    // What the items of lists and maps have besides.
    for (const int role :
         { RevisionRole, DateCreatedRole, DateUpdatedRole, DateExpiresRole, PendingRole, FromCacheRole })
        names.remove(role);
    return names;
}

QVariant SyncLiveQuery::valueAt(int row) const
{
    const ItemPtr item = d->rows.at(row);
    return item ? d->roles.read(item, ValueRole) : QVariant();
}

QVariant SyncLiveQuery::valueOf(const QString &key) const { return valueAt(rowOf(key)); }

int SyncLiveQuery::rowOf(const QString &key) const { return d->rows.rowOf(key.toUtf8()); }

QVariantMap SyncLiveQuery::getItems() const
{
    QVariantMap items;
    for (int row = 0; row < count(); ++row)
        items.insert(QString::fromUtf8(d->rows.at(row)->key()), valueAt(row));
    return items;
}

void SyncLiveQuery::close() { d->close(); }

void SyncLiveQuery::reopen()
{
    if (d->status != Sync::Status::Ready || !d->error().isNull())
        d->scheduleOpen(false);
}

void SyncLiveQuery::connectNotify(const QMetaMethod &signal) { d->hold.connected(this, signal); }

void SyncLiveQuery::disconnectNotify(const QMetaMethod &)
{
    d->hold.disconnected(this, [this] { return isSignalConnected(ModelHold::rows()); });
}

} // namespace Twilio
