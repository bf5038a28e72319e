#include "datafixture.h"
#include "server/operations/permissions.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(Twilio::Server::Right)

// Who may do what, where a service asks for permissions. On the wire: tests/auto/server/tst_permissions.cpp.
class tst_Permissions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void everyCallNeedsItsRight_data();
    void everyCallNeedsItsRight();
    void makerMayDoAll();
    void streamsHaveNone();
    void replaysNeedReading();
    void otherServicesAreOpen();
    void backendMayDoAll();
    void restrictionsAreTold();

private:
    Caller backend() const
    {
        Caller caller = m_server->caller;
        caller.identity = u"system"_s;
        caller.viaRest = true;
        return caller;
    }
    void grant(ObjectKind kind, const QString &id, const Permission &permission)
    {
        const auto granted = m_permissions->set(backend(), kind, id, m_server->caller.identity, permission);
        QVERIFY(!Twilio::errorOf(granted));
    }
    //! What the backend has made.
    void create(const char *collection)
    {
        const Caller client = std::exchange(m_server->caller, backend());
        m_server->create(collection, R"({"unique_name":"it"})");
        m_server->caller = client;
    }

    std::unique_ptr<DataFixture> m_server;
    std::unique_ptr<Permissions> m_permissions;
};

void tst_Permissions::init()
{
    m_server = std::make_unique<DataFixture>();
    m_permissions = std::make_unique<Permissions>(*m_server->operations, *m_server->data);
    for (const char *collection : { "Documents", "Lists", "Maps", "Streams" })
        create(collection);
    const Caller client = std::exchange(m_server->caller, backend());
    m_server->call("POST", "/v3/Lists/it/Items", R"({"data":{}})");
    m_server->call("PUT", "/v3/Maps/it/Items/k", R"({"data":{}})");
    m_server->caller = client;
    const auto updated = m_server->services->update(client.serviceSid, { .aclEnabled = true });
    QVERIFY(std::get<Service>(updated).aclEnabled);
}

void tst_Permissions::everyCallNeedsItsRight_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Right>("right");
    const auto row = [](const char *method, const char *path, const char *body, Right right) {
        QTest::addRow("%s %s %s", method, path, body)
                << QByteArray(method) << QByteArray(path) << QByteArray(body) << right;
    };
    const char *const data = R"({"data":{"n":1}})";
    const char *const ttl = R"({"ttl":60})";
    row("GET", "Documents/it", "", Right::Read);
    row("GET", "Lists/it", "", Right::Read);
    row("GET", "Maps/it?Include=items", "", Right::Read);
    row("GET", "Lists/it/Context", "", Right::Read);
    row("GET", "Lists/it/Items", "", Right::Read);
    row("GET", "Lists/it/Items/0", "", Right::Read);
    row("GET", "Maps/it/Items", "", Right::Read);
    row("GET", "Maps/it/Items/k", "", Right::Read);
    row("POST", "Documents/it", data, Right::Write);
    row("POST", "Documents/it", ttl, Right::Write);
    row("POST", "Lists/it/Context", data, Right::Write);
    row("POST", "Lists/it/Items", data, Right::Write);
    row("POST", "Lists/it/Items/0", data, Right::Write);
    row("DELETE", "Lists/it/Items/0", "", Right::Write);
    row("POST", "Maps/it/Items", R"({"key":"new","data":{}})", Right::Write);
    row("PUT", "Maps/it/Items/new", data, Right::Write);
    row("POST", "Maps/it/Items/k", data, Right::Write);
    row("DELETE", "Maps/it/Items/k", "", Right::Write);
    row("POST", "Lists/it", ttl, Right::Manage);
    row("POST", "Maps/it", ttl, Right::Manage);
    row("DELETE", "Documents/it", "", Right::Manage);
    row("DELETE", "Lists/it", "", Right::Manage);
    row("DELETE", "Maps/it", "", Right::Manage);
}

