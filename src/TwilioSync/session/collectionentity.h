#pragma once

#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/session/entity.h"
#include "TwilioSync/session/writequeue.h"
#include "TwilioSync/store/collectionstore.h"

#include <QtCore/qhash.h>
#include <QtCore/qnamespace.h>

#include <memory>
#include <vector>

namespace Twilio {

//! One page to be read (protocol.md 7.7).
struct PageRequest
{
    //! Where to start; none = at the end that \c order names.
    std::optional<ItemKey> from;
    //! Leaves out the item at \c from itself.
    bool excludesFrom = false;
    //! 1 to 100.
    int size = 50;
    Qt::SortOrder order = Qt::AscendingOrder;
};

//! What was read, as the store knows it by now: what has been removed meanwhile is not in it.
struct Page
{
    //! In the order asked for.
    std::vector<ItemPtr> items;
    //! Keys of the first and last item of the reply, even if they have been removed meanwhile.
    std::optional<ItemKey> first;
    std::optional<ItemKey> last;
    bool hasNext = false;
    bool hasPrevious = false;
};

/*!
    \brief A list or a map: its store, and the calls that read and write items.

    Every reply goes through the store, so that it and the event of the same write make one change
   (protocol.md 8.3).
*/
class CollectionEntity : public Entity
{
public:
    CollectionEntity(ObjectKind kind, ClientSession *session);

    [[nodiscard]] RootState &root() override { return m_store.root; }
    [[nodiscard]] CollectionStore &store() { return m_store; }
    [[nodiscard]] bool isList() const { return kind() == ObjectKind::List; }

    void push(const SyncValue &value, std::optional<qint64> ttl, Callback<ItemPtr> done);
    //! From the store while it is known to be up to date, else from the service.
    void get(const ItemKey &key, Callback<ItemPtr> done);
    void set(const ItemKey &key, const SyncValue &value, std::optional<qint64> ttl, Callback<ItemPtr> done);
    //! A null item: the mutator gave nothing for an item that does not exist.
    void mutate(const ItemKey &key, const Mutator &mutator, std::optional<qint64> ttl,
                Callback<ItemPtr> done);
    void remove(const ItemKey &key, Callback<Nothing> done);
    void setItemTtl(const ItemKey &key, qint64 ttl, Callback<Nothing> done);
    void readPage(const PageRequest &request, Callback<Page> done);

    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;
    void flush() override;

private:
    struct Mutation;
    using Queue = WriteQueue<ItemPtr>;

    [[nodiscard]] std::shared_ptr<CollectionEntity> self();
    [[nodiscard]] QByteArray itemsUrl() const;
    [[nodiscard]] QByteArray itemUrl(const ItemKey &key) const;
    [[nodiscard]] SyncError missingItem(const ItemKey &key) const;
    //! \a error of a call on the item; that it is missing reads alike whichever call finds out.
    [[nodiscard]] SyncError errorOfItem(const ItemKey &key, const SyncError &error) const;
    Queue &queueOf(const ItemKey &key);
    void dropIdleQueue(const ItemKey &key);
    //! From the service; null if there is none.
    void readItem(const ItemKey &key, Callback<ItemPtr> done);
    void write(const ItemKey &key, const SyncValue &value, std::optional<qint64> ttl,
               const QByteArray &ifMatch, Callback<ItemPtr> done);
    //! What \a resource, the answer to \a query, says.
    [[nodiscard]] Page takePage(const PageRequest &query, const Protocol::PageResource &resource);
    void ttlWritten(const ItemKey &key, const Protocol::ItemResource &resource);
    void mutateOn(const std::shared_ptr<Mutation> &mutation, const ItemPtr &current);
    void applyEvent(Protocol::EventType type, const Protocol::Event &event);

    CollectionStore m_store;
    //! One per item that is being written.
    QHash<ItemKey, std::shared_ptr<Queue>> m_queues;
    bool m_flushScheduled = false;
};

} // namespace Twilio
