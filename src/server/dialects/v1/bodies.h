#pragma once

#include "server/data/object.h"
#include "server/data/service.h"

/*!
    The JSON of the REST API's resources, as its callers see them.
*/
namespace Twilio::Server::V1 {

//! What is the same in all that a caller sees.
struct View
{
    QString accountSid;
    //! Scheme, host and port by which the caller has come, such as \c http://localhost:8470.
    QByteArray origin;
};

[[nodiscard]] QByteArray serviceBody(const Service &service, const View &view);
[[nodiscard]] QByteArray objectBody(const SyncObject &object, const View &view);
[[nodiscard]] QByteArray permissionBody(const SyncObject &object, const QString &identity,
                                        const Permission &permission, const View &view);
[[nodiscard]] QByteArray itemBody(const SyncObject &object, const ItemId &id, const Item &item,
                                  const View &view);
//! \a data is compact JSON.
[[nodiscard]] QByteArray messageBody(const QByteArray &sid, const QByteArray &data);

} // namespace Twilio::Server::V1
