#include "datafixture.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;

// If-Match: protocol.md, section 7.6 and the 412 rows of 11.2.
class tst_Conditions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ifMatch_data();
    void ifMatch();
    void refusedWriteChangesNothing_data();
    void refusedWriteChangesNothing();
    void aRemovedItemHasNoRevision();
};

void tst_Conditions::ifMatch_data()
{
    QTest::addColumn<QByteArray>("target"); // of two writes each: revision "1"; missing ones are "-"
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("revision");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *target, const char *method, const char *revision, const char *expected) {
        QTest::addRow("%s %s %s", method, target, revision)
                << QByteArray(target) << QByteArray(method) << QByteArray(revision) << QByteArray(expected);
    };
    const struct
    {
        const char *target;
        const char *method;
        const char *mismatch;
        const char *ok;
    } writes[] = {
        { "document", "POST", "412 54103 Document revision mismatch", "200" },
        { "document", "DELETE", "412 54103 Document revision mismatch", "204" },
        { "list item", "POST", "412 54155 List Item revision mismatch", "200" },
        { "list item", "DELETE", "412 54155 List Item revision mismatch", "200" },
        { "map item", "POST", "412 54205 Map Item revision mismatch", "200" },
        { "map item", "PUT", "412 54205 Map Item revision mismatch", "200" },
        { "map item", "DELETE", "412 54205 Map Item revision mismatch", "200" },
    };
    for (const auto &[target, method, mismatch, ok] : writes) {
        for (const char *same : { "1", "\"1\"", "W/\"1\"", " 1 " })
            row(target, method, same, ok);
        for (const char *other : { "0", "2", "\"2\"", "W/\"0\"", "-1", "\"-1\"", "ffffffffffffffff", "01" })
            row(target, method, other, mismatch);
        for (const char *junk : { "", "*", "\"\"", "x", "1 2", "-2", "1,2", "0x1", "A", "W/1", "\"1", "1\"",
                                  "12345678901234567", "revision" })
            row(target, method, junk, "400 54003 Invalid If-Match header");
    }
    row("new map item", "PUT", "-1", "201");
    row("new map item", "PUT", "W/\"-1\"", "201");
    row("new map item", "PUT", "0", "412 54205 Map Item revision mismatch");
    row("new map item", "PUT", "*", "400 54003 Invalid If-Match header");
    row("new map item", "POST", "-1", "404 54201 Item not found");
    row("document", "GET", "7", "200");
    row("map item", "GET", "7", "200");
    row("map", "DELETE", "7", "204");
    row("map", "POST", "7", "200");
}

void tst_Conditions::ifMatch()
{
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, revision);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const QByteArray document = server.create("Documents");
    server.call("POST", document, R"({"data":{"n":1}})");
    const QByteArray list = server.create("Lists");
    server.call("POST", list + "/Items", R"({"data":{"n":0}})");
    server.call("POST", list + "/Items/0", R"({"data":{"n":1}})");
    const QByteArray map = server.create("Maps");
    server.call("PUT", map + "/Items/k", R"({"data":{"n":0}})");
    server.call("PUT", map + "/Items/k", R"({"data":{"n":1}})");
    const QHash<QByteArray, QByteArray> paths { { "document", document },
                                                { "list item", list + "/Items/0" },
                                                { "map item", map + "/Items/k" },
                                                { "new map item", map + "/Items/new" },
                                                { "map", map } };
    const auto reply = server.callIf(revision, method, paths[target], R"({"data":{"n":2},"ttl":0})");
    QCOMPARE(DataFixture::brief(reply), expected);
}

void tst_Conditions::refusedWriteChangesNothing_data()
{
    QTest::addColumn<QByteArray>("revision");
    QTest::newRow("mismatch") << QByteArray("99");
    QTest::newRow("invalid") << QByteArray("*");
}

void tst_Conditions::refusedWriteChangesNothing()
{
    QFETCH(QByteArray, revision);
    DataFixture server;
    const QByteArray item = server.create("Maps") + "/Items/k";
    server.call("PUT", item, R"({"data":{"n":1},"ttl":60})");
    const QByteArray before = server.call("GET", item).body;
    server.events.clear();
    for (const char *method : { "PUT", "POST", "DELETE" })
        QVERIFY(server.callIf(revision, method, item, R"({"data":{"n":2},"ttl":0})").status >= 400);
    QCOMPARE(server.call("GET", item).body, before);
    QVERIFY(server.events.isEmpty());
}

void tst_Conditions::aRemovedItemHasNoRevision()
{
    DataFixture server;
    const QByteArray item = server.create("Maps") + "/Items/k";
    server.call("PUT", item, R"({"data":{}})");
    QCOMPARE(server.callIf("0", "DELETE", item).status, 200);
    // A new item under an old key: the old revision does not fit, -1 does.
    QCOMPARE(server.callIf("0", "PUT", item, R"({"data":{}})").status, 412);
    QCOMPARE(server.callIf("-1", "PUT", item, R"({"data":{}})").status, 201);
}

QTEST_GUILESS_MAIN(tst_Conditions)
#include "tst_conditions.moc"
