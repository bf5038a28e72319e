#pragma once

#include "server/data/syncdata.h"
#include "server/operations/checks.h"
#include "server/operations/paging.h"

namespace Twilio::Server {

class ObjectStore;

/*!
    \brief Everything that can be done to objects, whatever language the call came in.

    Arguments are plain: who calls (identity and service), which object (its SID or unique name), which item
    (its index or key as text), on which condition, with which values. All checks are here, and come before
    the change: a call that fails has changed nothing. Protocol: protocol.md, section 7.

    Results point into the data: they are good until the next call.

    Where a service has permissions, they are heeded here as well. Who makes an object may do everything to
   it; streams have none.
*/
class Operations
{
public:
    //! \a data outlives it.
    explicit Operations(SyncData &data);

    //! What a new object is made of.
    struct NewObject
    {
        std::optional<QString> uniqueName = {};
        Values values = {};
        //! Of a list: JSON text.
        std::optional<QByteArray> context = {};
    };
    //! One item, its object and what it is called. A copy: also of what has just been removed.
    struct ItemResult
    {
        const SyncObject *object = nullptr;
        ItemId id = {};
        Item item = {};
        //! True if the call has made it.
        bool added = false;
    };
    using ObjectResult = SyncResult<const SyncObject *>;
    //! Value of an If-Match header, if there is one.
    using IfMatch = std::optional<QByteArray>;

    [[nodiscard]] ObjectResult create(const Caller &by, ObjectKind kind, const NewObject &object);
    [[nodiscard]] ObjectResult object(const Caller &by, ObjectKind kind, const QString &id);
    //! Fails if there is no such object, whatever the caller may do to it.
    [[nodiscard]] SyncResult<Nothing> exists(const Caller &by, ObjectKind kind, const QString &id);
    //! The objects of the caller's service.
    [[nodiscard]] SyncResult<ObjectPage> objects(const Caller &by, ObjectKind kind,
                                                 const PageArguments &arguments);
    //! A document's value or anybody's ttl. Only the former makes an event.
    [[nodiscard]] ObjectResult update(const Caller &by, ObjectKind kind, const QString &id,
                                      const IfMatch &ifMatch, const Values &values);
    [[nodiscard]] SyncResult<Nothing> remove(const Caller &by, ObjectKind kind, const QString &id,
                                             const IfMatch &ifMatch);

    //! Appends to a list; adds \a key to a map, which must not have it.
    [[nodiscard]] SyncResult<ItemResult> addItem(const Caller &by, ObjectKind kind, const QString &id,
                                                 const QString &key, const Values &values);
    //! For what \a right says.
    [[nodiscard]] SyncResult<ItemResult> item(const Caller &by, ObjectKind kind, const QString &id,
                                              const QString &item, Right right = Right::Read);
    [[nodiscard]] SyncResult<ItemPage> items(const Caller &by, ObjectKind kind, const QString &id,
                                             const PageArguments &arguments);
    //! Adds or replaces an item of a map.
    [[nodiscard]] SyncResult<ItemResult> putItem(const Caller &by, ObjectKind kind, const QString &id,
                                                 const QString &item, const IfMatch &ifMatch,
                                                 const Values &values);
    [[nodiscard]] SyncResult<ItemResult> updateItem(const Caller &by, ObjectKind kind, const QString &id,
                                                    const QString &item, const IfMatch &ifMatch,
                                                    const Values &values);
    [[nodiscard]] SyncResult<ItemResult> removeItem(const Caller &by, ObjectKind kind, const QString &id,
                                                    const QString &item, const IfMatch &ifMatch);

    //! Of a list, whose context the result has.
    [[nodiscard]] ObjectResult setContext(const Caller &by, const QString &id, const Values &values);
    //! The SID of the message.
    [[nodiscard]] SyncResult<QByteArray> publish(const Caller &by, const QString &id, const Values &values);

    //! False if \a by may not do this to \a object: its service asks for permissions. Backends may do all.
    [[nodiscard]] bool allows(const Caller &by, const SyncObject &object, Right right) const;
    //! The same; false for what is not there.
    [[nodiscard]] bool mayRead(const Caller &by, const QByteArray &objectSid) const;

    //! What a subscriber of \a object that stands at \a cursor has missed. \sa SyncData::replay()
    [[nodiscard]] SyncResult<Replay> replay(const Caller &by, const ObjectRef &object,
                                            std::optional<qint64> cursor, qsizetype limit) const;

private:
    void expireSome();
    [[nodiscard]] SyncResult<SyncObject *> find(const Caller &by, ObjectKind kind, const QString &id);
    //! Fails with 403 if the caller has not \a right.
    [[nodiscard]] SyncResult<SyncObject *> find(const Caller &by, ObjectKind kind, const QString &id,
                                                Right right);
    [[nodiscard]] SyncResult<ItemResult> write(const Caller &by, SyncObject &object, const ItemId &id,
                                               const Values &checked);

    SyncData &m_data;
    ObjectStore &m_store;
};

} // namespace Twilio::Server
