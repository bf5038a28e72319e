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

    //! \a object is new or its own fields have changed; says nothing about its items and log.
    virtual void objectStored(const SyncObject &object) = 0;
    //! \a object goes with its items and log.
    virtual void objectRemoved(const SyncObject &object) = 0;
    virtual void itemStored(const SyncObject &object, const ItemId &id, const Item &item) = 0;
    virtual void itemRemoved(const SyncObject &object, const ItemId &id) = 0;
    virtual void eventLogged(const SyncObject &object, const EventRecord &record) = 0;
    //! Events before \a firstId are gone.
    virtual void logTrimmed(const SyncObject &object, qint64 firstId) = 0;
    //! Everything of every service is gone.
    virtual void cleared() = 0;

    //! Durable from here on. The error names the file and the reason.
    [[nodiscard]] virtual SyncResult<Nothing> commit() = 0;
};

} // namespace Twilio::Server
