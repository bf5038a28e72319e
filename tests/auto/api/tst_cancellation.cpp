#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"
#include "TwilioSync/api/syncstream.h"

#include <QtCore/qregularexpression.h>

#include <memory>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

// A future that its caller cancels: what was not sent is not sent, what was is not tried again.
class tst_Cancellation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void whatWaitsIsNotSent_data() { addCalls(); }
    void whatWaitsIsNotSent();
    void refusedForNowIsNotTriedAgain_data() { addCalls(); }
    void refusedForNowIsNotTriedAgain();
    void answerThatComesAllTheSameIsTakenOver();
    void oneOfTwoCallsThatAreOneWrite();
    void cancelledInTheTurnOfTheCall();
    void manyAtOnce();

private:
    struct Objects
    {
        SyncClient *client = nullptr;
        SyncDocument *document = nullptr;
        SyncList *list = nullptr;
        SyncMap *map = nullptr;
        SyncStream *stream = nullptr;
    };
    //! Whatever its type, the future of a call.
    using Call = std::function<QFuture<void>(Objects &)>;

    static void addCalls();
    //! Goes to the service and back.
    void ask();

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
    Objects m_objects;
};

void tst_Cancellation::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{"n":1})")));
    for (const char *object : { "Lists/ES1", "Maps/MP1", "Streams/TO1" })
        m_server->always("GET", QByteArray("/v3/") + object,
                         Peer::ok(Peer::root(QByteArray(object).right(3))));
    const auto nothing = Peer::ok(Peer::page());
    m_server->always("GET", "/v3/Lists/ES1/Items", nothing);
    m_server->always("GET", "/v3/Maps/MP1/Items", nothing);
    m_client = scriptedClient(*m_server);
    const auto existing = [](const char *sid) {
        return OpenOptions { .id = QString::fromLatin1(sid), .mode = SyncClient::OpenMode::OpenExisting };
    };
    const auto document = m_client->document(existing("ET1"));
    const auto list = m_client->list(existing("ES1"));
    const auto map = m_client->map(existing("MP1"));
    const auto stream = m_client->stream(existing("TO1"));
    m_objects = { m_client.get(), established(document), established(list), established(map),
                  established(stream) };
    QVERIFY(m_objects.document && m_objects.list && m_objects.map && m_objects.stream);
}

void tst_Cancellation::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_Cancellation::addCalls()
{
    QTest::addColumn<Call>("call");
    const auto row = [](const char *name, Call call) { QTest::newRow(name) << std::move(call); };
    row("open", [](Objects &o) { return QFuture<void>(o.client->list(u"other"_s)); });
    row("create", [](Objects &o) { return QFuture<void>(o.client->list()); });
    row("read an item", [](Objects &o) { return QFuture<void>(o.map->get(u"k"_s)); });
    row("read a page", [](Objects &o) { return QFuture<void>(o.list->getItems()); });
    row("set", [](Objects &o) { return QFuture<void>(o.document->set({ { u"n"_s, 2 } })); });
    row("update", [](Objects &o) { return QFuture<void>(o.document->update({ { u"n"_s, 2 } })); });
    row("mutate", [](Objects &o) {
        return QFuture<void>(o.document->mutate([](const QVariantMap &) {
            return QVariantMap { { u"n"_s, 2 } };
        }));
    });
    row("push", [](Objects &o) { return QFuture<void>(o.list->push({ { u"n"_s, 2 } })); });
    row("set an item", [](Objects &o) { return QFuture<void>(o.map->set(u"k"_s, { { u"n"_s, 2 } })); });
    row("remove an item", [](Objects &o) { return QFuture<void>(o.map->remove(u"k"_s)); });
    row("expiry of an item", [](Objects &o) { return QFuture<void>(o.map->setItemTtl(u"k"_s, 60)); });
    row("expiry", [](Objects &o) { return QFuture<void>(o.list->setTtl(60)); });
    row("publish", [](Objects &o) { return QFuture<void>(o.stream->publishMessage({ { u"n"_s, 2 } })); });
    row("remove the object", [](Objects &o) { return QFuture<void>(o.map->removeMap()); });
}

void tst_Cancellation::ask()
{
    m_server->once("GET", "/v3/Documents/ET2", Peer::error(404, 20404, "not found"));
    QCOMPARE(errorOfCall(m_client->document({ .id = u"ET2"_s, .mode = SyncClient::OpenMode::OpenExisting }))
                     .status(),
             404);
}

