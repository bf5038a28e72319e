#include "datafixture.h"

#include "server/data/kinds.h"
#include "server/dialects/v3/bodies.h"
#include "server/operations/errors.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// The catalogue of protocol.md 11.2, and bodies nobody should send.
class tst_Errors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void catalogue_data();
    void catalogue();
    void opening_data();
    void opening();
    void badBodies_data();
    void badBodies();
    void badBodyChangesNothing();
    void deleteIgnoresItsBody_data();
    void deleteIgnoresItsBody();
    void hostilePathsAreAnswered_data();
    void hostilePathsAreAnswered();
    void kindsAreFoundByTheirWords();
};

void tst_Errors::catalogue_data()
{
    QTest::addColumn<Twilio::SyncError>("error");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const Twilio::SyncError &error, const char *body) {
        QTest::addRow("%d %s", error.code(), qPrintable(error.message())) << error << QByteArray(body);
    };
    row(Errors::invalidName(),
        R"({"status":400,"code":54302,"message":"Invalid unique name. Expected a string with length 1-320 )"
        R"(not matching the SID pattern [A-Z]{2}[a-f0-9]{32}"})");
    row(Errors::nameNotFound(), R"({"status":404,"code":54300,"message":"Unique name not found"})");
    row(Errors::notFound(ObjectKind::Document),
        R"({"status":404,"code":54100,"message":"Document not found"})");
    row(Errors::notFound(ObjectKind::List), R"({"status":404,"code":54150,"message":"List not found"})");
    row(Errors::notFound(ObjectKind::Map), R"({"status":404,"code":54200,"message":"Map not found"})");
    row(Errors::notFound(ObjectKind::Stream), R"({"status":404,"code":54250,"message":"Stream not found"})");
    row(Errors::itemNotFound(ObjectKind::List), R"({"status":404,"code":54151,"message":"Item not found"})");
    row(Errors::itemNotFound(ObjectKind::Map), R"({"status":404,"code":54201,"message":"Item not found"})");
    row(Errors::nameExists(), R"({"status":409,"code":54301,"message":"Unique name already exists"})");
    row(Errors::mapItemExists(), R"({"status":409,"code":54208,"message":"Map Item already exists"})");
    row(Errors::revisionMismatch(ObjectKind::Document),
        R"({"status":412,"code":54103,"message":"Document revision mismatch"})");
    row(Errors::revisionMismatch(ObjectKind::List),
        R"({"status":412,"code":54155,"message":"List Item revision mismatch"})");
    row(Errors::revisionMismatch(ObjectKind::Map),
        R"({"status":412,"code":54205,"message":"Map Item revision mismatch"})");
    row(Errors::invalidIfMatch(), R"({"status":400,"code":54003,"message":"Invalid If-Match header"})");
    row(Errors::tooLarge(), R"({"status":413,"code":54006,"message":"Request entity too large"})");
    row(Errors::forbidden(), R"({"status":403,"code":54007,"message":"Access forbidden for identity"})");
    row(Errors::rateLimited(), R"({"status":429,"code":54009,"message":"Rate limit exceeded"})");
    row(Errors::invalidTtl(), R"({"status":400,"code":54011,"message":"Invalid TTL"})");
    row(Errors::serviceNotFound(), R"({"status":404,"code":54050,"message":"Service Instance not found"})");
    row(Errors::invalidData(ObjectKind::Document),
        R"({"status":400,"code":54101,"message":"Invalid Document data"})");
    row(Errors::invalidKey(), R"({"status":400,"code":54209,"message":"Invalid Map Item key"})");
}

void tst_Errors::catalogue()
{
    QFETCH(Twilio::SyncError, error);
    QFETCH(QByteArray, body);
    QCOMPARE(V3::errorReply(error).body, body);
    QCOMPARE(V3::errorReply(error).status, error.status());
}

