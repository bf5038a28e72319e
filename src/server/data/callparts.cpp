#include "server/data/callparts.h"

#include "server/data/errors.h"
#include "server/data/kinds.h"
#include "server/data/limits.h"
#include "TwilioSync/core/opentypes.h"

#include <QtCore/qstringlist.h>

#include <algorithm>
#include <cmath>

namespace Twilio::Server {
namespace {

constexpr qsizetype maxIndexDigits = 15;
constexpr qsizetype maxRevisionDigits = 16;

bool isDigit(QChar c) { return c >= u'0' && c <= u'9'; }

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<QString> decoded(QByteArrayView text)
{
    QByteArray bytes;
    bytes.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            bytes += text[i];
            continue;
        }
        if (text.size() - i < 3)
            return std::nullopt;
        const int high = hexValue(text[i + 1]);
        const int low = hexValue(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes += char(high * 16 + low);
        i += 2;
    }
    return bytes.isValidUtf8() ? std::optional(QString::fromUtf8(bytes)) : std::nullopt;
}

SyncResult<ItemId> checkedKey(const QString &key)
{
    if (key.isEmpty() || key.size() > Limits::key)
        return Errors::invalidKey();
    return ItemId { 0, key };
}

// JavaScript knows one kind of number: 60, 60.0 and 6e1 are the same ttl.
SyncResult<std::optional<qint64>> checkedTtl(const Protocol::JsonSlice &value)
{
    if (!value.exists() || value.isNull())
        return std::optional<qint64>();
    std::optional<qint64> ttl = value.toInteger();
    if (!ttl) {
        bool ok = false;
        const double number = value.text().toByteArray().toDouble(&ok);
        if (ok && number >= 0 && number <= double(maxTtlSeconds) && std::trunc(number) == number)
            ttl = qint64(number);
    }
    if (!ttl || *ttl < 0 || *ttl > maxTtlSeconds)
        return Errors::invalidTtl();
    return ttl;
}

SyncResult<QByteArray> checkedObject(const Protocol::JsonSlice &value, qsizetype limit,
                                     const SyncError &wrongType)
{
    if (!value.isObject())
        return wrongType;
    QByteArray compact = Protocol::compactJson(value.text());
    if (compact.size() > limit)
        return Errors::tooLarge();
    return compact;
}

} // namespace

std::optional<QStringList> pathSegments(const QByteArray &path)
{
    QStringList segments;
    const QByteArrayView text(path);
    qsizetype begin = text.startsWith('/') ? 1 : 0;
    for (;;) {
        const qsizetype slash = text.indexOf('/', begin);
        const qsizetype end = slash < 0 ? text.size() : slash;
        const auto segment = decoded(text.sliced(begin, end - begin));
        if (!segment)
            return std::nullopt;
        segments << *segment;
        if (slash < 0)
            return segments;
        begin = slash + 1;
    }
}

std::optional<QByteArray> firstValue(const NameValueList &list, QByteArrayView name)
{
    const auto it =
            std::find_if(list.cbegin(), list.cend(), [&](const auto &entry) { return entry.first == name; });
    return it == list.cend() ? std::nullopt : std::optional(it->second);
}

SyncResult<WriteBody> parseWrite(const QByteArray &body, std::optional<ObjectKind> dataOf, Ttl takesTtl)
{
    WriteBody write;
    if (!body.trimmed().isEmpty()) {
        auto members = Protocol::isValidJson(body) ? Protocol::JsonObjectView::parse(body) : std::nullopt;
        if (!members)
            return Errors::malformedBody();
        write.members = std::move(*members);
    }
    if (takesTtl == Ttl::Taken) {
        const auto ttl = checkedTtl(write.members.value("ttl"));
        if (const SyncError *error = errorOf(ttl))
            return *error;
        write.ttl = std::get<0>(ttl);
    }
    if (const auto value = write.members.value("data"); dataOf && value.exists()) {
        const qsizetype limit = *dataOf == ObjectKind::Stream ? Limits::message : Limits::data;
        auto data = checkedObject(value, limit, Errors::invalidData(*dataOf));
        if (const SyncError *error = errorOf(data))
            return *error;
        write.data = std::get<QByteArray>(std::move(data));
    }
    return write;
}

SyncResult<QByteArray> parseContext(const WriteBody &body)
{
    const auto value = body.members.value("context");
    if (!value.exists() || value.isNull())
        return QByteArray("{}");
    return checkedObject(value, Limits::data, Errors::invalidContext());
}

SyncResult<std::optional<QString>> parseUniqueName(const WriteBody &body)
{
    const auto value = body.members.value("unique_name");
    if (!value.exists() || value.isNull())
        return std::optional<QString>();
    const auto name = value.toString();
    if (!name || name->isEmpty() || name->size() > Limits::uniqueName || looksLikeSid(*name))
        return Errors::invalidName();
    return name;
}

SyncResult<ItemId> parseKey(const WriteBody &body)
{
    return checkedKey(body.members.value("key").toString().value_or(QString()));
}

SyncResult<ItemId> parseItemId(const QString &text, ObjectKind kind)
{
    if (kind == ObjectKind::Map)
        return checkedKey(text);
    if (text.isEmpty() || text.size() > maxIndexDigits || !std::all_of(text.begin(), text.end(), isDigit))
        return Errors::invalidIndex();
    return ItemId { text.toLongLong(), {} };
}

SyncResult<std::optional<QByteArray>> parseIfMatch(const RestRequest &request)
{
    auto value = firstValue(request.headers, "if-match");
    if (!value)
        return std::optional<QByteArray>();
    QByteArrayView text = QByteArrayView(*value).trimmed();
    const QByteArrayView quoted = text.startsWith("W/") ? text.sliced(2) : text;
    if (quoted.size() >= 2 && quoted.startsWith('"') && quoted.endsWith('"'))
        text = quoted.sliced(1, quoted.size() - 2);
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const bool isRevision = !text.isEmpty() && text.size() <= maxRevisionDigits
            && std::all_of(text.begin(), text.end(), isHex);
    if (!isRevision && text != QByteArrayView("-1"))
        return Errors::invalidIfMatch();
    return std::optional(text.toByteArray());
}

} // namespace Twilio::Server
