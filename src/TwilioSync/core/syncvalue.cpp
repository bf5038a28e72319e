#include "TwilioSync/core/syncvalue.h"

#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/core/jsonwriter.h"

#include <QtCore/qdebug.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

namespace Twilio {
namespace {

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

SyncValue::SyncValue(const QVariantMap &map) : SyncValue(fromVariant(map)) { }

SyncValue::SyncValue(const QJsonObject &object) : SyncValue(object.toVariantMap()) { }

SyncValue::SyncValue(std::initializer_list<std::pair<QString, QVariant>> members) : SyncValue(mapOf(members))
{ }

SyncValue SyncValue::fromJson(QByteArrayView json)
{
    const QByteArray text = json.trimmed().toByteArray();
    if (!text.startsWith('{'))
        return invalid(QStringLiteral("expected a JSON object, got ") + kindOf(text));
    QString problem = QStringLiteral("no UTF-8");
    if (!text.isValidUtf8() || !readJsonObject(text, &problem))
        return invalid(QStringLiteral("expected a JSON object, got malformed JSON: ") + problem);
    return fromCheckedJson(text);
}

SyncValue SyncValue::fromVariant(const QVariant &value) { return fromText(jsonOf(value)); }

SyncValue SyncValue::fromText(const JsonText &text)
{
    if (!text.isRefused() && !text.json.startsWith('{'))
        return invalid(QStringLiteral("expected a JSON object, got ") + kindOf(text.json));
    SyncValue value = text.isRefused() ? invalid(text.reason) : fromCheckedJson(text.json);
    value.m_member = text.member;
    value.m_erasedFields = text.erased;
    return value;
}

QVariant SyncValue::erased()
{
    SyncValue value = invalid(QStringLiteral("expected a JSON object, got nothing"));
    value.m_isErased = true;
    return QVariant::fromValue(value);
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

QString SyncValue::errorString(const QString &name) const
{
    if (isValid())
        return {};
    const QString place = name.isEmpty() && m_member.startsWith(u'.') ? m_member.sliced(1) : name + m_member;
    return place.isEmpty() ? m_error : place + QStringLiteral(": ") + m_error;
}

QVariantMap SyncValue::toVariantMap() const { return readJsonObject(m_json).value_or(QVariantMap()); }

QJsonObject SyncValue::toJsonObject() const
{
    const QJsonDocument document = QJsonDocument::fromJson(m_json);
    // Numbers may be larger than what that reads.
    return document.isObject() ? document.object() : QJsonObject::fromVariantMap(toVariantMap());
}

bool operator==(const SyncValue &a, const SyncValue &b)
{
    if (a.isValid() != b.isValid() || a.m_isErased != b.m_isErased || a.m_erasedFields != b.m_erasedFields)
        return false;
    return a.m_json == b.m_json || a.toVariantMap() == b.toVariantMap();
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
