#include "TwilioSync/core/syncvalue.h"

#include "TwilioSync/core/jsonvariant.h"

#include <QtCore/qdebug.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

namespace Twilio {
namespace {

QByteArray written(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }

QVariantMap mapOf(std::initializer_list<std::pair<QString, QVariant>> members)
{
    QVariantMap map;
    for (const auto &[name, value] : members)
        map.insert(name, value);
    return map;
}

// What \a text, which is no JSON object, seems to be.
QString kindOf(QByteArrayView text)
{
    const char first = text.isEmpty() ? '\0' : text.front();
    switch (first) {
    case '\0':
        return QStringLiteral("nothing");
    case '[':
        return QStringLiteral("an array");
    case '"':
        return QStringLiteral("a string");
    case 't':
    case 'f':
        return QStringLiteral("a boolean");
    case 'n':
        return QStringLiteral("null");
    default:
        return first == '-' || (first >= '0' && first <= '9') ? QStringLiteral("a number")
                                                              : QStringLiteral("no JSON");
    }
}

} // namespace

SyncValue::SyncValue() : m_json(QByteArrayLiteral("{}")) { }

SyncValue::SyncValue(const QVariantMap &map) : m_json(written(QJsonObject::fromVariantMap(map))) { }

SyncValue::SyncValue(const QJsonObject &object) : m_json(written(object)) { }

SyncValue::SyncValue(std::initializer_list<std::pair<QString, QVariant>> members) : SyncValue(mapOf(members))
{ }

SyncValue SyncValue::fromJson(QByteArrayView json)
{
    const QByteArray text = json.trimmed().toByteArray();
    if (!text.startsWith('{'))
        return invalid(QStringLiteral("expected a JSON object, got ") + kindOf(text));
    QJsonParseError error;
    QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError)
        return invalid(QStringLiteral("expected a JSON object, got malformed JSON: %1 at byte %2")
                               .arg(error.errorString())
                               .arg(error.offset));
    return fromCheckedJson(text);
}

SyncValue SyncValue::fromCheckedJson(QByteArray json)
{
    SyncValue value;
    value.m_json = std::move(json);
    return value;
}

SyncValue SyncValue::invalid(const QString &reason)
{
    SyncValue value;
    value.m_json.clear();
    value.m_error = reason.isEmpty() ? QStringLiteral("expected a JSON object") : reason;
    return value;
}

QVariantMap SyncValue::toVariantMap() const { return variantOf(QJsonValue(toJsonObject())).toMap(); }

QJsonObject SyncValue::toJsonObject() const { return QJsonDocument::fromJson(m_json).object(); }

bool operator==(const SyncValue &a, const SyncValue &b)
{
    if (a.isValid() != b.isValid())
        return false;
    return a.m_json == b.m_json || a.toJsonObject() == b.toJsonObject();
}

QDebug operator<<(QDebug debug, const SyncValue &value)
{
    const QDebugStateSaver saver(debug);
    debug.nospace().noquote();
    if (!value.isValid())
        return debug << "SyncValue(invalid: " << value.m_error << ')';
    return debug << "SyncValue(" << value.m_json << ')';
}

} // namespace Twilio
