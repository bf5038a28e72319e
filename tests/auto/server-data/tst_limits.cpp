#include "datafixture.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// protocol.md, section 12.
class tst_Limits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void dataSize_data();
    void dataSize();
    void sizeCountsCompactUtf8_data();
    void sizeCountsCompactUtf8();
    void lengths_data();
    void lengths();
    void ttlRange_data();
    void ttlRange();
    void pageHasAtMostAHundredItems();
};

void tst_Limits::dataSize_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("collection"); // empty: create a document
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<int>("limit");
    const auto row = [](const char *name, const char *method, const char *collection, const char *tail,
                        int limit) {
        QTest::newRow(name) << QByteArray(method) << QByteArray(collection) << QByteArray(tail) << limit;
    };
    row("new document", "POST", "", "", 16384);
    row("document", "POST", "Documents", "", 16384);
    row("new list item", "POST", "Lists", "/Items", 16384);
    row("list item", "POST", "Lists", "/Items/0", 16384);
    row("list context", "POST", "Lists", "/Context", 16384);
    row("new map item", "PUT", "Maps", "/Items/new", 16384);
    row("map item", "POST", "Maps", "/Items/k", 16384);
    row("message", "POST", "Streams", "/Messages", 4096);
}

void tst_Limits::dataSize()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, tail);
    QFETCH(int, limit);
    DataFixture server;
    const QByteArray root = collection.isEmpty() ? QByteArray("/v3/Documents") : server.create(collection);
    if (collection == "Lists")
        server.call("POST", root + "/Items", R"({"data":{}})");
    if (collection == "Maps")
        server.call("PUT", root + "/Items/k", R"({"data":{}})");
    server.events.clear();
    const auto ofSize = [](int bytes) { return R"({"data":{"a":")" + QByteArray(bytes - 8, 'x') + R"("}})"; };
    QCOMPARE(DataFixture::brief(server.call(method, root + tail, ofSize(limit + 1))),
             QByteArray("413 54006 Request entity too large"));
    QVERIFY(server.events.isEmpty());
    QVERIFY(server.call(method, root + tail, ofSize(limit)).status < 300);
}

void tst_Limits::sizeCountsCompactUtf8_data()
{
    QTest::addColumn<QByteArray>("message"); // the limit of messages is 4096
    QTest::addColumn<int>("status");
    QTest::newRow("white space is free") << "{ \"a\" :" + QByteArray(9000, ' ') + "1 }" << 201;
    QTest::newRow("white space in strings is not") << "{\"a\":\"" + QByteArray(4096, ' ') + "\"}" << 413;
    QTest::newRow("1362 signs of 3 bytes") << "{\"a\":\"" + QByteArray("日").repeated(1362) + "\"}" << 201;
    QTest::newRow("1363 signs of 3 bytes") << "{\"a\":\"" + QByteArray("日").repeated(1363) + "\"}" << 413;
    QTest::newRow("escapes count as written")
            << "{\"a\":\"" + QByteArray("\\u0041").repeated(682) + "\"}" << 413;
}

void tst_Limits::sizeCountsCompactUtf8()
{
    QFETCH(QByteArray, message);
    QFETCH(int, status);
    DataFixture server;
    const QByteArray stream = server.create("Streams");
    QCOMPARE(server.call("POST", stream + "/Messages", "{\"data\":" + message + "}").status, status);
}

void tst_Limits::lengths_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("fits");
    QTest::newRow("1") << QByteArray("a") << true;
    QTest::newRow("320") << QByteArray(320, 'a') << true;
    QTest::newRow("321") << QByteArray(321, 'a') << false;
    QTest::newRow("320 signs of 3 bytes") << QByteArray("日").repeated(320) << true;
    QTest::newRow("160 signs of 2 units") << QByteArray("🎉").repeated(160) << true;
    QTest::newRow("161 signs of 2 units") << QByteArray("🎉").repeated(161) << false;
    QTest::newRow("0") << QByteArray() << false;
}

void tst_Limits::lengths()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, fits);
    DataFixture server;
    QCOMPARE(server.call("POST", "/v3/Maps", "{\"unique_name\":\"" + text + "\"}").status, fits ? 201 : 400);
    const QByteArray items = server.create("Maps") + "/Items";
    const QByteArray badKey = "400 54209 Invalid Map Item key";
    QCOMPARE(DataFixture::brief(server.call("POST", items, "{\"data\":{},\"key\":\"" + text + "\"}")),
             fits ? QByteArray("201") : badKey);
    QCOMPARE(DataFixture::brief(server.call("PUT", items + '/' + text.toPercentEncoding(), R"({"data":{}})")),
             fits ? QByteArray("200") : badKey);
    QCOMPARE(DataFixture::brief(server.call("POST", items, R"({"data":{},"key":7})")), badKey);
    QCOMPARE(DataFixture::brief(server.call("POST", items, R"({"data":{}})")), badKey);
}

void tst_Limits::ttlRange_data()
{
    QTest::addColumn<QByteArray>("ttl");
    QTest::addColumn<QString>("expires");
    QTest::newRow("never") << QByteArray("0") << QString();
    QTest::newRow("null") << QByteArray("null") << QString();
    QTest::newRow("a second") << QByteArray("1") << u"2023-11-14T22:13:21.123Z"_s;
    QTest::newRow("a year") << QByteArray("31536000") << u"2024-11-13T22:13:20.123Z"_s;
    QTest::newRow("with a fraction of zero") << QByteArray("60.0") << u"2023-11-14T22:14:20.123Z"_s;
    QTest::newRow("with an exponent") << QByteArray("6e1") << u"2023-11-14T22:14:20.123Z"_s;
    QTest::newRow("minus zero") << QByteArray("-0") << QString();
}

void tst_Limits::ttlRange()
{
    QFETCH(QByteArray, ttl);
    QFETCH(QString, expires);
    DataFixture server;
    const auto reply = server.call("POST", "/v3/Documents", "{\"ttl\":" + ttl + '}');
    QCOMPARE(reply.status, 201);
    QCOMPARE(DataFixture::json(reply)[u"date_expires"].toString(), expires);
}

void tst_Limits::pageHasAtMostAHundredItems()
{
    DataFixture server;
    const QByteArray items = server.create("Lists") + "/Items";
    for (int i = 0; i < 120; ++i)
        server.call("POST", items, R"({"data":{}})");
    const auto count = [&](const NameValueList &params) {
        return DataFixture::json(server.call("GET", items, {}, params))[u"items"].toArray().size();
    };
    QCOMPARE(count({}), 50);
    QCOMPARE(count({ { "PageSize", "99" } }), 99);
    QCOMPARE(count({ { "PageSize", "100" } }), 100);
    QCOMPARE(count({ { "PageSize", "101" } }), 100);
    QCOMPARE(count({ { "PageSize", "1000" } }), 100);
}

QTEST_GUILESS_MAIN(tst_Limits)
#include "tst_limits.moc"
