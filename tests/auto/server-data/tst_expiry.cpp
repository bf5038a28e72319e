#include "datafixture.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// TTL: protocol.md 7.1 and 12. Most rows turn the clock; two wait for the timer.
class tst_Expiry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void objectsExpire_data();
    void objectsExpire();
    void itemsExpire_data();
    void itemsExpire();
    void writeWithoutTtlKeepsTheExpiry();
    void ttlZeroEndsTheExpiry();
    void ttlCountsFromItsOwnWrite();
    void expiryComesInTheOrderOfDeadlines();
    void removedObjectTakesItsDeadlinesAlong();
    void expiredNameIsFreeAgain();
    void expiredObjectIsNotReplayed();
    void timerMakesTheEvents();
    void timerFollowsTheNearestDeadline();
    void clockGoingBackwardsKeepsEventTimesOrdered();
};

void tst_Expiry::objectsExpire_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QByteArray>("event");
    QTest::newRow("document") << QByteArray("Documents") << QByteArray("document_removed");
    QTest::newRow("list") << QByteArray("Lists") << QByteArray("list_removed");
    QTest::newRow("map") << QByteArray("Maps") << QByteArray("map_removed");
    QTest::newRow("stream") << QByteArray("Streams") << QByteArray("stream_removed");
}

void tst_Expiry::objectsExpire()
{
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, event);
    DataFixture server;
    const QByteArray path = server.create(collection, R"({"ttl":10})");
    QCOMPARE(DataFixture::json(server.call("GET", path))[u"date_expires"].toString(),
             u"2023-11-14T22:13:30.123Z"_s);
    server.now += 9'999;
    QCOMPARE(server.call("GET", path).status, 200);
    server.now += 1;
    QCOMPARE(server.call("GET", path).status, 404);
    QCOMPARE(server.eventTypes(), QByteArrayList { event });
    QVERIFY(server.events.first().removesObject);
    QCOMPARE(server.data->objectCount(), 0);
}

void tst_Expiry::itemsExpire_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QByteArray>("item");
    QTest::addColumn<QByteArray>("event");
    QTest::newRow("list") << QByteArray("Lists") << QByteArray("/Items/0") << QByteArray("list_item_removed");
    QTest::newRow("map") << QByteArray("Maps") << QByteArray("/Items/k") << QByteArray("map_item_removed");
}

void tst_Expiry::itemsExpire()
{
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, item);
    QFETCH(QByteArray, event);
    DataFixture server;
    const QByteArray path = server.create(collection);
    const QByteArray body = R"({"key":"k","data":{"n":1},"ttl":10})";
    QCOMPARE(server.call("POST", path + "/Items", body).status, 201);
    server.now += 9'999;
    QCOMPARE(server.call("GET", path + item).status, 200);
    server.now += 1;
    QVERIFY(server.call("GET", path + "/Items").body.contains("\"items\":[]"));
    QCOMPARE(server.call("GET", path + item).status, 404);
    QCOMPARE(server.call("POST", path + item, body).status, 404);
    QCOMPARE(server.events.last().event.type, event);
    const QJsonObject told = DataFixture::json(server.events.last().event.json);
    QCOMPARE(told[u"id"].toInt(), 1);
    QCOMPARE(told[u"item_data"][u"n"].toInt(), 1);
    QCOMPARE(told[u"date_created"].toString(), u"2023-11-14T22:13:30.123Z"_s);
    QCOMPARE(DataFixture::json(server.call("GET", path))[u"last_event_id"].toInt(), 1);
}

void tst_Expiry::writeWithoutTtlKeepsTheExpiry()
{
    DataFixture server;
    const QByteArray map = server.create("Maps");
    const QByteArray document = server.create("Documents", R"({"ttl":60})");
    server.call("PUT", map + "/Items/k", R"({"data":{},"ttl":60})");
    for (const QByteArray &path : { map + "/Items/k", document }) {
        const QJsonValue expires = DataFixture::json(server.call("GET", path))[u"date_expires"];
        server.now += 1000;
        for (const char *body : { R"({"data":{"n":2}})", R"({"data":{"n":3},"ttl":null})" })
            QCOMPARE(DataFixture::json(server.call("POST", path, body))[u"date_expires"], expires);
    }
}

void tst_Expiry::ttlZeroEndsTheExpiry()
{
    DataFixture server;
    for (const char *const word : { "Documents", "Lists", "Maps", "Streams" }) {
        const QByteArray collection = word;
        const QByteArray path = server.create(collection, R"({"ttl":5})");
        QVERIFY(DataFixture::json(server.call("POST", path, R"({"ttl":0})"))[u"date_expires"].isNull());
        server.now += 10'000;
        QCOMPARE(server.call("GET", path).status, 200);
    }
    const QByteArray item = server.create("Maps") + "/Items/k";
    server.call("PUT", item, R"({"data":{},"ttl":5})");
    QVERIFY(DataFixture::json(server.call("POST", item, R"({"ttl":0})"))[u"date_expires"].isNull());
    server.now += 10'000;
    QCOMPARE(server.call("GET", item).status, 200);
}

