#pragma once

#include "server/data/syncdata.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/json.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

/*!
    What clients send: frames and the requests tunnelled in them (protocol.md, sections 3, 4.2 and 6.1).
    Pure functions on bytes from outside; malformed ones give an error, never more.
*/
namespace Twilio::Server {

//! One frame of a client; views into the message it was parsed from.
struct ClientFrame
{
    Protocol::JsonObjectView header;
    QByteArray method;
    //! The id as JSON text, to be echoed as it came.
    QByteArray id;
    QByteArrayView payload;
};

//! Parses \a message; the error names what is wrong with it.
[[nodiscard]] SyncResult<ClientFrame> parseClientFrame(QByteArrayView message);

/*!
    \brief The tunnelled request of a \c message frame.

    Params are percent-decoded, header names lower-cased, single values and arrays are alike. What is absent
    or of a wrong type stays empty: answering is the business of the REST half.
*/
[[nodiscard]] RestRequest parseRestRequest(const ClientFrame &frame);

//! The first value of header \a name (lower case) of \a request; null if there is none.
[[nodiscard]] QByteArray headerValue(const RestRequest &request, QByteArrayView name);

} // namespace Twilio::Server
