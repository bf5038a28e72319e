#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qurl.h>

#include <utility>

namespace Twilio {

//! Names and values of HTTP headers, in order; a name may repeat.
using RestHeaders = QList<std::pair<QByteArray, QByteArray>>;

//! One REST call to be tunnelled through the channel (protocol.md 6.1).
struct RestRequest
{
    //! GET, POST, PUT or DELETE.
    QByteArray method;
    //! Absolute, \c https://host[:port]/path?query, percent-encoded; scheme and credentials are not sent.
    QUrl url;
    RestHeaders headers;
    //! JSON text, or nothing.
    QByteArray body;
};

//! What the REST service answered, errors (4xx, 5xx) included (protocol.md 6.2).
struct RestReply
{
    //! HTTP status.
    int status = 0;
    //! The payload's bytes as they came.
    QByteArray body;
    //! Names in lower case.
    RestHeaders headers;

    //! The first header called \a name (lower case); null if there is none.
    [[nodiscard]] QByteArray header(QByteArrayView name) const
    {
        for (const auto &[key, value] : headers) {
            if (key == name)
                return value;
        }
        return {};
    }
};

//! Adds what every request to the service carries: its kind of body, and an id of its own.
void addServiceHeaders(RestRequest &request);

} // namespace Twilio
