#include "server/data/change.h"
#include "server/net/connection.h"
#include "server/net/gateway.h"
#include "server/net/hooks.h"
#include "server/net/session.h"
#include "shared/lazyreader.h"
#include "shared/rawclient.h"
#include "shared/restserver.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qurlquery.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

using Response = RawHttp::Response;

// Twilio's REST API as a backend on the wire sees it. Its helper library runs in tests/interop/rest.mjs.
class tst_Rest : public RestServer
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"twilio.sync.server.warning=false"_s); }
    void credentials_data();
    void credentials();
    void errors_data();
    void errors();
    void resources_data();
    void resources();
    void timesAreWholeSecondsInUtc();
    void urlsAreThoseOfTheCaller();
    void pagesLeadToEachOther();
    void firstTtlCounts_data();
    void firstTtlCounts();
    void nothingIsWrittenIfTheCollectionsTtlIsWrong();
    void headAndOptions();
    void whatTheSystemWritesClientsSee();
    void changesAreMarked();
    void answerWaitsForSlowReaders_data();
    void answerWaitsForSlowReaders();
    void objectsAreLimited();
    void restIsDownWithTheServer();
};

void tst_Rest::credentials_data()
{
    QTest::addColumn<QByteArray>("header"); // SECRET stands for the key
    QTest::addColumn<QByteArray>("accountSid"); // empty: refused
    const QByteArray key = "SK00000000000000000000000000000007";
    QTest::newRow("account") << QByteArray("Basic " + account + ":SECRET") << account;
    QTest::newRow("API key") << QByteArray("Basic " + key + ":SECRET")
                             << QByteArray(Server::defaultAccountSid);
    QTest::newRow("lower case") << QByteArray("basic " + account + ":SECRET") << account;
    QTest::newRow("none") << QByteArray() << QByteArray();
    QTest::newRow("wrong key") << QByteArray("Basic " + account + ":SECRETx") << QByteArray();
    QTest::newRow("no key") << QByteArray("Basic " + account + ':') << QByteArray();
    QTest::newRow("no colon") << QByteArray("Basic " + account) << QByteArray();
    QTest::newRow("no SID") << QByteArray("Basic ann:SECRET") << QByteArray();
    QTest::newRow("service SID") << QByteArray("Basic IS00000000000000000000000000000007:SECRET")
                                 << QByteArray();
    QTest::newRow("bearer") << QByteArray("Bearer " + account + ":SECRET") << QByteArray();
    QTest::newRow("no base64") << QByteArray("Basic ?") << QByteArray();
}

void tst_Rest::credentials()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, accountSid);
    header.replace("SECRET", m_server->secret().toUtf8());
    const qsizetype space = header.indexOf(' ');
    if (space > 0 && !header.endsWith('?'))
        header = header.first(space + 1) + header.sliced(space + 1).toBase64();
    if (!header.isEmpty())
        header = "Authorization: " + header + "\r\n";
    RawHttp http(m_server->url());
    const auto response = http.request("GET", "/v1/Services/default", {}, header);
    if (!accountSid.isEmpty()) {
        QCOMPARE(response.status, 200);
        QCOMPARE(response.json().value("account_sid"_L1).toString().toUtf8(), accountSid);
        return;
    }
    QCOMPARE(response.status, 401);
    QVERIFY(response.says("WWW-Authenticate: Basic realm=\"Twilio API\""));
    QCOMPARE(response.json().value("code"_L1).toInt(), 20003);
    // Nothing is done for who is not known.
    QCOMPARE(http.request("POST", "/v1/Services/default/Documents", "UniqueName=d", header + formType).status,
             401);
    QCOMPARE(call("GET", "/default/Documents/d").status, 404);
}

