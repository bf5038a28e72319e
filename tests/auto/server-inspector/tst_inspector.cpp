#include "inspectedserver.h"

#include "server/net/gateway.h"
#include "server/testing/faultinjector.h"
#include "shared/rawclient.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

// The JSON of the inspector's page: objects, connections, tokens, figures.
class tst_Inspector : public InspectedServer
{
    Q_OBJECT

private Q_SLOTS:
    void objectsAreFound_data();
    void objectsAreFound();
    void objectsComeInPages();
    void objectsAreDescribed();
    void badQueriesAreRefused_data();
    void badQueriesAreRefused();
    void connectionsAreListed();
    void connectionsComeInPages();
    void tokensLetIn();
    void badTokensAreRefused_data();
    void badTokensAreRefused();
    void figuresCount();
    void controlIsTold();
    void faultsAndLimitsSpareThePage();

private:
    static QStringList names(const QJsonObject &answer)
    {
        QStringList all;
        const QJsonArray objects = answer.value("objects"_L1).toArray();
        for (const QJsonValue &object : objects)
            all << object.toObject().value("name"_L1).toString(u"-"_s);
        return all;
    }
};

void tst_Inspector::objectsAreFound_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QString>("expected");
    QTest::newRow("all, the newest first") << QByteArray() << u"- third Second first"_s;
    QTest::newRow("by name, whatever the case") << QByteArray("filter=SEC") << u"Second"_s;
    QTest::newRow("by maker") << QByteArray("filter=system") << u"- third Second first"_s;
    QTest::newRow("by SID") << QByteArray("filter=SID") << u"first"_s; // stands for the first one's
    QTest::newRow("none") << QByteArray("filter=nothing") << QString();
    QTest::newRow("kind") << QByteArray("kind=map") << u"Second"_s;
    QTest::newRow("kind and filter") << QByteArray("kind=map&filter=first") << QString();
    QTest::newRow("no kind") << QByteArray("kind=") << u"- third Second first"_s;
    QTest::newRow("default service") << QByteArray("service=default") << u"- third Second first"_s;
    QTest::newRow("other service") << QByteArray("service=IS00000000000000000000000000000009") << QString();
}

void tst_Inspector::objectsAreFound()
{
    QFETCH(QByteArray, query);
    QFETCH(QString, expected);
    const QByteArray first = call("POST", "/default/Documents", "UniqueName=first")
                                     .json()
                                     .value("sid"_L1)
                                     .toString()
                                     .toLatin1();
    QCOMPARE(call("POST", "/default/Maps", "UniqueName=Second").status, 201);
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=third").status, 201);
    QCOMPARE(call("POST", "/default/Streams").status, 201);
    const auto response = get("objects?" + query.replace("SID", first));
    QCOMPARE(response.status, 200);
    QCOMPARE(names(response.json()).join(u' '), expected);
}

void tst_Inspector::objectsComeInPages()
{
    const QList<QByteArray> collections { "Documents", "Lists", "Maps", "Streams" };
    QStringList made;
    for (int i = 0; i < 23; ++i) {
        const QByteArray name = "o" + QByteArray::number(i);
        QCOMPARE(call("POST", "/default/" + collections[i * 7 % 4], "UniqueName=" + name).status, 201);
        made.prepend(QString::fromLatin1(name));
    }
    QStringList seen;
    QByteArray before;
    int pages = 0;
    do {
        const QJsonObject page = get("objects?limit=5" + before).json();
        QVERIFY(page.value("objects"_L1).toArray().size() <= 5);
        seen << names(page);
        const qint64 next = page.value("next"_L1).toInteger(-1);
        before = next < 0 ? QByteArray() : "&before=" + QByteArray::number(next);
        ++pages;
    } while (!before.isEmpty() && pages < 20);
    QCOMPARE(seen, made);
    QCOMPARE(pages, 5);
    QVERIFY(!get("objects?limit=23").json().contains("next"_L1));
}

void tst_Inspector::objectsAreDescribed()
{
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=l&Ttl=100").status, 201);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(call("POST", "/default/Lists/l/Items", "Data=%7B%7D").status, 201);
    const QJsonObject row = get("objects").json().value("objects"_L1).toArray().first().toObject();
    QCOMPARE(row.value("kind"_L1).toString(), u"list"_s);
    QCOMPARE(row.value("items"_L1).toInt(), 3);
    QCOMPARE(row.value("subscribers"_L1).toInt(-1), 0);
    QCOMPARE(row.value("created_by"_L1).toString(), u"system"_s);
    QVERIFY(!row.value("expires"_L1).toString().isEmpty());
}

