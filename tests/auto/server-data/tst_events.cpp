#include "datafixture.h"
#include "server/operations/seeder.h"

#include <QtTest/qtest.h>

#include <limits>
#include <optional>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(std::optional<qint64>)
Q_DECLARE_METATYPE(Twilio::Server::ObjectKind)

// The invariants of protocol.md 7.1, the fields of 8.2 and the replay of 9.3.
class tst_Events : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fields_data();
    void fields();
    void writeAnswersWithTheIdOfItsEvent();
    void idsAreConsecutiveAndRevisionsAreHex();
    void ttlChanges_data();
    void ttlChanges();
    void removalTellsTheLastValue();
    void removedObjectsAreTold_data();
    void removedObjectsAreTold();
    void replay_data();
    void replay();
    void replayEqualsWhatWasTold();
    void replayOfADocumentIsItsLatestState();
    void replayOfOthers_data();
    void replayOfOthers();
    void changesSayWhoMadeThem();
    void changesOutliveTheirObject();
    void burstsForTests();

private:
    static QByteArray idsOf(const Twilio::SyncResult<Replay> &result);
};

QByteArray tst_Events::idsOf(const Twilio::SyncResult<Replay> &result)
{
    if (const auto *error = Twilio::errorOf(result))
        return error->message().toUtf8();
    const auto &replay = std::get<Replay>(result);
    QByteArrayList ids;
    for (const Change &change : replay.changes)
        ids << QByteArray::number(change.record.id);
    return ids.join(',') + (replay.interrupted ? " interrupted at " : " completed at ")
            + (replay.lastEventId ? QByteArray::number(*replay.lastEventId) : QByteArray("nothing"));
}

void tst_Events::fields_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("json"); // SID, LAST (the message's sid) and URL replaced
    const auto row = [](const char *collection, const char *method, const char *tail, const char *body,
                        const char *type, const char *json) {
        QTest::newRow(type) << QByteArray(collection) << QByteArray(method) << QByteArray(tail)
                            << QByteArray(body) << QByteArray(type) << QByteArray(json);
    };
    row("Documents", "POST", "", R"({"data":{"a":1},"ttl":60})", "document_updated",
        R"({"id":1,"document_sid":"SID","document_unique_name":"n","document_revision":"1",)"
        R"("date_created":"2023-11-14T22:13:20.123Z","date_expires":"2023-11-14T22:14:20.123Z",)"
        R"("document_data":{"a":1}})");
    row("Documents", "DELETE", "", "", "document_removed",
        R"({"id":1,"document_sid":"SID","date_created":"2023-11-14T22:13:20.123Z"})");
    row("Lists", "POST", "/Items", R"({"data":{"a":1}})", "list_item_added",
        R"({"id":1,"list_sid":"SID","list_revision":"2","item_index":1,"item_url":"URL/Items/1",)"
        R"("item_revision":"1","date_created":"2023-11-14T22:13:20.123Z","date_expires":null,"item_data":{"a":1}})");
    row("Lists", "POST", "/Items/0", R"({"data":{"a":1},"ttl":1})", "list_item_updated",
        R"({"id":1,"list_sid":"SID","list_revision":"2","item_index":0,"item_url":"URL/Items/0",)"
        R"("item_revision":"1","date_created":"2023-11-14T22:13:20.123Z",)"
        R"("date_expires":"2023-11-14T22:13:21.123Z","item_data":{"a":1}})");
    row("Lists", "DELETE", "/Items/0", "data_sync", "list_item_removed",
        R"({"id":1,"list_sid":"SID","list_revision":"2","item_index":0,"item_url":"URL/Items/0",)"
        R"("item_revision":"1","date_created":"2023-11-14T22:13:20.123Z","date_expires":null,"item_data":{"n":0}})");
    row("Lists", "POST", "/Context", R"({"data":{"c":1}})", "list_context_updated",
        R"({"id":1,"list_sid":"SID","list_revision":"2","date_created":"2023-11-14T22:13:20.123Z",)"
        R"("context_data":{"c":1}})");
    row("Lists", "DELETE", "", "", "list_removed",
        R"({"id":1,"list_sid":"SID","date_created":"2023-11-14T22:13:20.123Z"})");
    row("Maps", "POST", "/Items", R"({"key":"a b","data":{"a":1}})", "map_item_added",
        R"({"id":1,"map_sid":"SID","map_revision":"2","item_key":"a b","item_url":"URL/Items/a%20b",)"
        R"("item_revision":"1","date_created":"2023-11-14T22:13:20.123Z","date_expires":null,"item_data":{"a":1}})");
    row("Maps", "PUT", "/Items/k", R"({"data":{"a":1}})", "map_item_updated",
        R"({"id":1,"map_sid":"SID","map_revision":"2","item_key":"k","item_url":"URL/Items/k",)"
        R"("item_revision":"1","date_created":"2023-11-14T22:13:20.123Z","date_expires":null,"item_data":{"a":1}})");
    row("Maps", "DELETE", "/Items/k", "", "map_item_removed",
        R"({"id":1,"map_sid":"SID","map_revision":"2","item_key":"k","item_url":"URL/Items/k",)"
        R"("item_revision":"1","date_created":"2023-11-14T22:13:20.123Z","date_expires":null,"item_data":{"n":0}})");
    row("Maps", "DELETE", "", "", "map_removed",
        R"({"id":1,"map_sid":"SID","date_created":"2023-11-14T22:13:20.123Z"})");
    row("Streams", "POST", "/Messages", R"({"data":{"x":1}})", "stream_message_published",
        R"({"stream_sid":"SID","message_sid":"LAST","date_created":"2023-11-14T22:13:20.123Z",)"
        R"("message_data":{"x":1}})");
    row("Streams", "DELETE", "", "", "stream_removed",
        R"({"stream_sid":"SID","date_created":"2023-11-14T22:13:20.123Z"})");
}

