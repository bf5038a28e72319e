#include "server/localsyncserver.h"
#include "server/net/serveroptions.h"
#include "shared/scriptedclient.h"
#include "shared/twoclients.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/api/syncstream.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Writes on a real server: who owns them, in which order they take effect, and the list of them.
class tst_OutboxModel : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { TwoClients::initTestCase(); }
    void init() { TwoClients::init(); }
    void cleanup() { TwoClients::cleanup(); }
    void handleTakesItsWritesAlong();
    void clientRunsNoFunctionWhenItGoes();
    void removedItemStaysGone();
    void handleThatIsOpenedAsAnotherGoesHearsEverything();
    void handlesThatSwapTheirNamesHearEverything();
    void rowsFollowTheWrites();
    void takesAllBack_data();
    void takesAllBack();
    void orderedMessagesKeepTheirOrderUnderTheRates();

private:
    template <typename Object, typename... Args>
    Object *open(SyncClient &client, QFuture<Object *> (SyncClient::*opening)(const QString &),
                 const QString &id)
    {
        return established((client.*opening)(id));
    }
};

void tst_OutboxModel::handleTakesItsWritesAlong()
{
    SyncDocument *const document = open(*m_alice, &SyncClient::document, freshName());
    SyncDocument *const watcher = open(*m_bob, &SyncClient::document, document->sid());
    QSignalSpy updated(watcher, &SyncDocument::updated);
    int runs = 0;
    const auto first = document->update({ { u"a"_s, 1 } });
    const auto second = document->mutate([&runs](const QVariantMap &value) {
        ++runs;
        return value;
    });
    delete document;
    QCOMPARE(errorOfCall(second).message(), u"handle closed"_s);
    SyncDocument *const again = open(*m_alice, &SyncClient::document, watcher->sid());
    QCOMPARE(valueOfCall(again->update({ { u"b"_s, 2 } })), QVariantMap({ { u"a"_s, 1 }, { u"b"_s, 2 } }));
    QCOMPARE(runs, 0);
    QTRY_COMPARE(watcher->value(), QVariantMap({ { u"a"_s, 1 }, { u"b"_s, 2 } }));
    QTRY_COMPARE(updated.size(), 2);
    QVERIFY(first.isFinished());
}

void tst_OutboxModel::clientRunsNoFunctionWhenItGoes()
{
    SyncDocument *const document = open(*m_alice, &SyncClient::document, freshName());
    int runs = 0;
    QList<QFuture<QVariantMap>> calls;
    for (int i = 0; i < 5; ++i) {
        calls += document->mutate([&runs](const QVariantMap &value) {
            ++runs;
            return value;
        });
    }
    m_alice.reset();
    for (const auto &call : std::as_const(calls))
        QVERIFY(call.isFinished());
    QCOMPARE(runs, 0);
}

void tst_OutboxModel::removedItemStaysGone()
{
    SyncMap *const map = open(*m_alice, &SyncClient::map, freshName());
    const auto one = map->set(u"k"_s, { { u"n"_s, 1 } });
    const auto two = map->set(u"k"_s, { { u"n"_s, 2 } });
    const auto gone = map->remove(u"k"_s);
    QVERIFY(errorOfCall(one).isNull());
    QCOMPARE(errorOfCall(two).message(), u"superseded: remove() came before it was sent"_s);
    QVERIFY(errorOfCall(gone).isNull());
    SyncMap *const other = open(*m_bob, &SyncClient::map, map->sid());
    QCOMPARE(errorOfCall(other->get(u"k"_s)).status(), 404);
    QCOMPARE(map->count(), 0);
}

void tst_OutboxModel::handleThatIsOpenedAsAnotherGoesHearsEverything()
{
    SyncList *const first = open(*m_alice, &SyncClient::list, freshName());
    const QString name = first->uniqueName();
    const auto opening = m_alice->list(name);
    delete first;
    SyncList *const second = established(opening);
    QVERIFY(second);
    SyncList *const other = open(*m_bob, &SyncClient::list, name);
    valueOfCall(other->push({ { u"n"_s, 1 } }));
    QTRY_COMPARE(second->count(), 1);
}