void tst_Rest::errors_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const QByteArray &method, const QByteArray &path, const QByteArray &form, int status,
                        int code, const QByteArray &message) {
        QTest::addRow("%s %s %s", method.constData(), path.constData(), form.left(40).constData())
                << method << path << form << status << code << message;
    };
    const auto missing = [&](const QByteArray &method, const QByteArray &path, const QByteArray &form = {}) {
        row(method, path, form, 404, 20404, "The requested resource /Services" + path + " was not found");
    };
    const QByteArray unknown = "/IS00000000000000000000000000000009";
    missing("GET", unknown);
    missing("POST", unknown, "FriendlyName=x");
    missing("DELETE", unknown);
    missing("GET", unknown + "/Documents");
    missing("POST", unknown + "/Documents");
    missing("GET", "/default/Documents/no");
    missing("GET", "/default/Documents/");
    missing("GET", "/default/Documents/%ff");
    missing("POST", "/default/Maps/no/Items", "Key=k&Data={}");
    missing("GET", "/default/Lists/list/Items/9");
    missing("DELETE", "/default/Maps/map/Items/no");
    missing("GET", "/default/Lists/map");
    missing("POST", "/default/Streams/no/Messages", "Data={}");
    row("POST", "/default/Documents", "UniqueName=doc", 409, 54301, "Unique name already exists");
    row("POST", "/default/Maps", "UniqueName=", 400, 54302,
        "Invalid unique name. Expected a string with length 1-320 not matching the SID pattern "
        "[A-Z]{2}[a-f0-9]{32}");
    row("POST", "/default/Documents", "Data=[]", 400, 54101, "Invalid Document data");
    row("POST", "/default/Documents/doc", "Ttl=1.5", 400, 54011, "Invalid TTL");
    row("POST", "/default/Documents/doc", "Ttl=31536001", 400, 54011, "Invalid TTL");
    row("POST", "/default/Documents/doc", "", 400, 54010, "No parameters specified");
    row("POST", "/default/Lists/list/Items", "", 400, 54156, "Invalid List Item data");
    row("POST", "/default/Maps/map/Items", "Data={}", 400, 54209, "Invalid Map Item key");
    row("POST", "/default/Maps/map/Items", "Key=k&Data={}", 409, 54208, "Map Item already exists");
    row("POST", "/default/Streams/stream/Messages", "Data=" + QByteArray(5000, ' '), 400, 54251,
        "Invalid Stream Message data");
    row("GET", "/default/Lists/list/Items/x", "", 400, 54152, "Invalid List Item index");
    row("GET", "/default/Lists/list/Items?PageSize=0", "", 400, 20007, "Invalid page size");
    row("GET", "/default/Lists/list/Items?From=x", "", 400, 54152, "Invalid List Item index");
    row("GET", "/default/Lists/list/Items?Bounds=x", "", 400, 20001, "Invalid query parameter");
    row("GET", "?PageToken=x", "", 400, 20001, "Invalid page token");
    row("POST", "/default/Documents", "UniqueName=%ff", 400, 20001, "Malformed request body");
    row("POST", "/default/Documents", "UniqueName=%x", 400, 20001, "Malformed request body");
    row("POST", "", "WebhookUrl=http://10.0.0.1/hook", 400, 20001,
        "WebhookUrl: webhooks go to loopback only, not to 10.0.0.1; see --allow-webhooks-to");
    row("POST", "/default", "WebhookUrl=ftp://localhost/", 400, 20001,
        "WebhookUrl: expected a URL of http or https, got \"ftp://localhost/\"");
    row("POST", "/default", "WebhookUrl=http://ann:x@localhost/", 400, 20001,
        "WebhookUrl: a URL with a user or password is not supported");
    row("POST", "", "AclEnabled=x", 400, 20001, "AclEnabled: expected true or false");
    row("POST", "/default/Maps/map/Permissions/ann", "Read=1", 400, 20001, "Read: expected true or false");
    missing("GET", "/default/Maps/map/Permissions/ann");
    missing("DELETE", "/default/Maps/map/Permissions/ann");
    missing("POST", "/default/Maps/map/Permissions/");
    missing("GET", "/default/Documents/no/Permissions");
    row("POST", "/default", "ReachabilityWebhooksEnabled=1", 400, 20001,
        "ReachabilityWebhooksEnabled: expected true or false");
    for (const char *const window : { "999", "30001" })
        row("POST", "/default", QByteArray("ReachabilityDebouncingWindow=") + window, 400, 20001,
            "ReachabilityDebouncingWindow: expected a whole number of milliseconds from 1000 to 30000");
    row("POST", "/default", "ReachabilityDebouncingWindow=5s", 400, 20001,
        "ReachabilityDebouncingWindow: expected a whole number");
    row("PUT", "/default/Maps/map/Items/k", "Data={}", 405, 20004, "Method not allowed");
    row("GET", "/default/Streams/stream/Messages", "", 405, 20004, "Method not allowed");
}

void tst_Rest::errors()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, form);
    QFETCH(int, status);
    QFETCH(int, code);
    QFETCH(QByteArray, message);
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=doc").status, 201);
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=list").status, 201);
    QCOMPARE(call("POST", "/default/Maps", "UniqueName=map").status, 201);
    QCOMPARE(call("POST", "/default/Maps/map/Items", "Key=k&Data={}").status, 201);
    QCOMPARE(call("POST", "/default/Streams", "UniqueName=stream").status, 201);
    const auto response = call(method, path, form);
    QCOMPARE(response.status, status);
    QCOMPARE(response.json(),
             (QJsonObject { { u"code"_s, code },
                            { u"message"_s, QString::fromUtf8(message) },
                            { u"more_info"_s, u"https://www.twilio.com/docs/errors/%1"_s.arg(code) },
                            { u"status"_s, status } }));
}

