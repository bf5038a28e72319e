#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/synclivequery.h"
#include "TwilioSync/api/syncsortfiltermodel.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

using Answer = ScriptedServer::Answer;

// Live queries over a service that answers as the protocol allows, and as it does not: protocol.md, 7.8
// and 8.2.
class tst_LiveQueryWire : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void asksAndSubscribes();
    void eventsOfAnyOrder();
    void wholeResultAtOnce();
    void asksAgainWithEachSession();
    void onlineWaitsForQueries_data();
    void onlineWaitsForQueries();
    void anotherIdBeginsAnew();
    void passingFailuresAreAskedAgain_data();
    void passingFailuresAreAskedAgain();
    void lastingFailuresEndIt();
    void damagedEventIsAskedFor();
    void failedSubscriptionIsAskedFor();
    void closingCancels();
    void sortedRows();

private:
    static constexpr const char *path = "/v3/Insights/tr-worker/Items";

    static QByteArray item(const QByteArray &key, int revision, int value)
    {
        return "{\"key\":\"" + key + "\",\"revision\":" + QByteArray::number(revision)
                + ",\"data\":{\"n\":" + QByteArray::number(value) + "}}";
    }
    static Answer result(const QByteArrayList &items, const QByteArray &id = "QR1", int lastEventId = 4)
    {
        return ScriptedServer::ok("{\"query_id\":\"" + id
                                  + "\",\"last_event_id\":" + QByteArray::number(lastEventId) + ",\"items\":["
                                  + items.join(',') + "]}");
    }
    void push(const QByteArray &type, const QByteArray &members, const QByteArray &id = "QR1")
    {
        m_server->send(Server::notificationFrame(
                "twilio.sync.event",
                "{\"event_type\":\"live_query_" + type
                        + "\",\"event_protocol_version\":4,\"events\":[{\"query_id\":\"" + id + "\","
                        + members + "}]}"));
    }
    void pushUpdated(const QByteArray &key, int revision, int value)
    {
        push("item_updated",
             "\"last_event_id\":" + QByteArray::number(revision) + ",\"item_key\":\"" + key
                     + "\",\"item_revision\":" + QByteArray::number(revision)
                     + ",\"item_data\":{\"n\":" + QByteArray::number(value) + '}');
    }
    void pushRemoved(const QByteArray &key, int revision)
    {
        push("item_removed",
             "\"last_event_id\":" + QByteArray::number(revision) + ",\"item_key\":\"" + key
                     + "\",\"item_revision\":" + QByteArray::number(revision));
    }
    SyncLiveQuery *query() { return established(m_client->liveQuery(u"tr-worker"_s, u"data.a == \"b\""_s)); }
    static QString text(const SyncLiveQuery *query)
    {
        QStringList all;
        for (int row = 0; row < query->count(); ++row)
            all << query->data(query->index(row), SyncLiveQuery::ItemKeyRole).toString() + u'='
                            + query->valueAt(row).toMap().value(u"n"_s).toString();
        return all.join(u' ');
    }

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_LiveQueryWire::init()
{
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_LiveQueryWire::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_LiveQueryWire::asksAndSubscribes()
{
    m_server->once("POST", path, result({ item("b", 9, 1), item("a", 0, 2) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    QCOMPARE(text(live), u"a=2 b=1"_s);
    QCOMPARE(
            m_server->lines(),
            QByteArrayList {
                    R"(POST /v3/Insights/tr-worker/Items {"query_string":"data.a == \"b\"","type":"live_query"})" });
    QCOMPARE(m_server->subscriptions().size(), 1);
    const Server::SubscriptionEntry &entry = m_server->subscriptions().constFirst().entries.constFirst();
    QCOMPARE(entry.objectSid, "QR1");
    QCOMPARE(entry.objectType, "live_query");
    QCOMPARE(entry.cursor, 4);
    QCOMPARE(entry.indexName, u"tr-worker"_s);
    QCOMPARE(entry.expression, u"data.a == \"b\""_s);
}

void tst_LiveQueryWire::eventsOfAnyOrder()
{
    m_server->once("POST", path, result({ item("a", 5, 1) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    QSignalSpy updated(live, &SyncLiveQuery::itemUpdated);
    QSignalSpy removed(live, &SyncLiveQuery::itemRemoved);
    pushUpdated("b", 8, 2);
    pushUpdated("b", 7, 0); // late
    pushUpdated("a", 5, 0); // known
    pushRemoved("a", 4); // from before
    push("item_updated", R"("item_key":"x","item_data":{})", "QRother");
    push("moved", R"("item_key":"a")"); // newer than this library
    QVERIFY(m_server->roundTrip());
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(text(live), u"a=1 b=2"_s);
    pushRemoved("b", 9);
    pushUpdated("b", 8, 3); // overtaken by the removal
    pushRemoved("never there", 10);
    QVERIFY(m_server->roundTrip());
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(text(live), u"a=1"_s);
    push("item_updated", R"("item_key":"a","item_data":{"n":6})"); // without a revision it counts
    QTRY_COMPARE(text(live), u"a=6"_s);
    QTRY_COMPARE(updated.size(), 2);
}

void tst_LiveQueryWire::wholeResultAtOnce()
{
    m_server->once("POST", path, result({ item("a", 1, 1), item("b", 2, 2), item("c", 3, 3) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    const ModelCheck check(live);
    QSignalSpy updated(live, &SyncLiveQuery::itemUpdated);
    QSignalSpy removed(live, &SyncLiveQuery::itemRemoved);
    push("updated",
         "\"last_event_id\":9,\"items\":[" + item("d", 9, 4) + ',' + item("b", 2, 2) + ',' + item("c", 8, 9)
                 + ']');
    QTRY_COMPARE(text(live), u"b=2 c=9 d=4"_s);
    QTRY_COMPARE(updated.size(), 2);
    QCOMPARE(removed.size(), 1);
    push("updated", R"("items":null)");
    QTRY_COMPARE(live->count(), 0);
}

void tst_LiveQueryWire::asksAgainWithEachSession()
{
    m_server->once("POST", path, result({ item("a", 1, 1), item("b", 2, 2) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    ModelLog log(live);
    loseConnection(*m_server, *m_client);
    QCOMPARE(text(live), u"a=1 b=2"_s);
    QTRY_COMPARE(live->subscriptionState(), Sync::SubscriptionState::Unsubscribed);
    m_server->once("POST", path, result({ item("b", 7, 3), item("c", 8, 4) }, "QR1", 8));
    regainConnection(*m_server, *m_client);
    QTRY_COMPARE(text(live), u"b=3 c=4"_s);
    QCOMPARE(log.take().join(u", "_s), u"removed 0-0, changed 0-0 [value], inserted 1-1"_s);
    QTRY_COMPARE(live->subscriptionState(), Sync::SubscriptionState::Established);
    QCOMPARE(m_server->lines().size(), 1);
    QCOMPARE(m_server->subscriptions().constLast().entries.constFirst().cursor, 8);
}

void tst_LiveQueryWire::onlineWaitsForQueries_data()
{
    QTest::addColumn<bool>("isRefused");
    QTest::newRow("until they have caught up") << false;
    QTest::newRow("until they are refused") << true;
}

void tst_LiveQueryWire::onlineWaitsForQueries()
{
    QFETCH(bool, isRefused);
    m_server->once("POST", path, result({ item("a", 1, 1) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    QTRY_VERIFY(m_client->isOnline());
    loseConnection(*m_server, *m_client);
    QVERIFY(!m_client->isOnline());
    struct Seen
    {
        QString result;
        bool isFollowed = false;
    };
    const auto whenOnline = std::make_shared<Seen>();
    connect(m_client.get(), &SyncClient::onlineChanged, live, [whenOnline, live] {
        whenOnline->isFollowed = live->subscriptionState() == Sync::SubscriptionState::Established;
        whenOnline->result = text(live);
    });
    m_server->once("POST", path, ScriptedServer::lost());
    regainConnection(*m_server, *m_client);
    QTRY_COMPARE(m_server->lines().size(), 1);
    QVERIFY(m_server->roundTrip());
    QVERIFY(!m_client->isOnline());
    const auto calls = m_server->calls();
    m_server->answer(calls.constLast(),
                     isRefused ? ScriptedServer::error(404, 54500, "no")
                               : result({ item("b", 7, 3) }, "QR1", 8));
    QTRY_VERIFY(m_client->isOnline());
    QCOMPARE(whenOnline->result, isRefused ? QString() : u"b=3"_s);
    QCOMPARE(whenOnline->isFollowed, !isRefused);
}

// A service that has begun anew: its revisions say nothing about what was.
void tst_LiveQueryWire::anotherIdBeginsAnew()
{
    m_server->once("POST", path, result({ item("a", 50, 1), item("b", 51, 2) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    QSignalSpy sids(live, &SyncLiveQuery::sidChanged);
    loseConnection(*m_server, *m_client);
    m_server->once("POST", path, result({ item("a", 1, 9), item("b", 2, 2) }, "QR2", 2));
    regainConnection(*m_server, *m_client);
    QTRY_COMPARE(text(live), u"a=9 b=2"_s);
    QTRY_COMPARE(live->sid(), u"QR2"_s);
    QTRY_COMPARE(live->subscriptionState(), Sync::SubscriptionState::Established);
    QCOMPARE(m_server->subscriptions().constLast().entries.constFirst().objectSid, "QR2");
    pushUpdated("a", 60, 0); // of the query before
    push("item_removed", R"("item_key":"a","item_revision":3)", "QR2");
    QTRY_COMPARE(text(live), u"b=2"_s);
    QCOMPARE(sids.size(), 1);
}

void tst_LiveQueryWire::passingFailuresAreAskedAgain_data()
{
    QTest::addColumn<int>("status");
    QTest::newRow("throttled") << 429;
    QTest::newRow("not available") << 503;
    QTest::newRow("broken for a moment") << 500;
}

void tst_LiveQueryWire::passingFailuresAreAskedAgain()
{
    QFETCH(int, status);
    m_server->once("POST", path, ScriptedServer::error(status, 1, "later"));
    m_server->always("POST", path, result({ item("a", 1, 1) }));
    SyncLiveQuery live;
    QSignalSpy statuses(&live, &SyncLiveQuery::statusChanged);
    live.setClient(m_client.get());
    live.setIndexName(u"tr-worker"_s);
    QTRY_COMPARE(live.status(), Sync::Status::Ready);
    QVERIFY(live.error().isNull());
    QCOMPARE(text(&live), u"a=1"_s);
    QCOMPARE(m_server->lines().size(), 2);
}

void tst_LiveQueryWire::lastingFailuresEndIt()
{
    m_server->once("POST", path, result({ item("a", 1, 1) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    loseConnection(*m_server, *m_client);
    m_server->once("POST", path, ScriptedServer::error(403, 54007, "Access forbidden for identity"));
    regainConnection(*m_server, *m_client);
    QTRY_COMPARE(live->status(), Sync::Status::Failed);
    QCOMPARE(live->error().code(), 54007);
    QCOMPARE(live->count(), 0);
    m_server->once("POST", path, result({ item("b", 1, 1) }));
    live->reopen();
    QTRY_COMPARE(live->status(), Sync::Status::Ready);
    QCOMPARE(text(live), u"b=1"_s);
    // What is no result of a query is a failure like any other.
    m_server->once("POST", path, ScriptedServer::ok("{\"items\":[]}"));
    const auto failure = errorOfCall(m_client->liveQuery(u"tr-worker"_s, u"data.x == \"y\""_s));
    QCOMPARE(failure.message(), u"unexpected reply: result of a query: expected a query_id"_s);
}

void tst_LiveQueryWire::damagedEventIsAskedFor()
{
    m_server->once("POST", path, result({ item("a", 1, 1) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    m_server->clear();
    m_server->once("POST", path, result({ item("a", 2, 2) }, "QR1", 5));
    push("item_updated", R"("item_key":"a","item_revision":2,"item_data":5)");
    QTRY_COMPARE(text(live), u"a=2"_s);
    QTRY_COMPARE(live->subscriptionState(), Sync::SubscriptionState::Established);
    QCOMPARE(m_server->lines().size(), 1);
}

void tst_LiveQueryWire::failedSubscriptionIsAskedFor()
{
    m_server->setSubscribing(false);
    m_server->always("POST", "/v4/Subscriptions", ScriptedServer::ok(R"({"estimated_delivery_in_ms":5000})"));
    m_server->always("POST", path, result({ item("a", 1, 1) }));
    SyncLiveQuery *const live = valueOfCall(m_client->liveQuery(u"tr-worker"_s, {}));
    QVERIFY(live);
    QTRY_COMPARE(m_server->subscriptions().size(), 1);
    m_server->setSubscribing(true);
    const Server::SubscriptionCall call = m_server->subscriptions().constFirst();
    m_server->settle("subscription_failed", call, call.entries.constFirst(),
                     R"(,"error":{"status":400,"code":54502,"message":"Invalid index name"})");
    QTRY_COMPARE(live->error().code(), 54502);
    QCOMPARE(live->status(), Sync::Status::Ready);
    QTRY_COMPARE(live->subscriptionState(), Sync::SubscriptionState::Established); // after a second
    QVERIFY(live->error().isNull());
}

void tst_LiveQueryWire::closingCancels()
{
    m_server->once("POST", path, result({ item("a", 1, 1) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    m_server->clear();
    live->close();
    QTRY_COMPARE(m_server->subscriptions().size(), 1);
    QCOMPARE(m_server->subscriptions().constFirst().action, Server::SubscriptionCall::Action::Cancel);
    QCOMPARE(m_server->subscriptions().constFirst().entries.constFirst().objectSid, "QR1");
    pushUpdated("b", 8, 2);
    QVERIFY(m_server->roundTrip());
    QCOMPARE(live->count(), 0);
}

void tst_LiveQueryWire::sortedRows()
{
    m_server->once("POST", path, result({ item("a", 1, 3), item("b", 2, 1), item("c", 3, 2) }));
    SyncLiveQuery *const live = query();
    QVERIFY(live);
    live->setValueRoles({ u"n"_s });
    SyncSortFilterModel sorted;
    sorted.setSourceModel(live);
    sorted.setSortRole(u"n"_s);
    const auto keys = [&] {
        QStringList all;
        for (int row = 0; row < sorted.rowCount(); ++row)
            all << sorted.index(row, 0).data(SyncLiveQuery::ItemKeyRole).toString();
        return all.join(u' ');
    };
    QTRY_COMPARE(keys(), u"b c a"_s);
    pushUpdated("b", 5, 9);
    QTRY_COMPARE(keys(), u"c a b"_s);
}

QTEST_GUILESS_MAIN(tst_LiveQueryWire)
#include "tst_livequerywire.moc"