void tst_OutboxModel::handlesThatSwapTheirNamesHearEverything()
{
    SyncList a;
    SyncList b;
    const QString first = freshName("first");
    const QString second = freshName("second");
    for (const auto &[list, name] : { std::pair(&a, first), std::pair(&b, second) }) {
        list->setClient(m_alice.get());
        list->setUniqueName(name);
    }
    QTRY_COMPARE(a.subscriptionState(), Sync::SubscriptionState::Established);
    QTRY_COMPARE(b.subscriptionState(), Sync::SubscriptionState::Established);
    a.setUniqueName(second);
    b.setUniqueName(first);
    QTRY_COMPARE(a.status(), Sync::Status::Ready);
    QTRY_COMPARE(b.status(), Sync::Status::Ready);
    QTRY_COMPARE(a.subscriptionState(), Sync::SubscriptionState::Established);
    QTRY_COMPARE(b.subscriptionState(), Sync::SubscriptionState::Established);
    SyncList *const other = open(*m_bob, &SyncClient::list, first);
    valueOfCall(other->push({ { u"n"_s, 1 } }));
    QTRY_COMPARE(b.count(), 1);
    SyncList *const another = open(*m_bob, &SyncClient::list, second);
    valueOfCall(another->push({ { u"n"_s, 2 } }));
    QTRY_COMPARE(a.count(), 1);
}

