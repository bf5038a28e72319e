// What the service sends: the bytes as a notification, then as each of the resources that replies bring.
#include "check.h"
#include "TwilioSync/protocol/arraysplitter.h"
#include "TwilioSync/protocol/notification.h"
#include "TwilioSync/protocol/restresources.h"

#include <numeric>

using namespace Twilio::Protocol;

namespace {

// AddressSanitizer speaks up if a view is not in range.
void readAll(QByteArrayView view) { (void)std::accumulate(view.begin(), view.end(), 0U); }

// Values are only checked for balance.
void checkContents(QByteArrayView json)
{
    check(json.isEmpty() || (json.startsWith('{') && json.endsWith('}')));
}

void readAll(const Event &event)
{
    for (const QByteArrayView view : { event.sid, event.revision, event.itemRevision, event.data,
                                       event.messageSid, event.errorMessage, event.key.value_or("") })
        readAll(view);
    checkContents(event.data);
}

void parseNotification(NotificationParser &parser, QByteArrayView bytes)
{
    const auto parsed = parser.parse(bytes);
    if (Twilio::errorOf(parsed))
        return;
    const Notification &notification = *std::get<const Notification *>(parsed);
    for (const Event &event : notification.events) {
        readAll(event);
        check(notification.type == EventType::Unknown // nobody looks at those
              || (!event.sid.isEmpty() && event.id.value_or(0) >= 0));
    }
    for (const Event &event : notification.incomplete)
        readAll(event);
    check(notification.type != EventType::Unknown || notification.incomplete.empty());
}

ArraySplitter::State splitAll(ArraySplitter &splitter, qsizetype bytes)
{
    auto state = ArraySplitter::State::More;
    while (state == ArraySplitter::State::More)
        state = splitter.scan(bytes);
    return state;
}

// As one that is too large to be parsed at once: in whatever steps, and as the parser that takes all of it.
void split(QByteArrayView text)
{
    ArraySplitter slowly(text, "events");
    ArraySplitter atOnce(text, "events");
    const auto state = splitAll(slowly, 7);
    check(state == splitAll(atOnce, text.size() + 1));
    check(slowly.elements() == atOnce.elements());
    for (const QByteArrayView element : slowly.elements())
        readAll(element);
    if (!isValidJson(text) || !text.trimmed().startsWith('{'))
        return;
    check(state == ArraySplitter::State::Done);
    NotificationParser whole;
    const auto parsed = whole.parse(text);
    NotificationParser part;
    if (Twilio::errorOf(parsed) || !atOnce.hasArray() || atOnce.value("event").exists()
        || atOnce.elements().empty())
        return;
    const QByteArrayView elements(atOnce.elements().front().begin(), atOnce.elements().back().end());
    if (part.begin(atOnce.value("event_type"), atOnce.value("correlation_id")))
        (void)part.readEvents(elements, {});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArrayView text(bytes, qsizetype(size));
    NotificationParser parser;
    for (int i = 0; i < 2; ++i) // what one leaves behind is nothing to the next
        parseNotification(parser, text);
    parser.trim();
    split(text);

    if (const auto page = parsePageResource(text); const auto *resource = std::get_if<PageResource>(&page)) {
        check(resource->items.size() <= std::size_t(maxPageItems));
        for (const ItemResource &item : resource->items)
            checkContents(item.data);
    }
    if (const auto item = parseItemResource(text); const auto *resource = std::get_if<ItemResource>(&item))
        checkContents(resource->data);
    if (const auto root = parseRootResource(text); const auto *resource = std::get_if<RootResource>(&root))
        checkContents(resource->data);
    (void)parseSubscriptionTerms(text);
    (void)parseMessageSid(text);
    return 0;
}
