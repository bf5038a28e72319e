#include "TwilioSync/protocol/notification.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/literalname.h"
#include "TwilioSync/protocol/paddedparser.h"
#include "TwilioSync/protocol/timestamp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace Twilio::Protocol {
namespace {

namespace sj = simdjson::ondemand;
using namespace std::string_view_literals;

// protocol.md 8.2 and 9.2.
constexpr auto eventTypes = std::to_array<std::pair<std::string_view, EventType>>({
        { "list_item_added"sv, EventType::ListItemAdded },
        { "list_item_updated"sv, EventType::ListItemUpdated },
        { "list_item_removed"sv, EventType::ListItemRemoved },
        { "map_item_added"sv, EventType::MapItemAdded },
        { "map_item_updated"sv, EventType::MapItemUpdated },
        { "map_item_removed"sv, EventType::MapItemRemoved },
        { "document_updated"sv, EventType::DocumentUpdated },
        { "stream_message_published"sv, EventType::StreamMessagePublished },
        { "document_removed"sv, EventType::DocumentRemoved },
        { "list_removed"sv, EventType::ListRemoved },
        { "list_context_updated"sv, EventType::ListContextUpdated },
        { "map_removed"sv, EventType::MapRemoved },
        { "stream_removed"sv, EventType::StreamRemoved },
        { "subscription_established"sv, EventType::SubscriptionEstablished },
        { "subscription_canceled"sv, EventType::SubscriptionCanceled },
        { "subscription_failed"sv, EventType::SubscriptionFailed },
});

EventType typeOf(std::string_view name)
{
    for (const auto &[text, type] : eventTypes) {
        if (text == name)
            return type;
    }
    return EventType::Unknown;
}

// An event of a list names an item by its index, one of a map by its key, and never by the other.
bool namesListItem(const Event &event) { return event.index && *event.index >= 0 && !event.key; }

bool namesMapItem(const Event &event) { return event.key && !event.key->isEmpty() && !event.index; }

bool isComplete(EventType type, const Event &event)
{
    if (event.sid.isEmpty() || event.id.value_or(0) < 0)
        return false;
    switch (type) {
    case EventType::DocumentUpdated:
    case EventType::ListContextUpdated:
        return event.id && !event.data.isEmpty();
    case EventType::ListItemAdded:
    case EventType::ListItemUpdated:
        return event.id && namesListItem(event) && !event.data.isEmpty();
    case EventType::ListItemRemoved:
        return event.id && namesListItem(event);
    case EventType::MapItemAdded:
    case EventType::MapItemUpdated:
        return event.id && namesMapItem(event) && !event.data.isEmpty();
    case EventType::MapItemRemoved:
        return event.id && namesMapItem(event);
    case EventType::StreamMessagePublished:
        return !event.messageSid.isEmpty() && !event.data.isEmpty();
    case EventType::SubscriptionEstablished:
        return !event.isDamaged; // it may be about a part of the replay only
    case EventType::Unknown:
    case EventType::DocumentRemoved:
    case EventType::ListRemoved:
    case EventType::MapRemoved:
    case EventType::StreamRemoved:
    case EventType::SubscriptionCanceled:
    case EventType::SubscriptionFailed:
        return true;
    }
    return false;
}

// Names without escapes, as all of the protocol's are; others simply match nothing.
std::string_view nameOf(sj::field &field)
{
    const char *const begin = field.key().raw();
    const char *end = begin;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    return { begin, std::size_t(end - begin) };
}

QByteArrayView viewOf(std::string_view text) { return { text.data(), qsizetype(text.size()) }; }

//! What has come of reading a value. After Broken there is nothing more to be read.
enum class Reading : quint8 { Done, Unexpected, Broken };

Reading readingOf(bool isExpected) { return isExpected ? Reading::Done : Reading::Unexpected; }

// simdjson leaves a value of another type where it is: whoever walks on skips it.
Reading readingOf(simdjson::error_code error)
{
    if (error == simdjson::SUCCESS)
        return Reading::Done;
    return error == simdjson::INCORRECT_TYPE ? Reading::Unexpected : Reading::Broken;
}

bool isNull(sj::value &value)
{
    bool null = false;
    return !value.is_null().get(null) && null;
}

Reading readString(sj::value &value, QByteArrayView &out)
{
    std::string_view text;
    if (value.get_string().get(text))
        return readingOf(isNull(value));
    out = viewOf(text);
    return Reading::Done;
}

// A number, or a string of digits (protocol.md 8.2, item_index).
Reading readInteger(sj::value &value, std::optional<qint64> &out)
{
    sj::json_type type;
    if (value.type().get(type))
        return Reading::Unexpected;
    int64_t number = 0;
    if (type == sj::json_type::string) {
        std::string_view text;
        if (value.get_string().get(text))
            return Reading::Unexpected;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size())
            return Reading::Unexpected;
    } else if (type != sj::json_type::number || value.get_int64().get(number)) {
        return readingOf(isNull(value));
    }
    out = number;
    return Reading::Done;
}

