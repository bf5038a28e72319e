#include "TwilioSync/models/sortkey.h"

#include <QtCore/qdatetime.h>

#include <cmath>

namespace Twilio {
namespace {

//! In order.
enum class Kind : quint8 { Nothing, Flag, Number, Date, Text, Other };

bool isInteger(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Int:
    case QMetaType::LongLong:
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::UInt:
    case QMetaType::Char:
    case QMetaType::SChar:
    case QMetaType::UChar:
    case QMetaType::Long:
        return true;
    default:
        return false;
    }
}

Kind kindOf(const QVariant &value)
{
    if (!value.isValid() || value.isNull())
        return Kind::Nothing;
    if (isInteger(value))
        return Kind::Number;
    switch (value.typeId()) {
    case QMetaType::Bool:
        return Kind::Flag;
    case QMetaType::ULongLong:
    case QMetaType::ULong:
    case QMetaType::Float:
    case QMetaType::Double:
        return std::isnan(value.toDouble()) ? Kind::Nothing : Kind::Number;
    case QMetaType::QDate:
    case QMetaType::QDateTime:
        return value.toDateTime().isValid() ? Kind::Date : Kind::Nothing;
    default:
        return value.canConvert<QString>() ? Kind::Text : Kind::Other;
    }
}

template <typename T>
int signOf(const T &a, const T &b)
{
    return a < b ? -1 : int(b < a);
}

} // namespace

int KeyOrder::compare(const QVariant &a, const QVariant &b) const
{
    const Kind kind = kindOf(a);
    if (const Kind other = kindOf(b); kind != other)
        return signOf(kind, other);
    switch (kind) {
    case Kind::Flag:
        return signOf(a.toBool(), b.toBool());
    case Kind::Number:
        // Integers beyond 2^53 are equal as doubles
        return isInteger(a) && isInteger(b) ? signOf(a.toLongLong(), b.toLongLong())
                                            : signOf(a.toDouble(), b.toDouble());
    case Kind::Date:
        return signOf(a.toDateTime(), b.toDateTime());
    case Kind::Text:
        return m_collator.compare(a.toString(), b.toString());
    case Kind::Nothing:
    case Kind::Other:
        break;
    }
    return 0;
}

} // namespace Twilio
