#include "TwilioSync/models/fieldrole.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace Twilio {
namespace {

using namespace Qt::StringLiterals;

constexpr std::array typeNames {
    std::pair { "string", FieldType::Text }, std::pair { "bool", FieldType::Flag },
    std::pair { "int", FieldType::Whole },   std::pair { "real", FieldType::Real },
    std::pair { "double", FieldType::Real }, std::pair { "date", FieldType::Date },
    std::pair { "color", FieldType::Color }, std::pair { "url", FieldType::Url },
    std::pair { "list", FieldType::List },   std::pair { "object", FieldType::Object },
    std::pair { "var", FieldType::Any },
};

std::optional<FieldType> typeNamed(const QString &name)
{
    const auto found = std::find_if(typeNames.begin(), typeNames.end(),
                                    [&](const auto &each) { return name == QLatin1String(each.first); });
    return found == typeNames.end() ? std::nullopt : std::optional(found->second);
}

QString nameOf(FieldType type)
{
    const auto found = std::find_if(typeNames.begin(), typeNames.end(),
                                    [type](const auto &each) { return each.second == type; });
    return QLatin1String(found->first);
}

QString allTypeNames()
{
    QStringList names;
    for (const auto &[name, type] : typeNames)
        names.append(QLatin1String(name));
    return names.join(u", ");
}

SyncResult<FieldRole> fieldRoleOf(const QVariant &declared)
{
    if (declared.typeId() == QMetaType::QString)
        return FieldRole { declared.toString() };
    const QVariantMap map = declared.toMap();
    const QVariant name = map.value(u"name"_s);
    if (name.typeId() != QMetaType::QString)
        return SyncError(u"valueRoles: expected names or { name, type, default }"_s);
    FieldRole role { name.toString() };
    if (const QVariant type = map.value(u"type"_s); type.isValid()) {
        const auto known = typeNamed(type.toString());
        if (!known)
            return SyncError(u"valueRoles: type of %1: expected one of %2, got %3"_s.arg(
                    role.name, allTypeNames(), type.toString()));
        role.type = *known;
    }
    if (const QVariant otherwise = map.value(u"default"_s); otherwise.isValid()) {
        role.otherwise = asType(otherwise, role.type);
        if (!role.otherwise.isValid())
            return SyncError(u"valueRoles: default of %1: expected a value of type %2, got %3"_s.arg(
                    role.name, nameOf(role.type), otherwise.toString()));
    }
    return role;
}

bool isNumber(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Double:
        return true;
    default:
        return false;
    }
}

bool isColor(const QString &text)
{
    const auto isHex = [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
    };
    return text.startsWith(u'#') && (text.size() == 4 || text.size() == 7 || text.size() == 9)
            && std::all_of(text.begin() + 1, text.end(), isHex);
}

bool isDate(const QString &text)
{
    constexpr qsizetype dateLength = 10;
    return text.size() >= dateLength && text[4] == u'-' && text[7] == u'-'
            && QDateTime::fromString(text, Qt::ISODate).isValid();
}

QVariant ifItConverts(QVariant value, QMetaType type) { return value.convert(type) ? value : QVariant(); }

} // namespace

SyncResult<QList<FieldRole>> fieldRolesOf(const QVariantList &roles)
{
    QList<FieldRole> declared;
    for (const QVariant &each : roles) {
        const auto role = fieldRoleOf(each);
        if (const auto *error = errorOf(role))
            return *error;
        declared.append(std::get<FieldRole>(role));
    }
    return declared;
}

QVariantList declarationsOf(const QList<FieldRole> &roles)
{
    QVariantList declared;
    for (const FieldRole &role : roles) {
        if (role == FieldRole { role.name }) {
            declared.append(role.name);
            continue;
        }
        QVariantMap map { { u"name"_s, role.name } };
        if (role.type != FieldType::Unknown)
            map.insert(u"type"_s, nameOf(role.type));
        if (role.otherwise.isValid())
            map.insert(u"default"_s, role.otherwise);
        declared.append(map);
    }
    return declared;
}

FieldType typeOfValue(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Bool:
        return FieldType::Flag;
    case QMetaType::QVariantList:
        return FieldType::List;
    case QMetaType::QVariantMap:
        return FieldType::Object;
    case QMetaType::QString: {
        const QString text = value.toString();
        return isColor(text) ? FieldType::Color : isDate(text) ? FieldType::Date : FieldType::Text;
    }
    default:
        return FieldType::Whole;
    }
}

QVariant defaultOf(FieldType type)
{
    switch (type) {
    case FieldType::Text:
        return QString();
    case FieldType::Flag:
        return false;
    case FieldType::Whole:
    case FieldType::Real:
        return 0;
    case FieldType::Date:
        return QDateTime();
    case FieldType::Color:
        return u"#000000"_s;
    case FieldType::Url:
        return QUrl();
    case FieldType::List:
        return QVariantList();
    case FieldType::Object:
        return QVariantMap();
    case FieldType::Unknown:
    case FieldType::Any:
        break;
    }
    return {};
}

QVariant asType(const QVariant &value, FieldType type)
{
    switch (type) {
    case FieldType::Text:
        return ifItConverts(value, QMetaType::fromType<QString>());
    case FieldType::Flag:
        return ifItConverts(value, QMetaType::fromType<bool>());
    case FieldType::Whole:
        return isNumber(value) ? value : ifItConverts(value, QMetaType::fromType<int>());
    case FieldType::Real:
        return isNumber(value) ? value : ifItConverts(value, QMetaType::fromType<double>());
    case FieldType::Date:
        if (value.typeId() == QMetaType::QString) {
            const auto date = QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
            return date.isValid() ? QVariant(date) : QVariant();
        }
        return value.typeId() == QMetaType::QDateTime ? value : QVariant();
    case FieldType::Color:
        return value.typeId() == QMetaType::QString || value.typeId() == QMetaType::QColor ? value
                                                                                           : QVariant();
    case FieldType::Url:
        return value.typeId() == QMetaType::QString ? QVariant(QUrl(value.toString()))
                : value.typeId() == QMetaType::QUrl ? value
                                                    : QVariant();
    case FieldType::List:
        return value.typeId() == QMetaType::QVariantList ? value : QVariant();
    case FieldType::Object:
        return value.typeId() == QMetaType::QVariantMap ? value : QVariant();
    case FieldType::Unknown:
    case FieldType::Any:
        break;
    }
    return value;
}

} // namespace Twilio
