#include "TwilioSync/protocol/notification.h"
#include "TwilioSync/protocol/restresources.h"

#include <QtTest/qtest.h>

#include <malloc.h>

using namespace Twilio;
using namespace Twilio::Protocol;

class tst_Notification : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAListEvent();
    void sub11_readsADocumentEvent();
    void readsSingularAndReordered();
    void membersOfTheSameEndingAreNotTheObject();
    void readsOutcomes();
    void keepsRawValues();
    void incompleteEventsAreApart_data();
    void incompleteEventsAreApart();
    void fieldsOfUnexpectedTypeAreLeftOut();
    void dataIsWholeOrNone_data();
    void dataIsWholeOrNone();
    void largeBuffersAreGivenBack();
    void malformedIsAnError_data();
    void malformedIsAnError();
    void unknownTypesAreIgnored();
};

void tst_Notification::readsAListEvent()
{
    NotificationParser parser;
    const auto result = parser.parse(
            R"({"event_type":"list_item_updated","event_protocol_version":4,"events":[{"id":18,"list_sid":"ES1","list_revision":"13","item_index":3,"item_url":"u","item_revision":"12","item_data":{"on":false},"date_created":"2024-05-06T07:12:00.000Z","date_expires":null}]})");
    QVERIFY(!errorOf(result));
    const Notification &notification = *std::get<const Notification *>(result);
    QCOMPARE(notification.type, EventType::ListItemUpdated);
    QVERIFY(!notification.correlationId);
    QCOMPARE(notification.events.size(), std::size_t(1));
    const Event &event = notification.events.front();
    QCOMPARE(event.id, std::optional<qint64>(18));
    QCOMPARE(event.sid, QByteArrayView("ES1"));
    QCOMPARE(event.revision, QByteArrayView("13"));
    QCOMPARE(event.index, std::optional<qint64>(3));
    QCOMPARE(event.itemRevision, QByteArrayView("12"));
    QCOMPARE(event.data, QByteArrayView("{\"on\":false}"));
    QCOMPARE(event.date, std::optional<qint64>(1714979520000));
    QVERIFY(event.hasExpires && !event.expires);
}

void tst_Notification::sub11_readsADocumentEvent()
{
    NotificationParser parser;
    const auto result = parser.parse(
            R"({"event_type":"document_updated","event_protocol_version":4,"event":{"document_data":{"data":1},"date_created":"2022-12-18T09:07:03.443Z","document_revision":"1","date_expires":"2022-12-18T10:07:00.000Z","id":1,"document_sid":"ET000"}})");
    QVERIFY(!errorOf(result));
    const Notification &notification = *std::get<const Notification *>(result);
    QCOMPARE(notification.type, EventType::DocumentUpdated);
    QVERIFY(!notification.correlationId);
    QCOMPARE(notification.events.size(), std::size_t(1));
    const Event &event = notification.events.front();
    QCOMPARE(event.sid, QByteArrayView("ET000"));
    QCOMPARE(event.id, std::optional<qint64>(1));
    QCOMPARE(event.revision, QByteArrayView("1"));
    QCOMPARE(event.data, QByteArrayView("{\"data\":1}"));
    QCOMPARE(event.date, std::optional<qint64>(1671354423443));
    QVERIFY(event.hasExpires);
    QCOMPARE(event.expires, std::optional<qint64>(1671358020000));
}

void tst_Notification::readsSingularAndReordered()
{
    NotificationParser parser;
    const auto result = parser.parse(
            R"({"event":{"item_data":{},"item_key":"a\"\u00e9","item_revision":"1","id":1,"map_sid":"MP1"},"correlation_id":1795482524789,"event_type":"map_item_added"})");
    QVERIFY(!errorOf(result));
    const Notification &notification = *std::get<const Notification *>(result);
    QCOMPARE(notification.type, EventType::MapItemAdded);
    QCOMPARE(notification.correlationId, std::optional<qint64>(1795482524789));
    QCOMPARE(notification.events.size(), std::size_t(1));
    QCOMPARE(notification.events.front().key->toByteArray(), "a\"\u00e9");
    QVERIFY(!notification.events.front().hasExpires);
}

