#pragma once

#include "server/data/object.h"
#include "server/data/service.h"
#include "server/data/webhook.h"
#include "TwilioSync/core/syncresult.h"

#include <functional>
#include <memory>
#include <vector>

namespace Twilio::Server {

//! A point in the series of all changes of state. \sa SyncData::ticket()
using CommitTicket = quint64;

//! What a storage has kept.
struct Stored
{
    //! With items and logs, in the order of their serials.
    std::vector<std::unique_ptr<SyncObject>> objects;
    std::vector<Service> services;
    //! By serial.
    std::vector<Webhook> webhooks;
    //! No object has had it yet.
    qint64 nextSerial = 1;
    //! Names this data among all others.
    QByteArray id;
};

/*!
    \brief Where an ObjectStore writes its changes through.

    Commands only note what is to be kept; all that is noted between two commits is one transaction. Nothing
    here waits for a disk.
*/
class Storage
{
public:
    Storage() = default;
    Q_DISABLE_COPY_MOVE(Storage)
    virtual ~Storage() = default;

    [[nodiscard]] virtual Stored load() = 0;

    //! Keeps \a object, which is new or whose own fields have changed; not its items and log.
    virtual void storeObject(const SyncObject &object) = 0;
    //! Forgets \a object, its items, its log and its permissions.
    virtual void removeObject(const SyncObject &object) = 0;
    virtual void storeItem(const SyncObject &object, const ItemId &id, const Item &item) = 0;
    virtual void removeItem(const SyncObject &object, const ItemId &id) = 0;
    virtual void appendEvent(const SyncObject &object, const EventRecord &record) = 0;
    virtual void removeEvent(const SyncObject &object, qint64 id) = 0;
    //! Forgets only the data of an event.
    virtual void stripEvent(const SyncObject &object, qint64 id) = 0;
    virtual void storePermission(const SyncObject &object, const QString &identity,
                                 const Permission &permission) = 0;
    virtual void removePermission(const SyncObject &object, const QString &identity) = 0;
    virtual void storeService(const Service &service) = 0;
    virtual void removeService(const Service &service) = 0;
    virtual void storeWebhook(const Webhook &webhook) = 0;
    virtual void removeWebhook(const Webhook &webhook) = 0;
    //! Forgets everything of every service. What is kept from now on goes by the name \a id.
    virtual void clear(const QByteArray &id) = 0;

    //! Makes everything noted so far durable, which \a ticket stands for, and tells onCommitted.
    virtual void commit(CommitTicket ticket) = 0;
    //! Told in the caller's thread, in order; the error names the file and the reason, and is final.
    std::function<void(CommitTicket ticket, const SyncResult<Nothing> &result)> onCommitted;
};

} // namespace Twilio::Server