void tst_Rest::resources_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<QString>("members"); // as the API's description has them
    const QString object = u"account_sid created_by date_created date_expires date_updated links revision "
                           "service_sid sid unique_name url"_s;
    const QString item = u"account_sid created_by data date_created date_expires date_updated %1 revision "
                         "service_sid url"_s;
    QTest::newRow("service") << QByteArray() << QByteArray("FriendlyName=x")
                             << u"account_sid acl_enabled date_created date_updated friendly_name links "
                                "reachability_debouncing_enabled reachability_debouncing_window "
                                "reachability_webhooks_enabled sid unique_name url webhook_url "
                                "webhooks_from_rest_enabled"_s;
    QTest::newRow("document") << QByteArray("/default/Documents") << QByteArray("Data={}")
                              << QString(object).replace(u"date_created"_s, u"data date_created"_s);
    QTest::newRow("list") << QByteArray("/default/Lists") << QByteArray() << object;
    QTest::newRow("map") << QByteArray("/default/Maps") << QByteArray() << object;
    QTest::newRow("stream") << QByteArray("/default/Streams") << QByteArray()
                            << QString(object).remove(u"revision "_s);
    QTest::newRow("list item") << QByteArray("/default/Lists/of/Items") << QByteArray("Data={}")
                               << item.arg(u"index list_sid"_s);
    QTest::newRow("map item") << QByteArray("/default/Maps/of/Items") << QByteArray("Key=k/ü&Data={}")
                              << item.arg(u"key map_sid"_s);
    QTest::newRow("message") << QByteArray("/default/Streams/of/Messages") << QByteArray("Data={}")
                             << u"data sid"_s;
}

void tst_Rest::resources()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, form);
    QFETCH(QString, members);
    for (const char *collection : { "Lists", "Maps", "Streams" })
        QCOMPARE(call("POST", QByteArray("/default/") + collection, "UniqueName=of").status, 201);
    const auto created = call("POST", path, form);
    QCOMPARE(created.status, 201);
    const QJsonObject resource = created.json();
    QCOMPARE(resource.keys().join(u' '), members);
    if (!resource.contains("url"_L1))
        return;
    // Its own address and the page of its collection show the same.
    RawHttp http(m_server->url());
    const QByteArray own =
            QUrl(resource.value("url"_L1).toString()).toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority);
    const auto fetched = http.request("GET", own, {}, authorization());
    QCOMPARE(fetched.status, 200);
    QCOMPARE(fetched.json(), resource);
    const QJsonObject page = call("GET", path).json();
    const QString key = page.value("meta"_L1).toObject().value("key"_L1).toString();
    QVERIFY(page.value(key).toArray().contains(resource));
    QCOMPARE(http.request("DELETE", own, {}, authorization()).status, 204);
    QCOMPARE(http.request("GET", own, {}, authorization()).status, 404);
}

// Helper libraries of some languages read no fractions.
void tst_Rest::timesAreWholeSecondsInUtc()
{
    const QJsonObject made = call("POST", "/default/Documents", "Ttl=100").json();
    const auto timeOf = [&](QLatin1StringView name) {
        const QString text = made.value(name).toString();
        static const QRegularExpression wholeSeconds(u"^[-0-9]{10}T[:0-9]{8}Z$"_s);
        return wholeSeconds.match(text).hasMatch() ? QDateTime::fromString(text, Qt::ISODate) : QDateTime();
    };
    QVERIFY(timeOf("date_created"_L1).isValid());
    QVERIFY(qAbs(timeOf("date_created"_L1).secsTo(QDateTime::currentDateTimeUtc())) < 60);
    QCOMPARE(timeOf("date_created"_L1).secsTo(timeOf("date_expires"_L1)), 100);
    QVERIFY(call("POST", "/default/Documents").json().value("date_expires"_L1).isNull());
}

void tst_Rest::urlsAreThoseOfTheCaller()
{
    const QByteArray host = "127.0.0.1:" + QByteArray::number(m_server->port());
    RawHttp http(m_server->url());
    http.send("GET /v1/Services/default/Maps?PageSize=3 HTTP/1.1\r\nHost: " + host + "\r\n" + authorization()
              + "\r\n");
    const QJsonObject meta = http.response().json().value("meta"_L1).toObject();
    QCOMPARE(meta.value("url"_L1).toString().toUtf8(),
             "http://" + host + "/v1/Services/default/Maps?PageSize=3&Page=0");
}

