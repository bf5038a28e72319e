#include "server/net/gateway.h"
#include "server/net/session.h"
#include "shared/rawclient.h"
#include "shared/restserver.h"

#include <QtCore/qjsonarray.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

using Frame = RawClient::Frame;

// Permissions as a backend gives them and clients on the wire feel them. The rules themselves are tested in
// tests/auto/server-data/tst_permissions.cpp.
class tst_Permissions : public RestServer
{
    Q_OBJECT

private Q_SLOTS:
    void resources_data();
    void resources();
    void pages();
    void callsOfClientsAreRefused();
    void subscribingNeedsReading();
    void losingReadEndsTheSubscription_data();
    void losingReadEndsTheSubscription();
    void otherRightsLeaveTheSubscription();

private:
    QByteArray createList()
    {
        return call("POST", "/default/Lists", "UniqueName=l").json().value("sid"_L1).toString().toUtf8();
    }
    static void subscribe(RawClient &client, const QByteArray &sid)
    {
        QCOMPARE(client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                             "{\"event_protocol_version\":4,\"action\":\"establish\",\"correlation_id\":1,"
                             "\"requests\":[{\"object_sid\":\""
                                     + sid + "\",\"object_type\":\"list\",\"last_event_id\":-1}]}")
                         .httpStatus(),
                 200);
    }
    [[nodiscard]] qsizetype subscriptions() const
    {
        return m_server->gateway()->sessions().first()->subscriptions().all().size();
    }
};

void tst_Permissions::resources_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QString>("sidName");
    QTest::newRow("document") << QByteArray("Documents") << u"document_sid"_s;
    QTest::newRow("list") << QByteArray("Lists") << u"list_sid"_s;
    QTest::newRow("map") << QByteArray("Maps") << u"map_sid"_s;
}

void tst_Permissions::resources()
{
    QFETCH(QByteArray, collection);
    QFETCH(QString, sidName);
    const QJsonObject object = call("POST", "/default/" + collection, "UniqueName=it").json();
    const QByteArray path = "/default/" + collection + "/it/Permissions/ann%20%C3%BC";
    const auto set = call("POST", path, "Read=true&Write=TRUE&Manage=false");
    QCOMPARE(set.status, 200);
    const QString url = object.value("url"_L1).toString() + u"/Permissions/ann%20%C3%BC"_s;
    QCOMPARE(set.json(),
             (QJsonObject { { u"account_sid"_s, QString::fromLatin1(account) },
                            { u"service_sid"_s, object.value("service_sid"_L1) },
                            { sidName, object.value("sid"_L1) },
                            { u"identity"_s, u"ann ü"_s },
                            { u"read"_s, true },
                            { u"write"_s, true },
                            { u"manage"_s, false },
                            { u"url"_s, url } }));
    QCOMPARE(call("GET", path).json(), set.json());
    QCOMPARE(call("POST", path, "Manage=true").json().value("read"_L1).toBool(true), false);
    QCOMPARE(call("DELETE", path).status, 204);
    QCOMPARE(call("GET", path).status, 404);
}

void tst_Permissions::pages()
{
    createList();
    for (const char *identity : { "c", "a", "b" })
        QCOMPARE(call("POST", QByteArray("/default/Lists/l/Permissions/") + identity, "Read=true").status,
                 200);
    const auto identities = [](const QJsonObject &page) {
        QStringList all;
        const QJsonArray permissions = page.value("permissions"_L1).toArray();
        for (const QJsonValue &permission : permissions)
            all << permission.toObject().value("identity"_L1).toString();
        return all.join(u' ');
    };
    const QJsonObject first = call("GET", "/default/Lists/l/Permissions?PageSize=2").json();
    QCOMPARE(identities(first), u"a b"_s);
    const QUrl next(first.value("meta"_L1).toObject().value("next_page_url"_L1).toString());
    RawHttp http(m_server->url());
    const auto second = http.request("GET", next.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority), {},
                                     authorization());
    QCOMPARE(identities(second.json()), u"c"_s);
}

