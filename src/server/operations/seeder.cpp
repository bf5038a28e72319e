#include "server/operations/seeder.h"

#include "server/data/kinds.h"
#include "server/data/objectstore.h"
#include "server/operations/checks.h"
#include "server/operations/errors.h"

namespace Twilio::Server {

SyncObject *Seeder::collection(const QByteArray &sid) const
{
    SyncObject *const object = m_store.find(sid);
    return object && hasItems(object->kind) ? object : nullptr;
}

SyncResult<QByteArray> Seeder::createCollection(const QString &serviceSid, ObjectKind kind,
                                                const std::optional<QString> &uniqueName)
{
    if (const auto checked = checkUniqueName(uniqueName); errorOf(checked))
        return *errorOf(checked);
    if (uniqueName && m_store.find(serviceSid, kind, *uniqueName))
        return Errors::nameExists();
    return m_store.create({ serviceSid, kind, uniqueName, {}, "{}" }, systemOrigin()).sid;
}

SyncResult<Nothing> Seeder::putItem(const QByteArray &objectSid, const QString &key, const QByteArray &data)
{
    SyncObject *const object = collection(objectSid);
    if (!object)
        return Errors::notFound(ObjectKind::List);
    if (object->kind == ObjectKind::List) {
        m_store.appendItem(*object, data, std::nullopt, systemOrigin());
        return Nothing();
    }
    const auto id = checkedItemId(key, object->kind);
    if (const SyncError *error = errorOf(id))
        return *error;
    m_store.putItem(*object, std::get<ItemId>(id), data, std::nullopt, systemOrigin());
    return Nothing();
}

SyncResult<Nothing> Seeder::updateNextItem(const QByteArray &objectSid, const QByteArray &data)
{
    SyncObject *const object = collection(objectSid);
    if (!object)
        return Errors::notFound(ObjectKind::List);
    if (object->items.empty())
        return Errors::itemNotFound(object->kind);
    auto it = object->items.cbegin();
    if (const auto last = m_lastUpdated.constFind(objectSid); last != m_lastUpdated.constEnd())
        it = object->items.upper_bound(*last);
    if (it == object->items.cend())
        it = object->items.cbegin();
    const ItemId id = it->first;
    m_lastUpdated.insert(objectSid, id);
    m_store.putItem(*object, id, data, std::nullopt, systemOrigin());
    return Nothing();
}

} // namespace Twilio::Server