void tst_Rest::pagesLeadToEachOther()
{
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=list").status, 201);
    RawHttp http(m_server->url());
    for (int i = 0; i < 7; ++i)
        QCOMPARE(call(http, "POST", "/default/Lists/list/Items", "Data={}").status, 201);
    const auto get = [&](const QString &url) {
        return http
                .request("GET", QUrl(url).toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority), {},
                         authorization())
                .json();
    };
    const auto indices = [](const QJsonObject &page) {
        QStringList all;
        const QJsonArray items = page.value("items"_L1).toArray();
        for (const QJsonValue &item : items)
            all << QString::number(item.toObject().value("index"_L1).toInt());
        return all.join(u' ');
    };
    const auto metaOf = [](const QJsonObject &page) { return page.value("meta"_L1).toObject(); };
    const QString asked =
            u"/v1/Services/default/Lists/list/Items?From=5&Bounds=exclusive&Order=desc&PageSize=2"_s;
    const QJsonObject first = get(asked);
    QCOMPARE(indices(first), u"4 3"_s);
    QCOMPARE(metaOf(first).value("page"_L1).toInt(-1), 0);
    QCOMPARE(metaOf(first).value("page_size"_L1).toInt(), 2);
    QCOMPARE(metaOf(first).value("url"_L1), metaOf(first).value("first_page_url"_L1));
    const QJsonObject second = get(metaOf(first).value("next_page_url"_L1).toString());
    QCOMPARE(indices(second), u"2 1"_s);
    QCOMPARE(metaOf(second).value("page"_L1).toInt(), 1);
    const QJsonObject third = get(metaOf(second).value("next_page_url"_L1).toString());
    QCOMPARE(indices(third), u"0"_s);
    QVERIFY(metaOf(third).value("next_page_url"_L1).isNull());
    QCOMPARE(indices(get(metaOf(third).value("previous_page_url"_L1).toString())), u"2 1"_s);
    QCOMPARE(get(metaOf(third).value("url"_L1).toString()), third);
    QCOMPARE(get(metaOf(third).value("first_page_url"_L1).toString()), first);
}

void tst_Rest::firstTtlCounts_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<int>("seconds");
    QTest::newRow("list") << QByteArray("/default/Lists") << QByteArray("Ttl=50") << 50;
    QTest::newRow("both") << QByteArray("/default/Maps") << QByteArray("Ttl=50&CollectionTtl=70") << 70;
    QTest::newRow("item") << QByteArray("/default/Lists/of/Items") << QByteArray("Data={}&Ttl=50") << 50;
    QTest::newRow("both of an item") << QByteArray("/default/Lists/of/Items")
                                     << QByteArray("Data={}&ItemTtl=60&Ttl=50&CollectionTtl=70") << 60;
}

void tst_Rest::firstTtlCounts()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, form);
    QFETCH(int, seconds);
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=of").status, 201);
    const QJsonObject made = call("POST", path, form).json();
    const auto lifeOf = [](const QJsonObject &resource) {
        const auto timeOf = [&](QLatin1StringView name) {
            return QDateTime::fromString(resource.value(name).toString(), Qt::ISODate);
        };
        return timeOf("date_updated"_L1).secsTo(timeOf("date_expires"_L1));
    };
    QCOMPARE(lifeOf(made), seconds);
    const QJsonObject list = call("GET", "/default/Lists/of").json();
    if (form.contains("ItemTtl"))
        QVERIFY(qAbs(lifeOf(list) - 70) <= 1);
    else
        QVERIFY(list.value("date_expires"_L1).isNull());
}

void tst_Rest::nothingIsWrittenIfTheCollectionsTtlIsWrong()
{
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=of").status, 201);
    const auto refused = call("POST", "/default/Lists/of/Items", "Data={}&CollectionTtl=x");
    QCOMPARE(refused.json().value("code"_L1).toInt(), 54011);
    QVERIFY(call("GET", "/default/Lists/of/Items").json().value("items"_L1).toArray().isEmpty());
}

void tst_Rest::headAndOptions()
{
    RawHttp http(m_server->url());
    const auto get = http.request("GET", "/v1/Services/default", {}, authorization());
    const auto head = http.request("HEAD", "/v1/Services/default", {}, authorization());
    QCOMPARE(head.status, 200);
    QVERIFY(head.says("Content-Length: " + QByteArray::number(get.body.size())));
    const auto options = http.request("OPTIONS", "/v1/Services/default/Lists/x/Items/0");
    QVERIFY(options.says("Allow: GET, POST, DELETE, HEAD, OPTIONS"));
}

