#include "TwilioSync/models/decodedjson.h"

#include "TwilioSync/core/jsonvariant.h"
#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qvarlengtharray.h>

namespace Twilio {
namespace {

// Any value, also one that stands for itself; none if Qt does not take it for JSON.
std::optional<QVariant> decodedTree(QByteArrayView text)
{
    const QJsonArray wrapped = QJsonDocument::fromJson('[' + text.toByteArray() + ']').array();
    return wrapped.isEmpty() ? std::nullopt : std::optional(variantOf(wrapped.first()));
}

// What most members are; none if it takes a whole parser.
std::optional<QVariant> decodedPlainly(const Protocol::JsonSlice &slice)
{
    if (slice.isString()) {
        const auto text = slice.toString();
        return text ? std::optional<QVariant>(*text) : std::nullopt;
    }
    if (const auto number = slice.toInteger())
        return variantOf(*number);
    if (const auto flag = slice.toBool())
        return QVariant(*flag);
    if (slice.isNull())
        return QVariant::fromValue(nullptr);
    return std::nullopt;
}

} // namespace

QVariant decodedMember(const Protocol::JsonSlice &slice)
{
    if (!slice.exists())
        return {};
    if (auto plain = decodedPlainly(slice))
        return *std::move(plain);
    if (slice.isString() || slice.isObject() || slice.isArray())
        return decodedTree(slice.text()).value_or(QVariant());
    return variantOf(slice.text().toByteArray().toDouble());
}

QVariantMap decodedObject(QByteArrayView json)
{
    QVarLengthArray<std::pair<QString, Protocol::JsonSlice>, 16> members;
    bool ok = Protocol::visitJsonObject(json, [&members](QByteArrayView name, Protocol::JsonSlice value) {
        members.emplace_back(QString::fromUtf8(name), value);
    });
    QVariantMap map;
    for (const auto &[name, slice] : std::as_const(members)) {
        auto value = decodedPlainly(slice);
        if (!value)
            value = decodedTree(slice.text());
        ok = ok && value;
        if (!ok)
            break;
        map.insert(name, *std::move(value));
    }
    return ok ? map : SyncValue::fromCheckedJson(json.toByteArray()).toVariantMap();
}

} // namespace Twilio
