#pragma once

#include "TwilioSync/core/syncresult.h"

#include <QtCore/qbytearrayview.h>

#include <memory>
#include <optional>
#include <vector>

/*!
    What the service pushes: changes and the outcomes of subscription requests (protocol.md, section 8).
*/
namespace Twilio::Protocol {

//! \c event_type; applies to all events of a notification.
enum class EventType : quint8 {
    Unknown, //!< another product's, or newer than this library: to be ignored
    DocumentUpdated,
    DocumentRemoved,
    ListItemAdded,
    ListItemUpdated,
    ListItemRemoved,
    ListRemoved,
    MapItemAdded,
    MapItemUpdated,
    MapItemRemoved,
    MapRemoved,
    StreamMessagePublished,
    StreamRemoved,
    SubscriptionEstablished,
    SubscriptionCanceled,
    SubscriptionFailed
};

//! One event, of whatever type; the views are valid until the parser's next parse().
struct Event
{
    //! The object that changed, or that a subscription is about.
    QByteArrayView sid;
    //! Event id within the object; none in outcomes and stream messages.
    std::optional<qint64> id;
    //! Of the document, list or map after the change.
    QByteArrayView revision;
    //! List item.
    std::optional<qint64> index;
    //! Map item, UTF-8.
    std::optional<QByteArrayView> key;
    QByteArrayView itemRevision;
    //! Contents of the document, item or message: the text of a JSON object; empty if there is none.
    QByteArrayView data;
    //! \c date_created: when the change happened, milliseconds since 1970 UTC.
    std::optional<qint64> date;
    //! False if \c date_expires is absent, which leaves the expiry as it was.
    bool hasExpires = false;
    //! None = never.
    std::optional<qint64> expires;
    //! Stream message.
    QByteArrayView messageSid;

    //! Outcomes: newest event id that had been replayed.
    std::optional<qint64> lastEventId;
    //! Outcomes: the replay stopped half way and is to be asked for again.
    bool replayInterrupted = false;
    //! Outcomes: why the subscription failed.
    int errorStatus = 0;
    int errorCode = 0;
    QByteArrayView errorMessage;
};

struct Notification
{
    EventType type = EventType::Unknown;
    //! Outcomes, and events that are part of a replay.
    std::optional<qint64> correlationId;
    //! Only those that have all the fields their type needs; \c dropped counts the others.
    std::vector<Event> events;
    int dropped = 0;
};

/*!
    \brief Reads notifications in one pass; its buffers grow to the largest one and stay.

    Nothing is copied but the frame, once, for padding. Members may come in any order.
*/
class NotificationParser
{
public:
    NotificationParser();
    ~NotificationParser();

    //! Valid until the next call; the error says why \a payload is no notification.
    [[nodiscard]] SyncResult<const Notification *> parse(QByteArrayView payload);

private:
    struct Buffers;
    const std::unique_ptr<Buffers> m_buffers;
    Notification m_notification;
};

} // namespace Twilio::Protocol
