#include "datafixture.h"

#include <QtTest/qtest.h>

#include <algorithm>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// protocol.md 7.2, row by row; 7.1 and 7.3 to 7.5 for what the replies hold.
class tst_Endpoints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void replyHasFields_data();
    void replyHasFields();
    void writesNeverEchoData_data();
    void writesNeverEchoData();
    void bothUrlFormsNameTheSameObject_data();
    void bothUrlFormsNameTheSameObject();
    void servicesAreSpacesOfTheirOwn();
    void kindsHaveTheirOwnNames();
    void includedItems();
    void listContext();
    void configuration();
    void hostOfTheCallIsTheHostOfUrls_data();
    void hostOfTheCallIsTheHostOfUrls();
    void listIndexesAreNeverUsedAgain();

private:
    // Replaces D, L, M, S by paths of fresh objects that hold item 0 / "k".
    static QByteArray prepared(DataFixture &server, QByteArray path);
};

QByteArray tst_Endpoints::prepared(DataFixture &server, QByteArray path)
{
    if (path.startsWith("{D}"))
        path.replace("{D}", server.create("Documents"));
    if (path.startsWith("{L}")) {
        const QByteArray list = server.create("Lists");
        server.call("POST", list + "/Items", R"({"data":{"n":1}})");
        path.replace("{L}", list);
    }
    if (path.startsWith("{M}")) {
        const QByteArray map = server.create("Maps");
        server.call("PUT", map + "/Items/k", R"({"data":{"n":1}})");
        path.replace("{M}", map);
    }
    if (path.startsWith("{S}"))
        path.replace("{S}", server.create("Streams"));
    return path;
}