void tst_Inspector::badQueriesAreRefused_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QString>("named");
    for (const char *path : { "objects?limit=0", "objects?limit=201", "objects?limit=", "objects?limit=x",
                              "connections?limit=101", "connections?limit=-1" })
        QTest::newRow(path) << QByteArray(path) << u"limit"_s;
    QTest::newRow("before") << QByteArray("objects?before=-1") << u"before"_s;
    QTest::newRow("kind") << QByteArray("objects?kind=lists") << u"kind"_s;
    QTest::newRow("after") << QByteArray("connections?after=9999999999999999999999") << u"after"_s;
    QTest::newRow("from") << QByteArray("events?from=0") << u"from"_s;
    QTest::newRow("wait") << QByteArray("events?wait=25001") << u"wait"_s;
}

void tst_Inspector::badQueriesAreRefused()
{
    QFETCH(QByteArray, path);
    QFETCH(QString, named);
    const auto response = get(path);
    QCOMPARE(response.status, 400);
    QCOMPARE(response.json().value("status"_L1).toInt(), 400);
    QVERIFY2(response.json().value("message"_L1).toString().startsWith(named), response.body.constData());
}

void tst_Inspector::connectionsAreListed()
{
    const QByteArray sid =
            call("POST", "/default/Maps", "UniqueName=m").json().value("sid"_L1).toString().toLatin1();
    RawClient client;
    QVERIFY(client.open(m_server->url(), token(u"ann ü"_s)));
    RawClient stranger;
    QVERIFY(stranger.open(m_server->url()));
    QCOMPARE(client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                         "{\"event_protocol_version\":4,\"action\":\"establish\",\"correlation_id\":1,"
                         "\"requests\":[{\"object_sid\":\""
                                 + sid + "\",\"object_type\":\"map\"}]}")
                     .httpStatus(),
             200);
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    QJsonObject answer;
    QTRY_COMPARE((answer = get("connections").json()).value("count"_L1).toInt(), 2);
    const QJsonArray rows = answer.value("connections"_L1).toArray();
    QVERIFY(!answer.contains("next"_L1));
    const QJsonObject first = rows.at(0).toObject();
    QCOMPARE(first.value("identity"_L1).toString(), u"ann ü"_s);
    QCOMPARE(first.value("service"_L1).toString(), QLatin1StringView(Server::defaultServiceSid));
    QCOMPARE(first.value("subscriptions"_L1).toInt(), 1);
    const QJsonObject object = first.value("objects"_L1).toArray().first().toObject();
    QCOMPARE(object.value("sid"_L1).toString(), QString::fromLatin1(sid));
    QCOMPARE(object.value("kind"_L1).toString(), u"map"_s);
    QCOMPARE(object.value("name"_L1).toString(), u"m"_s);
    QVERIFY(!rows.at(1).toObject().contains("identity"_L1));
    QCOMPARE(get("objects")
                     .json()
                     .value("objects"_L1)
                     .toArray()
                     .first()
                     .toObject()
                     .value("subscribers"_L1)
                     .toInt(),
             1);
    client.socket().abort();
    QTRY_COMPARE(get("connections").json().value("count"_L1).toInt(), 1);
}

void tst_Inspector::connectionsComeInPages()
{
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 7; ++i) {
        clients.push_back(std::make_unique<RawClient>());
        QVERIFY(clients.back()->open(m_server->url(), token(u"c%1"_s.arg(i))));
    }
    QStringList seen;
    qint64 after = 0;
    for (int pages = 0; after >= 0 && pages < 10; ++pages) {
        const QJsonObject page = get("connections?limit=3&after=" + QByteArray::number(after)).json();
        QCOMPARE(page.value("count"_L1).toInt(), 7);
        const QJsonArray rows = page.value("connections"_L1).toArray();
        QVERIFY(rows.size() <= 3);
        for (const QJsonValue &row : rows)
            seen << row.toObject().value("identity"_L1).toString();
        after = page.value("next"_L1).toInteger(-1);
    }
    QCOMPARE(seen.join(u' '), u"c0 c1 c2 c3 c4 c5 c6"_s);
}

void tst_Inspector::tokensLetIn()
{
    RawHttp http(m_server->url());
    const QByteArray body =
            "{\"identity\":\"zoë\",\"service\":\"IS00000000000000000000000000000009\",\"ttl\":60}";
    const auto response = http.request("POST", "/_inspect/tokens", body, keyLine());
    QCOMPARE(response.status, 200);
    const qint64 left = response.json().value("expires"_L1).toInteger() - QDateTime::currentMSecsSinceEpoch();
    QVERIFY2(left > 30'000 && left <= 60'000, QByteArray::number(left).constData());
    RawClient client;
    QVERIFY(client.open(m_server->url(), response.json().value("token"_L1).toString()));
    const QJsonObject row = get("connections").json().value("connections"_L1).toArray().first().toObject();
    QCOMPARE(row.value("identity"_L1).toString(), u"zoë"_s);
    QCOMPARE(row.value("service"_L1).toString(), u"IS00000000000000000000000000000009"_s);
}

