#include "TwilioSync/core/jsonleaf.h"

#include "TwilioSync/core/jsontext.h"

#include <QtCore/qdatastream.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qfloat16.h>
#include <QtCore/qiodevice.h>
#include <QtCore/qline.h>
#include <QtCore/qrect.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>

#include <charconv>
#include <cmath>
#include <span>
#include <utility>

namespace Twilio {
namespace {

JsonLeaf written() { return {}; }

JsonLeaf number(QByteArray &to, double value)
{
    if (appendJsonNumber(to, value))
        return written();
    return { .reason = QStringLiteral("%1 cannot be stored; JSON has no such number")
                               .arg(std::isnan(value) ? QStringLiteral("NaN")
                                                      : QStringLiteral("an infinite number")) };
}

// Its own digits, not those of the double it would become.
JsonLeaf number(QByteArray &to, float value)
{
    if (!std::isfinite(value) || std::trunc(value) == value)
        return number(to, double(value));
    char text[32];
    const auto [end, error] = std::to_chars(std::begin(text), std::end(text), value);
    Q_ASSERT(error == std::errc());
    to.append(text, end - text);
    return written();
}

JsonLeaf string(QByteArray &to, QStringView text)
{
    appendJsonString(to, text);
    return written();
}

template <typename Part>
JsonLeaf parts(QByteArray &to, std::span<const char *const> names, std::span<const Part> values)
{
    char separator = '{';
    for (std::size_t i = 0; i < values.size(); ++i) {
        to.append(std::exchange(separator, ',')).append('"').append(names[i]).append("\":");
        if (const JsonLeaf part = number(to, values[i]); !part.reason.isEmpty())
            return part;
    }
    to += '}';
    return written();
}

template <typename... Values>
JsonLeaf parts(QByteArray &to, std::span<const char *const> names, Values... values)
{
    const double all[] = { double(values)... };
    return parts(to, names, std::span<const double>(all));
}

JsonLeaf date(QByteArray &to, const QDateTime &when)
{
    if (!when.isValid())
        return { .reason = QStringLiteral("an invalid date cannot be stored") };
    const bool hasOffset = when.timeSpec() == Qt::OffsetFromUTC || when.timeSpec() == Qt::TimeZone;
    const QDateTime told = hasOffset ? when.toOffsetFromUtc(when.offsetFromUtc()) : when.toUTC();
    const QString text = told.toString(Qt::ISODateWithMs);
    if (text.isEmpty())
        return { .reason = QStringLiteral("a date outside the years 0 to 9999 cannot be stored") };
    return string(to, text);
}

template <typename T>
JsonLeaf dateOrTime(QByteArray &to, const T &value)
{
    if (!value.isValid())
        return { .reason = QStringLiteral("an invalid date cannot be stored") };
    return string(to, value.toString(Qt::ISODateWithMs));
}

// Those of Qt Gui write their coordinates to a QDataStream, the only way to them without that library.
JsonLeaf vector(QByteArray &to, const QVariant &value, std::span<const char *const> names)
{
    QByteArray bytes;
    QDataStream in(&bytes, QIODevice::WriteOnly);
    in.setFloatingPointPrecision(QDataStream::SinglePrecision);
    if (!value.metaType().save(in, value.constData()))
        return { .reason = refusalOf(value.metaType()) };
    QDataStream out(bytes);
    out.setFloatingPointPrecision(QDataStream::SinglePrecision);
    float values[4] = {};
    for (std::size_t i = 0; i < names.size(); ++i)
        out >> values[i];
    return parts(to, names, std::span<const float>(values, names.size()));
}

constexpr const char *xyzw[] = { "x", "y", "z", "w" };
constexpr const char *sides[] = { "width", "height" };
constexpr const char *rectangle[] = { "x", "y", "width", "height" };
constexpr const char *line[] = { "x1", "y1", "x2", "y2" };
constexpr const char *rotation[] = { "scalar", "x", "y", "z" };

// Points, sizes and the like: objects of numbers.
JsonLeaf shape(QByteArray &to, const QVariant &value)
{
    const std::span<const char *const> axes = xyzw;
    switch (value.typeId()) {
    case QMetaType::QPoint:
    case QMetaType::QPointF: {
        const QPointF point = value.toPointF();
        return parts(to, axes.first(2), point.x(), point.y());
    }
    case QMetaType::QSize:
    case QMetaType::QSizeF: {
        const QSizeF size = value.toSizeF();
        return parts(to, sides, size.width(), size.height());
    }
    case QMetaType::QRect:
    case QMetaType::QRectF: {
        const QRectF rect = value.toRectF();
        return parts(to, rectangle, rect.x(), rect.y(), rect.width(), rect.height());
    }
    case QMetaType::QLine:
    case QMetaType::QLineF: {
        const QLineF segment = value.toLineF();
        return parts(to, line, segment.x1(), segment.y1(), segment.x2(), segment.y2());
    }
    case QMetaType::QVector2D:
        return vector(to, value, axes.first(2));
    case QMetaType::QVector3D:
        return vector(to, value, axes.first(3));
    case QMetaType::QVector4D:
        return vector(to, value, axes);
    case QMetaType::QQuaternion:
        return vector(to, value, rotation);
    default:
        return { .isLeaf = false };
    }
}

JsonLeaf integer(QByteArray &to, const QVariant &value)
{
    const bool isUnsigned = value.typeId() == QMetaType::ULongLong || value.typeId() == QMetaType::ULong;
    to += isUnsigned ? QByteArray::number(value.toULongLong()) : QByteArray::number(value.toLongLong());
    return written();
}

} // namespace

bool isWholeNumber(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Long:
    case QMetaType::ULong:
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::Char:
    case QMetaType::SChar:
    case QMetaType::UChar:
        return true;
    default:
        return false;
    }
}

