#pragma once

#include "TwilioSync/cache/cachedobject.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qendian.h>

#include <array>
#include <limits>
#include <optional>

/*!
    The keys of what a KeyValueCache keeps. A SID is in per cent encoding, as no SID may be the beginning of
    another one's keys; numbers are 8 bytes, in their order.

    \code
    format               version, and whose it is
    k/SID/               kind, unique name, and when it was opened last: read for all when the cache is opened
    o/SID/               the object
    i/SID/INDEX KEY      its items
    w/NUMBER             writes
    last                 the largest number there has been of one
    \endcode
*/
namespace Twilio::CacheKeys {

inline QByteArray format() { return QByteArrayLiteral("format"); }
inline QByteArray lastWrite() { return QByteArrayLiteral("last"); }
inline QByteArray objects() { return QByteArrayLiteral("k/"); }
inline QByteArray writes() { return QByteArrayLiteral("w/"); }

inline QByteArray ofSid(const char *what, const QByteArray &sid)
{
    return what + sid.toPercentEncoding() + '/';
}
inline QByteArray object(const QByteArray &sid) { return ofSid("k/", sid); }
inline QByteArray root(const QByteArray &sid) { return ofSid("o/", sid); }
inline QByteArray items(const QByteArray &sid) { return ofSid("i/", sid); }

//! Of what begins with objects().
inline QByteArray sidOf(const QByteArray &object)
{
    return QByteArray::fromPercentEncoding(object.sliced(objects().size()).chopped(1));
}

inline constexpr qsizetype numberSize = sizeof(quint64);
inline constexpr quint64 signBit = quint64(1) << 63;

inline QByteArray ofNumber(qint64 number)
{
    std::array<char, numberSize> bytes {};
    qToBigEndian(quint64(number) ^ signBit, bytes.data());
    return { bytes.data(), numberSize };
}
inline qint64 numberAt(QByteArrayView bytes)
{
    return qint64(qFromBigEndian<quint64>(bytes.data()) ^ signBit);
}

inline QByteArray item(const QByteArray &sid, ItemKeyView key)
{
    return items(sid) + ofNumber(key.index) + key.key.toByteArray();
}
//! Of what follows items(); none if it is no such key, or longer than one can be.
inline std::optional<ItemKeyView> itemKeyIn(QByteArrayView rest)
{
    if (rest.size() < numberSize || rest.size() - numberSize > std::numeric_limits<quint16>::max())
        return std::nullopt;
    return ItemKeyView { numberAt(rest), rest.sliced(numberSize) };
}

inline QByteArray write(qint64 id) { return writes() + ofNumber(id); }
//! Of what begins with writes(); none if it is no such key.
inline std::optional<qint64> writeIn(QByteArrayView key)
{
    const QByteArrayView number = key.sliced(writes().size());
    return number.size() == numberSize ? std::optional(numberAt(number)) : std::nullopt;
}

} // namespace Twilio::CacheKeys
