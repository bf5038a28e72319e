#pragma once

#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/api/synclistitem.h"

namespace Twilio {

class ListPrivate;
class SyncPaginator;

//! Where SyncList::getItems() starts.
using ListQuery = PageQuery<qint64>;

/*!
    \brief A Sync list as a model: ordered items with indexes that the service assigns and never reuses.

    Roles: \c value, \c itemIndex, \c revision, \c dateCreated, \c dateUpdated, \c dateExpires, then
   valueRoles(). The item signals fire once for every event of the list, inside the window or not.
*/
// Qualified for qmltyperegistrar, which looks the base up by the name written here
class TWILIOSYNC_EXPORT SyncList : public Twilio::SyncCollection
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncList)
    Q_PROPERTY(QVariantMap context READ context NOTIFY contextChanged FINAL)

public:
    static constexpr int ItemIndexRole = ItemKeyRole;

    explicit SyncList(QObject *parent = nullptr);
    ~SyncList() override;

    //! Appends \a value; gives the new item with the index the service chose.
    QFuture<Twilio::SyncListItem> push(const SyncValue &value, const PushOptions &options = {});
    //! The item at \a itemIndex, in the window or not; fails with 404 / 54151 if there is none.
    QFuture<Twilio::SyncListItem> get(qint64 itemIndex);
    //! Replaces the value; waiting set() calls to one item become one write, with the last value.
    QFuture<Twilio::SyncListItem> set(qint64 itemIndex, const SyncValue &value,
                                      const WriteOptions &options = {});
    //! Merges \a fields into the latest value, top-level members only.
    QFuture<Twilio::SyncListItem> update(qint64 itemIndex, const SyncValue &fields,
                                         const WriteOptions &options = {});
    //! Replaces the latest value by what \a mutator makes of it; see Mutator.
    QFuture<Twilio::SyncListItem> mutate(qint64 itemIndex, const Mutator &mutator,
                                         const WriteOptions &options = {});
    QFuture<void> remove(qint64 itemIndex);
    //! \a ttl in seconds, 0 to \c maxTtlSeconds, 0 = never expires.
    QFuture<void> setItemTtl(qint64 itemIndex, qint64 ttl);
    //! Reads items page by page, independent of the window. The paginator has the client as parent.
    QFuture<Twilio::SyncPaginator *> getItems(const ListQuery &query = {});
    QFuture<void> removeList();

    //! What the list carries beside its items, set by whoever made it or by a backend; empty until it is
    //! known. Asked for by reading it, and followed from then on.
    [[nodiscard]] QVariantMap context() const;

    //! Row of the item at \a itemIndex; -1 if it is not in the window.
    Q_INVOKABLE int rowOf(qint64 itemIndex) const;

Q_SIGNALS:
    //! context() is another; before contextUpdated() of the same change.
    void contextChanged();
    //! Somebody has changed the context; \a isLocal is false, as this library has no call that does.
    void contextUpdated(const QVariantMap &context, bool isLocal);

    // Once for each event, in the order of the events, after the rows and the properties of the handle are
    // what they are since then, and have told so.
    //! Somebody, or this client if \a isLocal, has added an item.
    void itemAdded(const Twilio::SyncListItem &item, bool isLocal);
    //! An item has another value, or other dates; \a previousValue is empty if it was not known. Views are
    //! told of changed rows at the end of the turn, which may be later.
    void itemUpdated(const Twilio::SyncListItem &item, bool isLocal, const QVariantMap &previousValue);
    //! The item is gone, and its row with it; \a previousValue is its last one.
    void itemRemoved(qint64 itemIndex, bool isLocal, const QVariantMap &previousValue);
    //! What a delegate or setData() has written to \a role did not reach the service: \a error says why. The
    //! row, if it is still there, shows what the service has.
    void writeBackFailed(qint64 itemIndex, const QString &role, const Twilio::SyncError &error);

private:
    friend class ListPrivate;
};

} // namespace Twilio
