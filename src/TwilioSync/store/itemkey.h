#pragma once

#include "TwilioSync/store/itemrecord.h"

#include <QtCore/qhashfunctions.h>

#include <compare>

namespace Twilio {

//! What names an item within its collection: a list index or a map key, never both. A view.
struct ItemKeyView
{
    qint64 index = -1;
    //! UTF-8.
    QByteArrayView key = {};
};

//! The same, owning its text.
struct ItemKey
{
    qint64 index = -1;
    QByteArray key = {};

    operator ItemKeyView() const { return { index, key }; }
    friend bool operator==(const ItemKey &a, const ItemKey &b)
    {
        return a.index == b.index && a.key == b.key;
    }
    friend size_t qHash(const ItemKey &item, size_t seed = 0)
    {
        return item.key.isEmpty() ? qHash(item.index, seed) : qHash(item.key, seed);
    }
};

inline ItemKey ownedKey(ItemKeyView key)
{
    return { key.index, key.key.isEmpty() ? QByteArray() : key.key.toByteArray() };
}

inline ItemKeyView keyOf(const ItemRecord &item) { return { item.index(), item.key() }; }
inline ItemKeyView keyOf(const ItemFields &fields) { return { fields.index, fields.key }; }

/*!
    \brief The service's order of keys: by UTF-16 code unit (protocol.md, section 15), on UTF-8.

    Differs from the order of bytes only where a character beyond the BMP (lead byte F0 and above) meets
   U+E000 to U+FFFF (lead bytes EE and EF).
*/
inline quint8 rankOfKeyByte(char byte)
{
    const auto b = quint8(byte);
    return b < 0xee ? b : b < 0xf0 ? quint8(b + 0x10) : quint8(b - 2);
}

inline std::strong_ordering compareKeys(ItemKeyView a, ItemKeyView b)
{
    if (a.index != b.index)
        return a.index <=> b.index;
    const qsizetype common = qMin(a.key.size(), b.key.size());
    for (qsizetype i = 0; i < common; ++i) {
        if (a.key[i] != b.key[i])
            return rankOfKeyByte(a.key[i]) <=> rankOfKeyByte(b.key[i]);
    }
    return a.key.size() <=> b.key.size();
}

} // namespace Twilio
