#pragma once

#include "server/data/objectstore.h"

namespace Twilio::Server {

/*!
    \brief The resources of protocol.md 7.2: finds what a call is about, checks it, and changes the store.

    Checks come before changes, so a call that fails has changed nothing.
*/
class Rest
{
public:
    explicit Rest(ObjectStore &store) : m_store(store) { }

    [[nodiscard]] RestReply handle(const RestRequest &request, const Caller &caller);

private:
    struct Call
    {
        const RestRequest &request;
        const Caller &caller;
        Origin by;
        QByteArray method;
        ObjectKind kind = ObjectKind::Document;
    };

    RestReply create(const Call &call);
    RestReply root(const Call &call, SyncObject &object);
    RestReply updateRoot(const Call &call, SyncObject &object);
    RestReply removeRoot(const Call &call, SyncObject &object);
    RestReply items(const Call &call, SyncObject &object);
    RestReply addItem(const Call &call, SyncObject &object);
    RestReply item(const Call &call, SyncObject &object, const QString &segment);
    RestReply putItem(const Call &call, SyncObject &object, const ItemId &id);
    RestReply updateItem(const Call &call, SyncObject &object, const ItemId &id);
    RestReply removeItem(const Call &call, SyncObject &object, const ItemId &id);
    RestReply context(const Call &call, SyncObject &object);
    RestReply messages(const Call &call, SyncObject &object);

    [[nodiscard]] SyncResult<SyncObject *> resolve(const Call &call, const QString &id) const;

    ObjectStore &m_store;
};

} // namespace Twilio::Server
