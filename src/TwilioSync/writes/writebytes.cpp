#include "TwilioSync/writes/writebytes.h"

#include <QtCore/qcborarray.h>
#include <QtCore/qcbormap.h>
#include <QtCore/qcborvalue.h>

namespace Twilio {
namespace {

// Stored by number, so new ones go last.
enum Field : int {
    Id,
    Operation,
    ObjectSid,
    ObjectName,
    ItemIndex,
    ItemKeyText,
    Value,
    Erased,
    Before,
    SentValue,
    Ttl,
    Base,
    MaybeApplied,
    SentAfter,
    Attempts,
    Supersedes,
    Created,
    Sent,
    Once
};

} // namespace

QByteArray encodeWrite(const Write &write)
{
    QCborMap map {
        { Id, write.id },
        { Operation, int(write.operation) },
        { ObjectSid, write.objectSid },
        { ObjectName, write.objectName },
        { Value, write.value },
        { Before, write.before },
        { SentValue, write.sentValue },
        { Base, write.base },
        { MaybeApplied, write.maybeApplied },
        { SentAfter, write.sentAfter },
        { Attempts, write.attempts },
        { Supersedes, write.supersedes },
        { Created, write.created },
        { Sent, write.sent },
        { Once, write.once },
    };
    if (write.item) {
        map.insert(ItemIndex, write.item->index);
        map.insert(ItemKeyText, write.item->key);
    }
    if (write.ttl)
        map.insert(Ttl, *write.ttl);
    QCborArray erased;
    for (const QByteArray &name : write.erased)
        erased.append(name);
    map.insert(Erased, erased);
    return QCborValue(map).toCbor();
}

std::optional<Write> decodeWrite(const QByteArray &bytes)
{
    const QCborMap map = QCborValue::fromCbor(bytes).toMap();
    const qint64 operation = map.value(Operation).toInteger(-1);
    Write write;
    write.id = map.value(Id).toInteger(0);
    write.objectSid = map.value(ObjectSid).toByteArray();
    if (write.id <= 0 || write.objectSid.isEmpty() || operation < 0
        || operation > qint64(WriteOperation::RemoveObject))
        return std::nullopt;
    write.operation = WriteOperation(operation);
    write.objectName = map.value(ObjectName).toByteArray();
    if (map.contains(ItemIndex))
        write.item = ItemKey { map.value(ItemIndex).toInteger(-1), map.value(ItemKeyText).toByteArray() };
    write.value = map.value(Value).toByteArray();
    const QCborArray erased = map.value(Erased).toArray();
    for (const auto &name : erased)
        write.erased.append(name.toByteArray());
    write.before = map.value(Before).toByteArray();
    write.sentValue = map.value(SentValue).toByteArray();
    if (map.contains(Ttl))
        write.ttl = map.value(Ttl).toInteger();
    write.base = map.value(Base).toByteArray();
    write.maybeApplied = map.value(MaybeApplied).toBool();
    write.sentAfter = map.value(SentAfter).toInteger(-1);
    write.attempts = int(map.value(Attempts).toInteger());
    write.supersedes = map.value(Supersedes).toBool();
    write.created = map.value(Created).toInteger();
    write.sent = map.value(Sent).toInteger();
    write.once = map.value(Once).toByteArray();
    return write;
}

} // namespace Twilio
