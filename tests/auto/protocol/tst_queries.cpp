#include "TwilioSync/protocol/queries.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Twilio::Protocol;
using namespace Qt::StringLiterals;

// protocol.md, 7.8 and 8.2: what is asked, and what comes back.
class tst_Queries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsAsked();
    void results_data();
    void results();
    void events_data();
    void events();
    void recognizesItsOwn();
    void limitsHold();

private:
    static QByteArray text(const std::vector<QueryItem> &items)
    {
        QByteArrayList all;
        for (const QueryItem &item : items)
            all << item.key + '@' + (item.revision ? QByteArray::number(*item.revision) : QByteArray("-"))
                            + '=' + item.json.toByteArray();
        return all.join(' ');
    }
    static QByteArray text(const SyncError &error) { return "error: " + error.message().toUtf8(); }
};

void tst_Queries::whatIsAsked()
{
    QCOMPARE(queryPath(u"tr-worker"_s), "/v3/Insights/tr-worker/Items");
    QCOMPARE(queryPath(u"a/b ü."_s), "/v3/Insights/a%2Fb%20%C3%BC%2E/Items");
    QCOMPARE(queryBody(u"data.a == \"b\"", true),
             "{\"query_string\":\"data.a == \\\"b\\\"\",\"type\":\"live_query\"}");
    QCOMPARE(queryBody(u"", false), "{\"query_string\":\"\"}");
    QCOMPARE(querySubscription(u"i", u"\""), ",\"index_name\":\"i\",\"query_string\":\"\\\"\"");
}

void tst_Queries::results_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const char *body, const char *expected) {
        QTest::newRow(name) << QByteArray(body) << QByteArray(expected);
    };
    row("two items",
        R"({"query_id":"q","last_event_id":4,"items":[{"key":"a","data":{"n": 1},"revision":9},)"
        R"({"revision":0,"data":{},"key":"\u00fc"}]})",
        "q 4 a@9={\"n\": 1} \xc3\xbc@0={}");
    row("no revision", R"({"query_id":"q","last_event_id":4,"items":[{"key":"a","data":{}}]})", "q 4 a@-={}");
    row("no items", R"({"query_id":"q","last_event_id":4,"items":[]})", "q 4 ");
    row("items are absent", R"({"query_id":"q"})", "q -1 ");
    row("items are null", R"({"query_id":"q","items":null})", "q -1 ");
    row("no id", R"({"items":[]})", "error: unexpected reply: result of a query: expected a query_id");
    row("no object", "[]", "error: unexpected reply: result of a query: expected a JSON object");
    row("malformed", R"({"query_id":"q")",
        "error: unexpected reply: result of a query: expected a JSON object");
    row("items are none", R"({"query_id":"q","items":{}})",
        "error: unexpected reply: result of a query: expected an array of items");
    row("no key", R"({"query_id":"q","items":[{"data":{}}]})",
        "error: unexpected reply: item of a query: expected a key");
    row("an empty item", R"({"query_id":"q","items":[{}]})",
        "error: unexpected reply: item of a query: expected a key");
    row("no data", R"({"query_id":"q","items":[{"key":"a"}]})",
        "error: unexpected reply: item of a query: expected data that is an object");
    row("data is no object", R"({"query_id":"q","items":[{"key":"a","data":[1]}]})",
        "error: unexpected reply: item of a query: expected data that is an object");
}

void tst_Queries::results()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, expected);
    const auto parsed = parseQueryResult(body, true);
    if (const auto *error = errorOf(parsed)) {
        QCOMPARE(text(*error), expected);
        return;
    }
    const auto &result = std::get<QueryResult>(parsed);
    QCOMPARE(result.id + ' ' + QByteArray::number(result.lastEventId) + ' ' + text(result.items), expected);
}

