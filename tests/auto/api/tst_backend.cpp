#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"

#include "shared/clientfixture.h"
#include "shared/restserver.h"

using namespace Twilio;
using namespace Qt::StringLiterals;

// Our client beside a backend that speaks the REST API of the local server.
class tst_Backend : public RestServer
{
    Q_OBJECT

private Q_SLOTS:
    void clientFollowsTheBackend();
    void backendSeesTheClient();
    void permissionsAreFelt();

private:
    void connectClient(SyncClient &client)
    {
        client.setUrl(m_server->url());
        client.setToken(m_server->createToken(u"ann"_s));
    }
};

void tst_Backend::clientFollowsTheBackend()
{
    SyncClient client;
    connectClient(client);
    SyncList list;
    list.setClient(&client);
    list.setUniqueName(u"orders"_s);
    QTRY_COMPARE(list.subscriptionState(), Sync::SubscriptionState::Established);
    for (const char *n : { "1", "2" })
        QCOMPARE(call("POST", "/default/Lists/orders/Items", QByteArray("Data={\"n\":") + n + '}').status,
                 201);
    QTRY_COMPARE(list.count(), 2);
    QCOMPARE(call("POST", "/default/Lists/orders/Items/1", "Data={\"n\":\"two\"}").status, 200);
    QTRY_COMPARE(list.data(list.index(1), list.roleNames().key("value")).toMap().value(u"n"_s), u"two"_s);
    QCOMPARE(call("DELETE", "/default/Lists/orders/Items/0").status, 204);
    QTRY_COMPARE(list.count(), 1);
}

void tst_Backend::backendSeesTheClient()
{
    SyncClient client;
    connectClient(client);
    SyncDocument document;
    document.setClient(&client);
    document.setUniqueName(u"note"_s);
    QTRY_COMPARE(document.status(), Sync::Status::Ready);
    QVERIFY(!errorOf(outcomeOf(document.set({ { u"text"_s, u"hello"_s } }))));
    const QJsonObject seen = call("GET", "/default/Documents/note").json();
    QCOMPARE(seen.value("data"_L1), (QJsonObject { { u"text"_s, u"hello"_s } }));
    QCOMPARE(seen.value("created_by"_L1).toString(), u"ann"_s);
}

void tst_Backend::permissionsAreFelt()
{
    QCOMPARE(call("POST", "/default", "AclEnabled=true").status, 200);
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=note&Data={\"n\":0}").status, 201);
    SyncClient client;
    connectClient(client);
    {
        SyncDocument refused;
        refused.setClient(&client);
        refused.setUniqueName(u"note"_s);
        QTRY_COMPARE(refused.status(), Sync::Status::Failed);
        QCOMPARE(refused.error().code(), 54007);
        QCOMPARE(refused.error().status(), 403);
    }
    QCOMPARE(call("POST", "/default/Documents/note/Permissions/ann", "Read=true").status, 200);
    SyncDocument document;
    document.setClient(&client);
    document.setUniqueName(u"note"_s);
    QTRY_COMPARE(document.status(), Sync::Status::Ready);
    const auto written = outcomeOf(document.set({ { u"n"_s, 1 } }));
    QVERIFY(errorOf(written));
    QCOMPARE(errorOf(written)->code(), 54007);
    QCOMPARE(document.value().value(u"n"_s).toInt(), 0);
    QCOMPARE(call("POST", "/default/Documents/note/Permissions/ann", "Read=true&Write=true").status, 200);
    QVERIFY(!errorOf(outcomeOf(document.set({ { u"n"_s, 2 } }))));
}

QTEST_GUILESS_MAIN(tst_Backend)
#include "tst_backend.moc"
