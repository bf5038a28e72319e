#include "server/data/objectstore.h"

#include "server/data/kinds.h"
#include "TwilioSync/core/randomsource.h"

#include <algorithm>
#include <utility>

namespace Twilio::Server {
namespace {

constexpr QByteArrayView messagePrefix("TZ");
constexpr QByteArrayView servicePrefix("IS");

QByteArray newSid(QByteArrayView prefix)
{
    quint64 random[2];
    randomSource().fillRange(random);
    return prefix.toByteArray() + QByteArray(reinterpret_cast<const char *>(random), sizeof random).toHex();
}

bool keepsLog(ObjectKind kind) { return hasItems(kind); }

} // namespace

ObjectStore::ObjectStore(Watcher watcher) : m_watcher(std::move(watcher)), m_storageId(newSid({})) { }

SyncObject &ObjectStore::create(const Blueprint &blueprint, const Origin &by)
{
    auto object = std::make_unique<SyncObject>();
    object->serial = m_nextSerial;
    object->kind = blueprint.kind;
    object->sid = blueprint.sid.isEmpty() ? newSid(wordsOf(blueprint.kind).sidPrefix) : blueprint.sid;
    object->service = blueprint.service;
    object->uniqueName = blueprint.uniqueName;
    object->creator = by.identity;
    object->host = blueprint.host;
    object->created = now();
    object->updated = object->created;
    object->expires = blueprint.ttl.endFrom(object->created);
    object->lastEventId = blueprint.kind == ObjectKind::Document ? 0 : -1;
    object->data = blueprint.data;
    SyncObject &result = *object;
    adopt(std::move(object));
    if (m_storage)
        m_storage->storeObject(result);
    m_watcher.touched();
    m_watcher.created(changeOf(
            result,
            { EventType::ObjectCreated, result.lastEventId, result.created, result.expires, {}, result.data },
            by));
    return result;
}

void ObjectStore::adopt(std::unique_ptr<SyncObject> owned)
{
    SyncObject *const object = owned.get();
    useService(object->service, object->created);
    m_objectsOfKind[{ object->service, object->kind }].emplace(object->serial, object);
    m_nextSerial = std::max(m_nextSerial, object->serial + 1);
    m_itemCount += qsizetype(object->items.size());
    if (object->uniqueName)
        m_names[{ object->service, object->kind, *object->uniqueName }] = object;
    if (object->expires != never)
        m_deadlines.insert({ object->expires, object, std::nullopt });
    for (const auto &[id, item] : object->items) {
        if (item.expires == never)
            continue;
        m_deadlines.insert({ item.expires, object, id });
    }
    m_objects[object->sid] = std::move(owned);
}

// The next event of \a object; its time, which never goes backwards.
qint64 ObjectStore::tick(SyncObject &object)
{
    ++object.lastEventId;
    object.updated = std::max(object.updated, now());
    return object.updated;
}

void ObjectStore::log(SyncObject &object, EventRecord record, const Origin &by,
                      std::optional<qint64> superseded)
{
    const Change change = changeOf(object, record, by);
    if (record.type != EventType::ObjectRemoved) {
        if (m_storage)
            m_storage->storeObject(object);
        if (keepsLog(object.kind)) {
            if (m_storage)
                m_storage->appendEvent(object, record);
            object.log.append(std::move(record), superseded);
            trim(object);
        }
    }
    m_watcher.touched();
    m_watcher.changed(change);
}

void ObjectStore::trim(SyncObject &object)
{
    while (const auto forgotten = object.log.forgetOne(m_history)) {
        if (!m_storage)
            continue;
        if (forgotten->entirely)
            m_storage->removeEvent(object, forgotten->id);
        else
            m_storage->stripEvent(object, forgotten->id);
    }
}

// Takes no time, however much it holds: that is freed later. Its deadlines stay where they are until then.
void ObjectStore::remove(SyncObject &object, const Origin &by)
{
    if (object.uniqueName)
        m_names.erase({ object.service, object.kind, *object.uniqueName });
    m_objectsOfKind[{ object.service, object.kind }].erase(object.serial);
    m_itemCount -= qsizetype(object.items.size());
    bury(std::move(m_objects.extract(object.sid).mapped()));
    const qint64 time = tick(object);
    if (m_storage)
        m_storage->removeObject(object);
    const qint64 id = object.kind == ObjectKind::Stream ? -1 : object.lastEventId;
    log(object, { EventType::ObjectRemoved, id, time, never, {}, {} }, by);
}

void ObjectStore::bury(std::unique_ptr<SyncObject> object)
{
    object->isRemoved = true;
    m_removed.push_back(std::move(object));
}

bool ObjectStore::freeRemoved(Slice &slice)
{
    while (!m_removed.empty() && slice.allowsStep()) {
        SyncObject &object = *m_removed.front();
        if (!object.items.empty()) {
            const auto it = object.items.begin();
            setExpiry(object, it->first, it->second, never);
            object.items.erase(it);
        } else if (!object.log.isEmpty()) {
            object.log.dropOne();
        } else {
            setExpiry(object, never);
            m_removed.pop_front();
        }
    }
    return !m_removed.empty();
}

void ObjectStore::setTtl(SyncObject &object, Lifetime ttl)
{
    setExpiry(object, ttl.endFrom(now()));
    if (m_storage)
        m_storage->storeObject(object);
    m_watcher.touched();
}

void ObjectStore::updateDocument(SyncObject &object, const std::optional<QByteArray> &data,
                                 std::optional<Lifetime> ttl, const Origin &by)
{
    const qint64 time = tick(object);
    if (data)
        object.data = *data;
    if (ttl)
        setExpiry(object, ttl->endFrom(time));
    log(object, documentRecord(object), by);
}

ObjectStore::Written ObjectStore::putItem(SyncObject &object, const ItemId &id,
                                          const std::optional<QByteArray> &data, std::optional<Lifetime> ttl,
                                          const Origin &by)
{
    const qint64 time = tick(object);
    const auto [it, added] = object.items.try_emplace(id);
    Item &item = it->second;
    const auto superseded = added ? std::nullopt : std::optional(item.lastEventId);
    if (added) {
        ++m_itemCount;
        item.created = time;
        item.creator = by.identity;
    }
    item.updated = time;
    item.lastEventId = object.lastEventId;
    if (data)
        item.data = *data;
    if (ttl)
        setExpiry(object, id, item, ttl->endFrom(time));
    if (m_storage)
        m_storage->storeItem(object, id, item);
    log(object,
        { added ? EventType::ItemAdded : EventType::ItemUpdated, object.lastEventId, time, item.expires, id,
          item.data },
        by, superseded);
    return { &item, added };
}

void ObjectStore::skipTo(SyncObject &object, qint64 index)
{
    object.nextIndex = index;
    if (m_storage)
        m_storage->storeObject(object);
    m_watcher.touched();
}

ItemId ObjectStore::appendItem(SyncObject &object, const QByteArray &data, std::optional<Lifetime> ttl,
                               const Origin &by)
{
    const ItemId id { object.nextIndex++, {} };
    putItem(object, id, data, ttl, by);
    return id;
}

Item ObjectStore::removeItem(SyncObject &object, const ItemId &id, const Origin &by)
{
    const auto it = object.items.find(id);
    const ItemId itsId = it->first; // the caller's may be the one in the deadline that goes now
    Item item = std::move(it->second);
    const qint64 expires = item.expires;
    setExpiry(object, itsId, item, never);
    item.expires = expires; // told once more in the event
    object.items.erase(it);
    --m_itemCount;
    item.updated = tick(object);
    const qint64 superseded = std::exchange(item.lastEventId, object.lastEventId);
    if (m_storage)
        m_storage->removeItem(object, itsId);
    log(object, { EventType::ItemRemoved, object.lastEventId, item.updated, expires, itsId, item.data }, by,
        superseded);
    return item;
}

void ObjectStore::setContext(SyncObject &object, const QByteArray &data, const Origin &by)
{
    const qint64 time = tick(object);
    object.data = data;
    const qint64 before = std::exchange(object.contextEventId, object.lastEventId);
    log(object, { EventType::ContextUpdated, object.lastEventId, time, never, {}, data }, by,
        before < 0 ? std::nullopt : std::optional(before));
}

QByteArray ObjectStore::publish(SyncObject &object, const QByteArray &data, const Origin &by)
{
    const QByteArray sid = newSid(messagePrefix);
    object.updated = std::max(object.updated, now());
    m_watcher.changed(changeOf(
            object,
            { EventType::MessagePublished, -1, object.updated, never, { 0, QString::fromLatin1(sid) }, data },
            by));
    return sid;
}

void ObjectStore::setExpiry(SyncObject &object, qint64 expires)
{
    if (object.expires != never)
        m_deadlines.erase({ object.expires, &object, std::nullopt });
    object.expires = expires;
    if (expires != never)
        m_deadlines.insert({ expires, &object, std::nullopt });
}

void ObjectStore::setExpiry(SyncObject &object, const ItemId &id, Item &item, qint64 expires)
{
    if (item.expires != never) {
        m_deadlines.erase({ item.expires, &object, id });
    }
    item.expires = expires;
    if (expires != never) {
        m_deadlines.insert({ expires, &object, id });
    }
}

bool ObjectStore::expireDue(Slice &slice)
{
    const qint64 time = now();
    const auto isDue = [&] { return !m_deadlines.empty() && m_deadlines.begin()->at <= time; };
    while (isDue() && slice.allowsStep()) {
        const Deadline due = *m_deadlines.begin();
        if (due.object->isRemoved) {
            m_deadlines.erase(m_deadlines.begin());
            if (due.item)
                due.object->items.at(*due.item).expires = never;
            else
                due.object->expires = never;
        } else if (due.item) {
            removeItem(*due.object, *due.item, systemOrigin());
        } else {
            remove(*due.object, systemOrigin());
        }
    }
    return isDue();
}

bool ObjectStore::expire(SyncObject &object)
{
    if (object.expires == never || object.expires > now())
        return false;
    remove(object, systemOrigin());
    return true;
}

bool ObjectStore::expire(SyncObject &object, const ItemId &id)
{
    const auto it = object.items.find(id);
    if (it == object.items.end() || it->second.expires == never || it->second.expires > now())
        return false;
    removeItem(object, id, systemOrigin());
    return true;
}

std::optional<qint64> ObjectStore::nextDeadline() const
{
    return m_deadlines.empty() ? std::nullopt : std::optional(m_deadlines.begin()->at);
}

SyncObject *ObjectStore::find(const QByteArray &sid) const
{
    const auto it = m_objects.find(sid);
    return it == m_objects.end() ? nullptr : it->second.get();
}

SyncObject *ObjectStore::find(const QString &service, ObjectKind kind, const QString &uniqueName) const
{
    const auto it = m_names.find({ service, kind, uniqueName });
    return it == m_names.end() ? nullptr : it->second;
}

const ObjectStore::ObjectsInOrder &ObjectStore::objects(const QString &service, ObjectKind kind) const
{
    static const ObjectsInOrder none;
    const auto it = m_objectsOfKind.find({ service, kind });
    return it == m_objectsOfKind.end() ? none : it->second;
}

const Service *ObjectStore::service(const QString &sid) const
{
    const auto it = m_services.find(sid);
    return it == m_services.end() ? nullptr : &it->second;
}

const Service &ObjectStore::useService(const QString &sid, qint64 since)
{
    const auto [it, isNew] = m_services.try_emplace(sid, Service { sid, since, since });
    if (isNew)
        storeService(it->second);
    return it->second;
}

void ObjectStore::storeService(const Service &service)
{
    if (m_storage)
        m_storage->storeService(service);
    m_watcher.touched();
}

const Service &ObjectStore::useService(const QString &sid) { return useService(sid, now()); }

const Service &ObjectStore::createService(const ServiceChanges &changes)
{
    const QString sid = QString::fromLatin1(newSid(servicePrefix));
    const qint64 time = now();
    Service &service = m_services[sid] = { sid, time, time };
    service.apply(changes);
    storeService(service);
    return service;
}

const Service &ObjectStore::updateService(const QString &sid, const ServiceChanges &changes)
{
    Service &service = m_services.at(sid);
    service.apply(changes);
    service.updated = std::max(service.updated, now());
    storeService(service);
    if (service.aclEnabled)
        m_watcher.restricted(sidsOf(sid));
    return service;
}

QList<QByteArray> ObjectStore::sidsOf(const QString &service) const
{
    QList<QByteArray> sids;
    for (const ObjectKind kind : { ObjectKind::Document, ObjectKind::List, ObjectKind::Map }) {
        for (const auto &[serial, object] : objects(service, kind))
            sids << object->sid;
    }
    return sids;
}

void ObjectStore::setPermission(SyncObject &object, const QString &identity, const Permission &permission)
{
    object.permissions[identity] = permission;
    if (m_storage)
        m_storage->storePermission(object, identity, permission);
    m_watcher.touched();
    m_watcher.restricted({ object.sid });
}

void ObjectStore::removePermission(SyncObject &object, const QString &identity)
{
    object.permissions.erase(identity);
    if (m_storage)
        m_storage->removePermission(object, identity);
    m_watcher.touched();
    m_watcher.restricted({ object.sid });
}

void ObjectStore::removeService(const QString &sid, const Origin &by)
{
    for (const ObjectKind kind :
         { ObjectKind::Document, ObjectKind::List, ObjectKind::Map, ObjectKind::Stream }) {
        const ObjectsInOrder doomed = objects(sid, kind); // a copy: each goes out of the original
        for (const auto &[serial, object] : doomed)
            remove(*object, by);
    }
    const auto it = m_services.find(sid);
    if (m_storage)
        m_storage->removeService(it->second);
    m_services.erase(it);
    m_watcher.touched();
}

Replay ObjectStore::replay(const SyncObject &object, std::optional<qint64> cursor, qsizetype limit)
{
    Replay replay;
    if (object.kind == ObjectKind::Stream)
        return replay;
    replay.lastEventId = object.lastEventId;
    if (!cursor || *cursor >= object.lastEventId)
        return replay;
    if (object.kind == ObjectKind::Document) {
        replay.changes << changeOf(object, documentRecord(object), {});
        return replay;
    }
    const EventLog::Records &records = object.log.records();
    auto it = records.upper_bound(*cursor);
    for (; it != records.end() && replay.changes.size() < limit; ++it)
        replay.changes << changeOf(object, it->second, {});
    replay.interrupted = it != records.end();
    if (replay.interrupted)
        replay.lastEventId =
                replay.changes.isEmpty() ? std::max<qint64>(*cursor, -1) : replay.changes.last().record.id;
    return replay;
}

void ObjectStore::setStorage(std::unique_ptr<Storage> storage)
{
    Stored stored = storage->load();
    m_storage = std::move(storage);
    m_storageId = stored.id;
    for (const Service &service : stored.services)
        m_services[service.sid] = service;
    for (auto &object : stored.objects) {
        SyncObject &adopted = *object;
        adopt(std::move(object));
        trim(adopted);
    }
    m_nextSerial = std::max(m_nextSerial, stored.nextSerial);
    m_outbox.restore(std::move(stored.webhooks), m_storage.get());
    m_watcher.touched();
}

void ObjectStore::clear()
{
    for (auto &[sid, object] : m_objects)
        bury(std::move(object));
    m_names.clear();
    m_objectsOfKind.clear();
    m_services.clear();
    m_objects.clear();
    m_itemCount = 0;
    m_outbox.clear();
    m_storageId = newSid({});
    if (m_storage)
        m_storage->clear(m_storageId);
    m_watcher.touched();
}

} // namespace Twilio::Server
