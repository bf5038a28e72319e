#pragma once

#include <QtCore/qjsonvalue.h>
#include <QtCore/qvariant.h>

namespace Twilio {

//! An int if \a number fits: what QML takes for a double it writes as "5e+05" where a text is bound to it.
[[nodiscard]] QVariant variantOf(qint64 number);
//! As variantOf(qint64) if \a number is whole, else as it is.
[[nodiscard]] QVariant variantOf(double number);
//! As QJsonValue::toVariant(), with such numbers at any depth.
[[nodiscard]] QVariant variantOf(const QJsonValue &value);

} // namespace Twilio
