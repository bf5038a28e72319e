// What the service sends: the bytes as a notification, then as each of the resources that replies bring.
#include "check.h"
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

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    startQuietly(argc, argv);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArrayView text(bytes, qsizetype(size));
    NotificationParser parser;
    for (int i = 0; i < 2; ++i) // what one leaves behind is nothing to the next
        parseNotification(parser, text);
    parser.trim();

    if (const auto page = parsePageResource(text); const auto *resource = std::get_if<PageResource>(&page)) {
        check(resource->items.size() <= maxPageItems);
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
