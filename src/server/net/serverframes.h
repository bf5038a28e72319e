#pragma once

#include "server/dialects/v3/events.h"
#include "server/serverglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>

/*!
    The frames a server sends (protocol.md, sections 4.3, 6.2, 8.1 and 9.2), ready for the socket.
*/
namespace Twilio::Server {

//! The \c status object of a reply or close frame; fields that are 0 or empty are left out.
struct FrameStatus
{
    int code = 200;
    QByteArray status = QByteArrayLiteral("OK");
    int errorCode = 0;
    QByteArray description = {};
};

//! The payload of a 429 or 308: when to come back. Keep max above min, or one SDK throws (section 16, 31).
struct BackoffPolicy
{
    qint64 minMs = 1000;
    qint64 maxMs = 2000;
};

//! How notifications hold their events: an object \c event (event_protocol_version 3, official SDKs
//! before 3.1) or an array \c events (4).
enum class EventForm : quint8 { Single, List };
inline constexpr std::size_t eventFormCount = 2;

//! What live queries follow: \a event, in order, of the query that it names. \a correlationId as in
//! replayFrame().
[[nodiscard]] QByteArray queryFrame(QByteArrayView type, QByteArrayView event, QByteArrayView correlationId,
                                    EventForm form);

//! A random id: \a prefix and 32 hexadecimal digits.
[[nodiscard]] QByteArray randomId(QByteArrayView prefix);

//! A reply to the request \a id (JSON text). \a extra: further header members, each ",name:value".
[[nodiscard]] QByteArray replyFrame(QByteArrayView id, const FrameStatus &status, QByteArrayView extra = {},
                                    QByteArrayView payload = {});
//! The reply to a tunnelled request.
[[nodiscard]] QByteArray restReplyFrame(QByteArrayView id, const RestReply &reply,
                                        QByteArrayView requestId = {});
[[nodiscard]] QByteArray closeFrame(const FrameStatus &status,
                                    const std::optional<BackoffPolicy> &backoff = {});
[[nodiscard]] QByteArray pingFrame();
//! \c token_about_to_expire with \a leftMs to live.
[[nodiscard]] QByteArray tokenAboutToExpireFrame(qint64 leftMs);

//! A notification of \a messageType with \a payload (JSON text).
[[nodiscard]] QByteArray notificationFrame(QByteArrayView messageType, QByteArrayView payload);
//! \a event as live subscribers get it: strictly ordered for streams, else by kind.
[[nodiscard]] TWILIOSYNC_SERVER_PRIVATE_EXPORT QByteArray liveEventFrame(ObjectKind kind,
                                                                         const V3::Event &event,
                                                                         EventForm form = EventForm::List);
//! Replayed \a events, all of one type, a single one if \a form is that. \a correlationId is JSON text, empty
//! for none.
[[nodiscard]] QByteArray replayFrame(const QList<V3::Event> &events, QByteArrayView correlationId,
                                     EventForm form = EventForm::List);
/*!
    \brief An outcome, \a eventType \c subscription_established, _canceled or _failed.

    \a outcomes is the text between the brackets, one object if \a form is Single. Without \a correlationId
   the server speaks by itself.
*/
[[nodiscard]] QByteArray outcomeFrame(QByteArrayView eventType, QByteArrayView outcomes,
                                      QByteArrayView correlationId, EventForm form = EventForm::List);

//! \a backoff as payload, empty if there is none.
[[nodiscard]] QByteArray backoffPayload(const std::optional<BackoffPolicy> &backoff);

} // namespace Twilio::Server
