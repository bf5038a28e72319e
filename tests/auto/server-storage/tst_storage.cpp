#include "storagefixture.h"

#include "server/data/objectstore.h"
#include "server/operations/permissions.h"
#include "server/operations/seeder.h"
#include "server/storage/sqlitestorage.h"

#include <QtCore/qrandom.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <sys/resource.h>

#include <csignal>
#include <functional>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// What is committed is there after the next start, to the byte. A restart here drops the server without a
// word, which is what kill -9 does, less the kill.
class tst_Storage : public StorageFixture
{
    Q_OBJECT

private Q_SLOTS:
    void everythingComesBack();
    void changesComeBack_data();
    void changesComeBack();
    void everyChangeIsCommittedByItself_data();
    void everyChangeIsCommittedByItself();
    void whatIsNotCommittedIsGone();
    void eventIdsAndIndexesGoOn();
    void replayGoesOn();
    void expiryGoesOn();
    void storageIdStaysWithTheData();
    void servicesComeBack();
    void webhooksComeBack();
    void permissionsComeBack();
    void clearedIsCleared();
    void manyRandomChangesComeBack();
    void fullDiskIsReported();
};

void tst_Storage::everythingComesBack()
{
    QByteArrayList paths;
    QByteArrayList before;
    {
        auto server = start();
        const QByteArray document = server->create(
                "Documents", R"({"unique_name":"ein Ding","ttl":60,"data":{"a":1.50,"é":"日"}})");
        server->call("POST", document, R"({"data":{"big":123456789012345678901234567890}})");
        const QByteArray list = server->create("Lists", R"({"context":{"c":1}})");
        for (const char *data : { "{}", R"({"n":1.0})", R"({"s":"\u0041"})" })
            server->call("POST", list + "/Items", QByteArray(R"({"data":)") + data + '}');
        server->call("POST", list + "/Items/1", R"({"data":{"n":2},"ttl":60})");
        server->call("DELETE", list + "/Items/0");
        server->call("POST", list + "/Context", R"({"data":{"c":2}})");
        const QByteArray map = server->create("Maps", R"({"unique_name":"m"})");
        for (const char *const key : { "k", "a%2Fb%20c", "%EF%BD%9E", "%F0%9F%8E%89", "%00x" })
            server->call("PUT", map + "/Items/" + key, R"({"data":{}})");
        server->now += 1500;
        server->caller.identity = u"bob"_s;
        server->call("PUT", map + "/Items/k", R"({"data":{"b":true}})");
        const QByteArray stream = server->create("Streams", R"({"ttl":99})");
        commit(*server);
        paths = { document, list, map, stream };
        for (const QByteArray &path : paths)
            before << picture(*server, path);
    }
    auto server = start();
    server->now += 1500;
    for (qsizetype i = 0; i < paths.size(); ++i)
        QCOMPARE(picture(*server, paths[i]), before[i]);
    QCOMPARE(server->call("GET", "/v3/Documents/ein%20Ding").status, 200);
    QCOMPARE(server->call("POST", "/v3/Maps", R"({"unique_name":"m"})").status, 409);
    QCOMPARE(server->data->objectCount(), 4);
    QCOMPARE(server->data->itemCount(), 7);
}

void tst_Storage::changesComeBack_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path"); // of objects made before the last start
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const char *method, const char *path, const char *body) {
        QTest::newRow(name) << QByteArray(method) << QByteArray(path) << QByteArray(body);
    };
    row("document", "POST", "Documents/d", R"({"data":{"n":2}})");
    row("document ttl", "POST", "Documents/d", R"({"ttl":7})");
    row("document goes", "DELETE", "Documents/d", "");
    row("list ttl", "POST", "Lists/l", R"({"ttl":7})");
    row("list goes", "DELETE", "Lists/l", "");
    row("new list item", "POST", "Lists/l/Items", R"({"data":{"n":2}})");
    row("list item", "POST", "Lists/l/Items/0", R"({"data":{"n":2}})");
    row("list item ttl", "POST", "Lists/l/Items/0", R"({"ttl":7})");
    row("list item goes", "DELETE", "Lists/l/Items/0", "");
    row("context", "POST", "Lists/l/Context", R"({"data":{"n":2}})");
    row("new map item", "PUT", "Maps/m/Items/n", R"({"data":{"n":2}})");
    row("map item", "PUT", "Maps/m/Items/k", R"({"data":{"n":2}})");
    row("map item goes", "DELETE", "Maps/m/Items/k", "");
    row("map goes", "DELETE", "Maps/m", "");
    row("stream ttl", "POST", "Streams/s", R"({"ttl":7})");
    row("stream goes", "DELETE", "Streams/s", "");
}

