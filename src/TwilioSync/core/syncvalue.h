#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <functional>
#include <initializer_list>
#include <optional>
#include <utility>

QT_FORWARD_DECLARE_CLASS(QDebug)
QT_FORWARD_DECLARE_CLASS(QJsonObject)

namespace Twilio {

struct JsonText;

/*!
    \brief The contents of a document, an item or a message: one JSON object, kept as its text.

    What came from the service stays byte for byte, so key order and the digits of every number survive. Made
   from a map or an object, it is written once, compactly. Copies share the text.

    \code
    list->push({ { u"title"_s, u"milk"_s }, { u"done"_s, false } });
    document->set(SyncValue::fromJson(R"({"big":9007199254740993})"));
    document->update({ { u"draft"_s, SyncValue::erased() } });
    \endcode

    What becomes of a value's parts, from C++ and QML alike, in calls, by roles and as options:

    \table
    \header \li type \li stored as
    \row \li texts, QChar, QUuid (without braces), QUrl (encoded) \li a text; halves of surrogate pairs stay
    \row \li integers, enumerations \li a number with all its digits
    \row \li floating point numbers \li the shortest number that reads as the same
    \row \li bool; null, std::nullptr_t and in C++ an invalid QVariant \li the same; null
    \row \li QDateTime, Date \li ISO 8601 with milliseconds: with its own offset if it has one, else UTC and
   "Z" \row \li QDate, QTime \li "2024-05-01", "09:30:00.000" \row \li QPoint, QSize, QRect, QLine and those
   with F \li \c{{x,y}}, \c{{width,height}}, \c{{x,y,width,height}}, \c{{x1,y1,x2,y2}} \row \li QVector2D to
   4D, QQuaternion \li \c{{x,y,z,w}} as far as they go; \c{{scalar,x,y,z}} \row \li QColor, color \li
   "#rrggbb", or "#aarrggbb" if it is not opaque \row \li lists and arrays of all these, QList<T>, QSet<T>, …
   \li an array \row \li maps and objects, QMap<K, T> and QHash<K, T> of texts or integers \li an object \row
   \li SyncValue, QJsonObject and its like \li what it holds \row \li a gadget with properties \li an object
   of its properties \row \li undefined, erased() \li a member that is not there; in update(), a field that is
   deleted; in an array null \endtable

    Anything else is refused, with an error that names the member: QObjects, functions, byte arrays, fonts,
   images, numbers that are not finite, invalid dates, what contains itself.
*/
class TWILIOSYNC_EXPORT SyncValue
{
public:
    //! The empty object.
    SyncValue();
    SyncValue(const QVariantMap &map);
    SyncValue(const QJsonObject &object);
    SyncValue(std::initializer_list<std::pair<QString, QVariant>> members);

    //! \a json as it is; an invalid value, with the reason, if it is not exactly one JSON object.
    [[nodiscard]] static SyncValue fromJson(QByteArrayView json);
    //! \a json, known to be one JSON object, without looking at it again.
    [[nodiscard]] static SyncValue fromCheckedJson(QByteArray json);
    //! \a value, which must be a map or another type that is an object; invalid, with the reason, if it is
    //! not.
    [[nodiscard]] static SyncValue fromVariant(const QVariant &value);
    //! What a conversion has given; invalid unless it is an object.
    [[nodiscard]] static SyncValue fromText(const JsonText &text);
    //! As a field's value in update(): the field is deleted. Anywhere else it is a member that is not there.
    [[nodiscard]] static QVariant erased();
    //! A value that is none; \a reason says what was expected and what there was.
    [[nodiscard]] static SyncValue invalid(const QString &reason);

    [[nodiscard]] bool isValid() const { return m_error.isEmpty(); }
    //! Why the value is not valid, e.g. "expected a JSON object, got an array"; empty if it is. With the
    //! \a name of the value in front if it has one: "value.pos: QFont cannot be stored; …".
    [[nodiscard]] QString errorString(const QString &name = {}) const;
    //! True for what erased() holds, which is not valid.
    [[nodiscard]] bool isErased() const { return m_isErased; }
    //! Names of the fields that update() deletes. In UTF-8, half of a surrogate pair as three bytes.
    [[nodiscard]] QByteArrayList erasedFields() const { return m_erasedFields; }

    //! The text, UTF-8; empty if not valid.
    [[nodiscard]] QByteArray toJson() const { return m_json; }
    //! Decoded; whole numbers are \c int, \c qlonglong or \c qulonglong, whichever fits first, \c null is
    //! \c std::nullptr_t.
    [[nodiscard]] QVariantMap toVariantMap() const;
    [[nodiscard]] QJsonObject toJsonObject() const;
    operator QVariantMap() const { return toVariantMap(); }

    //! Equal contents; the order of keys and white space do not count.
    friend TWILIOSYNC_EXPORT bool operator==(const SyncValue &a, const SyncValue &b);
    friend bool operator!=(const SyncValue &a, const SyncValue &b) { return !(a == b); }
    friend TWILIOSYNC_EXPORT QDebug operator<<(QDebug debug, const SyncValue &value);

private:
    QByteArray m_json;
    QString m_error;
    //! Of which the error tells: ".pos"; empty if it is about the whole.
    QString m_member;
    QByteArrayList m_erasedFields;
    bool m_isErased = false;
};

/*!
    \brief Makes the next value of something from its current one; called again on the fresh value after a
   lost race.

    \c std::nullopt aborts: nothing is written. What it throws rejects the call, a SyncException as it is, any
   other std::exception with its what(). A lambda from QVariantMap to QVariantMap fits.
*/
using Mutator = std::function<std::optional<SyncValue>(const SyncValue &current)>;

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncValue)