void tst_Permissions::everyCallNeedsItsRight()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QFETCH(Right, right);
    NameValueList params;
    if (const qsizetype query = path.indexOf('?'); query >= 0) {
        params = { { "Include", "items" } };
        path.truncate(query);
    }
    const ObjectKind kind = path.startsWith("Doc") ? ObjectKind::Document
            : path.startsWith("L")                 ? ObjectKind::List
                                                   : ObjectKind::Map;
    const QByteArray refusal = "403 54007 Access forbidden for identity";
    const auto attempt = [&] {
        return DataFixture::brief(m_server->call(method, "/v3/" + path, body, params));
    };
    m_server->events.clear();
    QCOMPARE(attempt(), refusal);
    grant(kind, u"it"_s, { right != Right::Read, right != Right::Write, right != Right::Manage });
    QCOMPARE(attempt(), refusal);
    QVERIFY(m_server->events.isEmpty());
    grant(kind, u"it"_s, { right == Right::Read, right == Right::Write, right == Right::Manage });
    m_server->caller.identity = u"somebody else"_s;
    QCOMPARE(attempt(), refusal);
    m_server->caller.identity = u"alice"_s;
    QVERIFY2(attempt().startsWith("20"), attempt());
}

void tst_Permissions::makerMayDoAll()
{
    const QByteArray path = m_server->create("Maps");
    QCOMPARE(m_server->call("PUT", path + "/Items/k", R"({"data":{}})").status, 201);
    QCOMPARE(m_server->call("GET", path).status, 200);
    // That is a permission like others.
    const QString sid = QString::fromLatin1(DataFixture::sidOf(path));
    const auto found = m_permissions->find(backend(), ObjectKind::Map, sid, u"alice"_s);
    QCOMPARE(std::get<Permissions::Granted>(found).permission, (Permission { true, true, true }));
    grant(ObjectKind::Map, sid, { true, false, true });
    QCOMPARE(m_server->call("PUT", path + "/Items/k", R"({"data":{}})").status, 403);
    QCOMPARE(m_server->call("DELETE", path).status, 204);
}

void tst_Permissions::streamsHaveNone()
{
    QCOMPARE(m_server->call("POST", "/v3/Streams/it/Messages", R"({"data":{}})").status, 201);
    QCOMPARE(m_server->call("DELETE", "/v3/Streams/it").status, 204);
}

void tst_Permissions::replaysNeedReading()
{
    const auto found = m_server->operations->object(backend(), ObjectKind::Map, u"it"_s);
    const ObjectRef map = std::get<const SyncObject *>(found)->ref();
    const auto refused = m_server->replay(map, -1, 100);
    QVERIFY(Twilio::errorOf(refused));
    QCOMPARE(Twilio::errorOf(refused)->code(), 54007);
    QVERIFY(!m_server->operations->mayRead(m_server->caller, map.sid));
    grant(ObjectKind::Map, u"it"_s, { true });
    QCOMPARE(m_server->replayed(map).size(), 1);
    QVERIFY(m_server->operations->mayRead(m_server->caller, map.sid));
}

void tst_Permissions::otherServicesAreOpen()
{
    m_server->caller.serviceSid = u"IS00000000000000000000000000000002"_s;
    create("Documents");
    QCOMPARE(m_server->call("GET", "/v3/Documents/it").status, 200);
    QCOMPARE(m_server->call("DELETE", "/v3/Documents/it").status, 204);
}

void tst_Permissions::backendMayDoAll()
{
    m_server->caller = backend();
    QCOMPARE(m_server->call("POST", "/v3/Documents/it", R"({"data":{}})").status, 200);
    QCOMPARE(m_server->call("DELETE", "/v3/Maps/it").status, 204);
}

void tst_Permissions::restrictionsAreTold()
{
    QList<QByteArray> told;
    QObject::connect(m_server->data.get(), &SyncData::restricted, m_server->data.get(),
                     [&](const QList<QByteArray> &sids) { told << sids; });
    grant(ObjectKind::List, u"it"_s, { true });
    QCOMPARE(told.size(), 1);
    QVERIFY(told.takeFirst().startsWith("ES"));
    QVERIFY(!Twilio::errorOf(m_permissions->remove(backend(), ObjectKind::List, u"it"_s, u"alice"_s)));
    QCOMPARE(told.size(), 1);
    QVERIFY(Twilio::errorOf(m_permissions->remove(backend(), ObjectKind::List, u"it"_s, u"alice"_s)));
    told.clear();
    const QString sid = m_server->caller.serviceSid;
    QVERIFY(!Twilio::errorOf(m_server->services->update(sid, { .aclEnabled = false })));
    QVERIFY(told.isEmpty());
    QVERIFY(!Twilio::errorOf(m_server->services->update(sid, { .aclEnabled = true })));
    QCOMPARE(told.size(), 3); // all but the stream
}

QTEST_GUILESS_MAIN(tst_Permissions)
#include "tst_permissions.moc"