void tst_Endpoints::answers_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const char *method, const char *path, const char *body,
                        const char *expected) {
        QTest::newRow(name) << QByteArray(method) << QByteArray(path) << QByteArray(body)
                            << QByteArray(expected);
    };
    row("1 create document", "POST", "/v3/Documents", R"({"unique_name":"n","ttl":60,"data":{}})", "201");
    row("1 create list", "POST", "/v3/Lists", R"({"unique_name":"n","purpose":"p","context":{}})", "201");
    row("1 create map", "POST", "/v3/Maps", R"({"unique_name":null,"ttl":null})", "201");
    row("1 create stream", "POST", "/v3/Streams", "", "201");
    row("1 list has no data", "POST", "/v3/Lists", R"({"data":null})", "201");
    row("1 map has no data", "POST", "/v3/Maps", R"({"data":5})", "201");
    row("1 stream has no data", "POST", "/v3/Streams", R"({"data":[]})", "201");
    row("1 long form", "POST", "/v3/Services/IS00000000000000000000000000000001/Maps", "{}", "201");
    row("2 open document", "GET", "{D}", "", "200");
    row("2 open list", "GET", "{L}", "", "200");
    row("2 open map", "GET", "{M}", "", "200");
    row("2 open stream", "GET", "{S}", "", "200");
    row("3 document data", "POST", "{D}", R"({"data":{"a":1}})", "200");
    row("3 document ttl", "POST", "{D}", R"({"ttl":60})", "200");
    row("3 document nothing", "POST", "{D}", "{}", "400 54010 No parameters specified");
    row("4 list ttl", "POST", "{L}", R"({"ttl":60})", "200");
    row("4 map ttl", "POST", "{M}", R"({"ttl":60})", "200");
    row("4 stream ttl", "POST", "{S}", R"({"ttl":0})", "200");
    row("4 list has no data", "POST", "{L}", R"({"ttl":60,"data":"x"})", "200");
    row("4 list nothing", "POST", "{L}", R"({"data":{}})", "400 54010 No parameters specified");
    row("5 remove document", "DELETE", "{D}", "data_sync", "204");
    row("5 remove list", "DELETE", "{L}", "data_sync", "204");
    row("5 remove map", "DELETE", "{M}", "data_sync", "204");
    row("5 remove stream", "DELETE", "{S}", "", "204");
    row("6 list items", "GET", "{L}/Items", "", "200");
    row("6 map items", "GET", "{M}/Items", "", "200");
    row("7 push", "POST", "{L}/Items", R"({"data":{},"ttl":5})", "201");
    row("8 new key", "POST", "{M}/Items", R"({"key":"new","data":{}})", "201");
    row("8 known key", "POST", "{M}/Items", R"({"key":"k","data":{}})", "409 54208 Map Item already exists");
    row("9 put new key", "PUT", "{M}/Items/new", R"({"data":{}})", "201");
    row("9 put known key", "PUT", "{M}/Items/k", R"({"data":{}})", "200");
    row("9 put into a list", "PUT", "{L}/Items/0", R"({"data":{}})", "405 20004 Method not allowed");
    row("10 list item data", "POST", "{L}/Items/0", R"({"data":{"b":1}})", "200");
    row("10 list item ttl", "POST", "{L}/Items/0", R"({"ttl":9})", "200");
    row("10 map item data", "POST", "{M}/Items/k", R"({"data":{"b":1}})", "200");
    row("10 missing list item", "POST", "{L}/Items/7", R"({"data":{}})", "404 54151 Item not found");
    row("10 missing map item", "POST", "{M}/Items/x", R"({"data":{}})", "404 54201 Item not found");
    row("10 nothing", "POST", "{M}/Items/k", "{}", "400 54010 No parameters specified");
    row("11 read list item", "GET", "{L}/Items/0", "", "200");
    row("11 read map item", "GET", "{M}/Items/k", "", "200");
    row("11 missing list item", "GET", "{L}/Items/1", "", "404 54151 Item not found");
    row("11 missing map item", "GET", "{M}/Items/x", "", "404 54201 Item not found");
    row("12 remove list item", "DELETE", "{L}/Items/0", "data_sync", "200");
    row("12 remove map item", "DELETE", "{M}/Items/k", "data_sync", "200");
    row("12 remove missing item", "DELETE", "{M}/Items/x", "data_sync", "404 54201 Item not found");
    row("13 context", "GET", "{L}/Context", "", "200");
    row("13 context has no ttl", "POST", "{L}/Context", R"({"data":{},"ttl":-1})", "200");
    row("14 message has no ttl", "POST", "{S}/Messages", R"({"data":{},"ttl":"x"})", "201");
    row("14 publish", "POST", "{S}/Messages", R"({"data":{}})", "201");
    row("16 insights", "POST", "/v3/Insights/tr-worker/Items", "{}",
        "400 54507 Invalid query: at character 1: expected query_string to be a string");
    row("16 unknown index", "POST", "/v3/Insights/none/Items", R"({"query_string":""})",
        "400 54502 Invalid index name");
    row("16 malformed", "POST", "/v3/Insights/m/Items", R"({"query_string":)",
        "400 20001 Malformed request body");
    row("16 read", "GET", "/v3/Insights/m/Items", "", "405 20004 Method not allowed");
    row("17 configuration", "GET", "/v3/Configuration", "", "200");

    row("lower-case method", "get", "{D}", "", "200");
    row("no such method", "PATCH", "{D}", "", "405 20004 Method not allowed");
    row("put a document", "PUT", "{D}", "{}", "405 20004 Method not allowed");
    row("get a collection", "GET", "/v3/Maps", "", "405 20004 Method not allowed");
    row("delete all items", "DELETE", "{M}/Items", "", "405 20004 Method not allowed");
    row("patch an item", "PATCH", "{M}/Items/x", "", "405 20004 Method not allowed");
    row("get messages", "GET", "{S}/Messages", "", "405 20004 Method not allowed");
    row("delete a context", "DELETE", "{L}/Context", "", "405 20004 Method not allowed");
    row("post configuration", "POST", "/v3/Configuration", "", "405 20004 Method not allowed");
    row("items of a document", "GET", "{D}/Items", "", "404 20404 The requested resource was not found");
    row("messages of a map", "POST", "{M}/Messages", "{}", "404 20404 The requested resource was not found");
    row("context of a map", "GET", "{M}/Context", "", "404 20404 The requested resource was not found");
    row("beyond an item", "GET", "{M}/Items/k/x", "", "404 20404 The requested resource was not found");
    row("no path", "GET", "", "", "404 20404 The requested resource was not found");
    row("root path", "GET", "/", "", "404 20404 The requested resource was not found");
    row("version only", "GET", "/v3", "", "404 20404 The requested resource was not found");
    row("other version", "GET", "/v2/Maps", "", "404 20404 The requested resource was not found");
    row("other collection", "POST", "/v3/Sets", "{}", "404 20404 The requested resource was not found");
    row("lower-case collection", "POST", "/v3/maps", "{}", "404 20404 The requested resource was not found");
    row("other service", "POST", "/v3/Services/IS00000000000000000000000000000002/Maps", "{}",
        "404 54050 Service Instance not found");
    row("no service", "GET", "/v3/Services", "", "404 54050 Service Instance not found");
    row("broken escape in path", "GET", "/v3/Maps/%zz", "", "404 20404 The requested resource was not found");
    row("cut escape in path", "GET", "/v3/Maps/a%4", "", "404 20404 The requested resource was not found");
    row("escape that is no UTF-8", "GET", "/v3/Maps/%ff", "",
        "404 20404 The requested resource was not found");
    row("trailing slash", "GET", "/v3/Maps/", "", "404 54300 Unique name not found");
    row("no item id", "GET", "{M}/Items/", "", "400 54209 Invalid Map Item key");
    row("index with letters", "GET", "{L}/Items/one", "", "400 54152 Invalid List Item index");
    row("negative index", "GET", "{L}/Items/-1", "", "400 54152 Invalid List Item index");
    row("index beyond 64 bits", "GET", "{L}/Items/99999999999999999999", "",
        "400 54152 Invalid List Item index");
}

