#pragma once

#include "server/data/object.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/timestamp.h"

#include <QtCore/qbytearray.h>

#include <utility>

namespace Twilio::Server {

//! Writes one compact JSON object member by member. Names are plain ASCII words.
class JsonWriter
{
public:
    JsonWriter() { m_out.reserve(512); }

    //! \a json is put in as it is.
    JsonWriter &raw(QByteArrayView name, QByteArrayView json)
    {
        m_out += m_out.isEmpty() ? '{' : ',';
        m_out += '"';
        m_out += name;
        m_out += "\":";
        m_out += json;
        return *this;
    }
    JsonWriter &text(QByteArrayView name, QByteArrayView utf8)
    {
        return raw(name, Protocol::quoteJson(utf8));
    }
    JsonWriter &text(QByteArrayView name, QStringView value) { return raw(name, Protocol::quoteJson(value)); }
    JsonWriter &number(QByteArrayView name, qint64 value) { return raw(name, QByteArray::number(value)); }
    JsonWriter &boolean(QByteArrayView name, bool value) { return raw(name, value ? "true" : "false"); }
    //! A revision: \a value in lower-case hex, as a string.
    JsonWriter &hex(QByteArrayView name, qint64 value) { return text(name, QByteArray::number(value, 16)); }
    //! A timestamp, null for 0.
    JsonWriter &time(QByteArrayView name, qint64 msecs)
    {
        return msecs == 0 ? raw(name, "null") : text(name, Protocol::formatTimestamp(msecs));
    }

    [[nodiscard]] QByteArray take()
    {
        if (m_out.isEmpty())
            m_out += '{';
        m_out += '}';
        return std::move(m_out);
    }

private:
    QByteArray m_out;
};

[[nodiscard]] inline QByteArray joined(QByteArrayView a, QByteArrayView b)
{
    QByteArray text(a.toByteArray());
    text += b;
    return text;
}

//! Writes the index of a list's item or the key of a map's.
inline void writeItemId(JsonWriter &json, QByteArrayView indexName, QByteArrayView keyName, ObjectKind kind,
                        const ItemId &id)
{
    if (kind == ObjectKind::List)
        json.number(indexName, id.index);
    else
        json.text(keyName, id.key);
}

} // namespace Twilio::Server