void tst_Notification::membersOfTheSameEndingAreNotTheObject()
{
    NotificationParser parser;
    const auto result = parser.parse(
            R"({"event_type":"document_updated","event":{"id":1,"document_sid":"ET1","document_revision":"1","service_sid":"IS1","service_revision":"9","document_data":{}}})");
    QVERIFY(!errorOf(result));
    const Event &event = std::get<const Notification *>(result)->events.front();
    QCOMPARE(event.sid, QByteArrayView("ET1"));
    QCOMPARE(event.revision, QByteArrayView("1"));
}

void tst_Notification::readsOutcomes()
{
    NotificationParser parser;
    auto result = parser.parse(
            R"({"event_type":"subscription_failed","correlation_id":7,"events":[{"object_sid":"ET1","object_type":"document","error":{"status":404,"code":54100,"message":"Document not found"}}]})");
    const Event &failed = std::get<const Notification *>(result)->events.front();
    QCOMPARE(failed.errorStatus, 404);
    QCOMPARE(failed.errorCode, 54100);
    QCOMPARE(failed.errorMessage, QByteArrayView("Document not found"));
    result = parser.parse(
            R"({"event_type":"subscription_established","correlation_id":7,"events":[{"object_sid":"ES1","object_type":"list","replay_status":"interrupted","last_event_id":17},{"object_sid":"ES2","replay_status":"completed","last_event_id":null}]})");
    const auto &events = std::get<const Notification *>(result)->events;
    QCOMPARE(events.size(), std::size_t(2));
    QVERIFY(events[0].replayInterrupted && !events[1].replayInterrupted);
    QCOMPARE(events[0].lastEventId, std::optional<qint64>(17));
    QVERIFY(!events[1].lastEventId);
}

void tst_Notification::keepsRawValues()
{
    const QByteArray value = R"({"z":18446744073709551616,"a":1.50, "n":null,"s":"\u00fc","o":{"}":["]"]}})";
    NotificationParser parser;
    const auto result =
            parser.parse("{\"event_type\":\"document_updated\",\"event\":{\"id\":4,\"document_sid\":\"ET1\","
                         "\"document_revision\":\"4\",\"document_data\":"
                         + value + "}}");
    QVERIFY(!errorOf(result));
    QCOMPARE(std::get<const Notification *>(result)->events.front().data, QByteArrayView(value));
}

void tst_Notification::incompleteEventsAreApart_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QByteArray>("sid"); // as far as it could be read
    const auto list = [](const char *name, const char *event, const char *sid = "ES1") {
        QTest::newRow(name) << QByteArray("list_item_added") << QByteArray(event) << QByteArray(sid);
    };
    list("no data", R"({"id":1,"list_sid":"ES1","item_index":0})");
    list("data not an object", R"({"id":1,"list_sid":"ES1","item_index":0,"item_data":3})");
    list("data of a bare token", R"({"id":1,"list_sid":"ES1","item_index":0,"item_data":nope})");
    list("no id", R"({"list_sid":"ES1","item_index":0,"item_data":{}})");
    list("id not a number", R"({"id":{},"list_sid":"ES1","item_index":0,"item_data":{}})");
    list("negative id", R"({"id":-1,"list_sid":"ES1","item_index":0,"item_data":{}})");
    list("negative index", R"({"id":1,"list_sid":"ES1","item_index":-5,"item_data":{}})");
    list("index with a fraction", R"({"id":1,"list_sid":"ES1","item_index":1.5,"item_data":{}})");
    list("index beyond all", R"({"id":1,"list_sid":"ES1","item_index":9223372036854775808,"item_data":{}})");
    list("key beside the index", R"({"id":1,"list_sid":"ES1","item_index":1,"item_key":"k","item_data":{}})");
    list("key instead of the index", R"({"id":1,"list_sid":"ES1","item_key":"k","item_data":{}})");
    list("sid not a string", R"({"id":1,"list_sid":7,"item_index":0,"item_data":{}})", "");
    list("sid of a bare token", R"({"id":1,"list_sid":nope,"item_index":0,"item_data":{}})", "");
    list("sid with an escape that is none", R"({"id":1,"list_sid":"\q","item_index":0,"item_data":{}})", "");
    list("not an object", "3", "");
    const auto map = [](const char *name, const char *event) {
        QTest::newRow(name) << QByteArray("map_item_updated") << QByteArray(event) << QByteArray("MP1");
    };
    map("index instead of the key", R"({"id":1,"map_sid":"MP1","item_index":1,"item_data":{}})");
    map("index beside the key", R"({"id":1,"map_sid":"MP1","item_index":1,"item_key":"k","item_data":{}})");
    map("empty key", R"({"id":1,"map_sid":"MP1","item_key":"","item_data":{}})");
    map("null key", R"({"id":1,"map_sid":"MP1","item_key":null,"item_data":{}})");
    const auto context = [](const char *name, const char *event) {
        QTest::newRow(name) << QByteArray("list_context_updated") << QByteArray(event) << QByteArray("ES1");
    };
    context("no context", R"({"id":1,"list_sid":"ES1"})");
    context("context not an object", R"({"id":1,"list_sid":"ES1","context_data":[]})");
    context("context without an id", R"({"list_sid":"ES1","context_data":{}})");
    QByteArray deep;
    for (int i = 0; i < 1025; ++i)
        deep += "{\"a\":";
    const QByteArray value = deep + '1' + QByteArray(1025, '}');
    QTest::newRow("nested too deep") << QByteArray("document_updated")
                                     << "{\"id\":1,\"document_sid\":\"ET1\",\"document_data\":" + value + '}'
                                     << QByteArray("ET1");
    QTest::newRow("outcome that cannot be read")
            << QByteArray("subscription_established")
            << QByteArray(R"({"object_sid":"ES1","replay_status":3,"last_event_id":17})")
            << QByteArray("ES1");
}

