#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/restmessage.h"

#include <QtCore/qbytearrayview.h>

#include <chrono>
#include <optional>

/*!
    What the service sends to a client (protocol.md 4.3). Everything is a view into the frame it came in.
*/
namespace Twilio::Protocol {

//! \c method of a frame.
enum class Method : quint8 {
    Unknown, //!< absent or not listed here: to be acknowledged, then ignored (protocol.md, section 3)
    Reply,
    Notification,
    Ping,
    ClientUpdate,
    Close
};

//! The object \c status of a reply or close (protocol.md 11.1).
struct Status
{
    //! As HTTP's; 0 if there was none.
    int code = 0;
    //! For example UNAUTHORIZED.
    QString text;
    //! Twilio's code, 0 if there is none.
    int errorCode = 0;
    QString description;

    [[nodiscard]] bool isSuccess() const { return Twilio::isSuccess(code); }
};

//! How long to keep away, in a payload's \c backoff_policy; negative values and such are none
//! (protocol.md 5.2).
struct BackoffPolicy
{
    std::optional<std::chrono::milliseconds> min;
    std::optional<std::chrono::milliseconds> max;
};

//! One frame, located but not decoded: the hot path looks at few of its fields.
struct ServerMessage
{
    Method method = Method::Unknown;
    //! Text of the id, quotes included, as an acknowledgement has to carry it; does not exist if it is no
    //! scalar.
    JsonSlice id;
    JsonSlice status;
    JsonSlice httpStatus;
    JsonSlice httpHeaders;
    JsonSlice continuationToken;
    JsonSlice capabilities;
    JsonSlice accountDescriptor;
    JsonSlice offlineStorage;
    JsonSlice clientUpdateType;
    //! Without quotes; escapes are left in, no known type has any.
    QByteArrayView messageType;
    QByteArrayView payload;
};

//! Locates the parts of \a frame, which outlives the result; the error names what is malformed.
[[nodiscard]] SyncResult<ServerMessage> parseServerMessage(QByteArrayView frame);

//! The code of a status object alone; 0 if it is none or lacks its code.
[[nodiscard]] int parseStatusCode(JsonSlice status);
//! Decodes a status object; code 0 if it is none or lacks its code.
[[nodiscard]] Status parseStatus(JsonSlice status);

//! The policy in a frame's payload, empty if there is none.
[[nodiscard]] BackoffPolicy parseBackoffPolicy(QByteArrayView payload);

//! The REST result inside the successful reply \a message to a tunnelled request; HTTP 200 if it names none.
[[nodiscard]] RestReply parseRestReply(const ServerMessage &message);

//! The error that \a status means: description, else text, else \a fallback.
[[nodiscard]] SyncError errorFromStatus(const Status &status, QLatin1StringView fallback,
                                        bool terminal = false);

} // namespace Twilio::Protocol