Reading readDate(sj::value &value, std::optional<qint64> &out)
{
    QByteArrayView text;
    const Reading reading = readString(value, text);
    if (reading == Reading::Done && !text.isEmpty()) {
        out = parseTimestamp(text);
        return readingOf(out.has_value());
    }
    return reading;
}

Reading readObjectText(sj::value &value, QByteArrayView &out, qsizetype depth)
{
    sj::object object;
    std::string_view raw;
    const auto error = value.get_object().get(object);
    if (error)
        return isNull(value) ? Reading::Done : readingOf(error);
    if (object.raw_json().get(raw))
        return Reading::Broken;
    const QByteArrayView text = viewOf(raw).trimmed();
    if (!PaddedParser::closes(raw, '}') || isNestedDeeper(text, depth))
        return Reading::Unexpected;
    out = text;
    return Reading::Done;
}

int toInt(std::optional<qint64> number)
{
    constexpr qint64 max = std::numeric_limits<int>::max();
    return number && *number >= -max && *number <= max ? int(*number) : 0;
}

//! Calls \a read (name, value) -> Reading for each member of \a object.
template <typename Read>
Reading readMembers(sj::object object, Read read)
{
    Reading all = Reading::Done;
    for (auto member : object) {
        sj::field field;
        if (std::move(member).get(field))
            return Reading::Broken;
        const Reading reading = read(nameOf(field), field.value());
        if (reading == Reading::Broken)
            return reading;
        if (reading == Reading::Unexpected)
            all = reading;
    }
    return all;
}

Reading readError(sj::value &value, Event &event)
{
    sj::object object;
    if (const auto error = value.get_object().get(object))
        return readingOf(error);
    return readMembers(object, [&event](std::string_view name, sj::value &member) {
        if (isName(name, "message"))
            return readString(member, event.errorMessage);
        if (!isName(name, "status") && !isName(name, "code"))
            return Reading::Done;
        std::optional<qint64> number;
        const Reading reading = readInteger(member, number);
        (isName(name, "status") ? event.errorStatus : event.errorCode) = toInt(number);
        return reading;
    });
}

// Servers may add others, such as service_sid: only these name the object itself (protocol.md 8.2, 9.2).
bool isObjectSid(std::string_view name)
{
    return isName(name, "list_sid") || isName(name, "map_sid") || isName(name, "document_sid")
            || isName(name, "stream_sid") || isName(name, "object_sid");
}

bool isObjectRevision(std::string_view name)
{
    return isName(name, "list_revision") || isName(name, "map_revision") || isName(name, "document_revision");
}

// The prefixes list_, map_, document_, stream_ and object_ say what the event's type says already.
Reading readMember(std::string_view name, sj::value &value, Event &event, qsizetype depth)
{
    if (isName(name, "id"))
        return readInteger(value, event.id);
    if (isName(name, "item_index"))
        return readInteger(value, event.index);
    if (isName(name, "item_key")) {
        QByteArrayView key;
        const Reading reading = readString(value, key);
        if (!key.isNull())
            event.key = key;
        return reading;
    }
    if (isName(name, "item_data") || isName(name, "document_data") || isName(name, "message_data")
        || isName(name, "context_data"))
        return readObjectText(value, event.data, depth);
    if (isName(name, "item_revision"))
        return readString(value, event.itemRevision);
    if (isName(name, "date_created"))
        return readDate(value, event.date);
    if (isName(name, "date_expires")) {
        const Reading reading = readDate(value, event.expires);
        event.hasExpires = reading == Reading::Done;
        return reading;
    }
    if (isName(name, "message_sid"))
        return readString(value, event.messageSid);
    if (isName(name, "last_event_id"))
        return readInteger(value, event.lastEventId);
    if (isName(name, "replay_status")) {
        QByteArrayView status;
        const Reading reading = readString(value, status);
        event.replayInterrupted = status == QByteArrayView("interrupted");
        return reading;
    }
    if (isName(name, "error"))
        return readError(value, event);
    if (isObjectSid(name))
        return readString(value, event.sid);
    if (isObjectRevision(name))
        return readString(value, event.revision);
    return Reading::Done;
}