//! The events around it are there.
void tst_Notification::incompleteEventsAreApart()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, event);
    QFETCH(QByteArray, sid);
    const QByteArray good = type == "list_context_updated" ? R"({"id":9,"list_sid":"ES1","context_data":{}})"
            : type.startsWith("list")     ? R"({"id":9,"list_sid":"ES1","item_index":"5","item_data":{}})"
            : type.startsWith("map")      ? R"({"id":9,"map_sid":"MP1","item_key":"k","item_data":{}})"
            : type.startsWith("document") ? R"({"id":9,"document_sid":"ET1","document_data":{}})"
                                          : R"({"object_sid":"ES1","replay_status":"completed"})";
    NotificationParser parser;
    const auto result = parser.parse("{\"event_type\":\"" + type + "\",\"correlation_id\":1,\"events\":["
                                     + good + ',' + event + ',' + good + "]}");
    QVERIFY(!errorOf(result));
    const Notification &notification = *std::get<const Notification *>(result);
    QCOMPARE(notification.events.size(), std::size_t(2));
    QCOMPARE(notification.incomplete.size(), std::size_t(1));
    QCOMPARE(notification.incomplete.front().sid.toByteArray(), sid);
}

void tst_Notification::fieldsOfUnexpectedTypeAreLeftOut()
{
    NotificationParser parser;
    const auto result = parser.parse(
            R"({"event_type":"list_item_updated","correlation_id":true,"events":[{"id":1,"list_sid":"ES1","list_revision":5,"item_index":3,"item_revision":{},"item_data":{"a":1},"date_created":"yesterday","date_expires":7}]})");
    QVERIFY(!errorOf(result));
    const Notification &notification = *std::get<const Notification *>(result);
    QVERIFY(!notification.correlationId);
    QCOMPARE(notification.events.size(), std::size_t(1));
    const Event &event = notification.events.front();
    QVERIFY(event.isDamaged);
    QCOMPARE(event.data, QByteArrayView("{\"a\":1}"));
    QVERIFY(event.revision.isEmpty() && event.itemRevision.isEmpty() && !event.date);
    QVERIFY(!event.hasExpires); // the expiry stays as it was
}