void tst_Errors::opening_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("expected");
    const struct
    {
        const char *collection;
        const char *sid;
        const char *other; // a sid of another kind
        const char *expected;
    } kinds[] = {
        { "Documents", "ET", "MP", "404 54100 Document not found" },
        { "Lists", "ES", "ET", "404 54150 List not found" },
        { "Maps", "MP", "ES", "404 54200 Map not found" },
        { "Streams", "TO", "MP", "404 54250 Stream not found" },
    };
    for (const auto &[collection, sid, other, expected] : kinds) {
        const QByteArray path = QByteArray("/v3/") + collection + '/';
        QTest::addRow("%s by sid", collection) << path + sid + QByteArray(32, 'a') << QByteArray(expected);
        QTest::addRow("%s by another kind's sid", collection)
                << path + other + QByteArray(32, '0') << QByteArray(expected);
        for (const QByteArray &name :
             { QByteArray("name"), sid + QByteArray(31, 'a'), sid + QByteArray(33, 'a'),
               sid + QByteArray(32, 'A'), QByteArray("et") + QByteArray(32, 'a') }) {
            QTest::addRow("%s by name %s", collection, name.constData())
                    << path + name << QByteArray("404 54300 Unique name not found");
        }
    }
}

void tst_Errors::opening()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, expected);
    DataFixture server;
    for (const char *method : { "GET", "POST", "DELETE" })
        QCOMPARE(DataFixture::brief(server.call(method, path, R"({"ttl":1})")), expected);
}

void tst_Errors::badBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const QByteArray &body, const char *expected) {
        QTest::newRow(name) << body << QByteArray(expected);
    };
    const char *const malformed = "400 20001 Malformed request body";
    row("array", "[]", malformed);
    row("string", "\"x\"", malformed);
    row("null", "null", malformed);
    row("number", "1", malformed);
    row("words", "data_sync", malformed);
    row("open", R"({"data":{})", malformed);
    row("two objects", "{}{}", malformed);
    row("trailing comma", R"({"ttl":1,})", malformed);
    row("comment", "{/**/}", malformed);
    row("single quotes", "{'ttl':1}", malformed);
    row("not UTF-8", "{\"data\":{\"a\":\"\xff\"}}", malformed);
    row("control character", "{\"data\":{\"a\":\"\n\"}}", malformed);
    row("NUL", QByteArray("{}\0", 3), malformed);
    row("bad number deep inside", R"({"data":{"a":{"b":[01]}}})", malformed);
    row("byte order mark", "\xef\xbb\xbf{}", malformed);
    row("deeper than 1024",
        R"({"data":)" + QByteArray("{\"a\":").repeated(1100) + "1" + QByteArray(1100, '}') + '}', malformed);
    row("endless brackets", QByteArray(100'000, '['), malformed);
    for (const char *data : { "null", "[]", "\"x\"", "1", "true" })
        QTest::addRow("data %s", data)
                << QByteArray("{\"data\":") + data + '}' << QByteArray("400 54101 Invalid Document data");
    for (const char *ttl : { "-1", "31536001", "1.5", "\"60\"", "true", "{}", "[]", "1e400", "-0.5",
                             "99999999999999999999", "1e300" })
        QTest::addRow("ttl %s", ttl) << QByteArray("{\"ttl\":") + ttl + '}'
                                     << QByteArray("400 54011 Invalid TTL");
    for (const char *name : { "\"\"", "1", "true", "{}", "[]", "\"ET00000000000000000000000000000001\"",
                              "\"ZZabcdef00000000000000000000000001\"", "\"\\ud800\"" })
        QTest::addRow("name %s", name) << QByteArray("{\"unique_name\":") + name + '}'
                                       << DataFixture::brief(V3::errorReply(Errors::invalidName()));
    row("name too long", "{\"unique_name\":\"" + QByteArray(321, 'a') + "\"}",
        DataFixture::brief(V3::errorReply(Errors::invalidName())).constData());
}

void tst_Errors::badBodies()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, expected);
    DataFixture server;
    QCOMPARE(DataFixture::brief(server.call("POST", "/v3/Documents", body)), expected);
    QCOMPARE(server.data->objectCount(), 0);
}

