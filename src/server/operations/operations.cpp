#include "server/operations/operations.h"

#include "server/data/kinds.h"
#include "server/data/objectstore.h"
#include "server/operations/errors.h"

using namespace std::chrono_literals;

namespace Twilio::Server {
namespace {

QByteArray hex(qint64 number) { return QByteArray::number(number, 16); }

} // namespace

Operations::Operations(SyncData &data) : m_data(data), m_store(data.store()) { }

// So that what is due is gone for any call; when that is much, the data does the rest in its own time.
void Operations::expireSome()
{
    Slice slice(2ms, 64);
    m_store.expireDue(slice);
}

SyncResult<SyncObject *> Operations::find(const Caller &by, ObjectKind kind, const QString &id)
{
    expireSome();
    SyncObject *object = nullptr;
    if (looksLikeSid(id)) {
        object = m_store.find(id.toLatin1());
        if (!object || object->service != by.serviceSid || object->kind != kind || m_store.expire(*object))
            return Errors::notFound(kind);
    } else {
        object = m_store.find(by.serviceSid, kind, id);
        if (!object || m_store.expire(*object))
            return Errors::nameNotFound();
    }
    if (!by.host.isEmpty())
        object->host = by.host;
    return object;
}

SyncResult<SyncObject *> Operations::find(const Caller &by, ObjectKind kind, const QString &id, Right right)
{
    const auto found = find(by, kind, id);
    if (!errorOf(found) && !allows(by, *std::get<SyncObject *>(found), right))
        return Errors::forbidden();
    return found;
}

bool Operations::allows(const Caller &by, const SyncObject &object, Right right) const
{
    const Service *const service = m_store.service(object.service);
    if (by.viaRest || object.kind == ObjectKind::Stream || !service || !service->aclEnabled)
        return true;
    const auto it = object.permissions.find(by.identity);
    return it != object.permissions.end() && it->second.has(right);
}

bool Operations::mayRead(const Caller &by, const QByteArray &objectSid) const
{
    const SyncObject *const object = m_store.find(objectSid);
    return object && allows(by, *object, Right::Read);
}

Operations::ObjectResult Operations::create(const Caller &by, ObjectKind kind, const NewObject &object)
{
    expireSome();
    Values values = object.values;
    if (kind != ObjectKind::Document)
        values.data.reset(); // they have none
    const auto checked = checkedValues(values, kind);
    if (const SyncError *error = errorOf(checked))
        return *error;
    if (const auto name = checkUniqueName(object.uniqueName); errorOf(name))
        return *errorOf(name);
    QByteArray data = std::get<Values>(checked).data.value_or("{}");
    if (kind == ObjectKind::List && object.context) {
        auto context = checkedContext(*object.context);
        if (const SyncError *error = errorOf(context))
            return *error;
        data = std::get<QByteArray>(std::move(context));
    }
    SyncObject *const namesake =
            object.uniqueName ? m_store.find(by.serviceSid, kind, *object.uniqueName) : nullptr;
    if (namesake && !m_store.expire(*namesake))
        return Errors::nameExists();
    SyncObject &made = m_store.create(
            { by.serviceSid, kind, object.uniqueName, by.host, data, values.ttl.value_or(0) }, originOf(by));
    if (!allows(by, made, Right::Read))
        m_store.setPermission(made, by.identity, { true, true, true });
    return &made;
}

Operations::ObjectResult Operations::object(const Caller &by, ObjectKind kind, const QString &id)
{
    const auto found = find(by, kind, id, Right::Read);
    if (const SyncError *error = errorOf(found))
        return *error;
    return std::get<SyncObject *>(found);
}

SyncResult<Nothing> Operations::exists(const Caller &by, ObjectKind kind, const QString &id)
{
    const auto found = find(by, kind, id);
    return errorOf(found) ? SyncResult<Nothing>(*errorOf(found)) : Nothing();
}

SyncResult<ObjectPage> Operations::objects(const Caller &by, ObjectKind kind, const PageArguments &arguments)
{
    expireSome();
    return pageOfObjects(m_store.objects(by.serviceSid, kind), arguments);
}

Operations::ObjectResult Operations::update(const Caller &by, ObjectKind kind, const QString &id,
                                            const IfMatch &ifMatch, const Values &values)
{
    const auto found = find(by, kind, id, kind == ObjectKind::Document ? Right::Write : Right::Manage);
    if (const SyncError *error = errorOf(found))
        return *error;
    SyncObject &object = *std::get<SyncObject *>(found);
    const bool isDocument = kind == ObjectKind::Document;
    const auto result = checkedValues(isDocument ? values : Values { {}, values.ttl }, kind);
    if (const SyncError *error = errorOf(result))
        return *error;
    const auto &checked = std::get<Values>(result);
    if (!checked.ttl && !checked.data)
        return Errors::noParameters();
    if (isDocument) {
        if (const auto match = checkIfMatch(ifMatch, kind, hex(object.revision())); errorOf(match))
            return *errorOf(match);
        m_store.updateDocument(object, checked.data, checked.ttl, originOf(by));
    } else {
        m_store.setTtl(object, *checked.ttl);
    }
    return &object;
}

SyncResult<Nothing> Operations::remove(const Caller &by, ObjectKind kind, const QString &id,
                                       const IfMatch &ifMatch)
{
    const auto found = find(by, kind, id, Right::Manage);
    if (const SyncError *error = errorOf(found))
        return *error;
    SyncObject &object = *std::get<SyncObject *>(found);
    if (kind == ObjectKind::Document) {
        if (auto match = checkIfMatch(ifMatch, kind, hex(object.revision())); errorOf(match))
            return match;
    }
    m_store.remove(object, originOf(by));
    return Nothing();
}

SyncResult<Operations::ItemResult> Operations::write(const Caller &by, SyncObject &object, const ItemId &id,
                                                     const Values &checked)
{
    const auto written = m_store.putItem(object, id, checked.data, checked.ttl, originOf(by));
    return ItemResult { &object, id, *written.item, written.added };
}

SyncResult<Operations::ItemResult> Operations::addItem(const Caller &by, ObjectKind kind, const QString &id,
                                                       const QString &key, const Values &values)
{
    const auto found = find(by, kind, id, Right::Write);
    if (const SyncError *error = errorOf(found))
        return *error;
    SyncObject &object = *std::get<SyncObject *>(found);
    const auto result = checkedValues(values, kind);
    if (const SyncError *error = errorOf(result))
        return *error;
    const auto &checked = std::get<Values>(result);
    if (!checked.data)
        return Errors::invalidData(kind);
    if (kind == ObjectKind::List) {
        const ItemId itemId = m_store.appendItem(object, *checked.data, checked.ttl, originOf(by));
        return ItemResult { &object, itemId, object.items.at(itemId), true };
    }
    const auto itemId = checkedItemId(key, kind);
    if (const SyncError *error = errorOf(itemId))
        return *error;
    m_store.expire(object, std::get<ItemId>(itemId));
    if (object.items.contains(std::get<ItemId>(itemId)))
        return Errors::mapItemExists();
    return write(by, object, std::get<ItemId>(itemId), checked);
}

SyncResult<Operations::ItemResult> Operations::item(const Caller &by, ObjectKind kind, const QString &id,
                                                    const QString &item, Right right)
{
    const auto found = find(by, kind, id, right);
    if (const SyncError *error = errorOf(found))
        return *error;
    SyncObject &object = *std::get<SyncObject *>(found);
    const auto itemId = checkedItemId(item, kind);
    if (const SyncError *error = errorOf(itemId))
        return *error;
    m_store.expire(object, std::get<ItemId>(itemId));
    const auto it = object.items.find(std::get<ItemId>(itemId));
    if (it == object.items.end())
        return Errors::itemNotFound(kind);
    return ItemResult { &object, it->first, it->second, false };
}

SyncResult<ItemPage> Operations::items(const Caller &by, ObjectKind kind, const QString &id,
                                       const PageArguments &arguments)
{
    const auto found = find(by, kind, id, Right::Read);
    if (const SyncError *error = errorOf(found))
        return *error;
    return pageOfItems(*std::get<SyncObject *>(found), arguments);
}

SyncResult<Operations::ItemResult> Operations::putItem(const Caller &by, ObjectKind kind, const QString &id,
                                                       const QString &item, const IfMatch &ifMatch,
                                                       const Values &values)
{
    const auto found = find(by, kind, id, Right::Write);
    if (const SyncError *error = errorOf(found))
        return *error;
    SyncObject &object = *std::get<SyncObject *>(found);
    const auto parsed = checkedItemId(item, kind);
    if (const SyncError *error = errorOf(parsed))
        return *error;
    const auto result = checkedValues(values, kind);
    if (const SyncError *error = errorOf(result))
        return *error;
    const auto &checked = std::get<Values>(result);
    if (!checked.data)
        return Errors::invalidData(kind);
    const auto &itemId = std::get<ItemId>(parsed);
    m_store.expire(object, itemId);
    const auto it = object.items.find(itemId);
    const QByteArray revision = it == object.items.end() ? QByteArray("-1") : hex(it->second.lastEventId);
    if (const auto match = checkIfMatch(ifMatch, kind, revision); errorOf(match))
        return *errorOf(match);
    return write(by, object, itemId, checked);
}

SyncResult<Operations::ItemResult> Operations::updateItem(const Caller &by, ObjectKind kind,
                                                          const QString &id, const QString &itemId,
                                                          const IfMatch &ifMatch, const Values &values)
{
    const auto found = item(by, kind, id, itemId, Right::Write);
    if (errorOf(found))
        return found;
    const auto &known = std::get<ItemResult>(found);
    if (const auto match = checkIfMatch(ifMatch, kind, hex(known.item.lastEventId)); errorOf(match))
        return *errorOf(match);
    const auto result = checkedValues(values, kind);
    if (const SyncError *error = errorOf(result))
        return *error;
    const auto &checked = std::get<Values>(result);
    if (!checked.data && !checked.ttl)
        return Errors::noParameters();
    return write(by, *m_store.find(known.object->sid), known.id, checked);
}

SyncResult<Operations::ItemResult> Operations::removeItem(const Caller &by, ObjectKind kind,
                                                          const QString &id, const QString &itemId,
                                                          const IfMatch &ifMatch)
{
    auto found = item(by, kind, id, itemId, Right::Write);
    if (errorOf(found))
        return found;
    auto &known = std::get<ItemResult>(found);
    if (const auto match = checkIfMatch(ifMatch, kind, hex(known.item.lastEventId)); errorOf(match))
        return *errorOf(match);
    known.item = m_store.removeItem(*m_store.find(known.object->sid), known.id, originOf(by));
    return found;
}

Operations::ObjectResult Operations::setContext(const Caller &by, const QString &id, const Values &values)
{
    const auto found = find(by, ObjectKind::List, id, Right::Write);
    if (const SyncError *error = errorOf(found))
        return *error;
    SyncObject &object = *std::get<SyncObject *>(found);
    const auto result = checkedValues({ values.data, {} }, ObjectKind::List);
    if (const SyncError *error = errorOf(result))
        return *error;
    const auto &checked = std::get<Values>(result);
    if (!checked.data)
        return Errors::invalidContext();
    m_store.setContext(object, *checked.data, originOf(by));
    return &object;
}

SyncResult<QByteArray> Operations::publish(const Caller &by, const QString &id, const Values &values)
{
    const auto found = find(by, ObjectKind::Stream, id);
    if (const SyncError *error = errorOf(found))
        return *error;
    const auto result = checkedValues({ values.data, {} }, ObjectKind::Stream);
    if (const SyncError *error = errorOf(result))
        return *error;
    const auto &checked = std::get<Values>(result);
    if (!checked.data)
        return Errors::invalidData(ObjectKind::Stream);
    return m_store.publish(*std::get<SyncObject *>(found), *checked.data, originOf(by));
}

SyncResult<Replay> Operations::replay(const Caller &by, const ObjectRef &object, std::optional<qint64> cursor,
                                      qsizetype limit) const
{
    const SyncObject *const known = m_store.find(object.sid);
    if (known && known->service == by.serviceSid && !allows(by, *known, Right::Read))
        return Errors::forbidden();
    auto replay = m_data.replay(by.serviceSid, object, cursor, limit);
    return replay ? SyncResult<Replay>(std::move(*replay)) : Errors::notFound(object.kind);
}

} // namespace Twilio::Server
