#include "TwilioSync/protocol/notification.h"

#include "TwilioSync/protocol/timestamp.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
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

bool isComplete(EventType type, const Event &event)
{
    if (event.sid.isEmpty())
        return false;
    switch (type) {
    case EventType::DocumentUpdated:
        return event.id && !event.data.isEmpty();
    case EventType::ListItemAdded:
    case EventType::ListItemUpdated:
        return event.id && event.index && !event.data.isEmpty();
    case EventType::ListItemRemoved:
        return event.id && event.index;
    case EventType::MapItemAdded:
    case EventType::MapItemUpdated:
        return event.id && event.key && !event.data.isEmpty();
    case EventType::MapItemRemoved:
        return event.id && event.key;
    case EventType::StreamMessagePublished:
        return !event.messageSid.isEmpty() && !event.data.isEmpty();
    case EventType::Unknown:
    case EventType::DocumentRemoved:
    case EventType::ListRemoved:
    case EventType::MapRemoved:
    case EventType::StreamRemoved:
    case EventType::SubscriptionEstablished:
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

bool readString(sj::value value, QByteArrayView &out)
{
    std::string_view text;
    if (value.is_null())
        return true;
    if (value.get_string().get(text))
        return false;
    out = viewOf(text);
    return true;
}

// A number, or a string of digits (protocol.md 8.2, item_index).
bool readInteger(sj::value value, std::optional<qint64> &out)
{
    sj::json_type type;
    if (value.type().get(type))
        return false;
    if (type == sj::json_type::null)
        return true;
    if (type == sj::json_type::string) {
        std::string_view text;
        qint64 number = 0;
        if (value.get_string().get(text))
            return false;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size())
            return false;
        out = number;
        return true;
    }
    int64_t number = 0;
    if (value.get_int64().get(number))
        return false;
    out = number;
    return true;
}

bool readDate(sj::value value, std::optional<qint64> &out)
{
    QByteArrayView text;
    if (!readString(value, text))
        return false;
    if (!text.isEmpty())
        out = parseTimestamp(text);
    return true;
}

bool readObjectText(sj::value value, QByteArrayView &out)
{
    sj::object object;
    std::string_view raw;
    if (value.get_object().get(object) || object.raw_json().get(raw))
        return false;
    out = viewOf(raw).trimmed();
    return true;
}

bool readError(sj::value value, Event &event)
{
    sj::object object;
    if (value.get_object().get(object))
        return false;
    for (auto member : object) {
        sj::field field;
        if (std::move(member).get(field))
            return false;
        const std::string_view name = nameOf(field);
        std::optional<qint64> number;
        if (name == "message"sv) {
            if (!readString(field.value(), event.errorMessage))
                return false;
        } else if (name == "status"sv || name == "code"sv) {
            if (!readInteger(field.value(), number))
                return false;
            (name == "status"sv ? event.errorStatus : event.errorCode) = int(number.value_or(0));
        }
    }
    return true;
}

// Servers may add others, such as service_sid: only these name the object itself (protocol.md 8.2, 9.2).
constexpr std::array objectSidNames { "list_sid"sv, "map_sid"sv, "document_sid"sv, "stream_sid"sv,
                                      "object_sid"sv };
constexpr std::array objectRevisionNames { "list_revision"sv, "map_revision"sv, "document_revision"sv };

template <std::size_t n>
bool isOf(std::string_view name, const std::array<std::string_view, n> &names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

// The prefixes list_, map_, document_, stream_ and object_ say what the event's type says already.
bool readMember(std::string_view name, sj::value value, Event &event)
{
    if (name == "id"sv)
        return readInteger(value, event.id);
    if (name == "item_index"sv)
        return readInteger(value, event.index);
    if (name == "item_key"sv) {
        QByteArrayView key;
        if (!readString(value, key))
            return false;
        event.key = key;
        return true;
    }
    if (name == "item_data"sv || name == "document_data"sv || name == "message_data"sv)
        return value.is_null() || readObjectText(value, event.data);
    if (name == "item_revision"sv)
        return readString(value, event.itemRevision);
    if (name == "date_created"sv)
        return readDate(value, event.date);
    if (name == "date_expires"sv) {
        event.hasExpires = true;
        return readDate(value, event.expires);
    }
    if (name == "message_sid"sv)
        return readString(value, event.messageSid);
    if (name == "last_event_id"sv)
        return readInteger(value, event.lastEventId);
    if (name == "replay_status"sv) {
        QByteArrayView status;
        if (!readString(value, status))
            return false;
        event.replayInterrupted = status == QByteArrayView("interrupted");
        return true;
    }
    if (name == "error"sv)
        return readError(value, event);
    if (isOf(name, objectSidNames))
        return readString(value, event.sid);
    if (isOf(name, objectRevisionNames))
        return readString(value, event.revision);
    return true;
}

bool readEvent(sj::object object, Event &event)
{
    for (auto member : object) {
        sj::field field;
        if (std::move(member).get(field) || !readMember(nameOf(field), field.value(), event))
            return false;
    }
    return true;
}

} // namespace

struct NotificationParser::Buffers
{
    sj::parser parser;
    std::vector<char> padded;

    simdjson::padded_string_view pad(QByteArrayView text)
    {
        const auto size = std::size_t(text.size());
        if (padded.size() < size + simdjson::SIMDJSON_PADDING)
            padded.resize(2 * size + simdjson::SIMDJSON_PADDING);
        if (size > 0)
            std::memcpy(padded.data(), text.data(), size);
        std::memset(padded.data() + size, ' ', simdjson::SIMDJSON_PADDING);
        return simdjson::padded_string_view(padded.data(), size, padded.size());
    }
};

NotificationParser::NotificationParser() : m_buffers(std::make_unique<Buffers>()) { }

NotificationParser::~NotificationParser() = default;

SyncResult<const Notification *> NotificationParser::parse(QByteArrayView payload)
{
    const SyncError malformed(
            QStringLiteral("notification: expected a JSON object with event_type and events"));
    Notification &notification = m_notification;
    notification.type = EventType::Unknown;
    notification.correlationId.reset();
    notification.events.clear();
    notification.dropped = 0;

    const auto addEvent = [&notification](sj::object object) {
        return readEvent(object, notification.events.emplace_back());
    };
    sj::document document;
    sj::object root;
    if (m_buffers->parser.iterate(m_buffers->pad(payload)).get(document) || document.get_object().get(root))
        return malformed;
    for (auto member : root) {
        sj::field field;
        if (std::move(member).get(field))
            return malformed;
        const std::string_view name = nameOf(field);
        sj::value value = field.value();
        if (name == "event_type"sv) {
            std::string_view type;
            if (value.get_string().get(type))
                return malformed;
            notification.type = typeOf(type);
        } else if (name == "correlation_id"sv) {
            if (!readInteger(value, notification.correlationId))
                return malformed;
        } else if (name == "event"sv) {
            sj::object object;
            if (value.get_object().get(object) || !addEvent(object))
                return malformed;
        } else if (name == "events"sv) {
            sj::array array;
            if (value.get_array().get(array))
                return malformed;
            for (auto element : array) {
                sj::object object;
                if (element.get_object().get(object) || !addEvent(object))
                    return malformed;
            }
        }
    }
    const auto count = notification.events.size();
    if (notification.type != EventType::Unknown)
        std::erase_if(notification.events,
                      [&](const Event &event) { return !isComplete(notification.type, event); });
    notification.dropped = int(count - notification.events.size());
    return &notification;
}

} // namespace Twilio::Protocol