void tst_Inspector::badTokensAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("named");
    QTest::newRow("nothing") << QByteArray() << u"identity"_s;
    QTest::newRow("empty identity") << QByteArray(R"({"identity":""})") << u"identity"_s;
    QTest::newRow("identity no text") << QByteArray(R"({"identity":7})") << u"identity"_s;
    QTest::newRow("long identity") << QByteArray("{\"identity\":\"" + QByteArray(257, 'a') + "\"}")
                                   << u"identity"_s;
    QTest::newRow("service") << QByteArray(R"({"identity":"a","service":"mine"})") << u"service"_s;
    QTest::newRow("service of another kind")
            << QByteArray(R"({"identity":"a","service":"ES00000000000000000000000000000009"})")
            << u"service"_s;
    for (const char *ttl : { "0", "-1", "1.5", "\"60\"", "null", "1e300", "315360001" })
        QTest::newRow(ttl) << QByteArray("{\"identity\":\"a\",\"ttl\":" + QByteArray(ttl) + '}') << u"ttl"_s;
    QTest::newRow("no object") << QByteArray("[]") << u"the body"_s;
    QTest::newRow("no JSON") << QByteArray("identity=a") << u"the body"_s;
}

void tst_Inspector::badTokensAreRefused()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, named);
    RawHttp http(m_server->url());
    const auto response = http.request("POST", "/_inspect/tokens", body, keyLine());
    QCOMPARE(response.status, 400);
    QVERIFY2(response.json().value("message"_L1).toString().startsWith(named), response.body.constData());
}

void tst_Inspector::figuresCount()
{
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=l").status, 201);
    QCOMPARE(call("POST", "/default/Lists/l/Items", "Data=%7B%7D").status, 201);
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    QCOMPARE(client.rest(u"GET"_s, u"/v3/Lists/l"_s).httpStatus(), 200);
    const QJsonObject figures = get("metrics").json();
    QCOMPARE(figures.value("objects"_L1).toInt(), 1);
    QCOMPARE(figures.value("items"_L1).toInt(), 1);
    QCOMPARE(figures.value("events"_L1).toInt(), 1);
    QCOMPARE(figures.value("inits"_L1).toInt(), 1);
    QCOMPARE(figures.value("requests"_L1).toInt(), 3); // backends' as well
    QCOMPARE(figures.value("connectionsTotal"_L1).toInt(), 1);
    QCOMPARE(figures.value("byStatus"_L1).toObject(), (QJsonObject { { u"200"_s, 1 }, { u"201"_s, 2 } }));
    QVERIFY(figures.value("rss"_L1).toInteger() > 1'000'000);
}

void tst_Inspector::controlIsTold()
{
    QCOMPARE(session().json().value("control"_L1), QJsonValue(false));
    inspect(true);
    QCOMPARE(session().json().value("control"_L1), QJsonValue(true));
}

void tst_Inspector::faultsAndLimitsSpareThePage()
{
    Server::ServerOptions options;
    options.enforceRateLimits = true;
    m_server->close();
    m_server->setOptions(options);
    m_server->setHooks(&Server::FaultInjector::make);
    QVERIFY(m_server->listen());
    const QByteArray key = session().json().value("key"_L1).toString().toLatin1();
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=d").status, 201);
    auto &faults = Server::FaultInjector::of(*m_server->gateway()).faults();
    faults.add(Server::AnswerFault { .answer = { .status = 503 } });
    const auto status = [&](const QByteArray &password) {
        RawHttp http(m_server->url());
        return http
                .request("POST", "/v1/Services/default/Documents/d", "Data=%7B%7D",
                         formType + "Authorization: Basic " + (account + ':' + password).toBase64() + "\r\n")
                .status;
    };
    QCOMPARE(status(key), 200);
    QCOMPARE(status(m_server->secret().toUtf8()), 503);
    int refused = 0;
    for (int i = 0; i < 1000 && refused != 429; ++i)
        refused = status(m_server->secret().toUtf8());
    QCOMPARE(refused, 429);
    QCOMPARE(status(key), 200);
}

QTEST_GUILESS_MAIN(tst_Inspector)
#include "tst_inspector.moc"
