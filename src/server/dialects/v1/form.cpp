#include "server/dialects/v1/form.h"

#include "server/operations/errors.h"

#include <algorithm>

namespace Twilio::Server::V1 {

std::optional<QString> Form::text(QByteArrayView name) const
{
    const auto value = firstValue(m_fields, name);
    return value ? std::optional(QString::fromUtf8(*value)) : std::nullopt;
}

SyncResult<std::optional<bool>> Form::boolean(QByteArrayView name) const
{
    const auto value = firstValue(m_fields, name);
    if (!value)
        return std::optional<bool>();
    const bool isTrue = value->compare("true", Qt::CaseInsensitive) == 0;
    if (!isTrue && value->compare("false", Qt::CaseInsensitive) != 0)
        return Errors::invalidField(QString::fromUtf8(name), QStringLiteral("expected true or false"));
    return std::optional<bool>(isTrue);
}

SyncResult<std::optional<qint64>> Form::number(QByteArrayView name) const
{
    const auto value = firstValue(m_fields, name);
    const auto number = value ? toIndex(*value) : std::nullopt;
    if (value && !number)
        return Errors::invalidField(QString::fromUtf8(name), QStringLiteral("expected a whole number"));
    return number;
}

Values Form::values(std::initializer_list<QByteArrayView> ttlNames) const
{
    Values values { firstValue(m_fields, "Data"), {} };
    for (const QByteArrayView name : ttlNames) {
        if (const auto ttl = firstValue(m_fields, name)) {
            values.ttl = toIndex(*ttl).value_or(Values::invalidTtl);
            break;
        }
    }
    return values;
}

SyncResult<Form> parseForm(const HttpRequest &request)
{
    Form form;
    if (request.body.isEmpty())
        return form;
    const auto fields = request.form();
    const auto isText = [](const auto &field) { return field.second.isValidUtf8(); };
    if (!fields || !std::all_of(fields->cbegin(), fields->cend(), isText))
        return Errors::malformedBody();
    form.m_fields = *fields;
    return form;
}

} // namespace Twilio::Server::V1