void tst_Errors::badBodyChangesNothing()
{
    DataFixture server;
    const QByteArray map = server.create("Maps");
    server.call("PUT", map + "/Items/k", R"({"data":{"n":1}})");
    const QByteArray before = server.call("GET", map + "/Items").body;
    server.events.clear();
    for (const char *body : { "{", "[]", R"({"data":[]})", R"({"data":{},"ttl":-1})", R"({"ttl":"x"})" }) {
        QVERIFY(server.call("PUT", map + "/Items/k", body).status == 400);
        QVERIFY(server.call("POST", map + "/Items/k", body).status == 400);
        QVERIFY(server.call("POST", map + "/Items", body).status == 400);
        QVERIFY(server.call("POST", map, body).status == 400);
    }
    QCOMPARE(DataFixture::brief(server.call("PUT", map + "/Items/k", R"({"ttl":5})")),
             QByteArray("400 54206 Invalid Map Item data"));
    QCOMPARE(DataFixture::brief(server.call("POST", server.create("Lists") + "/Items", "{}")),
             QByteArray("400 54156 Invalid List Item data"));
    QCOMPARE(DataFixture::brief(server.call("POST", server.create("Streams") + "/Messages", "")),
             QByteArray("400 54251 Invalid Stream Message data"));
    QCOMPARE(DataFixture::brief(server.call("POST", "/v3/Lists", R"({"context":[]})")),
             QByteArray("400 54156 Invalid List context data"));
    QCOMPARE(server.call("GET", map + "/Items").body, before);
    QVERIFY(server.events.isEmpty());
}

void tst_Errors::deleteIgnoresItsBody_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("none") << QByteArray();
    QTest::newRow("what the SDK sends") << QByteArray("data_sync");
    QTest::newRow("half an object") << QByteArray("{\"ttl\":");
    QTest::newRow("large") << QByteArray(100'000, 'x');
}

void tst_Errors::deleteIgnoresItsBody()
{
    QFETCH(QByteArray, body);
    DataFixture server;
    const QByteArray map = server.create("Maps");
    server.call("PUT", map + "/Items/k", R"({"data":{}})");
    QCOMPARE(server.call("DELETE", map + "/Items/k", body).status, 200);
    QCOMPARE(server.call("DELETE", map, body).status, 204);
}

void tst_Errors::hostilePathsAreAnswered_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : { "%", "//", "/v3//", "/v3/Maps//Items", "/v3/Maps/%00", "/v3/%2e%2e/Maps",
                              "/v3/Maps/a/Items/..", "/v3/Services//Maps", "/v3/Maps?x=1", "v3/Configuration",
                              "/v3/Maps/%F0%9F%8E%89/Items/%ED%A0%80", "/v3/Services/%" }) {
        QTest::newRow(path) << QByteArray(path);
    }
    QTest::newRow("long") << "/v3/Maps/" + QByteArray(1'000'000, 'a');
    QTest::newRow("many segments") << QByteArray("/v3").repeated(100'000);
    QTest::newRow("bytes") << QByteArray("/v3/Maps/\x00\xff\n", 12);
}

void tst_Errors::hostilePathsAreAnswered()
{
    QFETCH(QByteArray, path);
    DataFixture server;
    for (const char *method : { "GET", "POST", "PUT", "DELETE", "", "\xff" }) {
        const auto reply = server.call(method, path, "{}");
        QVERIFY(reply.status >= 200 && reply.status < 500);
        QVERIFY(reply.body.isEmpty() || !DataFixture::json(reply).isEmpty());
    }
}

void tst_Errors::kindsAreFoundByTheirWords()
{
    QCOMPARE(kindFromName("list"), ObjectKind::List);
    QCOMPARE(kindFromCollection("Streams"), ObjectKind::Stream);
    for (const char *name : { "", "live_query", "List", "lists", "constructor" })
        QVERIFY(!kindFromName(name));
    QVERIFY(looksLikeSid(u"ZZ0123456789abcdef0123456789abcdef"));
    QVERIFY(!looksLikeSid(u"zz0123456789abcdef0123456789abcdef"));
    QVERIFY(!looksLikeSid(u"ZZ0123456789ABCDEF0123456789abcdef"));
}

QTEST_GUILESS_MAIN(tst_Errors)
#include "tst_errors.moc"