void tst_Expiry::ttlCountsFromItsOwnWrite()
{
    DataFixture server;
    const QByteArray document = server.create("Documents", R"({"ttl":5})");
    server.now += 4'000;
    const QJsonObject reply = DataFixture::json(server.call("POST", document, R"({"ttl":5})"));
    QCOMPARE(reply[u"date_expires"].toString(), u"2023-11-14T22:13:29.123Z"_s);
    server.now += 4'999;
    QCOMPARE(server.call("GET", document).status, 200);
    server.now += 1;
    QCOMPARE(server.call("GET", document).status, 404);
}

void tst_Expiry::expiryComesInTheOrderOfDeadlines()
{
    DataFixture server;
    const QByteArray list = server.create("Lists", R"({"ttl":9})");
    for (const char *ttl : { "5", "3", "7", "20" })
        server.call("POST", list + "/Items", QByteArray(R"({"data":{},"ttl":)") + ttl + '}');
    server.create("Documents", R"({"ttl":4})");
    server.events.clear();
    server.now += 30'000;
    server.call("GET", list);
    QByteArrayList order;
    for (const auto &told : server.events) {
        const QJsonObject event = DataFixture::json(told.event.json);
        order << told.event.type
                        + (event.contains(u"item_index")
                                   ? ' ' + QByteArray::number(event[u"item_index"].toInt())
                                   : "");
    }
    QCOMPARE(order.join(", "),
             QByteArray("list_item_removed 1, document_removed, list_item_removed 0, list_item_removed 2, "
                        "list_removed"));
}

void tst_Expiry::removedObjectTakesItsDeadlinesAlong()
{
    DataFixture server;
    const QByteArray map = server.create("Maps", R"({"ttl":5})");
    for (const char *key : { "a", "b", "c" })
        server.call("PUT", map + "/Items/" + key, R"({"data":{},"ttl":5})");
    server.call("DELETE", map + "/Items/b");
    server.call("DELETE", map);
    server.events.clear();
    server.now += 10'000;
    server.call("GET", "/v3/Configuration");
    QVERIFY(server.events.isEmpty());
    QCOMPARE(server.data->itemCount(), 0);
}

void tst_Expiry::expiredNameIsFreeAgain()
{
    DataFixture server;
    const QByteArray body = R"({"unique_name":"n","ttl":5})";
    server.create("Documents", body);
    QCOMPARE(server.call("POST", "/v3/Documents", body).status, 409);
    server.now += 5'000;
    QCOMPARE(server.call("POST", "/v3/Documents", body).status, 201);
    const QByteArray items = server.create("Maps") + "/Items";
    server.call("POST", items, R"({"key":"k","data":{},"ttl":5})");
    server.now += 5'000;
    QCOMPARE(server.callIf("-1", "PUT", items + "/k", R"({"data":{}})").status, 201);
}

void tst_Expiry::expiredObjectIsNotReplayed()
{
    DataFixture server;
    const QByteArray path = server.create("Documents", R"({"ttl":5})");
    server.call("POST", path, R"({"data":{}})");
    const ObjectRef object { DataFixture::sidOf(path), ObjectKind::Document };
    QVERIFY(!Twilio::errorOf(server.replay(object, 0, 10)));
    server.now += 5'000;
    QVERIFY(Twilio::errorOf(server.replay(object, 0, 10)));
}

void tst_Expiry::timerMakesTheEvents()
{
    DataFixture server;
    server.data->setClock(systemClock());
    const QByteArray path = server.create("Documents", R"({"ttl":1})");
    QSignalSpy expired(server.data.get(), &SyncData::changed);
    QVERIFY(expired.isValid());
    const qint64 start = systemClock()();
    QVERIFY(expired.wait(5'000));
    QCOMPARE(server.eventTypes(), QByteArrayList { "document_removed" });
    const qint64 took = systemClock()() - start;
    QVERIFY2(took > 900 && took < 2'000, qPrintable(QString::number(took)));
    QCOMPARE(server.call("GET", path).status, 404);
    QCOMPARE(expired.count(), 1);
}

void tst_Expiry::timerFollowsTheNearestDeadline()
{
    DataFixture server;
    server.data->setClock(systemClock());
    server.create("Documents", R"({"ttl":3600})");
    server.create("Documents", R"({"ttl":2})");
    const QByteArray first = server.create("Documents", R"({"ttl":1})");
    QSignalSpy expired(server.data.get(), &SyncData::changed);
    QVERIFY(expired.isValid());
    QVERIFY(expired.wait(5'000));
    QCOMPARE(server.events.first().object.sid, DataFixture::sidOf(first));
    QVERIFY(expired.wait(5'000));
    QCOMPARE(server.data->objectCount(), 1);
}

void tst_Expiry::clockGoingBackwardsKeepsEventTimesOrdered()
{
    DataFixture server;
    const QByteArray item = server.create("Maps") + "/Items/k";
    server.call("PUT", item, R"({"data":{}})");
    server.now -= 5'000;
    server.call("PUT", item, R"({"data":{}})");
    const auto time = [&](qsizetype i) {
        return DataFixture::json(server.events[i].event.json)[u"date_created"];
    };
    QCOMPARE(time(1), time(0));
}

QTEST_GUILESS_MAIN(tst_Expiry)
#include "tst_expiry.moc"
