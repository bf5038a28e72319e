#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
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

/*!
    \brief The contents of a document, an item or a message: one JSON object, kept as its text.

    What came from the service stays byte for byte, so key order and the digits of every number survive. Made
   from a map or an object, it is written once, compactly. Copies share the text.

    \code
    list->push({ { u"title"_s, u"milk"_s }, { u"done"_s, false } });
    document->set(SyncValue::fromJson(R"({"big":9007199254740993})"));
    \endcode
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
    //! A value that is none; \a reason says what was expected and what there was.
    [[nodiscard]] static SyncValue invalid(const QString &reason);

    [[nodiscard]] bool isValid() const { return m_error.isEmpty(); }
    //! Why the value is not valid, e.g. "expected a JSON object, got an array"; empty if it is.
    [[nodiscard]] QString errorString() const { return m_error; }

    //! The text, UTF-8; empty if not valid.
    [[nodiscard]] QByteArray toJson() const { return m_json; }
    //! Decoded; whole numbers are \c int, or \c qlonglong if they do not fit, \c null is \c std::nullptr_t.
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