void tst_Notification::dataIsWholeOrNone_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::newRow("no name") << QByteArray(R"({i,"date_created":"x"})");
    QTest::newRow("no name, then an object") << QByteArray(R"({i,"a":{}})");
    QTest::newRow("a number as a name") << QByteArray(R"({1:2})");
    QTest::newRow("no value") << QByteArray(R"({"a"})");
    QTest::newRow("a comma") << QByteArray(R"({,})");
    QTest::newRow("does not close") << QByteArray(R"({i,"a":"x")");
    QTest::newRow("does not close, has names") << QByteArray(R"({"a":"x")");
    QTest::newRow("closed as an array") << QByteArray(R"({"a":1])");
}

//! Broken contents never reach beyond their end, nor stop before it.
void tst_Notification::dataIsWholeOrNone()
{
    QFETCH(QByteArray, data);
    const QByteArray text =
            R"({"event_type":"document_updated","event":{"id":1,"document_sid":"ET1","document_data":)" + data
            + "}}";
    NotificationParser parser;
    const auto result = parser.parse(text);
    const auto *const parsed = std::get_if<const Notification *>(&result);
    if (!parsed)
        return;
    for (const auto *const events : { &(*parsed)->events, &(*parsed)->incomplete }) {
        for (const Event &event : *events)
            QVERIFY2(event.data.isEmpty() || (event.data == data && data.endsWith('}')),
                     event.data.toByteArray());
    }
}

void tst_Notification::largeBuffersAreGivenBack()
{
    const auto heap = [] {
        const auto info = ::mallinfo2();
        return qint64(info.uordblks + info.hblkhd);
    };
    NotificationParser parser;
    const auto document = [](qsizetype size) {
        return R"({"event_type":"document_updated","event":{"id":1,"document_sid":"ET1","document_data":{"a":")"
                + QByteArray(size, 'x') + "\"}}}";
    };
    QVERIFY(!errorOf(parser.parse(document(10))));
    const qint64 before = heap();
    constexpr qsizetype large = 20 * 1024 * 1024;
    {
        const QByteArray payload = document(large);
        QVERIFY(!errorOf(parser.parse(payload)));
        const auto root = parseRootResource("{\"sid\":\"ET1\",\"data\":" + payload + '}');
        QVERIFY(!errorOf(root));
        QCOMPARE(std::get<RootResource>(root).data.size(), payload.size());
    }
    parser.trim();
    QVERIFY2(heap() - before < large / 20, qPrintable(QString::number(heap() - before)));
}

void tst_Notification::malformedIsAnError_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("array") << QByteArray("[]");
    QTest::newRow("cut off") << QByteArray(
            R"({"event_type":"list_item_added","events":[{"id":1,"list_sid":"ES)");
    QTest::newRow("bare token for all") << QByteArray("nope");
    QTest::newRow("bare token for the type") << QByteArray(R"({"event_type":nope,"events":[]})");
    QTest::newRow("bracket that does not close")
            << QByteArray(R"({"event_type":"list_item_added","events":[{"id":1,"list_sid":"E"]})");
    QTest::newRow("more behind it") << QByteArray(R"({"event_type":"list_item_added","events":[]}{})");
    QTest::newRow("answer to what") << QByteArray(
            R"({"event_type":"subscription_canceled","correlation_id":{},"events":[{"object_sid":"ES1"}]})");
    QTest::newRow("events not an array") << QByteArray(R"({"event_type":"list_item_added","events":3})");
    QTest::newRow("not UTF-8") << QByteArray("{\"event_type\":\"\xff\"}");
    QTest::newRow("text") << QByteArray("garbage");
}

void tst_Notification::malformedIsAnError()
{
    QFETCH(QByteArray, payload);
    NotificationParser parser;
    QVERIFY(errorOf(parser.parse(payload)));
    QVERIFY(!errorOf(parser.parse("{\"event_type\":\"stream_removed\",\"event\":{\"stream_sid\":\"TO1\"}}")));
}

void tst_Notification::unknownTypesAreIgnored()
{
    NotificationParser parser;
    const auto result = parser.parse("{\"event_type\":\"list_item_polished\",\"events\":[{\"id\":1}]}");
    QVERIFY(!errorOf(result));
    QCOMPARE(std::get<const Notification *>(result)->type, EventType::Unknown);
}

QTEST_APPLESS_MAIN(tst_Notification)
#include "tst_notification.moc"
