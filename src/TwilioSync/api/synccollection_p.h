#pragma once

#include "TwilioSync/api/decodedvalues_p.h"
#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/session/collectionentity.h"

#include <QtCore/qhash.h>

#include <optional>
#include <span>
#include <vector>

namespace Twilio {

/*!
    \brief The window of one handle on the shared store, as rows.

    A row is a rank in the store within the window; nothing is kept per row. The window is everything from the
   end that \c order names to \c m_edge, the item at its open end; or everything once it is complete.
*/
class CollectionPrivate : public HandleSignals<SyncCollection>, public CollectionObserver
{
public:
    using HandleSignals::HandleSignals;

    [[nodiscard]] int count() const { return int(m_count); }
    [[nodiscard]] bool isComplete() const { return m_complete; }
    [[nodiscard]] bool canFetch() const
    {
        return m_observing && status == Sync::Status::Ready && !m_complete && !m_fetching;
    }
    void fetch();
    //! Starts again at the end that order names; a reset.
    void restart();
    //! Null if there is no such row.
    [[nodiscard]] ItemPtr itemAt(int row) const;
    [[nodiscard]] int rowOf(const ItemKey &key) const;
    //! For the destructor: the store forgets this handle.
    void detachStore();
    //! Takes those that are allowed, error() names the others; a reset if there are rows.
    void setValueRoles(const QStringList &names);
    [[nodiscard]] QVariant read(const ItemPtr &item, int role) const;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const;
    //! Writes \a value to the service; a failure shows the old value again and is told.
    bool writeBack(int row, const QVariant &value, int role);

    [[nodiscard]] CollectionEntity *collection() const
    {
        return static_cast<CollectionEntity *>(entity.get());
    }
    [[nodiscard]] bool isList() const { return kind == ObjectKind::List; }
    [[nodiscard]] std::shared_ptr<CollectionEntity> sharedCollection() const
    {
        return std::static_pointer_cast<CollectionEntity>(entity);
    }

    Qt::SortOrder order = Qt::AscendingOrder;
    int pageSize = 50;
    bool loadAll = false;
    QStringList valueRoles;

protected:
    // HandlePrivate
    void attached() override;
    void detaching() override;
    void emitRemoved(bool isLocal) override { Q_EMIT q()->removed(isLocal); }

    virtual void emitWriteBackFailed(const ItemKey &key, const QString &role, const SyncError &error) = 0;

    // EntityObserver
    void rootChanged() override;

    // CollectionObserver
    void itemsAboutToBeInserted(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemsInserted(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemsAboutToBeRemoved(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemsRemoved(qsizetype rank, std::span<const ItemPtr> items) override;
    void itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &after) override;

private:
    [[nodiscard]] bool isAscending() const { return order == Qt::AscendingOrder; }
    [[nodiscard]] const ItemStore &items() const { return collection()->store().items(); }
    [[nodiscard]] bool inWindow(ItemKeyView key) const;
    //! How many of \a run, neighbours in ascending order, are within the window.
    [[nodiscard]] qsizetype visibleOf(std::span<const ItemPtr> run) const;
    //! Items of the store within the window.
    [[nodiscard]] qsizetype windowSize() const;
    [[nodiscard]] int rowOfRank(qsizetype rank) const;
    void pageRead(const SyncResult<Page> &result);
    void fetchUnasked();
    //! Tells what has changed; false if a slot has ended the handle or let go of its object.
    [[nodiscard]] bool flushChanges();
    void writeBackRefused(const ItemKey &key, int role, const QString &name, const SyncError &error);
    [[nodiscard]] QList<int> differingRoles(const ItemRecord &before, const ItemRecord &after) const;

    //! Item at the open end; none until the first page is there.
    std::optional<ItemKey> m_edge;
    qsizetype m_count = 0;
    //! Rows that are about to come or to go.
    qsizetype m_inserting = 0;
    qsizetype m_removing = 0;
    bool m_complete = false;
    bool m_fetching = false;
    //! Once the subscription stands again: the last page could not be had without a connection.
    bool m_fetchAgain = false;
    SyncError m_fetchError;
    bool m_observing = false;
    //! Of the window; pages asked for an earlier one are ignored.
    quint64 m_window = 0;
    //! Rows changed in this turn, with what they showed before.
    QHash<int, ItemPtr> m_changed;
    std::vector<QByteArray> m_fields;
    mutable DecodedValues m_decoded;
};

} // namespace Twilio