void tst_Permissions::callsOfClientsAreRefused()
{
    createList();
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    const auto get = [&] { return client.rest(u"GET"_s, u"/v3/Lists/l"_s); };
    QCOMPARE(get().httpStatus(), 200);
    QCOMPARE(call("POST", "/default", "AclEnabled=true").json().value("acl_enabled"_L1).toBool(), true);
    const Frame refused = get();
    QCOMPARE(refused.httpStatus(), 403);
    QCOMPARE(refused.body.value("code"_L1).toInt(), 54007);
    QCOMPARE(call("POST", "/default/Lists/l/Permissions/alice", "Read=true").status, 200);
    QCOMPARE(get().httpStatus(), 200);
    QCOMPARE(call("DELETE", "/default/Lists/l/Permissions/alice").status, 204);
    QCOMPARE(get().httpStatus(), 403);
    QCOMPARE(call("POST", "/default", "AclEnabled=false").status, 200);
    QCOMPARE(get().httpStatus(), 200);
}

void tst_Permissions::subscribingNeedsReading()
{
    const QByteArray sid = createList();
    QCOMPARE(call("POST", "/default", "AclEnabled=true").status, 200);
    QCOMPARE(call("POST", "/default/Lists/l/Items", "Data={}").status, 201);
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    subscribe(client, sid);
    const Frame failed = client.notification();
    QCOMPARE(failed.body.value("event_type"_L1).toString(), u"subscription_failed"_s); // nothing is replayed
    const QJsonObject outcome = failed.body.value("events"_L1).toArray().at(0).toObject();
    const QJsonObject error = outcome.value("error"_L1).toObject();
    QCOMPARE(error.value("status"_L1).toInt(), 403);
    QCOMPARE(error.value("code"_L1).toInt(), 54007);
    QCOMPARE(subscriptions(), 0);

    QCOMPARE(call("POST", "/default/Lists/l/Permissions/alice", "Read=true").status, 200);
    subscribe(client, sid);
    QCOMPARE(client.notification().body.value("event_type"_L1).toString(), u"list_item_added"_s);
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
}

void tst_Permissions::losingReadEndsTheSubscription_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("form");
    const QByteArray permission = "/default/Lists/l/Permissions/alice";
    QTest::newRow("taken") << QByteArray("POST") << permission << QByteArray("Read=false&Write=true");
    QTest::newRow("removed") << QByteArray("DELETE") << permission << QByteArray();
    QTest::newRow("asked for") << QByteArray("POST") << QByteArray("/default")
                               << QByteArray("AclEnabled=true");
}

void tst_Permissions::losingReadEndsTheSubscription()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, form);
    const QByteArray sid = createList();
    if (path != "/default") {
        QCOMPARE(call("POST", "/default", "AclEnabled=true").status, 200);
        QCOMPARE(call("POST", path, "Read=true").status, 200);
    }
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    subscribe(client, sid);
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    QCOMPARE(subscriptions(), 1);
    QVERIFY(call(method, path, form).status < 300);
    QCOMPARE(subscriptions(), 0);
    // The service says nothing; what would have come is behind nothing else.
    QCOMPARE(call("POST", "/default/Lists/l/Items", "Data={}").status, 201);
    QCOMPARE(call("POST", "/default", "AclEnabled=false").status, 200);
    QCOMPARE(call("POST", "/default/Lists", "UniqueName=other").status, 201);
    const Frame other = client.rest(u"GET"_s, u"/v3/Lists/other"_s);
    subscribe(client, other.body.value("sid"_L1).toString().toUtf8());
    QCOMPARE(client.notification().body.value("event_type"_L1).toString(), u"subscription_established"_s);
}

void tst_Permissions::otherRightsLeaveTheSubscription()
{
    const QByteArray sid = createList();
    QCOMPARE(call("POST", "/default", "AclEnabled=true").status, 200);
    QCOMPARE(call("POST", "/default/Lists/l/Permissions/alice", "Read=true&Write=true").status, 200);
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    subscribe(client, sid);
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    QCOMPARE(call("POST", "/default/Lists/l/Permissions/alice", "Read=true").status, 200);
    QCOMPARE(call("DELETE", "/default/Lists/l/Permissions/bob").status, 404);
    QCOMPARE(call("POST", "/default/Lists/l/Items", "Data={}").status, 201);
    QVERIFY(!client.notification(u"list_item_added"_s).payload.isEmpty());
}

QTEST_GUILESS_MAIN(tst_Permissions)
#include "tst_permissions.moc"