JsonLeaf jsonLeaf(QByteArray &to, const QVariant &value)
{
    if (isWholeNumber(value) || value.metaType().flags().testFlag(QMetaType::IsEnumeration))
        return integer(to, value);
    if (value.metaType() == QMetaType::fromType<qfloat16>())
        return number(to, float(value.value<qfloat16>()));
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Nullptr:
        to += "null";
        return written();
    case QMetaType::Bool:
        to += value.toBool() ? "true" : "false";
        return written();
    case QMetaType::Double:
        return number(to, value.toDouble());
    case QMetaType::Float:
        return number(to, value.toFloat());
    case QMetaType::QString:
        return string(to, *static_cast<const QString *>(value.constData()));
    case QMetaType::QChar:
        return string(to, QString(value.toChar()));
    case QMetaType::QDateTime:
        return date(to, value.toDateTime());
    case QMetaType::QDate:
        return dateOrTime(to, value.toDate());
    case QMetaType::QTime:
        return dateOrTime(to, value.toTime());
    case QMetaType::QUrl:
        return string(to, value.toUrl().toString(QUrl::FullyEncoded));
    case QMetaType::QUuid:
        return string(to, value.toUuid().toString(QUuid::WithoutBraces));
    case QMetaType::QColor:
        return string(to, value.toString()); // by the converter of Qt Gui: #rrggbb, or #aarrggbb
    default:
        return shape(to, value);
    }
}

QString refusalOf(QMetaType type)
{
    const QString name = QString::fromUtf8(type.name());
    const auto isObject = QMetaType::PointerToQObject | QMetaType::SharedPointerToQObject
            | QMetaType::TrackingPointerToQObject | QMetaType::WeakPointerToQObject;
    if (type.flags() & isObject)
        return QStringLiteral("a QObject (%1) cannot be stored; name what of it is meant").arg(name);
    if (type.id() == QMetaType::QByteArray)
        return QStringLiteral("QByteArray cannot be stored; make it a text, by toBase64() for instance");
    return QStringLiteral("%1 cannot be stored; texts, numbers, booleans, dates, lists and maps can")
            .arg(name);
}

QString tooDeep()
{
    return QStringLiteral("what is nested deeper than %1 cannot be stored").arg(maxValueDepth);
}

} // namespace Twilio