void tst_Endpoints::answers()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const auto reply = server.call(method, prepared(server, path), body);
    QCOMPARE(DataFixture::brief(reply), expected);
    if (reply.status >= 400)
        QCOMPARE(DataFixture::json(reply)[u"status"].toInt(), reply.status);
    if (reply.status == 204)
        QCOMPARE(reply.body, QByteArray());
    QVERIFY(!reply.body.contains('\n'));
}

void tst_Endpoints::replyHasFields_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected"); // exactly these members besides service_sid and created_by
    const QByteArray root =
            "date_created date_expires date_updated last_event_id revision sid unique_name url";
    const QByteArray collection =
            "date_created date_expires date_updated last_event_id links revision sid unique_name url";
    const QByteArray stream = "date_created date_expires date_updated links sid unique_name url";
    const QByteArray listItem =
            "date_created date_expires date_updated index last_event_id list_sid revision url";
    const QByteArray mapItem =
            "date_created date_expires date_updated key last_event_id map_sid revision url";
    const auto with = [](QByteArray fields, const char *more) {
        QByteArrayList all = (fields + ' ' + more).split(' ');
        std::sort(all.begin(), all.end());
        return all.join(' ');
    };
    const auto row = [](const char *name, const char *method, const char *path, const char *body,
                        const QByteArray &expected) {
        QTest::newRow(name) << QByteArray(method) << QByteArray(path) << QByteArray(body) << expected;
    };
    row("create document", "POST", "/v3/Documents", R"({"data":{}})", root);
    row("create list", "POST", "/v3/Lists", "{}", collection);
    row("create map", "POST", "/v3/Maps", "{}", collection);
    row("create stream", "POST", "/v3/Streams", "{}", stream);
    row("get document", "GET", "{D}", "", with(root, "data"));
    row("get list", "GET", "{L}", "", collection);
    row("get map", "GET", "{M}", "", collection);
    row("get stream", "GET", "{S}", "", stream);
    row("write document", "POST", "{D}", R"({"data":{}})", root);
    row("write map ttl", "POST", "{M}", R"({"ttl":1})", collection);
    row("push", "POST", "{L}/Items", R"({"data":{}})", listItem);
    row("set", "PUT", "{M}/Items/k", R"({"data":{}})", mapItem);
    row("update item", "POST", "{L}/Items/0", R"({"data":{}})", listItem);
    row("get list item", "GET", "{L}/Items/0", "", with(listItem, "data"));
    row("get map item", "GET", "{M}/Items/k", "", with(mapItem, "data"));
    row("remove item", "DELETE", "{M}/Items/k", "", mapItem);
    row("page", "GET", "{M}/Items", "", "items meta");
    row("context", "GET", "{L}/Context", "", "data date_updated last_event_id list_sid");
    row("publish", "POST", "{S}/Messages", R"({"data":{}})", "sid stream_sid");
}

void tst_Endpoints::replyHasFields()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const auto reply = server.call(method, prepared(server, path), body);
    QStringList names = DataFixture::json(reply).keys();
    names.removeAll(u"service_sid"_s);
    names.removeAll(u"created_by"_s);
    QCOMPARE(names.join(u' ').toLatin1(), expected);
}

