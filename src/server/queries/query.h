#pragma once

#include "server/serverglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <variant>
#include <vector>

namespace Twilio::Server {

//! Why an expression is none.
struct QueryFault
{
    enum class Kind : quint8 { Malformed, ArrayTooLong };

    Kind kind = Kind::Malformed;
    //! UTF-16 units before the place where it is wrong.
    qsizetype position = 0;
    //! What was expected there, and what there is.
    QString what = {};
};

/*!
    \brief One expression of the Live Query Language: which items it wants.

    Conditions are `field operator "value"`, joined by \c AND and \c OR, of which \c AND binds tighter, and
    grouped by parentheses. A field is \c key, the item's key, or \c data with the names of members behind it:
    `data.attributes.name`, `data."full name"`. Words may be upper or lower case, not both:

    | \c == \c EQ, \c != \c NOT_EQ | a value, or \c null: missing counts as null |
    | \c IN, \c NOT_IN | a list of values in brackets |
    | \c CONTAINS, \c NOT_CONTAINS | a part of a value |
    | \c AND \c &&, \c OR \c || | |

    Values are strings in double quotes, with the escapes of JSON. A string, number or boolean is compared by
    its text, as it is written; a list by each of its elements; an object has no text. What begins with \c NOT
    is true where the other is not. An expression of nothing but spaces wants every item.

    A value; pure. Neither parsing nor matching recurses deeper than maxDepth.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Query
{
public:
    //! UTF-16 units.
    static constexpr qsizetype maxLength = 8192;
    //! Parentheses in parentheses.
    static constexpr int maxDepth = 32;
    //! Elements of a list in brackets.
    static constexpr qsizetype maxArray = 29;

    [[nodiscard]] static std::variant<Query, QueryFault> parse(QStringView expression);

    //! True for an item called \a key whose data is \a data, a valid JSON object.
    [[nodiscard]] bool matches(QStringView key, QByteArrayView data) const;

    //! Part of an expression.
    struct Node
    {
        enum class Kind : quint8 {
            All, //!< of \c children
            Any, //!< of \c children
            Null, //!< the field is missing or null
            Equal, //!< one of \c values
            Contains, //!< the only one of \c values
        };

        Kind kind = Kind::All;
        //! True where the condition is not.
        bool isNegated = false;
        //! Names of members; empty for the key.
        std::vector<QByteArray> path = {};
        std::vector<QString> values = {};
        std::vector<Node> children = {};
    };

private:
    explicit Query(Node root) : m_root(std::move(root)) { }

    Node m_root;
};

} // namespace Twilio::Server
