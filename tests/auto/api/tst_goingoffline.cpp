#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/synclists.h"
#include "TwilioSync/api/syncoutbox.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;
using State = SyncClient::ConnectionState;

namespace {

SyncValue number(int n) { return { { u"n"_s, n } }; }

constexpr auto existing = SyncClient::OpenMode::OpenExisting;

} // namespace

// Being without a connection because one wants to, being up to date, and waiting for what is not written yet.
class tst_GoingOffline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void callsWaitAndGoOn();
    void tokensAreKeptForLater_data();
    void tokensAreKeptForLater();
    void providerIsAskedLater();
    void lastsOverShutdown();
    void reconnectEndsIt();
    void mayBeSaidTwice();
    void onlineWhenAllHasCaughtUp();
    void whatIsRefusedKeepsNobodyFromBeingOnline();
    void waitsForWritesOfThisMoment();
    void waitsForWritesByName();
    void waitEndsWithWritesThatFail_data();
    void waitEndsWithWritesThatFail();

private:
    //! Everything that was under way has been done, and nothing has come of it on the wire.
    void settle() const
    {
        bool isTold = false;
        QTimer::singleShot(50, this, [&isTold] { isTold = true; });
        QTRY_VERIFY(isTold);
    }
    [[nodiscard]] QList<Peer::Call> pushes() const
    {
        QList<Peer::Call> calls = m_server->calls();
        calls.removeIf([](const Peer::Call &call) { return call.request.method != "POST"; });
        return calls;
    }
    [[nodiscard]] bool isConnected() const { return m_client->connectionState() == State::Connected; }

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_GoingOffline::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_server->always("GET", "/v3/Lists/ES1", Peer::ok(Peer::root("ES1", R"(,"unique_name":"tasks")")));
    m_server->always("GET", "/v3/Lists/tasks", Peer::ok(Peer::root("ES1", R"(,"unique_name":"tasks")")));
    m_server->always("GET", "/v3/Lists/ES1/Items", Peer::ok(Peer::page()));
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{"n":1})")));
    m_server->always("POST", "/v3/Lists/ES1/Items",
                     Peer::ok(R"({"index":0,"revision":"0","last_event_id":1,"data":{"n":0}})", 201));
    m_client = scriptedClient(*m_server);
}

void tst_GoingOffline::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_GoingOffline::callsWaitAndGoOn()
{
    QTRY_VERIFY(isConnected());
    SyncList *const list = established(m_client->list({ .id = u"ES1"_s, .mode = existing }));
    QVERIFY(list);
    const QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    m_client->goOffline();
    QTRY_COMPARE(m_client->connectionState(), State::Disconnected);
    QTRY_VERIFY(!m_server->isConnected());
    QCOMPARE(m_server->frames().constLast().method, "close"_ba);
    QCOMPARE(list->status(), Sync::Status::Ready);
    const auto pushed = list->push(number(0));
    const auto opened = m_client->document({ .id = u"ET1"_s, .mode = existing });
    const int connections = m_server->connections();
    settle();
    QCOMPARE(m_client->pendingWrites(), 1);
    QVERIFY(!pushed.isFinished());
    QVERIFY(!opened.isFinished());
    QCOMPARE(m_server->connections(), connections);
    m_client->goOnline();
    QVERIFY(errorOfCall(pushed).isNull());
    QVERIFY(errorOfCall(opened).isNull());
    QCOMPARE(m_server->connections(), connections + 1);
    QVERIFY(errors.isEmpty());
    QTRY_COMPARE(list->subscriptionState(), Sync::SubscriptionState::Established);
    // The session is asked for again.
    QCOMPARE(m_server->frames("init").constLast().field("continuation_token"), "ct-1"_ba);
}

void tst_GoingOffline::tokensAreKeptForLater_data()
{
    QTest::addColumn<bool>("first");
    QTest::newRow("the first one") << true;
    QTest::newRow("another one") << false;
}

void tst_GoingOffline::tokensAreKeptForLater()
{
    QFETCH(bool, first);
    if (first)
        m_client->setToken({});
    else
        QTRY_VERIFY(isConnected());
    const int connections = m_server->connections();
    m_client->goOffline();
    m_client->setToken(u"another"_s);
    settle();
    QCOMPARE(m_client->connectionState(), State::Disconnected);
    QCOMPARE(m_server->connections(), connections);
    m_client->goOnline();
    QTRY_VERIFY(isConnected());
    QCOMPARE(m_server->frames("init").constLast().field("token"), "another"_ba);
}

