#pragma once

#include "server/data/object.h"
#include "server/data/service.h"
#include "server/data/types.h"

#include <QtCore/qmetatype.h>

namespace Twilio::Server {

//! Who changes something, and which way the call came.
struct Origin
{
    QString identity;
    //! \sa Caller::viaRest
    bool viaRest = false;
    //! Empty for the server itself.
    QString accountSid = {};
    //! \sa Caller::endpoint
    QByteArray endpoint = {};
};

[[nodiscard]] inline Origin originOf(const Caller &caller)
{
    return { caller.identity, caller.viaRest, caller.accountSid, caller.endpoint };
}
//! The server itself: expiry, and what tests seed.
[[nodiscard]] inline Origin systemOrigin() { return { QStringLiteral("system") }; }

/*!
    \brief One change of one object, as it is told: everything an event can be made of, in whatever form.

    A value that shares its bytes with the object; it stays true when the object is gone.
*/
struct Change
{
    EventRecord record;
    ObjectRef object;
    QString service;
    std::optional<QString> uniqueName;
    //! \sa SyncObject::host
    QByteArray host;
    //! Who made it.
    Origin by;

    //! True if the object is gone with this change and its subscriptions with it.
    [[nodiscard]] bool removesObject() const { return record.type == EventType::ObjectRemoved; }
};

//! \a record of \a object as a change that \a by has made.
[[nodiscard]] inline Change changeOf(const SyncObject &object, EventRecord record, const Origin &by)
{
    return { std::move(record), object.ref(), object.service, object.uniqueName, object.host, by };
}

//! The newest state of a document as an event.
[[nodiscard]] inline EventRecord documentRecord(const SyncObject &object)
{
    return {
        EventType::DocumentUpdated, object.lastEventId, object.updated, object.expires, {}, object.data
    };
}

} // namespace Twilio::Server

Q_DECLARE_METATYPE(Twilio::Server::Change)