void tst_Endpoints::writesNeverEchoData_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("create document") << QByteArray("POST") << QByteArray("/v3/Documents");
    QTest::newRow("write document") << QByteArray("POST") << QByteArray("{D}");
    QTest::newRow("push") << QByteArray("POST") << QByteArray("{L}/Items");
    QTest::newRow("update list item") << QByteArray("POST") << QByteArray("{L}/Items/0");
    QTest::newRow("put map item") << QByteArray("PUT") << QByteArray("{M}/Items/k");
    QTest::newRow("put new map item") << QByteArray("PUT") << QByteArray("{M}/Items/n");
    QTest::newRow("write context") << QByteArray("POST") << QByteArray("{L}/Context");
    QTest::newRow("publish") << QByteArray("POST") << QByteArray("{S}/Messages");
}

void tst_Endpoints::writesNeverEchoData()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    DataFixture server;
    const auto reply = server.call(method, prepared(server, path), R"({"data":{"marker":1}})");
    QVERIFY(reply.status == 200 || reply.status == 201);
    QVERIFY2(!reply.body.contains("marker"), reply.body.constData());
}

void tst_Endpoints::bothUrlFormsNameTheSameObject_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("encoded");
    QTest::newRow("plain") << QByteArray("settings") << QByteArray("settings");
    QTest::newRow("space and slash") << QByteArray("a b/c") << QByteArray("a%20b%2Fc");
    QTest::newRow("lower-case escapes") << QByteArray("a/b") << QByteArray("a%2fb");
    QTest::newRow("beyond ASCII") << QByteArray("日本") << QByteArray("%E6%97%A5%E6%9C%AC");
    QTest::newRow("almost a sid") << QByteArray("TO111") << QByteArray("TO111");
    QTest::newRow("raw UTF-8 in the path") << QByteArray("é") << QByteArray("é");
}

void tst_Endpoints::bothUrlFormsNameTheSameObject()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, encoded);
    DataFixture server;
    for (const char *const word : { "Documents", "Lists", "Maps", "Streams" }) {
        const QByteArray collection = word;
        const QByteArray sid =
                DataFixture::sidOf(server.create(collection, "{\"unique_name\":\"" + name + "\"}"));
        const QByteArray service = "/v3/Services/" + server.caller.serviceSid.toLatin1();
        for (const QByteArray &path :
             { "/v3/" + collection + '/' + sid, "/v3/" + collection + '/' + encoded,
               service + '/' + collection + '/' + sid, service + '/' + collection + '/' + encoded }) {
            const QJsonObject body = DataFixture::json(server.call("GET", path));
            QCOMPARE(body[u"sid"].toString().toLatin1(), sid);
            QCOMPARE(body[u"unique_name"].toString().toUtf8(), name);
        }
    }
}

void tst_Endpoints::servicesAreSpacesOfTheirOwn()
{
    DataFixture server;
    const QByteArray path = server.create("Documents", R"({"unique_name":"n"})");
    server.caller.serviceSid = u"IS00000000000000000000000000000002"_s;
    QCOMPARE(DataFixture::brief(server.call("GET", path)), QByteArray("404 54100 Document not found"));
    QCOMPARE(DataFixture::brief(server.call("GET", "/v3/Documents/n")),
             QByteArray("404 54300 Unique name not found"));
    QCOMPARE(server.call("POST", "/v3/Documents", R"({"unique_name":"n"})").status, 201);
    const ObjectRef first { DataFixture::sidOf(path), ObjectKind::Document };
    QVERIFY(Twilio::errorOf(server.replay(first, 0, 10)));
    QCOMPARE(server.data->find(first.sid), first);
    QCOMPARE(server.data->objectCount(), 2);
}

void tst_Endpoints::kindsHaveTheirOwnNames()
{
    DataFixture server;
    for (const char *const word : { "Documents", "Lists", "Maps", "Streams" }) {
        const QByteArray collection = word;
        QCOMPARE(server.call("POST", "/v3/" + collection, R"({"unique_name":"n"})").status, 201);
        QCOMPARE(DataFixture::brief(server.call("POST", "/v3/" + collection, R"({"unique_name":"n"})")),
                 QByteArray("409 54301 Unique name already exists"));
        QCOMPARE(server.call("DELETE", "/v3/" + collection + "/n").status, 204);
        QCOMPARE(server.call("POST", "/v3/" + collection, R"({"unique_name":"n"})").status, 201);
    }
}