void tst_GoingOffline::providerIsAskedLater()
{
    m_client->setToken({});
    m_client->goOffline();
    int asked = 0;
    m_client->setTokenProvider([&asked] {
        ++asked;
        return QtFuture::makeReadyFuture(u"given"_s);
    });
    settle();
    QCOMPARE(asked, 0);
    m_client->goOnline();
    QTRY_VERIFY(isConnected());
    QCOMPARE(asked, 1);
}

void tst_GoingOffline::lastsOverShutdown()
{
    QTRY_VERIFY(isConnected());
    m_client->goOffline();
    QVERIFY(errorOfCall(m_client->shutdown()).isNull());
    QVERIFY(errorOfCall(m_client->document(u"ET1"_s)).message().contains("shut down"_L1));
    m_client->setToken(u"another"_s);
    const auto opened = m_client->document({ .id = u"ET1"_s, .mode = existing });
    settle();
    QCOMPARE(m_client->connectionState(), State::Disconnected);
    QVERIFY(!opened.isFinished());
    m_client->goOnline();
    QTRY_VERIFY(isConnected());
    QVERIFY(errorOfCall(opened).isNull());
}

void tst_GoingOffline::reconnectEndsIt()
{
    QTRY_VERIFY(isConnected());
    m_client->goOffline();
    QTRY_COMPARE(m_client->connectionState(), State::Disconnected);
    m_client->reconnect();
    QTRY_VERIFY(isConnected());
    m_server->hangUp();
    QTRY_COMPARE(m_server->connections(), 3); // by itself again
    QTRY_VERIFY(isConnected());
}

void tst_GoingOffline::mayBeSaidTwice()
{
    m_client->goOnline(); // nothing to do
    QTRY_VERIFY(isConnected());
    m_client->goOffline();
    m_client->goOffline();
    m_client->goOnline(); // in the same turn
    m_client->goOnline();
    QTRY_VERIFY(isConnected());
    m_client->goOffline();
    QTRY_COMPARE(m_client->connectionState(), State::Disconnected);
}

void tst_GoingOffline::onlineWhenAllHasCaughtUp()
{
    QStringList told;
    bool wasThere = false;
    SyncList *list = nullptr;
    const auto tellState = [&] { told.append(m_client->connectionStateName()); };
    const auto tellOnline = [&] {
        told.append(m_client->isOnline() ? u"online"_s : u"offline"_s);
        wasThere = list && list->subscriptionState() == Sync::SubscriptionState::Established;
    };
    QObject here; // goes before what they refer to
    connect(m_client.get(), &SyncClient::connectionStateChanged, &here, tellState);
    connect(m_client.get(), &SyncClient::onlineChanged, &here, tellOnline);
    QVERIFY(!m_client->isOnline());
    QTRY_VERIFY(m_client->isOnline());
    QCOMPARE(told, QStringList({ u"connecting"_s, u"connected"_s, u"online"_s }));
    told.clear();
    list = established(m_client->list({ .id = u"ES1"_s, .mode = existing }));
    QVERIFY(list);
    QCOMPARE(told, QStringList()); // what is opened later changes nothing

    loseConnection(*m_server, *m_client);
    QTRY_VERIFY(!m_client->isOnline());
    QCOMPARE(told, QStringList({ u"connecting"_s, u"offline"_s }));
    m_server->setSubscribing(false);
    m_server->always("POST", "/v4/Subscriptions", Peer::ok(R"({"max_batch_size":100})"));
    regainConnection(*m_server, *m_client);
    QTRY_COMPARE(m_server->subscriptions().size(), 1);
    settle();
    QVERIFY(!m_client->isOnline());
    const auto &asked = m_server->subscriptions().constFirst();
    QCOMPARE(asked.entries.size(), 1);
    m_server->settle("subscription_established", asked, asked.entries.front(),
                     R"(,"replay_status":"completed","last_event_id":0)");
    QTRY_VERIFY(m_client->isOnline());
    QVERIFY(wasThere);
    QCOMPARE(told, QStringList({ u"connecting"_s, u"offline"_s, u"connected"_s, u"online"_s }));
    m_client->goOffline();
    QTRY_VERIFY(!m_client->isOnline());
}

