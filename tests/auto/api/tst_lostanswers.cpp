#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

// Connections that break under a write which the service has applied: once is once.
class tst_LostAnswers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void countingMutationCountsOnce();
    void removalOfAnItemSucceeds();
    void removalOfTheObjectIsOurs();
    void pushIsFoundAmongTheEvents();
    void pushThatIsNotFoundIsSentAgain();
    void messageIsNotRepeated();
    void repeatedSetLeavesWhatCameAfter();
    void timedOutWriteIsRepeatedSafely();

private:
    static QByteArray itemEvent(const char *value)
    {
        return R"({"id":1,"list_sid":"ES1","list_revision":"1","item_index":0,"item_url":"u","item_revision":"1",)"
               R"("item_data":)"
                + QByteArray(value) + R"(,"date_created":"2024-05-06T07:08:09.123Z"})";
    }
    SyncDocument *openDocument()
    {
        m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{"n":5})")));
        return established(
                m_client->document({ .id = u"ET1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    }
    SyncList *openList()
    {
        m_server->always("GET", "/v3/Lists/ES1", Peer::ok(Peer::root("ES1")));
        m_server->always("GET", "/v3/Lists/ES1/Items", Peer::ok(m_page));
        return established(m_client->list({ .id = u"ES1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    }
    [[nodiscard]] qsizetype callsOf(const QByteArray &method) const
    {
        return std::count_if(m_server->calls().begin(), m_server->calls().end(),
                             [&](const Peer::Call &call) { return call.request.method == method; });
    }

    [[nodiscard]] Peer::Call lastCallOf(const QByteArray &method) const
    {
        const auto &calls = m_server->calls();
        const auto last = std::find_if(calls.rbegin(), calls.rend(),
                                       [&](const Peer::Call &call) { return call.request.method == method; });
        return last == calls.rend() ? Peer::Call() : *last;
    }

    QByteArray m_page;
    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_LostAnswers::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_page = Peer::page();
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_LostAnswers::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_LostAnswers::countingMutationCountsOnce()
{
    SyncDocument *const document = openDocument();
    QVERIFY(document);
    m_server->once("POST", "/v3/Documents/ET1", Peer::cut());
    m_server->once("POST", "/v3/Documents/ET1", Peer::error(412, 54103, "Document revision mismatch"));
    m_server->always("GET", "/v3/Documents/ET1",
                     Peer::ok(Peer::root("ET1", R"(,"data":{"n":6},"revision":"1","last_event_id":1)")));
    int runs = 0;
    const QVariantMap value = valueOfCall(document->mutate([&runs](const QVariantMap &now) {
        ++runs;
        return QVariantMap { { u"n"_s, now.value(u"n"_s).toInt() + 1 } };
    }));
    QCOMPARE(value, QVariantMap({ { u"n"_s, 6 } }));
    QCOMPARE(runs, 1);
    QCOMPARE(callsOf("POST"), 2);
}

void tst_LostAnswers::removalOfAnItemSucceeds()
{
    m_page = Peer::page(
            R"({"index":0,"revision":"0","last_event_id":0,"date_created":"2024-05-06T07:08:09.123Z",)"
            R"("date_updated":"2024-05-06T07:08:09.123Z","data":{"n":1}})");
    SyncList *const list = openList();
    QVERIFY(list);
    QTRY_COMPARE(list->count(), 1);
    QSignalSpy removed(list, &SyncList::itemRemoved);
    m_server->once("DELETE", "/v3/Lists/ES1/Items/0", Peer::cut());
    m_server->once("DELETE", "/v3/Lists/ES1/Items/0", Peer::error(404, 54151, "Item not found"));
    QVERIFY(errorOfCall(list->remove(0)).isNull());
    m_server->push("list_item_removed", itemEvent(R"({"n":1})"));
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(removed.at(0).at(1).toBool(), true);
    QCOMPARE(list->count(), 0);
}

void tst_LostAnswers::removalOfTheObjectIsOurs()
{
    SyncList *const list = openList();
    QVERIFY(list);
    QSignalSpy removed(list, &SyncList::removed);
    m_server->once("DELETE", "/v3/Lists/ES1", Peer::cut());
    m_server->once("DELETE", "/v3/Lists/ES1", Peer::error(404, 54150, "List not found"));
    QVERIFY(errorOfCall(list->removeList()).isNull());
    QTRY_COMPARE(removed, QList<QVariantList>({ { true } }));
    QCOMPARE(list->status(), Sync::Status::Removed);
}

void tst_LostAnswers::pushIsFoundAmongTheEvents()
{
    SyncList *const list = openList();
    QVERIFY(list);
    QTRY_VERIFY(list->isComplete());
    QSignalSpy added(list, &SyncList::itemAdded);
    m_server->once("POST", "/v3/Lists/ES1/Items", Peer::lost());
    const auto push = list->push({ { u"n"_s, 1 } });
    QTRY_COMPARE(callsOf("POST"), 1);
    m_server->push("list_item_added", itemEvent(R"({"n":1})"));
    QTRY_COMPARE(added.size(), 1); // the echo is faster than the answer, which never comes
    m_server->hangUp();
    QCOMPARE(valueOfCall(push).index(), 0);
    QCOMPARE(list->count(), 1);
    QCOMPARE(callsOf("POST"), 1);
}

void tst_LostAnswers::pushThatIsNotFoundIsSentAgain()
{
    SyncList *const list = openList();
    QVERIFY(list);
    ClientPrivate::of(m_client.get())
            ->session->setWriteOptions({ .answerTimeout = std::chrono::milliseconds(50) });
    m_server->once("POST", "/v3/Lists/ES1/Items", Peer::cut());
    m_server->once("POST", "/v3/Lists/ES1/Items",
                   Peer::ok(R"({"index":4,"revision":"1","last_event_id":1,"date_created":null,)"
                            R"("date_updated":"2024-05-06T07:08:09.123Z"})",
                            201));
    QCOMPARE(valueOfCall(list->push({ { u"n"_s, 1 } })).index(), 4);
    QCOMPARE(callsOf("POST"), 2);
}

void tst_LostAnswers::messageIsNotRepeated()
{
    m_server->always("GET", "/v3/Streams/TO1", Peer::ok(Peer::root("TO1")));
    SyncStream *const stream =
            established(m_client->stream({ .id = u"TO1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(stream);
    m_server->once("POST", "/v3/Streams/TO1/Messages", Peer::cut());
    const SyncError error = errorOfCall(stream->publishMessage({ { u"n"_s, 1 } }));
    QVERIFY(error.isOutcomeUnknown());
    QCOMPARE(error.message(), u"publishMessage: sent, and perhaps applied: disconnected"_s);
    QCOMPARE(callsOf("POST"), 1);
}

void tst_LostAnswers::repeatedSetLeavesWhatCameAfter()
{
    SyncDocument *const document = openDocument();
    QVERIFY(document);
    m_server->once("POST", "/v3/Documents/ET1", Peer::cut());
    m_server->once("POST", "/v3/Documents/ET1", Peer::error(412, 54103, "Document revision mismatch"));
    // Ours was the first change, somebody else's the second; the replay of a document has the last alone.
    m_server->always("GET", "/v3/Documents/ET1",
                     Peer::ok(Peer::root("ET1", R"(,"data":{"n":9},"revision":"2","last_event_id":2)")));
    const SyncError error = errorOfCall(document->set({ { u"n"_s, 6 } }));
    QVERIFY2(error.isOutcomeUnknown(), qPrintable(error.message()));
    QCOMPARE(callsOf("POST"), 2);
    QCOMPARE(lastCallOf("POST").header("if-match"), "0");
}

void tst_LostAnswers::timedOutWriteIsRepeatedSafely()
{
    SyncDocument *const document = openDocument();
    QVERIFY(document);
    changeChannel(*m_client, [](auto &options) { options.requestTimeout = std::chrono::milliseconds(50); });
    m_server->once("POST", "/v3/Documents/ET1", Peer::lost());
    m_server->once("POST", "/v3/Documents/ET1",
                   Peer::ok(Peer::root("ET1", R"(,"revision":"1","last_event_id":1)")));
    QCOMPARE(valueOfCall(document->set({ { u"n"_s, 6 } })), QVariantMap({ { u"n"_s, 6 } }));
    QCOMPARE(lastCallOf("POST").header("if-match"), "0");
}

QTEST_GUILESS_MAIN(tst_LostAnswers)
#include "tst_lostanswers.moc"
