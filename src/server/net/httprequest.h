#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

#include <optional>
#include <utility>

namespace Twilio::Server {

//! No request head may be longer.
inline constexpr qsizetype maxHttpHead = 16 * 1024;

/*!
    \brief The head of an HTTP/1.1 request.
*/
struct HttpHead
{
    QByteArray method;
    QByteArray path;
    //! Names in lower case, values trimmed.
    QList<std::pair<QByteArray, QByteArray>> headers;

    //! Null if there is none.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    //! True if a WebSocket is asked for.
    [[nodiscard]] bool isUpgrade() const;
};

//! The head at the start of \a bytes, which end behind its empty line; none if it is not HTTP/1.x.
[[nodiscard]] std::optional<HttpHead> parseHttpHead(QByteArrayView bytes);
//! Bytes of the head in \a bytes, its empty line included; none while it is incomplete.
[[nodiscard]] std::optional<qsizetype> httpHeadSize(QByteArrayView bytes);

//! A whole response that ends the connection; \a json is its body.
[[nodiscard]] QByteArray httpResponse(int status, QByteArrayView json);

} // namespace Twilio::Server