void tst_OutboxModel::rowsFollowTheWrites()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    server.always("GET", "/v3/Maps/MP1",
                  ScriptedServer::ok(ScriptedServer::root("MP1", R"(,"unique_name":"m")")));
    server.always("GET", "/v3/Maps/MP1/Items", ScriptedServer::ok(ScriptedServer::page()));
    server.always("PUT", {}, ScriptedServer::lost());
    const auto client = scriptedClient(server);
    SyncMap *const map =
            established(client->map({ .id = u"MP1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(map);
    SyncOutbox *const outbox = client->outbox();
    const ModelCheck check(outbox);
    QCOMPARE(outbox->count(), 0);
    const auto one = map->set(u"k"_s, { { u"n"_s, 1 } });
    const auto two = map->set(u"k"_s, { { u"n"_s, 2 } });
    const auto three = map->set(u"j"_s, { { u"n"_s, 3 } });
    QCOMPARE(client->pendingWrites(), 3);
    QVERIFY(map->hasPendingWrites());
    QTRY_COMPARE(outbox->count(), 3);
    QTRY_COMPARE(outbox->index(0).data(SyncOutbox::StateRole).value<SyncOutbox::State>(),
                 SyncOutbox::State::Sending);
    QCOMPARE(outbox->index(0).data(SyncOutbox::AttemptsRole).toInt(), 1);
    const QModelIndex waiting = outbox->index(1);
    QCOMPARE(waiting.data(SyncOutbox::OperationRole).toString(), u"set"_s);
    QCOMPARE(waiting.data(SyncOutbox::ItemKeyRole).toString(), u"k"_s);
    QCOMPARE(waiting.data(SyncOutbox::ObjectSidRole).toString(), u"MP1"_s);
    QCOMPARE(waiting.data(SyncOutbox::ObjectNameRole).toString(), u"m"_s);
    QCOMPARE(waiting.data(SyncOutbox::ValueRole).toMap(), QVariantMap({ { u"n"_s, 2 } }));
    QCOMPARE(waiting.data(SyncOutbox::StateRole).value<SyncOutbox::State>(), SyncOutbox::State::Waiting);
    QCOMPARE(waiting.data(SyncOutbox::AttemptsRole).toInt(), 0);
    QVERIFY(waiting.data(SyncOutbox::ErrorRole).value<SyncError>().isNull());
    QVERIFY(outbox->cancel(waiting.data(SyncOutbox::WriteIdRole).toLongLong()));
    QVERIFY(!outbox->cancel(1'000'000));
    QCOMPARE(errorOfCall(two).message(), u"cancelled"_s);
    QTRY_COMPARE(outbox->count(), 2);
    for (const auto &call : server.calls().last(2))
        server.answer(call, ScriptedServer::ok(R"({"key":"x","revision":"1","last_event_id":1})", 201));
    QVERIFY(errorOfCall(one).isNull());
    QVERIFY(errorOfCall(three).isNull());
    QTRY_COMPARE(outbox->count(), 0);
    QCOMPARE(client->pendingWrites(), 0);
}

void tst_OutboxModel::takesAllBack_data()
{
    QTest::addColumn<QString>("sid");
    QTest::addColumn<QList<int>>("left");
    QTest::newRow("of one object") << u"MP1"_s << QList { 0, 2, 3 };
    QTest::newRow("of every object") << QString() << QList { 0, 2 };
    QTest::newRow("of an object that is not there") << u"MP3"_s << QList { 0, 1, 2, 3 };
}

void tst_OutboxModel::takesAllBack()
{
    QFETCH(QString, sid);
    QFETCH(QList<int>, left);
    ScriptedServer server;
    QVERIFY(server.listen());
    server.always("PUT", {}, ScriptedServer::lost());
    const auto client = scriptedClient(server);
    QList<QFuture<SyncMapItem>> calls;
    for (const QByteArray &name : { QByteArray("MP1"), QByteArray("MP2") }) {
        server.always("GET", "/v3/Maps/" + name, ScriptedServer::ok(ScriptedServer::root(name)));
        server.always("GET", "/v3/Maps/" + name + "/Items", ScriptedServer::ok(ScriptedServer::page()));
        SyncMap *const map = established(
                client->map({ .id = QString::fromLatin1(name), .mode = SyncClient::OpenMode::OpenExisting }));
        QVERIFY(map);
        calls += map->set(u"k"_s, { { u"n"_s, 1 } });
        calls += map->set(u"k"_s, { { u"n"_s, 2 } }); // waits for the first
    }
    const ModelCheck check(client->outbox());
    const auto sent = [&server] {
        auto puts = server.calls();
        puts.removeIf([](const ScriptedServer::Call &call) { return call.request.method != "PUT"; });
        return puts;
    };
    QTRY_COMPARE(sent().size(), 2);
    client->outbox()->cancelAll(sid);
    QTRY_COMPARE(client->outbox()->count(), left.size());
    for (int i = 0; i < calls.size(); ++i) {
        QCOMPARE(calls[i].isFinished(), !left.contains(i));
        if (calls[i].isFinished())
            QCOMPARE(errorOfCall(calls[i]).message(), u"cancelled"_s);
    }
    for (const auto &call : sent())
        server.answer(call, ScriptedServer::ok(R"({"key":"k","revision":"1","last_event_id":1})", 201));
    QVERIFY(errorOfCall(calls[0]).isNull());
    QVERIFY(errorOfCall(calls[2]).isNull());
}

void tst_OutboxModel::orderedMessagesKeepTheirOrderUnderTheRates()
{
    if (!m_server.isEmbedded())
        QSKIP("only the embedded server is known to enforce the rates");
    Server::ServerOptions options = m_server.server().options();
    options.enforceRateLimits = true;
    m_server.server().setOptions(options);
    constexpr int messages = 330; // the service takes 300 at once
    m_alice->setPaceWrites(false); // into the limit, on purpose
    const QString name = freshName();
    SyncStream *const stream = open(*m_alice, &SyncClient::stream, name);
    SyncStream *const heard = open(*m_bob, &SyncClient::stream, name);
    stream->setOrderedWrites(true);
    QList<int> order;
    connect(heard, &SyncStream::messagePublished, this, [to = &order](const SyncStreamMessage &message) {
        *to += message.value().value(u"n"_s).toInt();
    });
    for (int i = 0; i < messages; ++i)
        stream->publishMessage({ { u"n"_s, i } });
    QTRY_COMPARE_WITH_TIMEOUT(order.size(), messages, 60'000);
    QVERIFY(std::is_sorted(order.begin(), order.end()));
    options.enforceRateLimits = false;
    m_server.server().setOptions(options);
}

QTEST_GUILESS_MAIN(tst_OutboxModel)
#include "tst_outboxmodel.moc"
