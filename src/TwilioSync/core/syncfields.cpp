#include "TwilioSync/core/syncfields.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qsequentialiterable.h>
#include <QtCore/qurl.h>

using namespace Qt::StringLiterals;

namespace Twilio {

namespace {

[[nodiscard]] QVariant read(const QVariant &value, QMetaType type);

[[nodiscard]] QVariant readList(const QVariantList &list, QMetaType type)
{
    QVariant result(type);
    QSequentialIterable elements;
    if (!QMetaType::view(type, result.data(), QMetaType::fromType<QSequentialIterable>(), &elements)
        || !elements.metaContainer().canAddValueAtEnd())
        return {};
    const QMetaSequence sequence = elements.metaContainer();
    for (const QVariant &value : list) {
        const QVariant element = read(value, sequence.valueMetaType());
        if (!element.isValid())
            return {};
        sequence.addValueAtEnd(result.data(), element.constData());
    }
    return result;
}

//! \a value as \a type; invalid if it cannot be that.
[[nodiscard]] QVariant read(const QVariant &value, QMetaType type)
{
    if (value.metaType() == type)
        return value;
    type.id(); // registers it, and with it how it is converted
    if (type.flags().testFlag(QMetaType::IsGadget) && type.metaObject() && value.canConvert<QVariantMap>()) {
        QVariant gadget(type);
        readGadget(value.toMap(), *type.metaObject(), gadget.data());
        return gadget;
    }
    if (value.typeId() == QMetaType::QVariantList)
        return readList(value.toList(), type);
    QVariant converted = value;
    return converted.convert(type) ? converted : QVariant();
}

[[nodiscard]] QLatin1StringView roleType(QMetaType type)
{
    if (type.flags().testFlag(QMetaType::IsEnumeration))
        return "int"_L1;
    if (type.flags().testFlag(QMetaType::IsGadget))
        return "object"_L1;
    switch (type.id()) {
    case QMetaType::QString:
        return "string"_L1;
    case QMetaType::Bool:
        return "bool"_L1;
    case QMetaType::Int:
    case QMetaType::Short:
    case QMetaType::UShort:
        return "int"_L1;
    case QMetaType::Double:
    case QMetaType::Float:
        return "real"_L1;
    case QMetaType::QDateTime:
        return "date"_L1;
    case QMetaType::QColor:
        return "color"_L1;
    case QMetaType::QUrl:
        return "url"_L1;
    case QMetaType::QVariantMap:
    case QMetaType::QVariantHash:
        return "object"_L1;
    default:
        return QMetaType::canView(type, QMetaType::fromType<QSequentialIterable>()) ? "list"_L1 : "var"_L1;
    }
}

} // namespace

void readGadget(const QVariantMap &value, const QMetaObject &type, void *gadget)
{
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        const auto member = value.constFind(QString::fromUtf8(property.name()));
        if (member == value.cend() || !property.isWritable())
            continue;
        if (property.metaType() == QMetaType::fromType<QVariant>())
            property.writeOnGadget(gadget, *member);
        else if (member->isNull())
            continue;
        else if (const QVariant field = read(*member, property.metaType()); field.isValid())
            property.writeOnGadget(gadget, field);
    }
}

QVariantMap gadgetFields(const QMetaObject &type, const void *gadget)
{
    QVariantMap fields;
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        const QVariant value = property.readOnGadget(gadget);
        const bool isNoDate = value.typeId() == QMetaType::QDateTime && !value.toDateTime().isValid();
        fields.insert(QString::fromUtf8(property.name()), isNoDate ? QVariant::fromValue(nullptr) : value);
    }
    return fields;
}

QVariantList gadgetRoles(const QMetaObject &type)
{
    QVariantList roles;
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        roles.append(QVariantMap { { u"name"_s, QString::fromUtf8(property.name()) },
                                   { u"type"_s, QString(roleType(property.metaType())) } });
    }
    return roles;
}

} // namespace Twilio
