#include "TwilioSync/core/jsonvariant.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>

#include <cmath>
#include <limits>

namespace Twilio {

QVariant variantOf(qint64 number)
{
    const bool fits = number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max();
    return fits ? QVariant(int(number)) : QVariant(number);
}

QVariant variantOf(double number)
{
    const bool isWhole = std::trunc(number) == number && std::abs(number) <= std::numeric_limits<int>::max()
            && !(number == 0 && std::signbit(number));
    return isWhole ? QVariant(int(number)) : QVariant(number);
}

QVariant variantOf(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Object: {
        QVariantMap map;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            map.insert(it.key(), variantOf(it.value()));
        return map;
    }
    case QJsonValue::Array: {
        QVariantList list;
        const QJsonArray array = value.toArray();
        list.reserve(array.size());
        for (const QJsonValue &element : array)
            list.append(variantOf(element));
        return list;
    }
    case QJsonValue::Double: {
        const QVariant number = value.toVariant();
        return number.typeId() == QMetaType::LongLong ? variantOf(number.toLongLong())
                                                      : variantOf(number.toDouble());
    }
    case QJsonValue::Null:
    case QJsonValue::Bool:
    case QJsonValue::String:
    case QJsonValue::Undefined:
        break;
    }
    return value.toVariant();
}

} // namespace Twilio
