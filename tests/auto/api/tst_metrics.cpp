#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

// What a client says of itself, against what a scripted service saw.
class tst_Metrics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void startAtZero();
    void bytesAreThoseOfTheFrames();
    void eventsAndMemory();
    void reconnectsAndQueues();
    void retriesAndPauses();
    void toldOnlyToWhoeverListens();

private:
    template <typename Object>
    Object *open(QFuture<Object *> (SyncClient::*opening)(const OpenOptions &), const char *sid)
    {
        return established((m_client.get()->*opening)(
                { .id = QString::fromLatin1(sid), .mode = SyncClient::OpenMode::OpenExisting }));
    }
    [[nodiscard]] SyncMetrics now() const { return m_client->metrics(); }
    void pushItem(int index, const QByteArray &value);

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_Metrics::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{"n":1})")));
    m_server->always("GET", "/v3/Lists/ES1", Peer::ok(Peer::root("ES1")));
    m_server->always("GET", "/v3/Lists/ES1/Items", Peer::ok(Peer::page()));
    m_client = scriptedClient(*m_server);
}

void tst_Metrics::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_Metrics::pushItem(int index, const QByteArray &value)
{
    const QByteArray id = QByteArray::number(index + 1);
    m_server->push("list_item_added",
                   R"({"id":)" + id + R"(,"list_sid":"ES1","list_revision":")" + id + R"(","item_index":)"
                           + QByteArray::number(index) + R"(,"item_url":"u","item_revision":"1","item_data":)"
                           + value + R"(,"date_created":"2024-05-06T07:08:09.123Z"})");
}

void tst_Metrics::startAtZero() { QCOMPARE(SyncClient().metrics(), SyncMetrics()); }

void tst_Metrics::bytesAreThoseOfTheFrames()
{
    QVERIFY(open(&SyncClient::document, "ET1"));
    QVERIFY(m_server->roundTrip());
    double seen = 0;
    for (const Peer::Frame &frame : m_server->frames())
        seen += double(frame.message.size());
    QCOMPARE(now().bytesSent, seen);
    QVERIFY(now().bytesReceived > 0);
    QVERIFY(now().roundTripMedian > 0);
    QVERIFY(now().roundTripMedian <= now().roundTrip95 && now().roundTrip95 <= now().roundTrip99);
    QCOMPARE(now().reconnects, 0);
    QCOMPARE(now().requestsInFlight, 0);
}

void tst_Metrics::eventsAndMemory()
{
    SyncList *const list = open(&SyncClient::list, "ES1");
    QVERIFY(list);
    const double before = now().storeMemory;
    pushItem(0, R"({"text":")" + QByteArray(10'000, 'x') + R"("})");
    pushItem(1, "{}");
    QVERIFY(m_server->roundTrip());
    QCOMPARE(now().eventsReceived, 2);
    QCOMPARE(now().objects, 1);
    QVERIFY(now().storeMemory - before > 10'000);
    QVERIFY(now().storeMemory - before < 11'000);
    m_server->push("list_item_removed",
                   R"({"id":3,"list_sid":"ES1","list_revision":"3","item_index":0,"item_url":"u",)"
                   R"("date_created":"2024-05-06T07:08:10.123Z"})");
    QTRY_VERIFY(now().storeMemory - before < 1'000);
    delete list;
    QTRY_COMPARE(now().objects, 0);
    QCOMPARE(now().storeMemory, 0);
}

void tst_Metrics::reconnectsAndQueues()
{
    SyncList *const list = open(&SyncClient::list, "ES1");
    QVERIFY(list);
    loseConnection(*m_server, *m_client);
    auto read = list->get(7);
    auto write = list->push({ { u"n"_s, 1 } });
    QCOMPARE(now().queuedRequests, 1);
    QCOMPARE(now().pendingWrites, 1);
    QCOMPARE(now().reconnects, 0);
    read.cancel();
    write.cancel();
    QTRY_COMPARE(now().queuedRequests, 0);
    QTRY_COMPARE(now().pendingWrites, 0);
    m_server->setAnswering(true);
    m_server->hangUp();
    QTRY_COMPARE(now().reconnects, 1);
}

void tst_Metrics::retriesAndPauses()
{
    QVERIFY(open(&SyncClient::document, "ET1"));
    changeChannel(*m_client, [](auto &options) {
        options.throttleMin = std::chrono::milliseconds(30);
        options.throttleMax = std::chrono::milliseconds(31);
    });
    QCOMPARE(now().retries, 0);
    QCOMPARE(now().throttledTime, 0);
    m_server->once("GET", "/v3/Lists/ES1", Peer::refusal({ 429, "TOO_MANY_REQUESTS", 0, {} }));
    QVERIFY(open(&SyncClient::list, "ES1"));
    QCOMPARE(now().retries, 1);
    QVERIFY(now().throttledTime >= 29);
    QVERIFY(now().throttledTime < wireTimeout);
}

void tst_Metrics::toldOnlyToWhoeverListens()
{
    QVERIFY(open(&SyncClient::document, "ET1"));
    const SyncMetrics before = now();
    QElapsedTimer time;
    {
        const QSignalSpy told(m_client.get(), &SyncClient::metricsChanged);
        time.start();
        QVERIFY(open(&SyncClient::list, "ES1"));
        QCOMPARE(now(), before); // as long as it is not told
        QTRY_COMPARE(told.size(), 1);
        QVERIFY(time.elapsed() > 900);
        QVERIFY(now().bytesSent > before.bytesSent);
    }
    const double sent = now().bytesSent;
    QVERIFY(m_server->roundTrip());
    QVERIFY(now().bytesSent > sent); // nobody listens: as it is
}

QTEST_GUILESS_MAIN(tst_Metrics)
#include "tst_metrics.moc"
