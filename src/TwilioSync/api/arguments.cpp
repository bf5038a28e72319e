#include "TwilioSync/api/arguments_p.h"

#include "TwilioSync/protocol/json.h"

namespace Twilio {
namespace {

constexpr qsizetype maxKeyLength = 320; // protocol.md, section 12

SyncError wrongArgument(const char *name, const QString &expected, const QString &got)
{
    return SyncError(QStringLiteral("%1: expected %2, got %3").arg(QLatin1String(name), expected, got));
}

} // namespace

std::optional<SyncError> checkTtl(std::optional<qint64> ttl)
{
    if (!ttl || (*ttl >= 0 && *ttl <= maxTtlSeconds))
        return std::nullopt;
    return wrongArgument("ttl", QStringLiteral("0 to %1 seconds").arg(maxTtlSeconds), QString::number(*ttl));
}

std::optional<SyncError> checkValue(const char *name, const SyncValue &value)
{
    if (value.isValid())
        return std::nullopt;
    return SyncError(value.errorString(QLatin1String(name)));
}

std::optional<SyncError> checkOnce(const SyncValue &value, const QString &once)
{
    if (once.isEmpty() || !value.isValid())
        return std::nullopt;
    const auto fields = Protocol::JsonObjectView::parse(value.toJson());
    if (fields && fields->contains(once.toUtf8()))
        return std::nullopt;
    return wrongArgument("once", QStringLiteral("the name of a field of the value"), once);
}

std::optional<SyncError> checkId(const QString &id)
{
    if (!id.isEmpty())
        return std::nullopt;
    return wrongArgument("id", QStringLiteral("a SID or unique name"), QStringLiteral("an empty string"));
}

std::optional<SyncError> checkPageSize(int size)
{
    if (size >= 1 && size <= 100)
        return std::nullopt;
    return wrongArgument("pageSize", QStringLiteral("1 to 100"), QString::number(size));
}

std::optional<SyncError> checkMaximumCount(int rows)
{
    if (rows >= 0)
        return std::nullopt;
    return wrongArgument("maximumCount", QStringLiteral("0 or more rows"), QString::number(rows));
}

std::optional<SyncError> checkItemIndex(qint64 index)
{
    if (index >= 0)
        return std::nullopt;
    return wrongArgument("itemIndex", QStringLiteral("0 or more"), QString::number(index));
}

std::optional<SyncError> checkKey(const QString &key)
{
    if (!key.isEmpty() && key.size() <= maxKeyLength)
        return std::nullopt;
    return wrongArgument("key", QStringLiteral("1 to %1 characters").arg(maxKeyLength),
                         key.isEmpty() ? QStringLiteral("an empty string") : QString::number(key.size()));
}

std::optional<SyncError> checkMutator(const Mutator &mutator)
{
    if (mutator)
        return std::nullopt;
    return wrongArgument("mutator", QStringLiteral("a function"), QStringLiteral("nothing"));
}

SyncResult<OpenRequest> openRequestOf(ObjectKind kind, const OpenOptions &options)
{
    if (const auto error = checkTtl(options.ttl))
        return *error;
    if (!options.value.isEmpty() && kind != ObjectKind::Document)
        return wrongArgument("value", QStringLiteral("none, as only documents have initial contents"),
                             QStringLiteral("a value"));
    OpenRequest request;
    request.kind = kind;
    request.id = options.id;
    request.ttl = options.ttl;
    request.value = SyncValue(options.value);
    if (const auto error = checkValue("value", request.value))
        return *error;
    switch (options.mode) {
    case SyncClient::OpenMode::OpenOrCreate:
        request.way = options.id.isEmpty() ? OpenWay::CreateNew : OpenWay::OpenOrCreate;
        break;
    case SyncClient::OpenMode::OpenExisting:
        if (const auto error = checkId(options.id))
            return *error;
        request.way = OpenWay::OpenExisting;
        break;
    case SyncClient::OpenMode::CreateNew:
        request.way = OpenWay::CreateNew;
        break;
    }
    return request;
}

} // namespace Twilio
