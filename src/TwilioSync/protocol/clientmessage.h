#pragma once

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/restmessage.h"

/*!
    What a client sends to the service: whole frames, ready for the socket (protocol.md 4.2).

    Ids are plain ASCII without quotes or backslashes.
*/
namespace Twilio::Protocol {

//! What init tells the service besides the token.
struct InitParameters
{
    QString token;
    //! JSON string as the last init reply had it; empty = unknown, sent as null.
    QByteArray continuationToken;
    //! JSON object.
    QByteArray metadata;
};

//! Opens the session.
[[nodiscard]] QByteArray encodeInit(QByteArrayView id, const InitParameters &parameters);
//! Replaces the token of the session.
[[nodiscard]] QByteArray encodeUpdate(QByteArrayView id, const QString &token);
//! Tunnels \a request (protocol.md 6.1): names and values of the query stay percent-encoded.
[[nodiscard]] QByteArray encodeMessage(QByteArrayView id, const RestRequest &request);
//! Acknowledges a frame; \a id is the text of its id, quotes included.
[[nodiscard]] QByteArray encodeAcknowledgement(JsonSlice id);
//! Says goodbye.
[[nodiscard]] QByteArray encodeClose(QByteArrayView id);

} // namespace Twilio::Protocol
