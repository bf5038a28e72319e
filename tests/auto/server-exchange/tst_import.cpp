#include "datafixture.h"
#include "server/data/objectstore.h"
#include "server/exchange/importer.h"
#include "server/operations/permissions.h"
#include "server/webhooks/webhooktarget.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// What a file has is in the data afterwards; a bad one says where it is bad, and changes nothing.
class tst_Import : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void everythingComesIn();
    void exampleOfTheDocumentation();
    void nothingIsDefault();
    void folderIsReadInOrder();
    void whatIsOverIsLeftOut();
    void datesHold();
    void troubleIsNamed_data();
    void troubleIsNamed();
    void nothingChangesOfABadFile();
    void takenNamesAreRefused();
    void filesThatCannotBeRead();

private:
    QString file(const QByteArray &contents, const QString &name = u"seed.json"_s) const
    {
        QFile written(m_dir->filePath(name));
        return written.open(QFile::WriteOnly) && written.write(contents) == contents.size()
                ? written.fileName()
                : QString();
    }
    // None if all went well.
    QString import(const QString &path)
    {
        m_server->services->setJudgeOfUrls([](const QString &url) { return refusalOfWebhooksTo(url, {}); });
        const auto result = Importer(*m_server->data, *m_server->services).import(path);
        const auto *const error = Twilio::errorOf(result);
        if (!error)
            return {};
        Q_ASSERT(error->status() == 400);
        return QString(error->message()).remove(m_dir->path() + u'/');
    }
    QByteArray get(const QByteArray &path) { return m_server->call("GET", path).body; }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<DataFixture> m_server;
};

void tst_Import::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<DataFixture>();
    m_server->caller.serviceSid = QLatin1StringView(defaultServiceSid);
}

void tst_Import::everythingComesIn()
{
    const QString seed = file(R"({
        "services": [
            {
                "service": "default",
                "friendlyName": "zażółć \"x\"",
                "aclEnabled": true,
                "webhookUrl": "http://localhost:3000/hook?x=1",
                "webhooksFromRestEnabled": true,
                "reachabilityWebhooksEnabled": true,
                "reachabilityDebouncingEnabled": true,
                "reachabilityDebouncingWindow": 1000,
                "documents": [
                    { "uniqueName": "d", "data": { "n": 1e400, "s": "\u00fc" }, "ttl": 60,
                      "permissions": { "ann ü": ["read", "write"], "bob": ["manage"], "nobody": [] } },
                    { "sid": "ET0123456789abcdef0123456789abcdef" }
                ],
                "lists": [
                    { "uniqueName": "l", "context": { "c": 1 }, "nextIndex": 20,
                      "items": [ { "data": { "i": 0 } }, { "data": { "i": 1 }, "ttl": 5 },
                                 { "index": 10, "data": { "i": 10 } }, { "data": { "i": 11 } } ] }
                ],
                "maps": [ { "uniqueName": "m", "items": [ { "key": "b ü", "data": {} }, { "key": "a", "data": {"x":1} } ] } ],
                "streams": [ { "uniqueName": "s", "ttl": 0 }, {} ]
            },
            { "service": "IS00000000000000000000000000000009", "documents": [ { "uniqueName": "d" } ] }
        ]
    })");
    QCOMPARE(import(seed), QString());
    const auto found = m_server->services->find(u"default"_s);
    const auto &service = std::get<Service>(found);
    QCOMPARE(service.friendlyName, u"zażółć \"x\""_s);
    QVERIFY(service.aclEnabled);
    QCOMPARE(service.webhooks,
             (WebhookSettings { u"http://localhost:3000/hook?x=1"_s, true, true, true, 1000 }));

    m_server->caller.viaRest = true; // may do all
    Permissions permissions(*m_server->operations, *m_server->data);
    const auto all = permissions.page(m_server->caller, ObjectKind::Document, u"d"_s, {});
    QByteArrayList rights;
    for (const auto &each : std::get<PermissionPage>(all).permissions)
        rights << each->first.toUtf8() + (each->second.read ? " r" : "") + (each->second.write ? " w" : "")
                        + (each->second.manage ? " m" : "");
    QCOMPARE(rights, (QByteArrayList { "ann ü r w", "bob m", "nobody" }));

    QVERIFY(get("/v3/Documents/d").contains(R"("data":{"n":1e400,"s":"\u00fc"})"));
    // Qt does not read such a number.
    for (const char *const member :
         { R"("created_by":"system")", R"("date_expires":"2023-11-14T22:14:20.123Z")" })
        QVERIFY(get("/v3/Documents/d").contains(member));
    QCOMPARE(m_server->call("GET", "/v3/Documents/ET0123456789abcdef0123456789abcdef").status, 200);
    QVERIFY(get("/v3/Lists/l/Context").contains(R"({"c":1})"));
    const auto indexes = [&] {
        QList<int> seen;
        const QJsonArray items = DataFixture::json(get("/v3/Lists/l/Items"))[u"items"].toArray();
        for (const auto &item : items) {
            seen << item[u"index"].toInt();
            if (item[u"data"][u"i"].toInt() != seen.last())
                seen << -1;
        }
        return seen;
    };
    QCOMPARE(indexes(), (QList<int> { 0, 1, 10, 11 }));
    m_server->now += 5'000;
    QCOMPARE(indexes(), (QList<int> { 0, 10, 11 }));
    QCOMPARE(m_server->call("POST", "/v3/Lists/l/Items", R"({"data":{"i":20}})").status, 201);
    QCOMPARE(indexes(), (QList<int> { 0, 10, 11, 20 }));
    QVERIFY(get("/v3/Maps/m/Items/b%20%C3%BC").contains(R"("data":{})"));
    QVERIFY(get("/v3/Maps/m/Items/a").contains(R"("data":{"x":1})"));
    QCOMPARE(m_server->call("GET", "/v3/Streams/s").status, 200);
    QCOMPARE(m_server->data->objectCount(), 7);
    m_server->caller.serviceSid = u"IS00000000000000000000000000000009"_s;
    QVERIFY(get("/v3/Documents/d").contains(R"("data":{})"));
}

