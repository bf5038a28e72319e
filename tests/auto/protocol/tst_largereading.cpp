#include "TwilioSync/protocol/notificationreader.h"
#include "TwilioSync/protocol/pagereader.h"
#include "TwilioSync/protocol/queryeventreader.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Twilio::Protocol;
using namespace Qt::StringLiterals;

namespace {

struct Read
{
    QByteArrayList events;
    int incomplete = 0;
    int parts = 0;
    QString error;
};

QByteArray textOf(const Notification &notification, const Event &event)
{
    return QByteArray::number(int(notification.type)) + ' '
            + QByteArray::number(notification.correlationId.value_or(-1)) + ' ' + event.sid.toByteArray()
            + ' ' + QByteArray::number(event.id.value_or(-1)) + ' '
            + QByteArray::number(event.index.value_or(-1)) + ' ' + event.data.toByteArray();
}

void add(Read &read, const Notification &notification)
{
    for (const Event &event : notification.events)
        read.events.append(textOf(notification, event));
    read.incomplete += int(notification.incomplete.size());
    ++read.parts;
}

Read inSteps(const QByteArray &payload)
{
    Read read;
    NotificationReader reader;
    reader.begin(payload, payload, {});
    for (;;) {
        const auto step = reader.next();
        if (const auto *error = errorOf(step)) {
            read.error = error->message();
            return read;
        }
        if (std::get<NotificationReader::Step>(step) == NotificationReader::Step::Done)
            return read;
        if (std::get<NotificationReader::Step>(step) == NotificationReader::Step::Part)
            add(read, reader.part()->notification());
    }
}

Read atOnce(const QByteArray &payload)
{
    Read read;
    NotificationParser parser;
    const auto parsed = parser.parse(payload);
    if (const auto *error = errorOf(parsed))
        read.error = error->message();
    else
        add(read, parser.notification());
    return read;
}

//! With events of \a size bytes, the \a damaged one without an id.
QByteArray events(int count, qsizetype size, int damaged = -1)
{
    QByteArray array;
    for (int i = 0; i < count; ++i) {
        array += (i == 0 ? "{" : ",{")
                + (i == damaged ? QByteArray() : "\"id\":" + QByteArray::number(i) + ',')
                + R"("list_sid":"ES1","item_index":)" + QByteArray::number(i) + R"(,"item_data":{"t":")"
                + QByteArray(size, 'x') + R"("}})";
    }
    return '[' + array + ']';
}

QByteArray items(int count, qsizetype size)
{
    QByteArray array;
    for (int i = 0; i < count; ++i)
        array += (i == 0 ? R"({"index":)" : R"(,{"index":)") + QByteArray::number(i)
                + R"(,"revision":"a","last_event_id":3,"data":{"t":")" + QByteArray(size, 'x') + R"("}})";
    return '[' + array + ']';
}

QByteArray queryItems(int count, qsizetype size)
{
    QByteArrayList items;
    for (int i = 0; i < count; ++i)
        items << R"({"key":"k)" + QByteArray::number(i) + R"(","revision":)" + QByteArray::number(i)
                        + R"(,"data":{"text":")" + QByteArray(size, 'x') + "\"}}";
    return '[' + items.join(',') + ']';
}

QByteArray textOf(const std::vector<QueryItem> &items)
{
    QByteArrayList all;
    for (const QueryItem &item : items)
        all << item.key + ' ' + QByteArray::number(item.revision.value_or(-1)) + ' '
                        + QByteArray::number(item.json.size());
    return all.join(',');
}

} // namespace

//! What is read in steps is what would be read at once.
class tst_LargeReading : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void notification_data();
    void notification();
    void brokenNotification_data();
    void brokenNotification();
    void partsThatAreNeededStay();
    void page_data();
    void page();
    void brokenPage_data();
    void brokenPage();
    void queryResult_data();
    void queryResult();
    void queryEvents_data();
    void queryEvents();
};

