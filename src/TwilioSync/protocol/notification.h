#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/readlimits.h"

#include <QtCore/qbytearrayview.h>

#include <memory>
#include <optional>
#include <vector>

/*!
    What the service pushes: changes and the outcomes of subscription requests (protocol.md, section 8).
*/
namespace Twilio::Protocol {

class PaddedParser;

//! \c event_type; applies to all events of a notification.
enum class EventType : quint8 {
    Unknown, //!< another product's, or newer than this library: to be ignored
    DocumentUpdated,
    DocumentRemoved,
    ListItemAdded,
    ListItemUpdated,
    ListItemRemoved,
    ListContextUpdated,
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
    //! Contents of the document, item or message, or the context: the text of a JSON object; empty if there
    //! is none.
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

    //! A field that this library reads was of an unexpected type, and is as if it had not been there.
    bool isDamaged = false;
};

struct Notification
{
    EventType type = EventType::Unknown;
    //! Outcomes, and events that are part of a replay.
    std::optional<qint64> correlationId;
    //! Only those that have all the fields their type needs, and none that name an item of another kind.
    std::vector<Event> events;
    //! The others, as far as they could be read.
    std::vector<Event> incomplete;
};

//! What is said of anything else.
[[nodiscard]] SyncError notificationError();

//! True for the answers to subscription requests.
[[nodiscard]] bool isOutcome(EventType type);

/*!
    \brief Reads notifications in one pass; its buffers grow with them and are kept, unless they are large.

    Nothing is copied but the frame, once, for padding. Members may come in any order.
*/
class NotificationParser
{
public:
    NotificationParser();
    ~NotificationParser();

    //! Valid until the next call; the error says why \a payload is no notification.
    [[nodiscard]] SyncResult<const Notification *> parse(QByteArrayView payload,
                                                         const ReadLimits &limits = {});
    /*!
        \brief Begins to read one in parts: all but the events, whose texts follow.

        False if such members are those of no notification.
    */
    [[nodiscard]] bool begin(const JsonSlice &eventType, const JsonSlice &correlationId);
    //! Has notification() hold the events of \a elements, the text of an array without its brackets. False
    //! if they cannot be read to the end.
    [[nodiscard]] bool readEvents(QByteArrayView elements, const ReadLimits &limits);
    [[nodiscard]] const Notification &notification() const { return m_notification; }
    //! What parse() gave is not needed any more: gives large buffers back.
    void trim();

private:
    void sortOut();

    const std::unique_ptr<PaddedParser> m_parser;
    Notification m_notification;
};

} // namespace Twilio::Protocol