void tst_Cancellation::whatWaitsIsNotSent()
{
    QFETCH(Call, call);
    loseConnection(*m_server, *m_client);
    QFuture<void> future = call(m_objects);
    QVERIFY(!future.isFinished());
    future.cancel();
    QTRY_VERIFY(future.isFinished());
    QTRY_COMPARE(m_client->pendingWrites(), 0);
    regainConnection(*m_server, *m_client);
    ask();
    QCOMPARE(m_server->lines(), QByteArrayList { "GET /v3/Documents/ET2" });
}

void tst_Cancellation::refusedForNowIsNotTriedAgain()
{
    QFETCH(Call, call);
    // Whatever is read, it is refused as well; the answer names the time of the next try.
    Peer::Answer later = Peer::error(429, 54009, "Too many requests");
    for (const char *method : { "GET", "POST", "PUT", "DELETE" })
        m_server->always(method, {}, later);
    m_server->clear();
    QFuture<void> future = call(m_objects);
    QTRY_VERIFY(!m_server->calls().isEmpty());
    future.cancel();
    QTRY_VERIFY(future.isFinished());
    QTRY_COMPARE(m_client->pendingWrites(), 0);
    const qsizetype calls = m_server->calls().size();
    // A call that is tried again as often as that comes through: so would the cancelled one have.
    for (int i = 0; i < 4; ++i)
        m_server->once("GET", "/v3/Documents/ET2", later);
    m_server->always("GET", "/v3/Documents/ET2", Peer::error(404, 20404, "not found"));
    QVERIFY(errorOfCall(m_client->document({ .id = u"ET2"_s, .mode = SyncClient::OpenMode::OpenExisting }))
                    .status()
            == 404);
    QCOMPARE(m_server->calls().size(), calls + 5);
}

void tst_Cancellation::answerThatComesAllTheSameIsTakenOver()
{
    m_server->always("PUT", {}, Peer::lost());
    auto future = m_objects.map->set(u"k"_s, { { u"n"_s, 2 } });
    m_server->clear();
    QTRY_COMPARE(m_server->calls().size(), 1);
    future.cancel();
    QTRY_VERIFY(future.isFinished());
    m_server->answer(m_server->calls().first(),
                     Peer::ok(R"({"key":"k","revision":"1","last_event_id":1})", 201));
    QTRY_COMPARE(m_objects.map->count(), 1);
    QTRY_COMPARE(m_client->pendingWrites(), 0);
}

void tst_Cancellation::oneOfTwoCallsThatAreOneWrite()
{
    loseConnection(*m_server, *m_client);
    auto one = m_objects.map->update(u"k"_s, { { u"a"_s, 1 } });
    auto two = m_objects.map->update(u"k"_s, { { u"b"_s, 2 } });
    one.cancel();
    QTRY_VERIFY(one.isFinished());
    m_server->always("PUT", {}, Peer::ok(R"({"key":"k","revision":"1","last_event_id":1})", 201));
    m_server->always("POST", {}, Peer::ok(R"({"key":"k","revision":"1","last_event_id":1})", 201));
    regainConnection(*m_server, *m_client);
    QVERIFY(errorOfCall(two).isNull());
    QVERIFY(one.isCanceled());
}

void tst_Cancellation::cancelledInTheTurnOfTheCall()
{
    loseConnection(*m_server, *m_client);
    int runs = 0;
    auto future = m_objects.document->mutate([&runs](const QVariantMap &value) {
        ++runs;
        return value;
    });
    bool told = false;
    const auto seen = future.onCanceled([&told] {
        told = true;
        return QVariantMap();
    });
    future.cancel();
    QTRY_VERIFY(told);
    regainConnection(*m_server, *m_client);
    ask();
    QCOMPARE(runs, 0);
}

void tst_Cancellation::manyAtOnce()
{
    loseConnection(*m_server, *m_client);
    QList<QFuture<SyncListItem>> calls;
    for (int i = 0; i < 5'000; ++i)
        calls.append(m_objects.list->push({ { u"n"_s, i } }));
    for (auto &call : calls)
        call.cancel();
    QTRY_COMPARE(m_client->pendingWrites(), 0);
    for (const auto &call : std::as_const(calls))
        QVERIFY(call.isFinished());
}

QTEST_GUILESS_MAIN(tst_Cancellation)
#include "tst_cancellation.moc"
