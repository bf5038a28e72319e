#include "server/data/objectstore.h"

#include "server/data/bodies.h"
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

ObjectStore::ObjectStore(EventHandler onEvent) : m_onEvent(std::move(onEvent)) { }

SyncObject &ObjectStore::create(const Blueprint &blueprint)
{
    auto object = std::make_unique<SyncObject>();
    object->serial = m_nextSerial;
    object->kind = blueprint.kind;
    object->sid = newSid(wordsOf(blueprint.kind).sidPrefix);
    object->service = blueprint.service;
    object->uniqueName = blueprint.uniqueName;
    object->creator = blueprint.creator;
    object->host = Bodies::safeHost(blueprint.host);
    object->created = now();
    object->updated = object->created;
    object->expires = expiryOf(object->created, blueprint.ttl);
    object->lastEventId = blueprint.kind == ObjectKind::Document ? 0 : -1;
    object->data = blueprint.data;
    SyncObject &result = *object;
    adopt(std::move(object));
    if (m_storage)
        m_storage->objectStored(result);
    return result;
}

void ObjectStore::adopt(std::unique_ptr<SyncObject> owned)
{
    SyncObject *const object = owned.get();
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

void ObjectStore::log(SyncObject &object, EventRecord record)
{
    const Event event = Bodies::event(object, record);
    if (m_storage && record.change != Change::ObjectRemoved)
        m_storage->objectStored(object);
    if (keepsLog(object.kind) && record.change != Change::ObjectRemoved) {
        if (m_storage)
            m_storage->eventLogged(object, record);
        object.log.push_back(std::move(record));
        if (m_logLimit > 0 && qsizetype(object.log.size()) > m_logLimit) {
            while (qsizetype(object.log.size()) > m_logLimit)
                object.log.pop_front();
            if (m_storage)
                m_storage->logTrimmed(object, object.log.front().id);
        }
    }
    m_onEvent(object, event);
}

void ObjectStore::remove(SyncObject &object)
{
    setExpiry(object, never);
    for (auto &[id, item] : object.items) {
        if (object.expiringItems == 0)
            break;
        setExpiry(object, id, item, never);
    }
    if (object.uniqueName)
        m_names.erase({ object.service, object.kind, *object.uniqueName });
    m_itemCount -= qsizetype(object.items.size());
    const auto node = m_objects.extract(object.sid); // alive until the end of this function
    const qint64 time = tick(object);
    if (m_storage)
        m_storage->objectRemoved(object);
    log(object, { Change::ObjectRemoved, object.lastEventId, time, never, {}, {} });
}

void ObjectStore::setTtl(SyncObject &object, qint64 ttl)
{
    setExpiry(object, expiryOf(now(), ttl));
    if (m_storage)
        m_storage->objectStored(object);
}

void ObjectStore::updateDocument(SyncObject &object, const std::optional<QByteArray> &data,
                                 std::optional<qint64> ttl)
{
    const qint64 time = tick(object);
    if (data)
        object.data = *data;
    if (ttl)
        setExpiry(object, expiryOf(time, *ttl));
    log(object, Bodies::documentRecord(object));
}

ObjectStore::Written ObjectStore::putItem(SyncObject &object, const ItemId &id,
                                          const std::optional<QByteArray> &data, std::optional<qint64> ttl,
                                          const QString &creator)
{
    const qint64 time = tick(object);
    const auto [it, added] = object.items.try_emplace(id);
    Item &item = it->second;
    if (added) {
        ++m_itemCount;
        item.created = time;
        item.creator = creator;
    }
    item.updated = time;
    item.lastEventId = object.lastEventId;
    if (data)
        item.data = *data;
    if (ttl)
        setExpiry(object, id, item, expiryOf(time, *ttl));
    if (m_storage)
        m_storage->itemStored(object, id, item);
    log(object,
        { added ? Change::ItemAdded : Change::ItemUpdated, object.lastEventId, time, item.expires, id,
          item.data });
    return { &item, added };
}

ItemId ObjectStore::appendItem(SyncObject &object, const QByteArray &data, std::optional<qint64> ttl,
                               const QString &creator)
{
    const ItemId id { object.nextIndex++, {} };
    putItem(object, id, data, ttl, creator);
    return id;
}

Item ObjectStore::removeItem(SyncObject &object, const ItemId &id)
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
        m_storage->itemRemoved(object, itsId);
    log(object, { Change::ItemRemoved, object.lastEventId, item.updated, expires, itsId, item.data });
    return item;
}

void ObjectStore::setContext(SyncObject &object, const QByteArray &data)
{
    const qint64 time = tick(object);
    object.data = data;
    object.contextEventId = object.lastEventId;
    log(object, { Change::ContextUpdated, object.lastEventId, time, never, {}, data });
}

QByteArray ObjectStore::publish(SyncObject &object, const QByteArray &data)
{
    const QByteArray sid = newSid(messagePrefix);
    object.updated = std::max(object.updated, now());
    m_onEvent(object, Bodies::message(object, sid, object.updated, data));
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

bool ObjectStore::expireDue()
{
    const qint64 time = now();
    bool any = false;
    while (!m_deadlines.empty() && m_deadlines.begin()->at <= time) {
        const Deadline due = *m_deadlines.begin();
        if (due.item)
            removeItem(*due.object, *due.item);
        else
            remove(*due.object);
        any = true;
    }
    return any;
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

Replay ObjectStore::replay(const SyncObject &object, std::optional<qint64> cursor, qsizetype limit)
{
    Replay replay;
    replay.found = true;
    if (object.kind == ObjectKind::Stream)
        return replay;
    replay.lastEventId = object.lastEventId;
    if (!cursor || *cursor >= object.lastEventId)
        return replay;
    if (object.kind == ObjectKind::Document) {
        replay.events << Bodies::event(object, Bodies::documentRecord(object));
        return replay;
    }
    // An object with no log at all has lost it all; otherwise ids are consecutive from the first one.
    const qint64 firstId = object.log.empty() ? object.lastEventId + 1 : object.log.front().id;
    const qint64 next = std::max<qint64>(*cursor, -1) + 1; // no event has an id below 0
    const qint64 begin = std::max(next, firstId);
    const qint64 end = begin + std::clamp<qint64>(limit, 0, object.lastEventId + 1 - begin);
    replay.interrupted = end <= object.lastEventId || next < firstId;
    for (qint64 id = begin; id < end; ++id)
        replay.events << Bodies::event(object, object.log[std::size_t(id - firstId)]);
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
    m_objects.clear();
    m_itemCount = 0;
    if (m_storage)
        m_storage->cleared();
}

} // namespace Twilio::Server
