#pragma once

#include "TwilioSync/protocol/resturl.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <utility>

namespace Twilio {

//! Names and values of HTTP headers, in order; a name may repeat.
using RestHeaders = QList<std::pair<QByteArray, QByteArray>>;

//! One REST call to be tunnelled through the channel (protocol.md 6.1).
struct RestRequest
{
    //! GET, POST, PUT or DELETE.
    QByteArray method;
    //! Scheme and credentials are not sent.
    RestUrl url;
    RestHeaders headers;
    //! JSON text, or nothing.
    QByteArray body;
};

//! True for the status codes, HTTP's or a frame's, of what was done.
[[nodiscard]] constexpr bool isSuccess(int code) { return code >= 200 && code < 300; }

//! What the REST service answered, errors (4xx, 5xx) included (protocol.md 6.2).
struct RestReply
{
    //! HTTP status.
    int status = 0;
    //! The payload's bytes as they came.
    QByteArray body;
    //! Names in lower case. Of errors alone: nobody asks for those of a success.
    RestHeaders headers;

    [[nodiscard]] bool isSuccess() const { return Twilio::isSuccess(status); }
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