void tst_Events::fields()
{
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, tail);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, json);
    DataFixture server;
    const QByteArray path = server.create(collection, R"({"unique_name":"n"})");
    if (collection == "Lists")
        server.call("POST", path + "/Items", R"({"data":{"n":0}})");
    if (collection == "Maps")
        server.call("PUT", path + "/Items/k", R"({"data":{"n":0}})");
    const QByteArray url = DataFixture::json(server.call("GET", path))[u"url"].toString().toUtf8();
    server.events.clear();
    const auto reply = server.call(method, path + tail, body);
    QCOMPARE(server.eventTypes(), QByteArrayList { type });
    const auto &told = server.events.first();
    json.replace("SID", DataFixture::sidOf(path));
    json.replace("URL", url);
    json.replace("LAST", DataFixture::json(reply)[u"sid"].toString().toUtf8());
    QCOMPARE(told.event.json, json);
    QCOMPARE(told.event.id, collection == "Streams" ? -1 : 1);
    QCOMPARE(told.removesObject, method == "DELETE" && tail.isEmpty());
    QCOMPARE(told.service, server.caller.serviceSid);
    QCOMPARE(told.object.sid, DataFixture::sidOf(path));
}

void tst_Events::writeAnswersWithTheIdOfItsEvent()
{
    DataFixture server;
    const QByteArray document = server.create("Documents");
    const QByteArray list = server.create("Lists");
    const QByteArray map = server.create("Maps");
    const QList<std::pair<QByteArray, QByteArray>> writes {
        { "POST", document },           { "POST", document },          { "POST", list + "/Items" },
        { "POST", list + "/Items" },    { "POST", list + "/Items/0" }, { "DELETE", list + "/Items/1" },
        { "PUT", map + "/Items/k" },    { "PUT", map + "/Items/k" },   { "POST", map + "/Items/k" },
        { "DELETE", map + "/Items/k" },
    };
    for (const auto &[method, path] : writes) {
        server.events.clear();
        const QJsonObject reply = DataFixture::json(server.call(method, path, R"({"data":{}})"));
        QCOMPARE(server.events.size(), 1);
        const QJsonObject event = DataFixture::json(server.events.first().event.json);
        QCOMPARE(reply[u"last_event_id"].toInt(-7), event[u"id"].toInt(-8));
        const QString revision = path == document ? u"document_revision"_s : u"item_revision"_s;
        QCOMPARE(reply[u"revision"], event[revision]);
        QCOMPARE(reply[u"date_updated"], event[u"date_created"]);
        QCOMPARE(reply[u"date_expires"], event[u"date_expires"]);
    }
}