void tst_Endpoints::includedItems()
{
    DataFixture server;
    const QByteArray map = server.create("Maps");
    for (int i = 0; i < 120; ++i)
        server.call("PUT", map + "/Items/" + QByteArray::number(i + 1000), R"({"data":{"n":1}})");
    const QJsonArray items =
            DataFixture::json(server.call("GET", map, {}, { { "Include", "items" } }))[u"items"].toArray();
    QCOMPARE(items.size(), 100);
    QCOMPARE(items[0][u"key"].toString(), u"1000"_s);
    QVERIFY(items[0].toObject().contains(u"data"));
    const QByteArray empty = server.create("Maps");
    QVERIFY(server.call("GET", empty, {}, { { "Include", "items" } }).body.contains("\"items\":[]"));
    QVERIFY(!server.call("GET", map).body.contains("\"items\":["));
}

void tst_Endpoints::listContext()
{
    DataFixture server;
    const QByteArray list = server.create("Lists", R"({"context":{"a": 1.0}})");
    QCOMPARE(DataFixture::json(server.call("GET", list + "/Context"))[u"last_event_id"].toInt(), -1);
    QVERIFY(server.call("GET", list + "/Context").body.contains("\"data\":{\"a\":1.0}"));
    server.call("POST", list + "/Context", R"({"data":{"b":2}})");
    const QJsonObject body = DataFixture::json(server.call("GET", list + "/Context"));
    QCOMPARE(body[u"data"][u"b"].toInt(), 2);
    QCOMPARE(body[u"last_event_id"].toInt(), 0);
    QCOMPARE(server.eventTypes(), QByteArrayList { "list_context_updated" });
    const QJsonObject url = DataFixture::json(server.call("GET", list));
    QVERIFY(url[u"links"][u"context"].toString().endsWith("/Context"_L1));
}

void tst_Endpoints::configuration()
{
    DataFixture server;
    const QJsonObject links = DataFixture::json(server.call("GET", "/v3/Configuration"))[u"links"].toObject();
    const QStringList needed { u"subscriptions"_s,   u"maps"_s,          u"map_items"_s,
                               u"map_item"_s,        u"lists"_s,         u"list_items"_s,
                               u"list_item"_s,       u"documents"_s,     u"streams"_s,
                               u"stream_messages"_s, u"insights_items"_s };
    for (const QString &name : needed)
        QVERIFY2(links[name].toString().startsWith("https://cds.us1.twilio.com/v"_L1), qPrintable(name));
    QVERIFY(links[u"map_item"].toString().endsWith(
            "/v3/Services/IS00000000000000000000000000000001/Maps/{mapId}/Items/{itemId}"_L1));
    QVERIFY(links[u"stream_messages"].toString().contains("{streamId}"_L1));
    QVERIFY(links[u"insights_items"].toString().contains("{indexName}"_L1));
}

void tst_Endpoints::hostOfTheCallIsTheHostOfUrls_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("shown");
    QTest::newRow("region") << QByteArray("cds.ie1.twilio.com") << QByteArray("cds.ie1.twilio.com");
    QTest::newRow("port") << QByteArray("localhost:8080") << QByteArray("localhost:8080");
    QTest::newRow("IPv6") << QByteArray("[::1]:80") << QByteArray("[::1]:80");
    QTest::newRow("none") << QByteArray() << QByteArray("cds.us1.twilio.com");
    QTest::newRow("not a host") << QByteArray("a\"/b\r\n") << QByteArray("cds.us1.twilio.com");
    QTest::newRow("endless") << QByteArray(5000, 'a') << QByteArray("cds.us1.twilio.com");
}

void tst_Endpoints::hostOfTheCallIsTheHostOfUrls()
{
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, shown);
    DataFixture server;
    const auto reply = server.calls->handle({ "POST", "/v3/Maps", {}, {}, host, "{}" }, server.caller);
    const QString url = DataFixture::json(reply)[u"url"].toString();
    QVERIFY2(url.startsWith("https://"_L1 + QString::fromLatin1(shown) + "/v3/Services/IS"_L1),
             qPrintable(url));
}

void tst_Endpoints::listIndexesAreNeverUsedAgain()
{
    DataFixture server;
    const QByteArray items = server.create("Lists") + "/Items";
    for (int i = 0; i < 3; ++i)
        QCOMPARE(DataFixture::json(server.call("POST", items, R"({"data":{}})"))[u"index"].toInt(), i);
    server.call("DELETE", items + "/2");
    server.call("DELETE", items + "/0");
    QCOMPARE(DataFixture::json(server.call("POST", items, R"({"data":{}})"))[u"index"].toInt(), 3);
}

QTEST_GUILESS_MAIN(tst_Endpoints)
#include "tst_endpoints.moc"
