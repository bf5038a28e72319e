#include "TwilioSync/api/synccollection_p.h"

#include "TwilioSync/api/objectcalls_p.h"

#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/core/logging.h"

#include <algorithm>

namespace Twilio {

void CollectionPrivate::begin(SyncCollection *model)
{
    object = model;
    window.emplace(model, static_cast<RowReceiver &>(*this), roles);
}

void CollectionPrivate::attached()
{
    window->attach(sharedCollection(), ClientPrivate::of(client)->session->notifier());
}

void CollectionPrivate::detached(Entity &)
{
    roles.forget();
    window->detach();
}

void CollectionPrivate::rootChanged()
{
    HandleSignals::rootChanged();
    window->subscriptionChanged();
}

SyncError CollectionPrivate::error() const
{
    const SyncError own = HandleSignals::error();
    return own.isNull() ? window->error() : own;
}

void CollectionPrivate::show(Shown &shown) const
{
    HandleSignals::show(shown);
    shown.count = window->count();
    shown.complete = window->isComplete();
}

void CollectionPrivate::rowsChanged(int first, int last, const QList<int> &changedRoles)
{
    QList<int> told = changedRoles;
    const auto isField = [](int role) { return role >= FirstFieldRole; };
    if (std::any_of(told.cbegin(), told.cend(), isField))
        told.append({ Qt::DisplayRole, Qt::EditRole });
    Q_EMIT q()->dataChanged(q()->index(first), q()->index(last, roles.columns() - 1), told);
}

void CollectionPrivate::refuseSetting(const SyncError &why)
{
    qCCritical(lcClient) << why;
    settingError = why;
    tellLater();
}

void CollectionPrivate::setValueRoles(const QList<FieldRole> &wanted)
{
    settingError = {};
    const QList<FieldRole> taken = roles.allowed(wanted, &settingError);
    if (!settingError.isNull())
        qCCritical(lcClient) << settingError;
    tellLater();
    if (taken == roles.fields())
        return;
    const auto take = [this, taken] { roles.setFields(taken); };
    const QPointer alive(object);
    // Views read role names once, so those that show rows have to start again.
    if (window->count() > 0)
        window->reset(take);
    else
        changeColumns(taken, take);
    if (alive)
        Q_EMIT q()->valueRolesChanged();
}

void CollectionPrivate::changeColumns(const QList<FieldRole> &taken, const std::function<void()> &take)
{
    const int before = roles.columns();
    const int after = std::max(1, int(taken.size()));
    if (after > before)
        q()->beginInsertColumns({}, before, after - 1);
    else if (after < before)
        q()->beginRemoveColumns({}, after, before - 1);
    take();
    if (after > before)
        q()->endInsertColumns();
    else if (after < before)
        q()->endRemoveColumns();
}

void CollectionPrivate::writeBackRefused(const ItemKey &key, int role, const QString &name,
                                         const SyncError &why)
{
    qCWarning(lcClient) << "writing" << name << "back to" << sid << "failed:" << why;
    postEvent([this, key, role] {
        if (const int row = window->rowOf(key); row >= 0)
            rowsChanged(row, row, { role });
    });
    postEvent([this, key, name, why] { emitWriteBackFailed(key, name, why); });
}

bool CollectionPrivate::writeBack(int row, const QVariant &value, int role)
{
    const ItemPtr item = window->itemAt(row);
    const QString name = QString::fromUtf8(roles.names().value(role));
    if (!item || name.isEmpty())
        return false;
    const ItemKey key = ownedKey(keyOf(*item));
    const bool isField = role >= FirstFieldRole;
    const SyncValue written = isField ? SyncValue { { name, value.isValid() ? value : SyncValue::erased() } }
                                      : SyncValue::fromVariant(value);
    const auto refusedNow = [&]() -> std::optional<SyncError> {
        if (!isField && role != ValueRole)
            return SyncError(QStringLiteral("%1: only value and valueRoles can be written").arg(name));
        if (!written.isValid())
            return SyncError(isField ? written.errorString() : written.errorString(name));
        return refusal();
    }();
    if (refusedNow) {
        writeBackRefused(key, role, name, *refusedNow);
        return false;
    }
    Write write = writeOf(*this, isField ? WriteOperation::Merge : WriteOperation::Set, key, written);
    sharedCollection()->write(
            std::move(write), {},
            [this, guard = QPointer(object), key, role, name](const SyncResult<WriteOutcome> &result) {
                if (const auto *why = errorOf(result); why && guard)
                    writeBackRefused(key, role, name, *why);
            });
    return true;
}

} // namespace Twilio
