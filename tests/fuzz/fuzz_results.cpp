// What the service answers to queries, and tells of live ones: the bytes as a result, at once and in steps,
// and as a notification.
#include "check.h"
#include "TwilioSync/protocol/queryeventreader.h"

#include <numeric>

using namespace Twilio::Protocol;

namespace {

// AddressSanitizer speaks up if a view is not in range.
void readAll(const std::vector<QueryItem> &items)
{
    for (const QueryItem &item : items) {
        (void)std::accumulate(item.json.begin(), item.json.end(), 0U);
        check(item.json.isEmpty() || (item.json.startsWith('{') && item.json.endsWith('}')));
    }
}

bool areSame(const std::vector<QueryItem> &left, const std::vector<QueryItem> &right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const QueryItem &a, const QueryItem &b) {
                          return a.key == b.key && a.json == b.json && a.revision == b.revision;
                      });
}

// The same as at once, unless something is there twice, or what nobody looks at is no JSON.
void readInSteps(QByteArrayView text, bool isLive)
{
    const auto atOnce = parseQueryResult(text, isLive);
    const auto *const expected = std::get_if<QueryResult>(&atOnce);
    if (expected)
        readAll(expected->items);
    QueryReader reader(text.toByteArray(), isLive, {});
    auto step = reader.next();
    while (!Twilio::errorOf(step) && std::get<LargeReader::Step>(step) == LargeReader::Step::More)
        step = reader.next();
    const bool isRead = !Twilio::errorOf(step);
    const QueryResult read = reader.take();
    readAll(read.items);
    const bool isPlain =
            isValidJson(text) && !text.contains('\\') && text.toByteArray().count("\"items\"") < 2;
    if (!isPlain)
        return;
    check(isRead == bool(expected));
    if (expected)
        check(read.id == expected->id && read.lastEventId == expected->lastEventId
              && areSame(read.items, expected->items));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArrayView text(bytes, qsizetype(size));
    readInSteps(text, true);
    readInSteps(text, false);
    (void)isOfQueries(text);
    QueryEventReader reader(text, {});
    const auto more = reader.next();
    const QueryEvents events = reader.take();
    check(Twilio::errorOf(more) ? events.events.empty() : !std::get<bool>(more));
    for (const QueryEvent &event : events.events) {
        check(!event.id.isEmpty() && event.type != QueryEvent::Type::Unknown);
        readAll(event.items);
    }
    return 0;
}
