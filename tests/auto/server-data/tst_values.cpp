#include "datafixture.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;

// Values are the client's own text: protocol.md 7.1 says JSON objects, so nothing may be read into them.
class tst_Values : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comeBackAsTheyWere_data();
    void comeBackAsTheyWere();
    void theLastOfEqualNamesCounts();
    void keysComeBackAsTheyWere_data();
    void keysComeBackAsTheyWere();
};

void tst_Values::comeBackAsTheyWere_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QByteArray>("stored");
    const auto row = [](const char *name, const QByteArray &data, const QByteArray &stored = {}) {
        QTest::newRow(name) << data << (stored.isEmpty() ? data : stored);
    };
    row("empty", "{}");
    row("beyond 2^53", R"({"a":9007199254740993})");
    row("beyond 64 bits", R"({"a":18446744073709551616,"b":-123456789012345678901234567890})");
    row("trailing zeros", R"({"a":1.10,"b":1.0,"c":-0,"d":1E+2})");
    row("beyond double", R"({"a":1e400,"b":1e-400})");
    row("order of members", R"({"z":1,"a":2,"10":3,"9":4})");
    row("equal names inside", R"({"a":1,"a":2})");
    row("escapes", R"({"a":"\u0041\/\n\"\\","\u0062":1})");
    row("lone surrogate", R"({"a":"\ud800"})");
    row("UTF-8", R"({"é":"日本🎉"})");
    row("nested", R"({"a":{"b":[1,[2,{"c":null}],true,false,""]}})");
    row("a data inside", R"({"data":{"data":1},"ttl":-5})");
    row("special names", R"({"__proto__":1,"constructor":2,"":3})");
    row("white space between tokens", " { \"a\" : [ 1 , 2 ] ,\r\n\t\"b c\" : \" x \" } ",
        R"({"a":[1,2],"b c":" x "})");
    row("500 deep", QByteArray("{\"a\":").repeated(500) + "1" + QByteArray(500, '}'));
}

void tst_Values::comeBackAsTheyWere()
{
    QFETCH(QByteArray, data);
    QFETCH(QByteArray, stored);
    DataFixture server;
    const QByteArray body = "{\"key\":\"k\",\"data\":" + data + "}";
    const QByteArray document = server.create("Documents", body);
    const QByteArray list = server.create("Lists");
    const QByteArray map = server.create("Maps");
    const QByteArray stream = server.create("Streams");
    QCOMPARE(server.call("POST", document, body).status, 200);
    QCOMPARE(server.call("POST", list + "/Items", body).status, 201);
    QCOMPARE(server.call("POST", map + "/Items", body).status, 201);
    QCOMPARE(server.call("POST", list + "/Context", body).status, 200);
    QCOMPARE(server.call("POST", stream + "/Messages", body).status, 201);
    const QByteArray member = "\"data\":" + stored;
    for (const QByteArray &path :
         { document, list + "/Items/0", list + "/Items", map + "/Items/k", list + "/Context" })
        QVERIFY2(server.call("GET", path).body.contains(member), server.call("GET", path).body.constData());
    for (const auto &told : server.events)
        QVERIFY2(told.event.json.contains("_data\":" + stored + "}"), told.event.json.constData());
}

void tst_Values::theLastOfEqualNamesCounts()
{
    DataFixture server;
    const QByteArray document = server.create(
            "Documents", R"({"data":[],"unique_name":7,"data":{"n":2},"unique_name":"b","ttl":-1,"ttl":0})");
    QVERIFY(server.call("GET", document).body.contains(R"("data":{"n":2})"));
    QVERIFY(server.call("GET", document).body.contains(R"("unique_name":"b")"));
    QCOMPARE(DataFixture::brief(server.call("POST", document, R"({"data":{},"data":null})")),
             QByteArray("400 54101 Invalid Document data"));
    // Escaped names are names, too.
    QCOMPARE(server.call("POST", document, R"({"\u0064ata":{"n":3}})").status, 200);
}

void tst_Values::keysComeBackAsTheyWere_data()
{
    QTest::addColumn<QString>("key");
    for (const char *key : { "a", "a b", "a/b", "a%2Fb", "?x=1#y", "é", "日本", "🎉", "\"quoted\"", "\\", "..",
                             "+", "'()*!~", "{\"a\":1}", "\n\t", "%", "null" })
        QTest::newRow(key) << QString::fromUtf8(key);
    QTest::newRow("NUL") << QString(QChar(u'\0'));
}

void tst_Values::keysComeBackAsTheyWere()
{
    QFETCH(QString, key);
    DataFixture server;
    const QByteArray map = server.create("Maps");
    const QJsonObject created = DataFixture::json(
            server.call("PUT", map + "/Items/" + key.toUtf8().toPercentEncoding(), R"({"data":{}})"));
    QCOMPARE(created[u"key"].toString(), key);
    const QByteArray url = created[u"url"].toString().toLatin1();
    QVERIFY(url.endsWith("/Items/" + key.toUtf8().toPercentEncoding("!'()*"))); // encodeURIComponent(key)
    const QByteArray path = url.mid(url.indexOf("/v3/"));
    QCOMPARE(DataFixture::json(server.call("GET", path))[u"key"].toString(), key);
    QCOMPARE(DataFixture::json(server.events.last().event.json)[u"item_key"].toString(), key);
    const auto byKey = server.call("GET", map + "/Items", {}, { { "Key", key.toUtf8() } });
    QCOMPARE(DataFixture::json(byKey)[u"items"].toArray().size(), 1);
}

QTEST_GUILESS_MAIN(tst_Values)
#include "tst_values.moc"