void tst_Import::exampleOfTheDocumentation()
{
    QFile document(QStringLiteral(SOURCE_DIR "/docs/local-server.md"));
    QVERIFY(document.open(QFile::ReadOnly));
    const QByteArray text = document.readAll();
    const QByteArray fence = "```json seed.json\n";
    const qsizetype begin = text.indexOf(fence);
    QVERIFY(begin > 0);
    const qsizetype end = text.indexOf("```", begin + fence.size());
    QCOMPARE(import(file(text.sliced(begin + fence.size(), end - begin - fence.size()))), QString());
    QCOMPARE(m_server->data->objectCount(), 4);
    QCOMPARE(m_server->data->itemCount(), 3);
}

void tst_Import::nothingIsDefault()
{
    QCOMPARE(import(file(R"({"services":[{}]})")), QString());
    QCOMPARE(m_server->serviceSids(), QStringList { QLatin1StringView(defaultServiceSid) });
    QCOMPARE(import(file(R"({"services":[]})")), QString());
    QCOMPARE(m_server->data->objectCount(), 0);
}

void tst_Import::folderIsReadInOrder()
{
    file(R"({"services":[{"friendlyName":"two"}]})", u"2.json"_s);
    file(R"({"services":[{"friendlyName":"one","lists":[{}]}]})", u"1.json"_s);
    file("no JSON at all", u"readme.txt"_s);
    QVERIFY(QDir(m_dir->path()).mkdir(u"3.json"_s)); // no file
    QCOMPARE(import(m_dir->path()), QString());
    const auto found = m_server->services->find(u"default"_s);
    QCOMPARE(std::get<Service>(found).friendlyName, u"two"_s);
    QCOMPARE(m_server->data->objectCount(), 1);
}

void tst_Import::whatIsOverIsLeftOut()
{
    QCOMPARE(import(file(R"({"services":[{
        "documents":[{"uniqueName":"past","dateExpires":"2023-11-14T22:13:20.123Z"}],
        "lists":[{"uniqueName":"l","items":[{"data":{},"dateExpires":"2000-01-01T00:00:00.000Z"},{"data":{}}]}]}]})")),
             QString());
    QCOMPARE(m_server->call("GET", "/v3/Documents/past").status, 404);
    const QJsonArray items = DataFixture::json(get("/v3/Lists/l/Items"))[u"items"].toArray();
    QCOMPARE(items.size(), 1);
    QCOMPARE(items[0][u"index"].toInt(), 1); // it keeps its place
    QVERIFY(m_server->events.isEmpty() || !m_server->eventTypes().contains("list_item_removed"));
}

