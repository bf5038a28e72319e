#pragma once

#include "server/serverglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>
#include <utility>

/*!
    One request and its response as values (RFC 9110 and 9112).
*/
namespace Twilio::Server {

using HttpFields = QList<std::pair<QByteArray, QByteArray>>;

//! No request head may be longer.
inline constexpr qsizetype maxHttpHead = 16 * 1024;

struct TWILIOSYNC_SERVER_PRIVATE_EXPORT HttpRequest
{
    //! In upper case as it came; methods are case-sensitive.
    QByteArray method;
    //! Begins with a slash, still percent-encoded; \c * for OPTIONS of the whole server.
    QByteArray path;
    //! Decoded, in the order of the target.
    HttpFields query;
    //! Names in lower case, values trimmed.
    HttpFields headers;
    QByteArray body;
    //! True if the client wants to send another request over this connection.
    bool keepAlive = true;
    //! True if the other end of the connection is a loopback address of this machine.
    bool isFromLoopback = false;

    //! Null if there is none.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    //! True if \a token stands in the comma-separated header \a name, whatever its case.
    [[nodiscard]] bool headerHasToken(QByteArrayView name, QByteArrayView token) const;
    //! True if a WebSocket is asked for.
    [[nodiscard]] bool isUpgrade() const;
    //! The fields of an \c application/x-www-form-urlencoded body; none if it is another body, or malformed.
    [[nodiscard]] std::optional<HttpFields> form() const;
};

struct HttpResponse
{
    //! 0: none, and the connection is cut.
    int status = 200;
    QByteArray body = {};
    HttpFields headers = {};
    QByteArray contentType = QByteArrayLiteral("application/json");
};

//! The value of the first field called \a name.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT std::optional<QByteArray> firstValue(const HttpFields &fields,
                                                                                    QByteArrayView name);
//! Decodes \c name=value pairs joined by \c &; none if an escape is malformed.
[[nodiscard]] std::optional<HttpFields> parseFormFields(QByteArrayView text);
//! Undoes percent-encoding; none if an escape is malformed.
[[nodiscard]] std::optional<QByteArray> percentDecoded(QByteArrayView text);
//! The same, but \a text as it is if an escape is malformed.
[[nodiscard]] QByteArray percentDecodedOrAsItIs(const QByteArray &text);
//! Percent-encodes as JavaScript's encodeURIComponent() does, so that a URL is the one a client would build.
[[nodiscard]] QByteArray encodeURIComponent(const QString &text);
//! \a host if it can stand in a URL, else nothing.
[[nodiscard]] QByteArray safeHost(const QByteArray &host);
//! What is between the slashes of \a path, each decoded or as it is.
[[nodiscard]] QList<QByteArray> pathSegments(const QByteArray &path);

//! "Not Found" for 404.
[[nodiscard]] QByteArray httpStatusText(int status);
//! An error as the REST API of the service words it, with \a code from its error dictionary.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT HttpResponse httpError(int status, int code,
                                                                      QByteArrayView message);
//! The bytes of \a response; without its body, but with that one's length, for HEAD.
[[nodiscard]] QByteArray httpBytes(const HttpResponse &response, bool keepAlive, bool withBody = true);

} // namespace Twilio::Server