void tst_Queries::events_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const char *payload, const char *expected) {
        QTest::newRow(name) << QByteArray(payload) << QByteArray(expected);
    };
    row("updated",
        R"({"event_type":"live_query_item_updated","strictly_ordered":true,"events":[{"query_id":"q",)"
        R"("last_event_id":7,"item_key":"k","item_revision":8,"item_data":{"a":1}}]})",
        "strict [q 7 updated k@8={\"a\":1}]");
    row("removed", R"({"event_type":"live_query_item_removed","events":[{"query_id":"q","item_key":"k"}]})",
        "[q - removed k@-=]");
    row("replaced, one event a notification",
        R"({"event":{"query_id":"q","items":[{"key":"k","data":{},"revision":1}]},"event_type":"live_query_updated"})",
        "[q - replaced k@1={}]");
    row("replaced by nothing",
        R"({"event_type":"live_query_updated","events":[{"query_id":"q","items":[]}]})", "[q - replaced ]");
    row("several",
        R"({"event_type":"live_query_item_removed","events":[{"query_id":"q","item_key":"a"},)"
        R"({"query_id":"r","item_key":"b"}]})",
        "[q - removed a@-=][r - removed b@-=]");
    row("newer than this", R"({"event_type":"live_query_moved","events":[{"query_id":"q"}]})", "");
    row("no id", R"({"event_type":"live_query_item_removed","events":[{"item_key":"a"}]})",
        "error: unexpected reply: event of a query: expected a query_id");
    row("no key", R"({"event_type":"live_query_item_removed","events":[{"query_id":"q"}]})",
        "error: unexpected reply: item of a query: expected a key");
    row("no data", R"({"event_type":"live_query_item_updated","events":[{"query_id":"q","item_key":"k"}]})",
        "error: unexpected reply: item of a query: expected data that is an object");
    row("no event", R"({"event_type":"live_query_item_removed"})",
        "error: unexpected reply: event of a query: expected a query_id");
    row("events are none", R"({"event_type":"live_query_item_removed","events":{}})",
        "error: unexpected reply: notification of a query: expected an array of events");
    row("malformed", R"({"event_type":"live_query_item_removed")",
        "error: unexpected reply: notification of a query: expected a JSON object");
}

void tst_Queries::events()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, expected);
    const auto parsed = parseQueryEvents(payload);
    if (const auto *error = errorOf(parsed)) {
        QCOMPARE(text(*error), expected);
        return;
    }
    const auto &events = std::get<QueryEvents>(parsed);
    QByteArray told = events.isStrict ? "strict " : "";
    for (const QueryEvent &event : events.events) {
        const char *const type = event.type == QueryEvent::Type::ItemUpdated ? "updated"
                : event.type == QueryEvent::Type::ItemRemoved                ? "removed"
                                                                             : "replaced";
        told += '[' + event.id + ' '
                + (event.lastEventId ? QByteArray::number(*event.lastEventId) : QByteArray("-")) + ' ' + type
                + ' ' + text(event.items) + ']';
    }
    QCOMPARE(told, expected);
}

void tst_Queries::recognizesItsOwn()
{
    QVERIFY(isOfQueries(R"({"events":[{"event_type":"x"}],"event_type":"live_query_updated"})"));
    QVERIFY(!isOfQueries(R"({"event_type":"map_item_updated","events":[]})"));
    QVERIFY(!isOfQueries(R"({"events":[]})"));
    QVERIFY(!isOfQueries("no JSON"));
}

void tst_Queries::limitsHold()
{
    const QByteArray deep = R"({"query_id":"q","items":[{"key":"a","data":{"a":{"b":{}}}}]})";
    QVERIFY(!errorOf(parseQueryResult(deep, true, { .depth = 3 })));
    QVERIFY(errorOf(parseQueryResult(deep, true, { .depth = 2 })));
    const auto withKey = [](qsizetype size) {
        return R"({"query_id":"q","items":[{"key":")" + QByteArray(size, 'k') + R"(","data":{}}]})";
    };
    QVERIFY(!errorOf(parseQueryResult(withKey(65'535), true)));
    QVERIFY(errorOf(parseQueryResult(withKey(65'536), true)));
}

QTEST_GUILESS_MAIN(tst_Queries)
#include "tst_queries.moc"
