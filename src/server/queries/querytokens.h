#pragma once

#include <QtCore/qstring.h>

namespace Twilio::Server {

//! The smallest parts of an expression.
struct QueryToken
{
    enum class Kind : quint8 {
        End,
        Open, //!< (
        Close, //!< )
        OpenArray, //!< [
        CloseArray, //!< ]
        Comma,
        Dot,
        Sign, //!< == != && ||
        Word, //!< letters, digits, _ - $
        String, //!< \c text is what it says
        Unknown, //!< \c text says what is wrong
    };

    Kind kind = Kind::End;
    qsizetype begin = 0;
    qsizetype end = 0;
    QString text = {};
};

//! The token of \a expression at \a from or behind the spaces there.
[[nodiscard]] QueryToken nextToken(QStringView expression, qsizetype from);

} // namespace Twilio::Server