void tst_LargeReading::notification_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("isLarge");
    const auto row = [](const char *name, const QByteArray &payload, int count, bool isLarge) {
        QTest::newRow(name) << payload << count << isLarge;
    };
    const QByteArray added = R"({"event_type":"list_item_added","correlation_id":7,"events":)";
    row("small", added + events(3, 10) + '}', 3, false);
    row("many", added + events(20'000, 10) + '}', 20'000, true);
    row("large ones", added + events(5, 400'000) + '}', 5, true);
    row("type behind the events",
        R"({"events":)" + events(3, 400'000) + R"(,"correlation_id":"7","event_type":"list_item_added"})", 3,
        true);
    row("some damaged", added + events(3, 400'000, 1) + '}', 2, true);
    row("no correlation id", R"({"event_type":"list_item_added","events":)" + events(3, 400'000) + '}', 3,
        true);
    row("unknown type", R"({"event_type":"x","events":)" + events(3, 400'000) + '}', 3, true);
    row("one event",
        R"({"event_type":"list_item_added","event":)" + events(1, 400'000).sliced(1).chopped(1) + '}', 1,
        false);
    row("no event",
        R"({"event_type":"list_item_added","events":[],"more":")" + QByteArray(400'000, 'x') + "\"}", 0,
        false);
}

void tst_LargeReading::notification()
{
    QFETCH(QByteArray, payload);
    QFETCH(int, count);
    QFETCH(bool, isLarge);
    const Read read = inSteps(payload);
    const Read expected = atOnce(payload);
    QCOMPARE(read.error, QString());
    QCOMPARE(read.events.size(), count);
    QVERIFY(read.events == expected.events);
    QCOMPARE(read.incomplete, expected.incomplete);
    QVERIFY(isLarge ? read.parts > 1 : read.parts <= 1);
}

void tst_LargeReading::brokenNotification_data()
{
    QTest::addColumn<QByteArray>("payload");
    const QByteArray added = R"({"event_type":"list_item_added","events":)";
    QTest::newRow("ends early") << added + events(3, 400'000).chopped(10);
    QTest::newRow("events are no array") << added + events(1, 400'000).sliced(1).chopped(1) + ",{}}";
    QTest::newRow("a type that is none") << R"({"event_type":7,"events":)" + events(3, 400'000) + '}';
    QTest::newRow("an outcome without a number it names")
            << R"({"event_type":"subscription_failed","correlation_id":{},"events":)" + events(3, 400'000)
                    + '}';
}

void tst_LargeReading::brokenNotification()
{
    QFETCH(QByteArray, payload);
    QCOMPARE(atOnce(payload).error, notificationError().message());
    QCOMPARE(inSteps(payload).error, notificationError().message());
}

// A slot runs an event loop, in which the rest is read.
void tst_LargeReading::partsThatAreNeededStay()
{
    const QByteArray payload = R"({"event_type":"list_item_added","events":)" + events(3, 400'000) + '}';
    NotificationReader reader;
    reader.begin(payload, payload, {});
    std::vector<std::shared_ptr<const NotificationParser>> parts;
    for (auto step = reader.next();
         std::get<NotificationReader::Step>(step) != NotificationReader::Step::Done; step = reader.next()) {
        if (std::get<NotificationReader::Step>(step) == NotificationReader::Step::Part)
            parts.push_back(reader.part());
    }
    reader.end();
    QCOMPARE(parts.size(), 3);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(parts[std::size_t(i)]->notification().events.front().id, i);
    QCOMPARE(std::get<NotificationReader::Step>(reader.next()), NotificationReader::Step::Done);
}

void tst_LargeReading::page_data()
{
    QTest::addColumn<QByteArray>("body");
    const QByteArray meta = R"("meta":{"next_token":"n","previous_token":null})";
    QTest::newRow("items first") << R"({"items":)" + items(100, 20'000) + ',' + meta + '}';
    QTest::newRow("meta first") << '{' + meta + R"(,"items":)" + items(3, 1'000'000) + '}';
    QTest::newRow("no item") << R"({"items":[],)" + meta + '}';
}

void tst_LargeReading::page()
{
    QFETCH(QByteArray, body);
    const auto atOnce = parsePageResource(body);
    QVERIFY(!errorOf(atOnce));
    const auto &expected = std::get<PageResource>(atOnce);
    PageReader reader(body, {});
    auto step = reader.next();
    while (!errorOf(step) && std::get<PageReader::Step>(step) == PageReader::Step::More)
        step = reader.next();
    QVERIFY(!errorOf(step));
    const PageResource read = reader.take();
    QCOMPARE(read.hasNext, expected.hasNext);
    QCOMPARE(read.hasPrevious, expected.hasPrevious);
    QCOMPARE(read.items.size(), expected.items.size());
    for (std::size_t i = 0; i < read.items.size(); ++i) {
        QCOMPARE(read.items[i].index, expected.items[i].index);
        QCOMPARE(read.items[i].revision, expected.items[i].revision);
        QVERIFY(read.items[i].data == expected.items[i].data);
    }
}

void tst_LargeReading::brokenPage_data()
{
    QTest::addColumn<QByteArray>("body");
    const QByteArray meta = R"("meta":{"next_token":"n","previous_token":null})";
    QTest::newRow("ends early") << R"({"items":)" + items(3, 400'000);
    QTest::newRow("no meta") << R"({"items":)" + items(3, 400'000) + '}';
    QTest::newRow("no items") << '{' + meta + R"(,"x":")" + QByteArray(2'000'000, 'x') + "\"}";
    QTest::newRow("too many items") << R"({"items":)" + items(101, 20'000) + ',' + meta + '}';
    QTest::newRow("an item without data")
            << R"({"items":)" + items(3, 400'000).chopped(1) + R"(,{"index":7}],)" + meta + '}';
}

void tst_LargeReading::brokenPage()
{
    QFETCH(QByteArray, body);
    const auto atOnce = parsePageResource(body);
    QVERIFY(errorOf(atOnce));
    PageReader reader(body, {});
    auto step = reader.next();
    while (!errorOf(step) && std::get<PageReader::Step>(step) == PageReader::Step::More)
        step = reader.next();
    QVERIFY(errorOf(step));
    QCOMPARE(errorOf(step)->message(), errorOf(atOnce)->message());
}

void tst_LargeReading::queryResult_data()
{
    QTest::addColumn<QByteArray>("body");
    const QByteArray name = R"("query_id":"QR1","last_event_id":7)";
    QTest::newRow("items first") << R"({"items":)" + queryItems(100, 20'000) + ',' + name + '}';
    QTest::newRow("name first") << '{' + name + R"(,"items":)" + queryItems(3, 1'000'000) + '}';
    QTest::newRow("no item") << R"({"items":[],)" + name + '}';
    QTest::newRow("null") << R"({"items":null,)" + name + '}';
    QTest::newRow("no items") << '{' + name + '}';
    QTest::newRow("no name") << R"({"items":)" + queryItems(3, 400'000) + '}';
    QTest::newRow("ends early") << R"({"items":)" + queryItems(3, 400'000);
    QTest::newRow("items are none") << R"({"items":7,)" + name + '}';
    QTest::newRow("an item without data")
            << '{' + name + R"(,"items":)" + queryItems(3, 400'000).chopped(1) + R"(,{"key":"k"}]})";
}

void tst_LargeReading::queryResult()
{
    QFETCH(QByteArray, body);
    const auto atOnce = parseQueryResult(body, true);
    QueryReader reader(body, true, {});
    auto step = reader.next();
    while (!errorOf(step) && std::get<QueryReader::Step>(step) == QueryReader::Step::More)
        step = reader.next();
    QCOMPARE(bool(errorOf(step)), bool(errorOf(atOnce)));
    if (errorOf(step)) {
        QCOMPARE(errorOf(step)->message(), errorOf(atOnce)->message());
        return;
    }
    const QueryResult read = reader.take();
    const auto &expected = std::get<QueryResult>(atOnce);
    QCOMPARE(read.id, expected.id);
    QCOMPARE(read.lastEventId, expected.lastEventId);
    QCOMPARE(textOf(read.items), textOf(expected.items));
}

void tst_LargeReading::queryEvents_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<int>("leastSteps");
    const auto payload = [](const QByteArray &type, const QByteArray &event) {
        return R"({"event_type":")" + type + R"(","strictly_ordered":true,)" + event + '}';
    };
    const auto whole = [](int count, qsizetype size) {
        return R"({"query_id":"QR1","last_event_id":8,"items":)" + queryItems(count, size) + '}';
    };
    const QByteArray item = R"({"query_id":"QR1","item_key":"k","item_revision":1,"item_data":{"t":")"
            + QByteArray(400'000, 'x') + "\"}}";
    QTest::newRow("a small one") << payload("live_query_updated", R"("events":[)" + whole(2, 10) + ']') << 1;
    QTest::newRow("a whole result") << payload("live_query_updated", R"("event":)" + whole(50, 40'000)) << 50;
    QTest::newRow("two of them") << payload("live_query_updated",
                                            R"("events":[)" + whole(50, 40'000) + ',' + whole(2, 10) + ']')
                                 << 50;
    QTest::newRow("many items") << payload("live_query_item_updated",
                                           R"("events":[)" + item + ',' + item + ',' + item + ']')
                                << 5;
    QTest::newRow("of another kind") << payload("live_query_new", R"("event":)" + whole(50, 40'000)) << 2;
    QTest::newRow("no event") << payload("live_query_updated", R"("x":")" + QByteArray(2'000'000, 'x') + '"')
                              << 2;
    QTest::newRow("events that are none")
            << payload("live_query_updated", R"("events":7,"x":")" + QByteArray(2'000'000, 'x') + '"') << 2;
    QTest::newRow("ends early") << payload("live_query_updated", R"("event":)" + whole(50, 40'000)).chopped(1)
                                << 2;
}

void tst_LargeReading::queryEvents()
{
    QFETCH(QByteArray, payload);
    QFETCH(int, leastSteps);
    const auto atOnce = parseQueryEvents(payload);
    QueryEventReader reader(payload, {});
    QByteArrayList read;
    QByteArrayList expected;
    const auto add = [](QByteArrayList &to, const QueryEvents &events) {
        for (const QueryEvent &event : events.events)
            to << QByteArray::number(int(event.type)) + ' ' + event.id + ' '
                            + QByteArray::number(event.lastEventId.value_or(-1)) + ' ' + textOf(event.items);
    };
    int steps = 0;
    while (true) {
        const auto step = reader.next();
        ++steps;
        if (const auto *error = errorOf(step)) {
            QVERIFY(errorOf(atOnce));
            QCOMPARE(error->message(), errorOf(atOnce)->message());
            return;
        }
        const QueryEvents events = reader.take();
        add(read, events);
        if (!events.events.empty())
            QVERIFY(events.isStrict);
        if (!std::get<bool>(step))
            break;
    }
    QVERIFY(!errorOf(atOnce));
    add(expected, std::get<QueryEvents>(atOnce));
    QCOMPARE(read, expected);
    QVERIFY2(steps >= leastSteps, QByteArray::number(steps));
}

QTEST_APPLESS_MAIN(tst_LargeReading)
#include "tst_largereading.moc"