void tst_Import::datesHold()
{
    QCOMPARE(import(file(R"({"services":[{
        "documents":[{"uniqueName":"d","dateExpires":"2030-01-02T03:04:05.678Z"}],
        "maps":[{"uniqueName":"m","dateExpires":"2030-01-02T03:04:05.678Z",
                 "items":[{"key":"k","data":{},"dateExpires":"2029-01-02T03:04:05.678Z"}]}]}]})")),
             QString());
    m_server->now += 12'345;
    for (const char *const path : { "/v3/Documents/d", "/v3/Maps/m" })
        QCOMPARE(DataFixture::json(get(path))[u"date_expires"], QJsonValue(u"2030-01-02T03:04:05.678Z"_s));
    QCOMPARE(DataFixture::json(get("/v3/Maps/m/Items/k"))[u"date_expires"],
             QJsonValue(u"2029-01-02T03:04:05.678Z"_s));
}

void tst_Import::troubleIsNamed_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("trouble");
    const auto row = [](const char *name, const QByteArray &contents, const QString &trouble) {
        QTest::newRow(name) << contents << u"seed.json: "_s + trouble;
    };
    const auto service = [&](const char *name, const QByteArray &members, const QString &trouble) {
        row(name, R"({"services":[{},{)" + members + "}]}", u"services[1]"_s + trouble);
    };
    row("empty", "", u"line 1: expected JSON: illegal value"_s);
    row("no JSON", "{\n \"services\": [\n  {,}\n ]\n}", u"line 3: expected JSON: unterminated object"_s);
    row("two values", "{} {}", u"line 1: expected JSON: garbage at the end of the document"_s);
    row("no object", "[]", u"expected an object, got []"_s);
    row("no services", "{}", u"expected services"_s);
    row("other member", R"({"service":{}})", u"service: is unknown; expected one of services"_s);
    row("services no array", R"({"services":{"a":1}})", u"services: expected an array, got {\"a\":1}"_s);
    row("service no object", R"({"services":[1]})", u"services[0]: expected an object, got 1"_s);
    service("typo", R"("document":[])",
            u".document: is unknown; expected one of service, friendlyName, aclEnabled, webhookUrl, "
            "webhooksFromRestEnabled, reachabilityWebhooksEnabled, reachabilityDebouncingEnabled, "
            "reachabilityDebouncingWindow, documents, lists, maps, streams"_s);
    service("twice", R"("aclEnabled":true,"aclEnabled":false)", u".aclEnabled: is there twice"_s);
    service("no boolean", R"("aclEnabled":"true")", u".aclEnabled: expected true or false, got \"true\""_s);
    service("no string", R"("friendlyName":null)", u".friendlyName: expected a string, got null"_s);
    service("no service", R"("service":"")", u".service: expected a SID or default, got an empty string"_s);
    service("window", R"("reachabilityDebouncingWindow":999)",
            u".reachabilityDebouncingWindow: expected a whole number from 1000 to 30000, got 999"_s);
    service("hook", R"("webhookUrl":"http://example.org/")",
            u": WebhookUrl: webhooks go to loopback only, not to example.org; see --allow-webhooks-to"_s);
    service("documents no array", R"("documents":{})", u".documents: expected an array, got {}"_s);
    service("name", R"("documents":[{},{"uniqueName":""}])",
            u".documents[1].uniqueName: Invalid unique name. Expected a string with length 1-320 not "
            u"matching "
            "the SID pattern [A-Z]{2}[a-f0-9]{32}"_s);
    service("half a character", R"("documents":[{"uniqueName":"\ud800"}])",
            u".documents[0].uniqueName: Invalid unique name. Expected a string with length 1-320 not "
            u"matching "
            "the SID pattern [A-Z]{2}[a-f0-9]{32}"_s);
    service("sid of another kind", R"("lists":[{"sid":"ET0123456789abcdef0123456789abcdef"}])",
            u".lists[0].sid: expected ES and 32 hex digits, got \"ET0123456789abcdef0123456789abcdef\""_s);
    service("data", R"("documents":[{"data":[]}])", u".documents[0].data: Invalid Document data"_s);
    service("large data", R"("documents":[{"data":{"x":")" + QByteArray(17'000, 'x') + R"("}}])",
            u".documents[0].data: Request entity too large"_s);
    service("ttl", R"("documents":[{"ttl":-1}])",
            u".documents[0].ttl: expected a whole number from 0 to 31536000, got -1"_s);
    service("ttl 1.5", R"("streams":[{"ttl":1.5}])",
            u".streams[0].ttl: expected a whole number from 0 to 31536000, got 1.5"_s);
    service("date", R"("maps":[{"dateExpires":"tomorrow"}])",
            u".maps[0].dateExpires: expected a date such as \"2030-01-31T12:00:00.000Z\""_s);
    service("both", R"("maps":[{"ttl":1,"dateExpires":"2030-01-31T12:00:00.000Z"}])",
            u".maps[0].ttl: expected ttl or dateExpires, got both"_s);
    service("right", R"("maps":[{"permissions":{"ann lee":["read","rite"]}}])",
            u".maps[0].permissions[\"ann lee\"][1]: expected \"read\", \"write\" or \"manage\""_s);
    service("rights", R"("maps":[{"permissions":{"ann":"read"}}])",
            u".maps[0].permissions.ann: expected an array, got \"read\""_s);
    service("permissions of a stream", R"("streams":[{"permissions":{}}])",
            u".streams[0].permissions: is unknown; expected one of uniqueName, sid, ttl, dateExpires"_s);
    service("item without data", R"("lists":[{"items":[{}]}])", u".lists[0].items[0]: expected data"_s);
    service("item without key", R"("maps":[{"items":[{"data":{}}]}])", u".maps[0].items[0]: expected key"_s);
    service("empty key", R"("maps":[{"items":[{"key":"","data":{}}]}])",
            u".maps[0].items[0].key: Invalid Map Item key"_s);
    service("key twice", R"("maps":[{"items":[{"key":"k","data":{}},{"key":"k","data":{}}]}])",
            u".maps[0].items: the key \"k\" is there twice"_s);
    service("item data", R"("maps":[{"items":[{"key":"k","data":3}]}])",
            u".maps[0].items[0].data: Invalid Map Item data"_s);
    service("index twice", R"("lists":[{"items":[{"index":3,"data":{}},{"index":3,"data":{}}]}])",
            u".lists[0].items[1].index: expected a whole number from 4 to 999999999999998, got 3"_s);
    service("next index", R"("lists":[{"nextIndex":1,"items":[{"data":{}},{"data":{}}]}])",
            u".lists[0].nextIndex: expected a whole number from 2 to 999999999999999, got 1"_s);
    service("key of a list item", R"("lists":[{"items":[{"key":"k","data":{}}]}])",
            u".lists[0].items[0].key: is unknown; expected one of index, data, ttl, dateExpires"_s);
    service("name twice", R"("maps":[{"uniqueName":"m"},{"uniqueName":"m"}])",
            u".maps[1].uniqueName: \"m\" is there already"_s);
    service("sid twice",
            R"("streams":[{"sid":"TO0123456789abcdef0123456789abcdef"},{"sid":"TO0123456789abcdef0123456789abcdef"}])",
            u".streams[1].sid: TO0123456789abcdef0123456789abcdef is there already"_s);
}

