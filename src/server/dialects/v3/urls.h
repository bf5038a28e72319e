#pragma once

#include "server/data/object.h"

/*!
    The addresses in replies and events (protocol.md, section 7).
*/
namespace Twilio::Server::V3 {

// An empty host is the service's own name.
[[nodiscard]] QByteArray baseUrl(const QByteArray &host);
[[nodiscard]] QByteArray serviceUrl(const QString &service, const QByteArray &host);
[[nodiscard]] QByteArray objectUrl(const QString &service, const QByteArray &host, const ObjectRef &object);
[[nodiscard]] QByteArray objectUrl(const SyncObject &object);
[[nodiscard]] QByteArray itemUrl(const QByteArray &objectUrl, ObjectKind kind, const ItemId &id);

} // namespace Twilio::Server::V3