void tst_Events::idsAreConsecutiveAndRevisionsAreHex()
{
    DataFixture server;
    const QJsonObject document = DataFixture::json(server.call("POST", "/v3/Documents", "{}"));
    QCOMPARE(document[u"last_event_id"].toInt(-7), 0);
    QCOMPARE(document[u"revision"].toString(), u"0"_s);
    const QByteArray map = server.create("Maps");
    QCOMPARE(DataFixture::json(server.call("GET", map))[u"last_event_id"].toInt(-7), -1);
    QCOMPARE(DataFixture::json(server.call("GET", map))[u"revision"].toString(), u"0"_s);
    for (int i = 0; i <= 431; ++i) {
        const QJsonObject item = DataFixture::json(server.call("PUT", map + "/Items/k", R"({"data":{}})"));
        QCOMPARE(item[u"last_event_id"].toInt(), i);
    }
    // The recorded example of protocol.md 7.1.
    const QJsonObject last = DataFixture::json(server.events.last().event.json);
    QCOMPARE(last[u"id"].toInt(), 431);
    QCOMPARE(last[u"item_revision"].toString(), u"1af"_s);
    QCOMPARE(last[u"map_revision"].toString(), u"1b0"_s);
    QCOMPARE(DataFixture::json(server.call("GET", map))[u"revision"].toString(), u"1b0"_s);
}

void tst_Events::ttlChanges_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<QByteArray>("event");
    QTest::newRow("document") << QByteArray("Documents") << QByteArray() << QByteArray("document_updated");
    QTest::newRow("list") << QByteArray("Lists") << QByteArray() << QByteArray();
    QTest::newRow("map") << QByteArray("Maps") << QByteArray() << QByteArray();
    QTest::newRow("stream") << QByteArray("Streams") << QByteArray() << QByteArray();
    QTest::newRow("list item") << QByteArray("Lists") << QByteArray("/Items/0")
                               << QByteArray("list_item_updated");
    QTest::newRow("map item") << QByteArray("Maps") << QByteArray("/Items/k")
                              << QByteArray("map_item_updated");
}

void tst_Events::ttlChanges()
{
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, tail);
    QFETCH(QByteArray, event);
    DataFixture server;
    const QByteArray path = server.create(collection);
    if (collection == "Lists")
        server.call("POST", path + "/Items", R"({"data":{"n":1}})");
    if (collection == "Maps")
        server.call("PUT", path + "/Items/k", R"({"data":{"n":1}})");
    const QJsonObject before = DataFixture::json(server.call("GET", path + tail));
    server.events.clear();
    const QJsonObject reply = DataFixture::json(server.call("POST", path + tail, R"({"ttl":60})"));
    const QJsonObject after = DataFixture::json(server.call("GET", path + tail));
    QCOMPARE(reply[u"date_expires"].toString(), u"2023-11-14T22:14:20.123Z"_s);
    QCOMPARE(server.eventTypes(), event.isEmpty() ? QByteArrayList() : QByteArrayList { event });
    QCOMPARE(reply[u"revision"] == before[u"revision"], event.isEmpty());
    QCOMPARE(reply[u"last_event_id"] == before[u"last_event_id"], event.isEmpty());
    QCOMPARE(after[u"data"], before[u"data"]);
}

void tst_Events::removalTellsTheLastValue()
{
    DataFixture server;
    const QByteArray item = server.create("Maps") + "/Items/k";
    server.call("PUT", item, R"({"data":{"n":1},"ttl":60})");
    server.now += 1000;
    server.call("PUT", item, R"({"data":{"n":2}})");
    server.now += 1000;
    const QJsonObject reply = DataFixture::json(server.call("DELETE", item));
    const QJsonObject event = DataFixture::json(server.events.last().event.json);
    QCOMPARE(event[u"item_data"][u"n"].toInt(), 2);
    QCOMPARE(event[u"date_expires"].toString(), u"2023-11-14T22:14:20.123Z"_s);
    QCOMPARE(reply[u"date_created"].toString(), u"2023-11-14T22:13:20.123Z"_s);
    QCOMPARE(reply[u"date_updated"].toString(), u"2023-11-14T22:13:22.123Z"_s);
}

void tst_Events::removedObjectsAreTold_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QByteArray>("again");
    QTest::newRow("document") << QByteArray("Documents") << QByteArray("404 54100 Document not found");
    QTest::newRow("list") << QByteArray("Lists") << QByteArray("404 54150 List not found");
    QTest::newRow("map") << QByteArray("Maps") << QByteArray("404 54200 Map not found");
    QTest::newRow("stream") << QByteArray("Streams") << QByteArray("404 54250 Stream not found");
}

