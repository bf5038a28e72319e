#pragma once

#include "TwilioSync/core/jsontext.h"
#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

/*!
    Locating parts of JSON text without decoding the rest.

    Everything here gives views into the text it was handed: nothing is copied, nothing is normalised, so what
    the service wrote stays byte for byte. Malformed text gives an empty optional, never a crash.
*/
namespace Twilio::Protocol {

/*!
    \brief The text of one JSON value inside a larger text, without surrounding white space.

    The caller keeps the larger text alive.
*/
class TWILIOSYNC_PRIVATE_EXPORT JsonSlice
{
public:
    JsonSlice() = default;
    explicit JsonSlice(QByteArrayView text) : m_text(text) { }

    //! False for a member that was not there.
    [[nodiscard]] bool exists() const { return !m_text.isEmpty(); }
    //! The value's own text.
    [[nodiscard]] QByteArrayView text() const { return m_text; }
    [[nodiscard]] bool isNull() const { return m_text == QByteArrayView("null"); }
    [[nodiscard]] bool isObject() const { return m_text.startsWith('{'); }
    [[nodiscard]] bool isArray() const { return m_text.startsWith('['); }
    [[nodiscard]] bool isString() const { return m_text.startsWith('"'); }

    //! An integer within 64 bits, without fraction or exponent.
    [[nodiscard]] std::optional<qint64> toInteger() const;
    [[nodiscard]] std::optional<bool> toBool() const;
    //! UTF-8 of a string, escapes resolved; none for anything but a string, and if there is half of a
    //! surrogate pair in it.
    [[nodiscard]] std::optional<QByteArray> toUtf8() const;
    //! What is between the quotes of a string that says nothing but itself: ASCII without escapes. Most are.
    [[nodiscard]] std::optional<QByteArrayView> plainText() const;
    //! Any string.
    [[nodiscard]] std::optional<QString> toString() const;

private:
    QByteArrayView m_text;
};

/*!
    \brief The members of a JSON object, located.

    Of members with equal names the last one counts, as in JSON.parse().
*/
class TWILIOSYNC_PRIVATE_EXPORT JsonObjectView
{
public:
    //! Locates the members of \a json; none if it is not an object. Values are only checked for balance.
    [[nodiscard]] static std::optional<JsonObjectView> parse(QByteArrayView json);

    //! The value called \a name; a slice that does not exist if there is none.
    [[nodiscard]] JsonSlice value(QByteArrayView name) const;
    [[nodiscard]] bool contains(QByteArrayView name) const { return value(name).exists(); }
    //! Name and value in the order of the text; names are UTF-8 with escapes resolved, half of a surrogate
    //! pair as three bytes.
    [[nodiscard]] const std::vector<std::pair<QByteArray, JsonSlice>> &members() const { return m_members; }

private:
    std::vector<std::pair<QByteArray, JsonSlice>> m_members;
};

/*!
    \brief Calls \a visit with name and value of each member of the object \a json, in order; false if
   malformed.

    Allocates nothing. The name is valid during its call only; \a visit must not look into JSON itself, the
   value included: keep the slice and do it afterwards. On false, some members may have been visited.
*/
bool visitJsonObject(QByteArrayView json, const std::function<void(QByteArrayView, JsonSlice)> &visit);

/*!
    \brief As visitJsonObject() for each object of the array \a json, in one pass: \a visit is called with its
   number, from 0 on, as well.

    Gives how many there are; none if \a json is no array of objects.
*/
std::optional<std::size_t>
visitJsonObjects(QByteArrayView json,
                 const std::function<void(std::size_t, QByteArrayView, JsonSlice)> &visit);

/*!
    \brief As visitJsonObject() of \a json, where the member called \a array is an array of objects whose
   members \a visit is called with, and \a visitOther with all other members, in one pass.

    Gives how many objects there are; none if \a json is no object, or \a array is not there once.
*/
std::optional<std::size_t>
visitJsonObjects(QByteArrayView json, QByteArrayView array,
                 const std::function<void(std::size_t, QByteArrayView, JsonSlice)> &visit,
                 const std::function<void(QByteArrayView, JsonSlice)> &visitOther);

//! The member called \a name of \a json, an object that is known to be well-formed; one that does not exist
//! if there is none, or \a json is no object. Costs little however long the values are.
[[nodiscard]] JsonSlice findJsonMember(QByteArrayView json, QByteArrayView name);

//! Each of \a names, which differ, as findJsonMember() gives it, into \a found, at the cost of little more
//! than one. False if \a json is no object, or not all of one.
bool findJsonMembers(QByteArrayView json, std::span<const QByteArray> names, std::span<JsonSlice> found);

//! The elements of the array \a json in order; none if it is not an array.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT std::optional<std::vector<JsonSlice>>
parseJsonArray(QByteArrayView json);

//! The JSON string literal, quotes included, of \a utf8.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QByteArray quoteJson(QByteArrayView utf8);
//! False if \a utf8 between quotes is that literal.
[[nodiscard]] bool needsEscapes(QByteArrayView utf8);
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QByteArray quoteJson(QStringView text);

//! As deep as values may be nested: what decoders take.
inline constexpr qsizetype maxJsonDepth = maxValueDepth;

//! True if \a json, which is balanced, is nested deeper than \a depth. Texts with few brackets cost little.
[[nodiscard]] bool isNestedDeeper(QByteArrayView json, qsizetype depth);

//! True if \a json is one well-formed JSON value in every byte, nested at most maxJsonDepth deep. Numbers
//! may be of any size.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT bool isValidJson(QByteArrayView json);

//! \a json without white space between tokens; numbers, strings and key order untouched. \a json must be
//! valid.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QByteArray compactJson(QByteArrayView json);

} // namespace Twilio::Protocol