void tst_Rest::whatTheSystemWritesClientsSee()
{
    const QJsonObject made = call("POST", "/default/Documents", "UniqueName=d").json();
    const QByteArray sid = made.value("sid"_L1).toString().toUtf8();
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    QCOMPARE(client.rest(u"GET"_s, u"/v3/Documents/d"_s).body.value("created_by"_L1).toString(), u"system"_s);
    client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                "{\"event_protocol_version\":4,\"action\":\"establish\",\"correlation_id\":1,\"requests\":[{"
                "\"object_sid\":\""
                        + sid + "\",\"object_type\":\"document\"}]}");
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    QCOMPARE(call("POST", "/default/Documents/d", "Data={\"n\":1}").status, 200);
    QVERIFY(client.notification(u"document_updated"_s).payload.contains(R"("document_data":{"n":1})"));
}

void tst_Rest::changesAreMarked()
{
    QStringList seen;
    connect(&m_server->gateway()->hub().data(), &Server::SyncData::changed, this,
            [&](const Server::Change &change) {
                seen << change.by.identity + (change.by.viaRest ? u" by REST"_s : u""_s);
            });
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=d").status, 201);
    QCOMPARE(call("POST", "/default/Documents/d", "Data={}").status, 200);
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    QCOMPARE(client.rest(u"DELETE"_s, u"/v3/Documents/d"_s).httpStatus(), 204);
    QCOMPARE(seen, (QStringList { u"system by REST"_s, u"alice"_s }));
}

void tst_Rest::answerWaitsForSlowReaders_data()
{
    QTest::addColumn<bool>("readsOn");
    QTest::newRow("until they read") << true;
    QTest::newRow("until they go") << false;
}

void tst_Rest::answerWaitsForSlowReaders()
{
    QFETCH(bool, readsOn);
    Server::ServerOptions options;
    options.maxOutput = Server::ServerOptions::leastMaxOutput;
    options.stallTimeout = 10min;
    restart(options);
    const QJsonObject list = call("POST", "/default/Lists", "UniqueName=l").json();
    auto reader = std::make_unique<LazyReader>();
    QVERIFY(reader->open(m_server->url()));
    QVERIFY(reader->subscribe(token(u"slow"_s),
                              R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")"
                                      + list.value("sid"_L1).toString().toUtf8()
                                      + R"(","object_type":"list"}]})"));
    reader->stopReading();
    RawHttp writer(m_server->url());
    const QByteArray form = "Data={\"pad\":\"" + QByteArray(16'000, 'x') + "\"}";
    const auto isBehind = [this] { return m_server->gateway()->sessions().first()->connection().isBehind(); };
    Server::SyncData &data = m_server->gateway()->hub().data();
    qsizetype written = 0;
    while (!isBehind()) {
        writer.send("POST /v1/Services/default/Lists/l/Items HTTP/1.1\r\nHost: localhost\r\n"
                    + authorization() + formType + "Content-Length: " + QByteArray::number(form.size())
                    + "\r\n\r\n" + form);
        ++written;
        QTRY_COMPARE(data.itemCount(), written);
        if (!isBehind())
            QCOMPARE(writer.response().status, 201);
        QVERIFY(written < 10'000);
    }
    // Others are answered meanwhile.
    QCOMPARE(call("GET", "/default/Lists/l").status, 200);
    QCOMPARE(writer.socket().bytesAvailable(), 0);
    if (readsOn)
        reader->readOn();
    else
        reader.reset();
    QCOMPARE(writer.response().status, 201);
}

void tst_Rest::objectsAreLimited()
{
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=d").status, 201);
    Server::ServerOptions options;
    options.enforceRateLimits = true;
    restart(options);
    RawHttp http(m_server->url());
    int answered = 0;
    Response response;
    while (answered < 1000
           && (response = call(http, "POST", "/default/Documents/d", "Data={}")).status == 200)
        ++answered;
    QVERIFY(answered >= 200); // ten seconds at once
    QCOMPARE(response.status, 429);
    QCOMPARE(response.json().value("code"_L1).toInt(), 54009);
    QVERIFY(response.says("Retry-After: 1"));
}

void tst_Rest::restIsDownWithTheServer()
{
    struct Down final : Server::Hooks
    {
        [[nodiscard]] bool isDown() const override { return true; }
    };
    m_server->close();
    m_server->setHooks([](Server::Gateway &, Server::Router &) { return std::make_unique<Down>(); });
    QVERIFY(m_server->listen());
    QCOMPARE(call("GET", "/default").status, 503);
}

QTEST_GUILESS_MAIN(tst_Rest)
#include "tst_rest.moc"
