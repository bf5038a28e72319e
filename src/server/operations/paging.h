#pragma once

#include "server/data/object.h"
#include "server/data/service.h"
#include "TwilioSync/core/syncresult.h"

#include <map>
#include <vector>

namespace Twilio::Server {

//! What a read of many says, as the caller wrote it (protocol.md, section 7.7).
struct PageArguments
{
    //! Of an earlier page; then nothing else counts.
    std::optional<QByteArray> pageToken = {};
    std::optional<QByteArray> pageSize = {};
    //! \c asc or \c desc.
    std::optional<QByteArray> order = {};
    //! The key or index where the page begins.
    std::optional<QByteArray> from = {};
    //! \c inclusive or \c exclusive: whether \c from itself is on the page.
    std::optional<QByteArray> bounds = {};
    //! Asks for one item by its key or index, and nothing else counts.
    std::optional<QByteArray> single = {};
};

//! What is the same in every page.
struct PageMeta
{
    //! Names the page before this one and the one behind it; none if there is none.
    std::optional<QByteArray> previousToken = {};
    std::optional<QByteArray> nextToken = {};
    qsizetype size = 0;
};

//! Items in the order they were asked for; good until the next change.
struct ItemPage
{
    const SyncObject *object = nullptr;
    std::vector<std::map<ItemId, Item>::const_iterator> items = {};
    PageMeta meta = {};
};

//! Objects of one service and kind, the oldest first unless asked otherwise; good until the next change.
struct ObjectPage
{
    std::vector<const SyncObject *> objects = {};
    PageMeta meta = {};
};

//! Services in the order of their SIDs; good until the next change.
struct ServicePage
{
    std::vector<const Service *> services = {};
    PageMeta meta = {};
};

//! Permissions in the order of their identities; good until the next change.
struct PermissionPage
{
    const SyncObject *object = nullptr;
    std::vector<std::map<QString, Permission>::const_iterator> permissions = {};
    PageMeta meta = {};
};

// Each takes time for what is on the page and a look-up, however many there are.
[[nodiscard]] SyncResult<ItemPage> pageOfItems(const SyncObject &object, const PageArguments &arguments);
[[nodiscard]] SyncResult<ObjectPage> pageOfObjects(const std::map<qint64, SyncObject *> &objects,
                                                   const PageArguments &arguments);
[[nodiscard]] SyncResult<PermissionPage> pageOfPermissions(const SyncObject &object,
                                                           const PageArguments &arguments);
[[nodiscard]] SyncResult<ServicePage> pageOfServices(const std::map<QString, Service> &services,
                                                     const PageArguments &arguments);

} // namespace Twilio::Server