void tst_Storage::changesComeBack()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QByteArrayList paths;
    {
        auto server = start();
        paths = { server->create("Documents", R"({"unique_name":"d"})"),
                  server->create("Lists", R"({"unique_name":"l"})"),
                  server->create("Maps", R"({"unique_name":"m"})"),
                  server->create("Streams", R"({"unique_name":"s"})") };
        server->call("POST", "/v3/Lists/l/Items", R"({"data":{"n":1}})");
        server->call("PUT", "/v3/Maps/m/Items/k", R"({"data":{"n":1}})");
        commit(*server);
    }
    QByteArrayList before;
    {
        auto server = start();
        QVERIFY(server->call(method, "/v3/" + path, body).status < 300);
        commit(*server);
        for (const QByteArray &each : std::as_const(paths))
            before << picture(*server, each);
    }
    auto server = start();
    for (qsizetype i = 0; i < paths.size(); ++i)
        QCOMPARE(picture(*server, paths[i]), before[i]);
}

void tst_Storage::everyChangeIsCommittedByItself_data()
{
    using Deed = std::function<void(DataFixture &)>;
    QTest::addColumn<Deed>("deed");
    const auto row = [](const char *name, const Deed &deed) { QTest::newRow(name) << deed; };
    // With and without an event, over the wire and past it.
    row("create", [](DataFixture &server) { server.create("Maps"); });
    row("ttl of a map", [](DataFixture &server) { server.call("POST", "/v3/Maps/m", R"({"ttl":7})"); });
    row("item", [](DataFixture &server) { server.call("PUT", "/v3/Maps/m/Items/n", R"({"data":{}})"); });
    row("remove", [](DataFixture &server) { server.call("DELETE", "/v3/Maps/m"); });
    row("expiry", [](DataFixture &server) {
        server.now += 3'600'000;
        server.call("GET", "/v3/Documents/short");
    });
    row("seed", [](DataFixture &server) {
        QVERIFY(!Twilio::errorOf(
                Seeder(*server.data).createCollection(server.caller.serviceSid, ObjectKind::List, {})));
    });
    row("seeded item", [](DataFixture &server) {
        const QByteArray sid =
                DataFixture::json(server.call("GET", "/v3/Maps/m"))[u"sid"].toString().toLatin1();
        QVERIFY(!Twilio::errorOf(Seeder(*server.data).putItem(sid, u"s"_s, "{}")));
    });
    row("clear", [](DataFixture &server) { server.data->clear(); });
}

void tst_Storage::everyChangeIsCommittedByItself()
{
    using Deed = std::function<void(DataFixture &)>;
    QFETCH(Deed, deed);
    const auto state = [](DataFixture &server) {
        return server.call("GET", "/v3/Maps/m", {}, { { "Include", "items" } }).body
                + QByteArray::number(server.data->objectCount());
    };
    QByteArray before;
    {
        auto server = start();
        server->create("Maps", R"({"unique_name":"m"})");
        server->create("Documents", R"({"unique_name":"short","ttl":60})");
        server->call("PUT", "/v3/Maps/m/Items/k", R"({"data":{}})");
        commit(*server);
        before = state(*server);
        QSignalSpy committed(server->data.get(), &SyncData::committed);
        const CommitTicket ticket = server->data->ticket();
        deed(*server);
        QVERIFY(server->data->ticket() > ticket);
        QVERIFY(!server->data->isDurable(server->data->ticket()));
        QVERIFY(committed.wait());
        QVERIFY(server->data->isDurable(server->data->ticket()));
        QVERIFY(state(*server) != before);
        before = state(*server);
    }
    auto server = start();
    QCOMPARE(state(*server), before);
}