void tst_Events::removedObjectsAreTold()
{
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, again);
    DataFixture server;
    const QByteArray path = server.create(collection);
    server.call("DELETE", path);
    QCOMPARE(server.events.size(), 1);
    QVERIFY(server.events.last().removesObject);
    const ObjectRef object = server.events.last().object;
    QCOMPARE(DataFixture::brief(server.call("GET", path)), again);
    QCOMPARE(DataFixture::brief(server.call("DELETE", path)), again);
    const auto replay = server.replay(object, 0, 10);
    QVERIFY(Twilio::errorOf(replay));
    QCOMPARE(Twilio::errorOf(replay)->status(), 404);
    QVERIFY(again.contains(QByteArray::number(Twilio::errorOf(replay)->code())));
    QCOMPARE(server.data->objectCount(), 0);
    QCOMPARE(server.events.size(), 1);
}

void tst_Events::replay_data()
{
    QTest::addColumn<std::optional<qint64>>("cursor");
    QTest::addColumn<int>("limit");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, std::optional<qint64> cursor, int limit, const char *expected) {
        QTest::newRow(name) << cursor << limit << QByteArray(expected);
    };
    // Events 0 to 4.
    row("from the beginning", -1, 100, "0,1,2,3,4 completed at 4");
    row("before the beginning", -2, 100, "0,1,2,3,4 completed at 4");
    row("half way", 2, 100, "3,4 completed at 4");
    row("up to date", 4, 100, " completed at 4");
    row("ahead", 40, 100, " completed at 4");
    row("no cursor", std::nullopt, 100, " completed at 4");
    row("exactly the limit", -1, 5, "0,1,2,3,4 completed at 4");
    row("one too many", -1, 4, "0,1,2,3 interrupted at 3");
    row("one at a time", 1, 1, "2 interrupted at 2");
    row("none at a time", 1, 0, " interrupted at 1");
    row("absurdly old", std::numeric_limits<qint64>::min(), 2, "0,1 interrupted at 1");
    row("absurdly new", std::numeric_limits<qint64>::max(), 2, " completed at 4");
}

void tst_Events::replay()
{
    QFETCH(std::optional<qint64>, cursor);
    QFETCH(int, limit);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const QByteArray map = server.create("Maps");
    for (int i = 0; i < 5; ++i)
        server.call("PUT", map + "/Items/k", R"({"data":{}})");
    const ObjectRef object { DataFixture::sidOf(map), ObjectKind::Map };
    QCOMPARE(idsOf(server.replay(object, cursor, limit)), expected);
}

void tst_Events::replayEqualsWhatWasTold()
{
    DataFixture server;
    const QByteArray list = server.create("Lists");
    server.call("POST", list + "/Items", R"({"data":{"a":1.50},"ttl":60})");
    server.now += 7;
    server.call("POST", list + "/Items/0", R"({"data":{"a":2}})");
    server.call("POST", list + "/Context", R"({"data":{"c":1}})");
    server.call("DELETE", list + "/Items/0");
    server.now += 100'000;
    server.call("POST", list + "/Items", R"({"data":{}})");
    const auto replayed = server.replayed({ DataFixture::sidOf(list), ObjectKind::List });
    QCOMPARE(replayed.size(), server.events.size());
    for (qsizetype i = 0; i < replayed.size(); ++i) {
        QCOMPARE(replayed[i].json, server.events[i].event.json);
        QCOMPARE(replayed[i].type, server.events[i].event.type);
    }
}

void tst_Events::replayOfADocumentIsItsLatestState()
{
    DataFixture server;
    const QByteArray path = server.create("Documents", R"({"data":{"n":0}})");
    const ObjectRef object { DataFixture::sidOf(path), ObjectKind::Document };
    QCOMPARE(idsOf(server.replay(object, 0, 10)), QByteArray(" completed at 0"));
    for (int i = 1; i <= 3; ++i)
        server.call("POST", path, "{\"data\":{\"n\":" + QByteArray::number(i) + "}}");
    QCOMPARE(idsOf(server.replay(object, 0, 10)), QByteArray("3 completed at 3"));
    QCOMPARE(server.replayed(object, 0).constFirst().json, server.events.last().event.json);
    QCOMPARE(server.replayed(object, 0).constFirst().type, QByteArray("document_updated"));
}

