#include "writers.h"

#include <QtCore/qurl.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

// In the order of UTF-8 bytes the first two would stand the other way round.
const QStringList &mapKeys()
{
    static const QStringList keys { u""_s + QChar(0xe001),
                                    u"\U0001F600"_s,
                                    u"a"_s,
                                    u"a b"_s,
                                    u"a/b"_s,
                                    u"b"_s,
                                    u"c%2F"_s,
                                    u"d."_s,
                                    u"ä"_s,
                                    u"z"_s,
                                    u"zz"_s,
                                    u"0"_s };
    return keys;
}

} // namespace

QString Writers::someKey(const RemoteObject &object)
{
    const QStringList there = m_truth.keys(object);
    if (!there.isEmpty() && m_random.chance(85))
        return m_random.oneOf(there);
    return object.kind == Kind::Map ? m_random.oneOf(mapKeys()) : QString::number(m_random.between(1, 12));
}

QString Writers::someUnnamed(const Handle &handle)
{
    QStringList keys;
    for (int row = 0; row < handle.model().rowCount(); ++row) {
        const QVariant key = handle.model().index(row).data(SyncCollection::ItemKeyRole);
        if (key.typeId() != QMetaType::QString && key.toLongLong() < 0)
            keys << key.toString();
    }
    return keys.isEmpty() || m_random.chance(80) ? QString() : m_random.oneOf(keys);
}

QByteArray Writers::nextValue(int client)
{
    int &last = m_lastOf[client];
    if (last == 0 || m_random.chance(95))
        last = ++m_serial;
    return "{\"n\":" + QByteArray::number(last) + '}';
}

std::optional<qint64> Writers::someTtl()
{
    return m_random.chance(10) ? std::optional<qint64>(m_random.between(0, 20)) : std::nullopt;
}

QString Writers::countRaw(const RemoteObject &object)
{
    const auto counter = m_truth.counter(object);
    if (!counter)
        return u"nothing to count"_s;
    const QByteArray value = "{\"count\":" + QByteArray::number(*counter + 1)
            + ",\"by\":" + QByteArray::number(++m_serial) + '}';
    m_truth.call("POST", object.path() + "/Items/" + counterKey(object.kind).toUtf8(),
                 "{\"data\":" + value + '}');
    m_ledger.addElsewhere(Ledger::Deed::Count, object, {});
    return u"count %1 up to %2"_s.arg(object.name()).arg(*counter + 1);
}

QString Writers::writeRaw(const RemoteObject &object)
{
    const auto ttl = someTtl();
    const QByteArray more = ttl ? ",\"ttl\":" + QByteArray::number(*ttl) : QByteArray();
    const QByteArray items = object.path() + "/Items";
    const auto itemPath = [&](const QString &key) {
        return items + '/' + QUrl::toPercentEncoding(key, {}, ".");
    };
    const auto call = [&](const QByteArray &method, const QByteArray &path, const QByteArray &body,
                          Ledger::Deed deed = Ledger::Deed::Other, const QByteArray &value = {}) {
        const auto reply = m_truth.call(method, path, body);
        if (reply.status < 300)
            m_ledger.addElsewhere(deed, object, value);
        return QString::fromUtf8(method + ' ' + path + ' ' + body) + u" -> %1"_s.arg(reply.status);
    };
    const int what = m_random.below(100);
    if (what < 10)
        return countRaw(object);
    if (what < 40) {
        const QByteArray value = nextValue();
        const QByteArray data = "{\"data\":" + value + more + '}';
        return object.kind == Kind::List
                ? call("POST", items, data, Ledger::Deed::Push, value)
                : call("PUT", itemPath(m_random.oneOf(mapKeys())), data, Ledger::Deed::Write, value);
    }
    if (what < 65) {
        const QByteArray value = nextValue();
        return call("POST", itemPath(someKey(object)), "{\"data\":" + value + more + '}', Ledger::Deed::Write,
                    value);
    }
    if (what < 93)
        return call("DELETE", itemPath(someKey(object)), {});
    return call("POST", itemPath(someKey(object)),
                "{\"ttl\":" + QByteArray::number(m_random.between(0, 20)) + '}');
}

QString Writers::countOwn(Handle &handle, int client)
{
    const QString key = counterKey(handle.kind());
    if (m_random.chance(20)) {
        const int note = m_random.below(1000);
        m_ledger.add({ .future = handle.update(key, { { u"note"_s, note } }), .object = handle.object() });
        return u"note %1 beside the counter"_s.arg(note);
    }
    // What two count up to alike could not be told apart.
    const auto countUp = [this, serial = ++m_serial](const SyncValue &now) -> std::optional<SyncValue> {
        QVariantMap next = now;
        if (inMutator)
            inMutator();
        next[u"by"_s] = serial;
        next[u"count"_s] = next.value(u"count"_s).toInt() + 1;
        return SyncValue(next);
    };
    m_ledger.add({ .future = handle.mutate(key, countUp),
                   .deed = Ledger::Deed::Count,
                   .object = handle.object(),
                   .client = client });
    return u"count"_s;
}

QString Writers::callOwn(Handle &handle, int client)
{
    const int what = m_random.below(100);
    if (what < 20)
        return countOwn(handle, client);
    const QString unnamed = someUnnamed(handle);
    const QString key = unnamed.isEmpty() ? someKey(handle.object()) : unnamed;
    const QByteArray json = nextValue(client);
    const SyncValue value = SyncValue::fromJson(json);
    const QString text = QString::fromUtf8(json);
    const auto made = [&](const QFuture<void> &call, Ledger::Deed deed, const QString &log) {
        m_ledger.add({ call, deed, handle.object(), json, client, handle.model().orderedWrites() });
        return log;
    };
    if (!unnamed.isEmpty())
        return made(handle.remove(key), Ledger::Deed::Other, u"remove %1"_s.arg(key));
    if (what < 40) {
        const QString newKey = m_random.oneOf(mapKeys());
        return made(handle.add(value, someTtl(), newKey),
                    handle.kind() == Kind::List ? Ledger::Deed::Push : Ledger::Deed::Write,
                    u"add %1 %2"_s.arg(newKey, text));
    }
    if (what < 55)
        return made(handle.set(key, value, someTtl()), Ledger::Deed::Write, u"set %1 %2"_s.arg(key, text));
    if (what < 63)
        return made(handle.update(key, value), Ledger::Deed::Write, u"update %1 %2"_s.arg(key, text));
    if (what < 71)
        return made(handle.mutate(key, [value](const SyncValue &) { return value; }), Ledger::Deed::Write,
                    u"mutate %1 %2"_s.arg(key, text));
    if (what < 83)
        return made(handle.remove(key), Ledger::Deed::Other, u"remove %1"_s.arg(key));
    if (what < 92) {
        const int ttl = m_random.between(0, 20);
        return made(handle.setItemTtl(key, ttl), Ledger::Deed::Other,
                    u"setItemTtl %1 %2"_s.arg(key).arg(ttl));
    }
    return made(handle.get(key), Ledger::Deed::Other, u"get %1"_s.arg(key));
}