void tst_Storage::whatIsNotCommittedIsGone()
{
    {
        auto server = start();
        server->create("Documents", R"({"unique_name":"kept"})");
        commit(*server);
        server->create("Documents", R"({"unique_name":"lost"})");
        server->call("DELETE", "/v3/Documents/kept");
        const QByteArray map = server->create("Maps");
        server->call("PUT", map + "/Items/k", R"({"data":{}})");
    }
    auto server = start();
    QCOMPARE(server->data->objectCount(), 1);
    QCOMPARE(server->call("GET", "/v3/Documents/kept").status, 200);
}

void tst_Storage::eventIdsAndIndexesGoOn()
{
    QByteArray list;
    for (int round = 0; round < 4; ++round) {
        auto server = start();
        if (round == 0)
            list = server->create("Lists");
        const QJsonObject added = DataFixture::json(server->call("POST", list + "/Items", R"({"data":{}})"));
        QCOMPARE(added[u"index"].toInt(), round);
        QCOMPARE(added[u"last_event_id"].toInt(), 2 * round);
        server->call("DELETE", list + "/Items/" + QByteArray::number(round));
        commit(*server);
    }
}

void tst_Storage::replayGoesOn()
{
    QByteArray map;
    {
        auto server = start();
        map = server->create("Maps");
        for (int i = 0; i < 3; ++i)
            server->call("PUT", map + "/Items/k", "{\"data\":{\"n\":" + QByteArray::number(i) + "}}");
        commit(*server);
    }
    auto server = start();
    server->call("PUT", map + "/Items/k", R"({"data":{"n":3}})");
    const auto replayed = server->replayed({ DataFixture::sidOf(map), ObjectKind::Map }, 0);
    QCOMPARE(replayed.size(), 3);
    for (qsizetype i = 0; i < 3; ++i)
        QCOMPARE(DataFixture::json(replayed[i].json)[u"item_data"][u"n"].toInt(), int(i) + 1);
}

void tst_Storage::expiryGoesOn()
{
    QByteArray map;
    {
        auto server = start();
        server->create("Documents", R"({"ttl":10})");
        map = server->create("Maps");
        server->call("PUT", map + "/Items/k", R"({"data":{},"ttl":10})");
        server->call("PUT", map + "/Items/long", R"({"data":{},"ttl":1000})");
        commit(*server);
    }
    {
        auto server = start();
        server->now += 20'000;
        QCOMPARE(server->call("GET", map + "/Items/k").status, 404);
        QCOMPARE(server->call("GET", map + "/Items/long").status, 200);
        QCOMPARE(server->data->objectCount(), 1);
        QCOMPARE(server->eventTypes(), (QByteArrayList { "document_removed", "map_item_removed" }));
        commit(*server);
    }
    auto server = start();
    QCOMPARE(server->data->objectCount(), 1);
    QCOMPARE(server->data->itemCount(), 1);
    QVERIFY(server->events.isEmpty());
}

void tst_Storage::storageIdStaysWithTheData()
{
    QByteArray id;
    {
        auto server = start();
        id = server->data->storageId();
        QCOMPARE(id.size(), 32);
        commit(*server);
    }
    {
        auto server = start();
        QCOMPARE(server->data->storageId(), id);
        server->data->clear();
        QVERIFY(server->data->storageId() != id);
        id = server->data->storageId();
        commit(*server);
    }
    {
        auto server = start();
        QCOMPARE(server->data->storageId(), id);
    }
    // Row 8: another file of the same name is other data.
    QVERIFY(QFile::remove(m_file));
    QVERIFY(start()->data->storageId() != id);
    QVERIFY(DataFixture().data->storageId() != DataFixture().data->storageId());
}

