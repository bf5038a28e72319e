#include "server/operations/checks.h"

#include "server/data/kinds.h"
#include "server/data/limits.h"
#include "server/operations/errors.h"
#include "TwilioSync/core/opentypes.h"
#include "TwilioSync/protocol/json.h"

#include <algorithm>

namespace Twilio::Server {
namespace {

// Half a surrogate pair has no place in a path, nor in the store.
bool isText(const QString &text, qsizetype longest)
{
    return !text.isEmpty() && text.size() <= longest && text.isValidUtf16();
}

constexpr qsizetype maxIndexDigits = 15;
constexpr qsizetype maxRevisionDigits = 16;

SyncResult<QByteArray> checkedObject(const QByteArray &json, qsizetype limit, const SyncError &wrongType)
{
    if (!QByteArrayView(json).trimmed().startsWith('{') || !Protocol::isValidJson(json))
        return wrongType;
    QByteArray compact = Protocol::compactJson(json);
    if (compact.size() > limit)
        return Errors::tooLarge();
    return compact;
}

} // namespace

std::optional<qint64> toIndex(QByteArrayView text)
{
    const QByteArrayView digits = text.startsWith('-') ? text.sliced(1) : text;
    const bool fits = !digits.isEmpty() && digits.size() <= maxIndexDigits
            && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    return fits ? std::optional(text.toByteArray().toLongLong()) : std::nullopt;
}

SyncResult<Nothing> checkTtl(const Values &values)
{
    if (values.ttl && (*values.ttl < 0 || *values.ttl > maxTtlSeconds))
        return Errors::invalidTtl();
    return Nothing();
}

SyncResult<Values> checkedValues(Values values, ObjectKind kind)
{
    if (const auto ttl = checkTtl(values); errorOf(ttl))
        return *errorOf(ttl);
    if (values.data) {
        const qsizetype limit = kind == ObjectKind::Stream ? Limits::message : Limits::data;
        auto data = checkedObject(*values.data, limit, Errors::invalidData(kind));
        if (const SyncError *error = errorOf(data))
            return *error;
        values.data = std::get<QByteArray>(std::move(data));
    }
    return values;
}

SyncResult<QByteArray> checkedContext(const QByteArray &json)
{
    return checkedObject(json, Limits::data, Errors::invalidContext());
}

SyncResult<Nothing> checkUniqueName(const std::optional<QString> &name)
{
    if (name && (!isText(*name, Limits::uniqueName) || looksLikeSid(*name)))
        return Errors::invalidName();
    return Nothing();
}

SyncResult<ItemId> checkedItemId(const QString &text, ObjectKind kind)
{
    if (kind == ObjectKind::Map) {
        if (!isText(text, Limits::key))
            return Errors::invalidKey();
        return ItemId { 0, text };
    }
    const auto index = toIndex(text.toUtf8());
    if (!index || text.startsWith(u'-'))
        return Errors::invalidIndex();
    return ItemId { *index, {} };
}

// protocol.md 7.6; "-1" is equal to no revision.
SyncResult<Nothing> checkIfMatch(const std::optional<QByteArray> &ifMatch, ObjectKind kind,
                                 const QByteArray &revision)
{
    if (!ifMatch)
        return Nothing();
    QByteArrayView text = QByteArrayView(*ifMatch).trimmed();
    const QByteArrayView quoted = text.startsWith("W/") ? text.sliced(2) : text;
    if (quoted.size() >= 2 && quoted.startsWith('"') && quoted.endsWith('"'))
        text = quoted.sliced(1, quoted.size() - 2);
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const bool isRevision = !text.isEmpty() && text.size() <= maxRevisionDigits
            && std::all_of(text.begin(), text.end(), isHex);
    if (!isRevision && text != QByteArrayView("-1"))
        return Errors::invalidIfMatch();
    if (text != QByteArrayView(revision))
        return Errors::revisionMismatch(kind);
    return Nothing();
}

} // namespace Twilio::Server
