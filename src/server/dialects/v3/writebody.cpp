#include "server/dialects/v3/writebody.h"

#include "server/operations/errors.h"
#include "TwilioSync/core/opentypes.h"

#include <cmath>

namespace Twilio::Server::V3 {
namespace {

// JavaScript knows one kind of number: 60, 60.0 and 6e1 are the same ttl.
std::optional<qint64> toTtl(const Protocol::JsonSlice &value)
{
    if (!value.exists() || value.isNull())
        return std::nullopt;
    if (const auto ttl = value.toInteger())
        return ttl;
    bool ok = false;
    const double number = value.text().toByteArray().toDouble(&ok);
    const bool isWhole = ok && number >= 0 && number <= double(maxTtlSeconds) && std::trunc(number) == number;
    return isWhole ? qint64(number) : Values::invalidTtl;
}

} // namespace

Values WriteBody::values() const
{
    Values values;
    values.ttl = toTtl(m_members.value("ttl"));
    if (const auto data = m_members.value("data"); data.exists())
        values.data = data.text().toByteArray();
    return values;
}

std::optional<QByteArray> WriteBody::context() const
{
    const auto value = m_members.value("context");
    return value.exists() && !value.isNull() ? std::optional(value.text().toByteArray()) : std::nullopt;
}

std::optional<QString> WriteBody::uniqueName() const
{
    const auto value = m_members.value("unique_name");
    return value.exists() && !value.isNull() ? std::optional(value.toString().value_or(QString()))
                                             : std::nullopt;
}

QString WriteBody::key() const { return m_members.value("key").toString().value_or(QString()); }

SyncResult<WriteBody> parseWrite(const QByteArray &body)
{
    WriteBody write;
    if (!body.trimmed().isEmpty()) {
        auto members = Protocol::isValidJson(body) ? Protocol::JsonObjectView::parse(body) : std::nullopt;
        if (!members)
            return Errors::malformedBody();
        write.m_members = std::move(*members);
    }
    return write;
}

} // namespace Twilio::Server::V3