void tst_Events::replayOfOthers_data()
{
    QTest::addColumn<ObjectKind>("kind");
    QTest::addColumn<int>("code");
    QTest::newRow("document") << ObjectKind::Document << 54100;
    QTest::newRow("list") << ObjectKind::List << 54150;
    QTest::newRow("stream") << ObjectKind::Stream << 54250;
}

void tst_Events::replayOfOthers()
{
    QFETCH(ObjectKind, kind);
    QFETCH(int, code);
    DataFixture server;
    const QByteArray sid = DataFixture::sidOf(server.create("Maps"));
    for (const QByteArray &name : { sid, QByteArray("MP00000000000000000000000000000000"), QByteArray() }) {
        const auto replay = server.replay({ name, kind }, -1, 10);
        QVERIFY(Twilio::errorOf(replay));
        QCOMPARE(Twilio::errorOf(replay)->code(), code);
    }
    const QByteArray stream = DataFixture::sidOf(server.create("Streams"));
    QCOMPARE(idsOf(server.replay({ stream, ObjectKind::Stream }, 5, 10)),
             QByteArray(" completed at nothing"));
}

void tst_Events::changesSayWhoMadeThem()
{
    DataFixture server;
    QByteArrayList said;
    QObject::connect(server.data.get(), &SyncData::changed, server.data.get(), [&](const Change &change) {
        QCOMPARE(change.service, server.caller.serviceSid);
        said << change.by.identity.toUtf8() + (change.by.viaRest ? " via REST" : "");
    });
    const QByteArray list = server.create("Lists");
    server.call("POST", list + "/Items", R"({"data":{}})");
    server.caller = { u"bob"_s, server.caller.serviceSid, server.caller.accountSid, true };
    server.call("POST", list + "/Items/0", R"({"data":{},"ttl":1})");
    server.now += 1000;
    server.call("GET", list);
    server.call("DELETE", list);
    QCOMPARE(said, (QByteArrayList { "alice", "bob via REST", "system", "bob via REST" }));
}

void tst_Events::changesOutliveTheirObject()
{
    DataFixture server;
    QList<Change> changes;
    QObject::connect(server.data.get(), &SyncData::changed, server.data.get(),
                     [&](const Change &change) { changes << change; });
    const QByteArray map = server.create("Maps", R"({"unique_name":"m"})");
    server.call("PUT", map + "/Items/k", R"({"data":{"n":1}})");
    server.call("DELETE", map);
    server.data->clear();
    QCOMPARE(changes.size(), server.events.size());
    for (qsizetype i = 0; i < changes.size(); ++i)
        QCOMPARE(V3::eventOf(changes[i]).json, server.events[i].event.json);
    QCOMPARE(changes.first().uniqueName, u"m"_s);
    QVERIFY(changes.last().removesObject());
}

void tst_Events::burstsForTests()
{
    DataFixture server;
    Seeder seeder(*server.data);
    const auto list = seeder.createCollection(server.caller.serviceSid, ObjectKind::List, u"l"_s);
    const QByteArray sid = std::get<QByteArray>(list);
    QVERIFY(Twilio::errorOf(seeder.updateNextItem(sid, "{}")));
    for (int i = 0; i < 3; ++i)
        QVERIFY(!Twilio::errorOf(seeder.putItem(sid, {}, R"({"n":1})")));
    for (int i = 0; i < 4; ++i)
        QVERIFY(!Twilio::errorOf(seeder.updateNextItem(sid, R"({"n":2})")));
    QByteArrayList indexes;
    for (const auto &told : server.events)
        indexes << QByteArray::number(DataFixture::json(told.event.json)[u"item_index"].toInt());
    QCOMPARE(indexes.join(), QByteArray("0120120"));
    QCOMPARE(server.data->lastEventId(sid), 6);
    QCOMPARE(server.data->itemCount(), 3);
    QVERIFY(Twilio::errorOf(seeder.createCollection(server.caller.serviceSid, ObjectKind::List, u"l"_s)));
    server.data->clear();
    QCOMPARE(server.data->objectCount() + server.data->itemCount(), 0);
}

QTEST_GUILESS_MAIN(tst_Events)
#include "tst_events.moc"