void tst_Storage::servicesComeBack()
{
    qint64 created = 0;
    {
        auto server = start();
        server->call("DELETE", server->create("Maps"));
        created = server->now;
        const QString gone = std::get<Service>(server->services->create({ .friendlyName = u"gone"_s })).sid;
        QVERIFY(!Twilio::errorOf(server->services->remove(server->caller, gone)));
        QVERIFY(!Twilio::errorOf(server->services->update(server->caller.serviceSid,
                                                          { .friendlyName = u"zażółć"_s,
                                                            .webhookUrl = u"http://localhost:1/x?y"_s,
                                                            .webhooksFromRest = true,
                                                            .reachabilityWebhooks = true,
                                                            .reachabilityDebouncing = true,
                                                            .debouncingWindow = 1234 })));
        commit(*server);
    }
    auto server = start();
    const QString sid = server->caller.serviceSid;
    QCOMPARE(server->serviceSids(), (QStringList { sid, QLatin1StringView(defaultServiceSid) }));
    const auto found = server->services->find(sid);
    QCOMPARE(std::get<Service>(found).created, created);
    QCOMPARE(std::get<Service>(found).friendlyName, u"zażółć"_s);
    QCOMPARE(std::get<Service>(found).webhooks,
             (WebhookSettings { u"http://localhost:1/x?y"_s, true, true, true, 1234 }));
}

void tst_Storage::webhooksComeBack()
{
    std::map<qint64, Webhook> kept;
    {
        auto server = start();
        WebhookOutbox &outbox = server->data->store().outbox();
        const auto told = outbox.keep("ES1", u"http://localhost/"_s, "A=1");
        QVERIFY(outbox.keep("ES1/ü", u"http://localhost/ü"_s, QByteArray("A=\0%00", 6)));
        QVERIFY(outbox.keep("ES1", u"http://localhost/"_s, {}));
        commit(*server);
        outbox.forget(*told);
        kept = outbox.all();
        QCOMPARE(kept.size(), 2U);
        QVERIFY(kept.begin()->second.id != kept.rbegin()->second.id);
        commit(*server);
    }
    auto server = start();
    WebhookOutbox &outbox = server->data->store().outbox();
    QCOMPARE(outbox.all(), kept);
    const auto next = outbox.keep("MP1", u"http://localhost/"_s, "B=1");
    QVERIFY(*next > kept.rbegin()->first);
    server->data->clear();
    commit(*server);
    server.reset();
    QVERIFY(start()->data->store().outbox().all().empty());
}

void tst_Storage::permissionsComeBack()
{
    QString map;
    Caller backend;
    {
        auto server = start();
        backend = server->caller;
        backend.viaRest = true;
        map = QString::fromLatin1(DataFixture::sidOf(server->create("Maps")));
        const QString gone = QString::fromLatin1(DataFixture::sidOf(server->create("Documents")));
        Permissions permissions(*server->operations, *server->data);
        const auto set = [&](ObjectKind kind, const QString &sid, const QString &identity,
                             const Permission &permission) {
            QVERIFY(!Twilio::errorOf(permissions.set(backend, kind, sid, identity, permission)));
        };
        set(ObjectKind::Map, map, u"ann ü"_s, { true, true, false });
        set(ObjectKind::Map, map, u"ann ü"_s, { true, false, true });
        set(ObjectKind::Map, map, u"bob"_s, { true });
        set(ObjectKind::Document, gone, u"ann"_s, { true });
        QVERIFY(!Twilio::errorOf(permissions.remove(backend, ObjectKind::Map, map, u"bob"_s)));
        QVERIFY(!Twilio::errorOf(server->operations->remove(backend, ObjectKind::Document, gone, {})));
        QVERIFY(!Twilio::errorOf(server->services->update(backend.serviceSid, { .aclEnabled = true })));
        commit(*server);
    }
    auto server = start(); // which would not know whose that of the document is
    const auto service = server->services->find(backend.serviceSid);
    QVERIFY(std::get<Service>(service).aclEnabled);
    Permissions permissions(*server->operations, *server->data);
    const auto found = permissions.find(backend, ObjectKind::Map, map, u"ann ü"_s);
    QCOMPARE(std::get<Permissions::Granted>(found).permission, (Permission { true, false, true }));
    const auto all = permissions.page(backend, ObjectKind::Map, map, {});
    QCOMPARE(std::get<PermissionPage>(all).permissions.size(), 1U);
    QCOMPARE(server->call("GET", "/v3/Maps/" + map.toLatin1()).status, 403);
}