void tst_Import::troubleIsNamed()
{
    QFETCH(QByteArray, contents);
    QFETCH(QString, trouble);
    QCOMPARE(import(file(contents)), trouble);
    QCOMPARE(m_server->data->objectCount(), 0);
    QCOMPARE(m_server->data->ticket(), CommitTicket(0)); // nothing at all was touched
}

void tst_Import::nothingChangesOfABadFile()
{
    file(R"({"services":[{"friendlyName":"new","documents":[{"uniqueName":"d"}]}]})", u"1.json"_s);
    file(R"({"services":[{"documents":[{"uniqueName":"d"}]}]})", u"2.json"_s);
    QCOMPARE(import(m_dir->path()), u"2.json: services[0].documents[0].uniqueName: \"d\" is there already"_s);
    QCOMPARE(m_server->data->objectCount(), 0);
    QCOMPARE(m_server->data->ticket(), CommitTicket(0));
}

void tst_Import::takenNamesAreRefused()
{
    m_server->create("Maps", R"({"unique_name":"m"})");
    QCOMPARE(import(file(R"({"services":[{"lists":[{"uniqueName":"m"}],"maps":[{"uniqueName":"m"}]}]})")),
             u"seed.json: services[0].maps[0].uniqueName: \"m\" is there already"_s);
    QCOMPARE(m_server->data->objectCount(), 1);
}

void tst_Import::filesThatCannotBeRead()
{
    QCOMPARE(import(m_dir->filePath(u"no.json"_s)), u"no.json: No such file or directory"_s);
    QVERIFY(import(m_dir->path()).endsWith(u": expected files called *.json in this folder"_s));
}

QTEST_GUILESS_MAIN(tst_Import)
#include "tst_import.moc"