void tst_GoingOffline::whatIsRefusedKeepsNobodyFromBeingOnline()
{
    QTRY_VERIFY(isConnected());
    SyncList *const list = established(m_client->list({ .id = u"ES1"_s, .mode = existing }));
    QVERIFY(list);
    loseConnection(*m_server, *m_client);
    m_server->setSubscribing(false);
    m_server->always("POST", "/v4/Subscriptions", Peer::error(403, 20403, "no"));
    regainConnection(*m_server, *m_client);
    QTRY_COMPARE(list->subscriptionState(), Sync::SubscriptionState::SubscriptionFailed);
    QTRY_VERIFY(m_client->isOnline());
}

void tst_GoingOffline::waitsForWritesOfThisMoment()
{
    QTRY_VERIFY(isConnected());
    QVERIFY(errorOfCall(m_client->waitForPendingWrites()).isNull()); // there are none
    SyncList *const list = established(m_client->list({ .id = u"ES1"_s, .mode = existing }));
    QVERIFY(list);
    m_server->once("POST", "/v3/Lists/ES1/Items", Peer::lost());
    m_server->once("POST", "/v3/Lists/ES1/Items", Peer::lost());
    const auto first = list->push(number(0));
    QTRY_COMPARE(pushes().size(), 1);
    const auto wait = m_client->waitForPendingWrites();
    const auto second = list->push(number(1));
    QTRY_COMPARE(pushes().size(), 2);
    const auto both = m_client->waitForPendingWrites();
    const auto answer = [this](int call) {
        m_server->answer(pushes().at(call),
                         Peer::ok(R"({"index":)" + QByteArray::number(call)
                                          + R"(,"revision":"0","last_event_id":)"
                                          + QByteArray::number(call + 1) + R"(,"data":{"n":0}})",
                                  201));
    };
    settle();
    QVERIFY(!wait.isFinished());
    answer(0);
    QVERIFY(errorOfCall(wait).isNull());
    QVERIFY(first.isFinished());
    QVERIFY(!second.isFinished());
    QVERIFY(!both.isFinished());
    answer(1);
    QVERIFY(errorOfCall(both).isNull());
    QVERIFY(second.isFinished());
}

void tst_GoingOffline::waitsForWritesByName()
{
    m_client->goOffline();
    const auto one = m_client->lists()->push(u"tasks"_s, number(1));
    auto two = m_client->lists()->push(u"elsewhere"_s, number(2));
    const auto wait = m_client->waitForPendingWrites();
    const auto later = m_client->lists()->push(u"never"_s, number(3));
    m_server->always("GET", "/v3/Lists/elsewhere", Peer::lost());
    m_server->always("GET", "/v3/Lists/never", Peer::lost());
    settle();
    QVERIFY(!wait.isFinished());
    m_client->goOnline();
    QVERIFY(errorOfCall(one).isNull());
    QVERIFY(!wait.isFinished());
    two.cancel();
    QVERIFY(errorOfCall(wait).isNull());
    QVERIFY(!later.isFinished());
}

void tst_GoingOffline::waitEndsWithWritesThatFail_data()
{
    QTest::addColumn<QString>("way");
    QTest::addColumn<QString>("error");
    QTest::newRow("refused") << u"refused"_s << QString();
    QTest::newRow("taken back") << u"cancel"_s << QString();
    QTest::newRow("shut down") << u"shutdown"_s << QString();
    QTest::newRow("client destroyed") << u"destroyed"_s << u"client destroyed"_s;
}

void tst_GoingOffline::waitEndsWithWritesThatFail()
{
    QFETCH(QString, way);
    QFETCH(QString, error);
    QTRY_VERIFY(isConnected());
    SyncList *const list = established(m_client->list({ .id = u"ES1"_s, .mode = existing }));
    QVERIFY(list);
    if (way == "refused"_L1)
        m_server->once("POST", "/v3/Lists/ES1/Items", Peer::error(400, 54008, "no"));
    else
        m_client->goOffline();
    const auto pushed = list->push(number(0));
    const auto wait = m_client->waitForPendingWrites();
    if (way == "cancel"_L1)
        m_client->outbox()->cancelAll();
    else if (way == "shutdown"_L1)
        m_client->shutdown();
    else if (way == "destroyed"_L1)
        m_client.reset();
    QCOMPARE(errorOfCall(wait).message(), error);
    QVERIFY(pushed.isFinished());
}

QTEST_GUILESS_MAIN(tst_GoingOffline)
#include "tst_goingoffline.moc"
