#include "shared/clientfixture.h"
#include "shared/longestturn.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncoutbox.h"

#include <algorithm>
#include <numeric>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Peer = ScriptedServer;

namespace {

constexpr int manyCalls = 100'000;
// Under sanitizers the same work takes some three times as long.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TWILIOSYNC_SLOW 3
#endif
#endif
#ifndef TWILIOSYNC_SLOW
#define TWILIOSYNC_SLOW 1
#endif
constexpr auto longest = TWILIOSYNC_SLOW * 100ms;
constexpr int patience = 60'000;

} // namespace

//! However much there is to do at once, the application's event loop goes on.
class tst_LongTurns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void manyWritesEnd_data();
    void manyWritesEnd();
    void manyWritesAreTakenBack_data();
    void manyWritesAreTakenBack();
    void manyWritesEndWithTheirClient_data();
    void manyWritesEndWithTheirClient();

private:
    //! Which calls have ended, in order, and how.
    struct Ends
    {
        std::vector<int> calls;
        QStringList errors;
    };

    //! Calls that the service leaves without an answer.
    void write(const QByteArray &kind);
    template <typename T>
    void watch(QFuture<T> call, int number)
    {
        m_calls.append(QFuture<void>(call));
        call.then([](const T &) {}).onFailed([this, number](const SyncException &failure) {
            m_ends.calls.push_back(number);
            const QString text = failure.error().message();
            if (m_ends.errors.isEmpty() || m_ends.errors.last() != text)
                m_ends.errors.append(text);
        });
    }
    static void judgeTime(LongestTurn::Milliseconds took, LongestTurn::Milliseconds most)
    {
        QVERIFY2(took < most, QByteArray::number(qint64(took.count())) + " ms");
    }
    void judgeOrder() const
    {
        std::vector<int> all(manyCalls);
        std::iota(all.begin(), all.end(), 0);
        QCOMPARE(m_ends.calls.size(), all.size());
        QVERIFY(m_ends.calls == all);
    }

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
    Ends m_ends;
    QList<QFuture<void>> m_calls;
};

void tst_LongTurns::init()
{
    m_ends = {};
    m_calls.clear();
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{})")));
    m_server->always("GET", "/v3/Lists/ES1", Peer::ok(Peer::root("ES1")));
    m_server->always("POST", {}, Peer::lost());
}

void tst_LongTurns::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_LongTurns::write(const QByteArray &kind)
{
    if (kind == "document") {
        SyncDocument *const document = valueOfCall(
                m_client->document({ .id = u"ET1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
        QVERIFY(document);
        for (int i = 0; i < manyCalls; ++i)
            watch(document->mutate([](const SyncValue &value) { return std::optional(value); }), i);
    } else {
        SyncList *const list =
                valueOfCall(m_client->list({ .id = u"ES1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
        QVERIFY(list);
        for (int i = 0; i < manyCalls; ++i)
            watch(list->push({ { u"n"_s, i } }), i);
    }
    QCOMPARE(m_client->pendingWrites(), manyCalls);
}

void tst_LongTurns::manyWritesEnd_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("error");
    QTest::newRow("updates, document removed")
            << QByteArray("document") << QByteArray("document_removed")
            << QByteArray(R"({"id":5,"document_sid":"ET1"})") << u"The Document has been removed"_s;
    QTest::newRow("pushes, list removed")
            << QByteArray("list") << QByteArray("list_removed") << QByteArray(R"({"id":5,"list_sid":"ES1"})")
            << u"The List has been removed"_s;
    QTest::newRow("pushes in a view, shutdown") << QByteArray("list") << QByteArray() << QByteArray()
                                                << u"Unable to connect: the client was shut down"_s;
}

void tst_LongTurns::manyWritesEnd()
{
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, event);
    QFETCH(QByteArray, payload);
    QFETCH(QString, error);
    write(kind);
    const SyncOutbox *const shown = event.isEmpty() ? m_client->outbox() : nullptr;
    if (shown)
        QCOMPARE(shown->count(), manyCalls);
    QVERIFY(m_server->roundTrip());
    LongestTurn turn;
    if (event.isEmpty())
        m_client->shutdown();
    else
        m_server->push(event, payload);
    QVERIFY(eventually([&] { return int(m_ends.calls.size()) == manyCalls; }, patience));
    QVERIFY(eventually([&] { return !shown || shown->count() == 0; }, patience));
    const auto took = turn.value();
    QCOMPARE(m_ends.errors, QStringList(error));
    judgeOrder();
    QCOMPARE(m_client->pendingWrites(), 0);
    judgeTime(took, longest);
}

void tst_LongTurns::manyWritesAreTakenBack_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<bool>("byFuture");
    QTest::newRow("updates, from the outbox") << QByteArray("document") << false;
    QTest::newRow("pushes, from the outbox") << QByteArray("list") << false;
    QTest::newRow("updates, by their futures") << QByteArray("document") << true;
    QTest::newRow("pushes, by their futures") << QByteArray("list") << true;
}

void tst_LongTurns::manyWritesAreTakenBack()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, byFuture);
    write(kind);
    const SyncOutbox *const shown = m_client->outbox();
    QCOMPARE(shown->count(), manyCalls);
    QVERIFY(m_server->roundTrip());
    for (QFuture<void> &call : m_calls) {
        if (byFuture)
            call.cancel();
    }
    LongestTurn turn;
    if (!byFuture)
        m_client->outbox()->cancelAll();
    // Those that were sent are still to be answered.
    QVERIFY(eventually([&] { return shown->count() < 1'000; }, patience));
    QVERIFY(eventually([&] { return byFuture || int(m_ends.calls.size()) > manyCalls - 1'000; }, patience));
    const auto took = turn.value();
    judgeTime(took, longest);
    QCOMPARE(m_ends.errors, byFuture ? QStringList() : QStringList(u"cancelled"_s));
    QVERIFY(std::is_sorted(m_ends.calls.cbegin(), m_ends.calls.cend()));
}

void tst_LongTurns::manyWritesEndWithTheirClient_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<bool>("atOnce");
    QTest::newRow("updates, in the turn of the calls") << QByteArray("document") << true;
    QTest::newRow("pushes, later") << QByteArray("list") << false;
}

// There is no later turn for them; so it takes its time, but no more for each than for few.
void tst_LongTurns::manyWritesEndWithTheirClient()
{
    QFETCH(QByteArray, kind);
    QFETCH(bool, atOnce);
    write(kind);
    if (!atOnce)
        QVERIFY(m_server->roundTrip());
    LongestTurn turn;
    m_client.reset();
    const auto took = turn.value();
    QCOMPARE(m_ends.errors, QStringList(u"client destroyed"_s));
    judgeOrder();
    judgeTime(took, 60 * longest);
}

QTEST_GUILESS_MAIN(tst_LongTurns)
#include "tst_longturns.moc"
