#pragma once

#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/models/itemroles.h"
#include "TwilioSync/models/modelhold.h"
#include "TwilioSync/models/window.h"
#include "TwilioSync/session/collectionentity.h"

#include <memory>
#include <optional>

#include <functional>

namespace Twilio {

/*!
    \brief The model that a handle of a list or map is: its window's rows, and its roles.
*/
class CollectionPrivate : public HandleSignals<SyncCollection>, private RowReceiver
{
public:
    explicit CollectionPrivate(ObjectKind objectKind)
        : HandleSignals(objectKind)
        , roles(objectKind == ObjectKind::List)
    { }

    //! The model is there.
    void begin(SyncCollection *model);
    //! For the destructor: no rows change any more.
    void abandon() { window->abandon(); }
    void setOrder(Qt::SortOrder order);
    //! A property was given something it cannot be.
    void refuseSetting(const SyncError &why);
    //! Takes those that are allowed, error() names the others; a reset if there are rows.
    void setValueRoles(const QList<FieldRole> &wanted);
    //! \a role, or what the column of \a index has for views that know columns.
    [[nodiscard]] int fieldRole(const QModelIndex &index, int role) const
    {
        const bool isCell = role == Qt::DisplayRole || role == Qt::EditRole;
        return isCell ? roles.roleOfColumn(index.column()) : role;
    }
    //! Writes \a value to the service; a failure shows the old value again and is told.
    bool writeBack(int row, const QVariant &value, int role);

    [[nodiscard]] SyncError error() const override;

    ModelHold hold;

    [[nodiscard]] CollectionEntity *collection() const
    {
        return static_cast<CollectionEntity *>(entity.get());
    }
    [[nodiscard]] std::shared_ptr<CollectionEntity> sharedCollection() const
    {
        return std::static_pointer_cast<CollectionEntity>(entity);
    }

    //! There from begin() on.
    std::optional<Window> window;
    ItemRoles roles;

protected:
    // HandlePrivate
    void attached() override;
    void detached(Entity &old) override;
    void show(Shown &shown) const override;
    void emitRemoved(bool isLocal) override { Q_EMIT q()->removed(isLocal); }
    [[nodiscard]] Qt::SortOrder firstShown() const override { return window->order(); }
    void showOptimistic() override { window->setOptimistic(optimistic); }

    virtual void emitWriteBackFailed(const ItemKey &key, const QString &role, const SyncError &error) = 0;

    // EntityObserver
    void rootChanged() override;
    void writesChanged(const ItemKey &key) override { window->writesChanged(key); }

private:
    // RowReceiver
    void beginInsertion(int first, int last) override { q()->beginInsertRows({}, first, last); }
    void endInsertion() override { q()->endInsertRows(); }
    void beginRemoval(int first, int last) override { q()->beginRemoveRows({}, first, last); }
    void endRemoval() override { q()->endRemoveRows(); }
    void beginMove(int from, int to) override
    {
        q()->beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
    }
    void endMove() override { q()->endMoveRows(); }
    void beginReset() override { q()->beginResetModel(); }
    void endReset() override { q()->endResetModel(); }
    void rowsChanged(int first, int last, const QList<int> &changedRoles) override;
    void windowChanged() override { tellLater(); }

    //! Of a model without rows.
    void changeColumns(const QList<FieldRole> &taken, const std::function<void()> &take);
    void writeBackRefused(const ItemKey &key, int role, const QString &name, const SyncError &error);
};

} // namespace Twilio
