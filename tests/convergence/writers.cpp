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

QString Writers::someKey(Kind kind)
{
    const QStringList there = m_truth.keys(kind);
    if (!there.isEmpty() && m_random.chance(85))
        return m_random.oneOf(there);
    return kind == Kind::Map ? m_random.oneOf(mapKeys()) : QString::number(m_random.below(12));
}

QByteArray Writers::nextValue()
{
    if (m_serial == 0 || m_random.chance(95))
        ++m_serial;
    return "{\"n\":" + QByteArray::number(m_serial) + '}';
}

std::optional<qint64> Writers::someTtl()
{
    return m_random.chance(10) ? std::optional<qint64>(m_random.between(0, 20)) : std::nullopt;
}

QString Writers::writeRaw(Kind kind)
{
    const auto ttl = someTtl();
    const QByteArray more = ttl ? ",\"ttl\":" + QByteArray::number(*ttl) : QByteArray();
    const QByteArray items = pathOf(kind) + "/Items";
    const auto itemPath = [&](const QString &key) {
        return items + '/' + QUrl::toPercentEncoding(key, {}, ".");
    };
    const auto call = [&](const QByteArray &method, const QByteArray &path, const QByteArray &body) {
        const auto reply = m_truth.call(method, path, body);
        return QString::fromUtf8(method + ' ' + path + ' ' + body) + u" -> %1"_s.arg(reply.status);
    };
    const int what = m_random.below(100);
    if (what < 35) {
        const QByteArray data = "{\"data\":" + nextValue() + more + '}';
        return kind == Kind::List ? call("POST", items, data)
                                  : call("PUT", itemPath(m_random.oneOf(mapKeys())), data);
    }
    if (what < 65)
        return call("POST", itemPath(someKey(kind)), "{\"data\":" + nextValue() + more + '}');
    if (what < 93)
        return call("DELETE", itemPath(someKey(kind)), {});
    return call("POST", itemPath(someKey(kind)),
                "{\"ttl\":" + QByteArray::number(m_random.between(0, 20)) + '}');
}

QString Writers::callOwn(Handle &handle)
{
    const QString key = someKey(handle.kind());
    const SyncValue value = SyncValue::fromJson(nextValue());
    const QString text = QString::fromUtf8(value.toJson());
    const auto made = [this](const QFuture<void> &call, const QString &log) {
        m_calls.push_back(call);
        return log;
    };
    const int what = m_random.below(100);
    if (what < 25) {
        const QString newKey = m_random.oneOf(mapKeys());
        return made(handle.add(value, someTtl(), newKey), u"add %1 %2"_s.arg(newKey, text));
    }
    if (what < 45)
        return made(handle.set(key, value, someTtl()), u"set %1 %2"_s.arg(key, text));
    if (what < 55)
        return made(handle.update(key, value), u"update %1 %2"_s.arg(key, text));
    if (what < 65)
        return made(handle.mutate(key, [value](const SyncValue &) { return value; }),
                    u"mutate %1 %2"_s.arg(key, text));
    if (what < 80)
        return made(handle.remove(key), u"remove %1"_s.arg(key));
    if (what < 90) {
        const int ttl = m_random.between(0, 20);
        return made(handle.setItemTtl(key, ttl), u"setItemTtl %1 %2"_s.arg(key).arg(ttl));
    }
    return made(handle.get(key), u"get %1"_s.arg(key));
}