// False if there is nothing more to be read.
bool readEvent(sj::value value, Event &event, qsizetype depth)
{
    sj::object object;
    Reading reading = readingOf(value.get_object().get(object));
    if (reading == Reading::Done)
        reading = readMembers(object, [&](std::string_view name, sj::value &member) {
            return readMember(name, member, event, depth);
        });
    event.isDamaged = reading != Reading::Done;
    return reading != Reading::Broken;
}

bool readArray(sj::value &value, std::vector<Event> &events, qsizetype depth)
{
    sj::array array;
    if (value.get_array().get(array))
        return false;
    for (auto element : array) {
        sj::value event;
        if (element.get(event) || !readEvent(event, events.emplace_back(), depth))
            return false;
    }
    return true;
}

} // namespace

SyncError notificationError()
{
    return SyncError(QStringLiteral("notification: expected a JSON object with event_type and events"));
}

bool isOutcome(EventType type)
{
    return type == EventType::SubscriptionEstablished || type == EventType::SubscriptionCanceled
            || type == EventType::SubscriptionFailed;
}

NotificationParser::NotificationParser() : m_parser(std::make_unique<PaddedParser>()) { }

NotificationParser::~NotificationParser() = default;

SyncResult<const Notification *> NotificationParser::parse(QByteArrayView payload, const ReadLimits &limits)
{
    Notification &notification = m_notification;
    notification.type = EventType::Unknown;
    notification.correlationId.reset();
    notification.events.clear();
    notification.incomplete.clear();

    bool isAnswer = true;
    sj::document document;
    sj::object root;
    const auto readRoot = [&](std::string_view name, sj::value &value) {
        bool isRead = true;
        if (isName(name, "event_type")) {
            std::string_view type;
            isRead = !value.get_string().get(type);
            notification.type = typeOf(type);
        } else if (isName(name, "correlation_id")) {
            isAnswer = readInteger(value, notification.correlationId) == Reading::Done;
        } else if (isName(name, "event")) {
            isRead = readEvent(value, notification.events.emplace_back(), limits.depth);
        } else if (isName(name, "events")) {
            isRead = readArray(value, notification.events, limits.depth);
        }
        return isRead ? Reading::Done : Reading::Broken;
    };
    const bool isRead = m_parser->read(payload, document) && !document.get_object().get(root)
            && readMembers(root, readRoot) == Reading::Done && PaddedParser::isAtEnd(document);
    // An outcome without a correlation id says something else than one whose id cannot be read.
    if (!isRead || (isOutcome(notification.type) && !isAnswer)) {
        notification.events.clear();
        return notificationError();
    }
    sortOut();
    return &notification;
}

void NotificationParser::sortOut()
{
    if (m_notification.type == EventType::Unknown)
        return;
    std::erase_if(m_notification.events, [this](const Event &event) {
        if (isComplete(m_notification.type, event))
            return false;
        m_notification.incomplete.push_back(event);
        return true;
    });
}

bool NotificationParser::begin(const JsonSlice &eventType, const JsonSlice &correlationId)
{
    const auto type = eventType.toUtf8();
    if (eventType.exists() && !type)
        return false;
    m_notification.type = type ? typeOf({ type->data(), std::size_t(type->size()) }) : EventType::Unknown;
    const auto digits = correlationId.toUtf8(); // a number, or a string of digits
    m_notification.correlationId =
            JsonSlice(digits ? QByteArrayView(*digits) : correlationId.text()).toInteger();
    const bool isAnswer = m_notification.correlationId || !correlationId.exists() || correlationId.isNull();
    return isAnswer || !isOutcome(m_notification.type);
}

bool NotificationParser::readEvents(QByteArrayView elements, const ReadLimits &limits)
{
    m_notification.events.clear();
    m_notification.incomplete.clear();
    sj::document document;
    sj::value array;
    const bool isRead = m_parser->readArray(elements, document) && !document.get_value().get(array)
            && readArray(array, m_notification.events, limits.depth) && PaddedParser::isAtEnd(document);
    sortOut();
    return isRead;
}

void NotificationParser::trim()
{
    m_parser->trim();
    // Views are no use without what they point into.
    constexpr std::size_t mostEventsKept = 10'000;
    if (m_notification.events.capacity() > mostEventsKept)
        m_notification.events = std::vector<Event>();
    m_notification.incomplete = std::vector<Event>();
}

} // namespace Twilio::Protocol
