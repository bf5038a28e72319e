#pragma once

#include "server/data/object.h"
#include "TwilioSync/core/syncresult.h"

#include <memory>
#include <vector>

namespace Twilio::Server {

/*!
    \brief Where an ObjectStore writes its changes through.

    All changes between two commits are one transaction. The functions between them report nothing: the first
    thing that goes wrong is what commit() gives, and nothing of that transaction is kept then.
*/
class Storage
{
public:
    Storage() = default;
    Q_DISABLE_COPY_MOVE(Storage)
    virtual ~Storage() = default;

    //! Everything that is stored, with items and logs, in the order of their serials.
    [[nodiscard]] virtual SyncResult<std::vector<std::unique_ptr<SyncObject>>> load() = 0;

    //! Keeps \a object, which is new or whose own fields have changed; not its items and log.
    virtual void storeObject(const SyncObject &object) = 0;
    //! Forgets \a object, its items and its log.
    virtual void removeObject(const SyncObject &object) = 0;
    virtual void storeItem(const SyncObject &object, const ItemId &id, const Item &item) = 0;
    virtual void removeItem(const SyncObject &object, const ItemId &id) = 0;
    virtual void appendEvent(const SyncObject &object, const EventRecord &record) = 0;
    //! Forgets the events before \a firstId.
    virtual void trimLog(const SyncObject &object, qint64 firstId) = 0;
    //! Forgets everything of every service.
    virtual void clear() = 0;

    //! Durable from here on. The error names the file and the reason.
    [[nodiscard]] virtual SyncResult<Nothing> commit() = 0;
};

} // namespace Twilio::Server