void tst_Storage::clearedIsCleared()
{
    {
        auto server = start();
        const QByteArray map = server->create("Maps");
        server->call("PUT", map + "/Items/k", R"({"data":{}})");
        commit(*server);
        server->call("PUT", map + "/Items/l", R"({"data":{}})");
        server->data->clear();
        server->create("Documents", R"({"unique_name":"after"})");
        commit(*server);
    }
    auto server = start();
    QCOMPARE(server->data->objectCount(), 1);
    QCOMPARE(server->data->itemCount(), 0);
    QCOMPARE(server->call("GET", "/v3/Documents/after").status, 200);
}

void tst_Storage::manyRandomChangesComeBack()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    QByteArrayList paths;
    for (int round = 0; round < 5; ++round) {
        QByteArrayList before;
        {
            auto server = start();
            for (int i = 0; i < 200; ++i) {
                const bool isList = random.bounded(2) == 0;
                if (paths.size() < 4 || random.bounded(30) == 0)
                    paths << server->create(isList ? "Lists" : "Maps");
                const QByteArray path = paths[random.bounded(int(paths.size()))];
                const QByteArray item = path + "/Items/" + QByteArray::number(random.bounded(10));
                const QByteArray body = "{\"data\":{\"n\":" + QByteArray::number(random.generate()) + "}}";
                const int what = random.bounded(60);
                if (what == 0)
                    server->call("DELETE", path);
                else if (what < 15)
                    server->call("DELETE", item);
                else if (path.startsWith("/v3/Maps"))
                    server->call("PUT", item, body);
                else
                    server->call("POST", what < 40 ? path + "/Items" : item, body);
                if (random.bounded(20) == 0)
                    commit(*server);
            }
            commit(*server);
            for (const QByteArray &path : std::as_const(paths))
                before << picture(*server, path);
        }
        auto server = start();
        for (qsizetype i = 0; i < paths.size(); ++i)
            QCOMPARE(picture(*server, paths[i]), before[i]);
    }
}

void tst_Storage::fullDiskIsReported()
{
    QByteArray map;
    {
        auto server = start();
        map = server->create("Maps");
        server->call("PUT", map + "/Items/k", R"({"data":{"n":1}})");
        commit(*server);
        // As good as a full disk: files of this process may not grow beyond 256 KiB.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before {};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        rlimit small = before;
        small.rlim_cur = 256 * 1024;
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const QByteArray body = R"({"data":{"a":")" + QByteArray(10'000, 'x') + R"("}})";
        for (int i = 0; i < 60; ++i)
            server->call("PUT", map + "/Items/" + QByteArray::number(i), body);
        const bool done = server->commit();
        server->call("PUT", map + "/Items/k", R"({"data":{"n":2}})");
        server->data->commit();
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!done);
        QVERIFY2(server->failure.message().startsWith(m_file + u": "_s),
                 qPrintable(server->failure.message()));
        // And never again, lest something in between is missing.
        QVERIFY(!server->commit());
        QVERIFY(!server->data->isDurable(server->data->ticket()));
    }
    auto server = start();
    QCOMPARE(server->data->itemCount(), 1);
    QVERIFY(server->call("GET", map + "/Items/k").body.contains(R"("data":{"n":1})"));
}

QTEST_GUILESS_MAIN(tst_Storage)
#include "tst_storage.moc"
