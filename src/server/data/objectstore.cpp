#include "server/data/objectstore.h"

#include "server/data/kinds.h"

#include <QtCore/qrandom.h>

#include <algorithm>

namespace Twilio::Server {
namespace {

constexpr QByteArrayView messagePrefix("TZ");

QByteArray newSid(QByteArrayView prefix)
{
    quint64 random[2];
    QRandomGenerator::system()->fillRange(random);
    return prefix.toByteArray() + QByteArray(reinterpret_cast<const char *>(random), sizeof random).toHex();
}

qint64 expiryOf(qint64 now, qint64 ttl) { return ttl == 0 ? never : now + ttl * 1000; }

bool keepsLog(ObjectKind kind) { return hasItems(kind); }

} // namespace

ObjectStore::ObjectStore(Watcher watcher) : m_watcher(std::move(watcher)) { }

SyncObject &ObjectStore::create(const Blueprint &blueprint, const Origin &by)
{
    auto object = std::make_unique<SyncObject>();
    object->serial = m_nextSerial;
    object->kind = blueprint.kind;
    object->sid = newSid(wordsOf(blueprint.kind).sidPrefix);
    object->service = blueprint.service;
    object->uniqueName = blueprint.uniqueName;
    object->creator = by.identity;
    object->host = blueprint.host;
    object->created = now();
    object->updated = object->created;
    object->expires = expiryOf(object->created, blueprint.ttl);
    object->lastEventId = blueprint.kind == ObjectKind::Document ? 0 : -1;
    object->data = blueprint.data;
    SyncObject &result = *object;
    adopt(std::move(object));
    if (m_storage)
        m_storage->storeObject(result);
    m_watcher.touched();
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
    object->expiringItems = 0;
    for (const auto &[id, item] : object->items) {
        if (item.expires == never)
            continue;
        m_deadlines.insert({ item.expires, object, id });
        ++object->expiringItems;
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

void ObjectStore::log(SyncObject &object, EventRecord record, const Origin &by)
{
    const Change change = changeOf(object, record, by);
    if (m_storage && record.type != EventType::ObjectRemoved)
        m_storage->storeObject(object);
    if (keepsLog(object.kind) && record.type != EventType::ObjectRemoved) {
        if (m_storage)
            m_storage->appendEvent(object, record);
        object.log.push_back(std::move(record));
        if (m_logLimit > 0 && qsizetype(object.log.size()) > m_logLimit) {
            while (qsizetype(object.log.size()) > m_logLimit)
                object.log.pop_front();
            if (m_storage)
                m_storage->trimLog(object, object.log.front().id);
        }
    }
    m_watcher.touched();
    m_watcher.changed(change);
}

void ObjectStore::remove(SyncObject &object, const Origin &by)
{
    setExpiry(object, never);
    for (auto &[id, item] : object.items) {
        if (object.expiringItems == 0)
            break;
        setExpiry(object, id, item, never);
    }
    if (object.uniqueName)
        m_names.erase({ object.service, object.kind, *object.uniqueName });
    m_objectsOfKind[{ object.service, object.kind }].erase(object.serial);
    m_itemCount -= qsizetype(object.items.size());
    const auto node = m_objects.extract(object.sid); // alive until the end of this function
    const qint64 time = tick(object);
    if (m_storage)
        m_storage->removeObject(object);
    const qint64 id = object.kind == ObjectKind::Stream ? -1 : object.lastEventId;
    log(object, { EventType::ObjectRemoved, id, time, never, {}, {} }, by);
}

void ObjectStore::setTtl(SyncObject &object, qint64 ttl)
{
    setExpiry(object, expiryOf(now(), ttl));
    if (m_storage)
        m_storage->storeObject(object);
    m_watcher.touched();
}

void ObjectStore::updateDocument(SyncObject &object, const std::optional<QByteArray> &data,
                                 std::optional<qint64> ttl, const Origin &by)
{
    const qint64 time = tick(object);
    if (data)
        object.data = *data;
    if (ttl)
        setExpiry(object, expiryOf(time, *ttl));
    log(object, documentRecord(object), by);
}

ObjectStore::Written ObjectStore::putItem(SyncObject &object, const ItemId &id,
                                          const std::optional<QByteArray> &data, std::optional<qint64> ttl,
                                          const Origin &by)
{
    const qint64 time = tick(object);
    const auto [it, added] = object.items.try_emplace(id);
    Item &item = it->second;
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
        setExpiry(object, id, item, expiryOf(time, *ttl));
    if (m_storage)
        m_storage->storeItem(object, id, item);
    log(object,
        { added ? EventType::ItemAdded : EventType::ItemUpdated, object.lastEventId, time, item.expires, id,
          item.data },
        by);
    return { &item, added };
}

ItemId ObjectStore::appendItem(SyncObject &object, const QByteArray &data, std::optional<qint64> ttl,
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
    item.lastEventId = object.lastEventId;
    if (m_storage)
        m_storage->removeItem(object, itsId);
    log(object, { EventType::ItemRemoved, object.lastEventId, item.updated, expires, itsId, item.data }, by);
    return item;
}

void ObjectStore::setContext(SyncObject &object, const QByteArray &data, const Origin &by)
{
    const qint64 time = tick(object);
    object.data = data;
    object.contextEventId = object.lastEventId;
    log(object, { EventType::ContextUpdated, object.lastEventId, time, never, {}, data }, by);
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
        --object.expiringItems;
    }
    item.expires = expires;
    if (expires != never) {
        m_deadlines.insert({ expires, &object, id });
        ++object.expiringItems;
    }
}

void ObjectStore::expireDue()
{
    const qint64 time = now();
    while (!m_deadlines.empty() && m_deadlines.begin()->at <= time) {
        const Deadline due = *m_deadlines.begin();
        if (due.item)
            removeItem(*due.object, *due.item, systemOrigin());
        else
            remove(*due.object, systemOrigin());
    }
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

// A service is there from the first object on.
void ObjectStore::useService(const QString &sid, qint64 since)
{
    const auto [it, isNew] = m_services.try_emplace(sid, Service { sid, since, since });
    it->second.created = std::min(it->second.created, since);
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
    // An object with no log at all has lost it all; otherwise ids are consecutive from the first one.
    const qint64 firstId = object.log.empty() ? object.lastEventId + 1 : object.log.front().id;
    const qint64 next = std::max<qint64>(*cursor, -1) + 1; // no event has an id below 0
    const qint64 begin = std::max(next, firstId);
    const qint64 end = begin + std::clamp<qint64>(limit, 0, object.lastEventId + 1 - begin);
    replay.interrupted = end <= object.lastEventId || next < firstId;
    for (qint64 id = begin; id < end; ++id)
        replay.changes << changeOf(object, object.log[std::size_t(id - firstId)], {});
    if (replay.interrupted)
        replay.lastEventId = end - 1;
    return replay;
}

SyncResult<Nothing> ObjectStore::setStorage(std::unique_ptr<Storage> storage)
{
    auto loaded = storage->load();
    if (const SyncError *error = errorOf(loaded))
        return *error;
    for (auto &object : std::get<0>(loaded))
        adopt(std::move(object));
    m_storage = std::move(storage);
    return Nothing();
}

SyncResult<Nothing> ObjectStore::commit() { return m_storage ? m_storage->commit() : Nothing(); }

void ObjectStore::clear()
{
    m_deadlines.clear();
    m_names.clear();
    m_objectsOfKind.clear();
    m_services.clear();
    m_objects.clear();
    m_itemCount = 0;
    if (m_storage)
        m_storage->clear();
    m_watcher.touched();
}

} // namespace Twilio::Server
