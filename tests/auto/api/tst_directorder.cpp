#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/syncdocuments.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/synclists.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncmaps.h"
#include "TwilioSync/api/syncpaginator.h"
#include "TwilioSync/api/syncstream.h"
#include "TwilioSync/api/syncstreams.h"

#include <QtCore/qregularexpression.h>

#include <memory>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

namespace {

SyncValue number(int n) { return { { u"n"_s, n } }; }

QByteArray item(int index)
{
    return R"({"index":)" + QByteArray::number(index)
            + R"(,"revision":"7","last_event_id":7,"data":{"n":0}})";
}

} // namespace

// Calls by an id among each other, and beside those of handles.
class tst_DirectOrder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void severalByAnUnknownName();
    void mergedWhileLookedUp();
    void orderedAndMergedWithAHandle();
    void followsWhatWaitsThoughItsHandleIsClosed();
    void handleThatOpensMeanwhile();
    void nameIsNotStale();
    void whatAHandleLeftIsNotStale();
    void openDocumentIsNotAskedFor();
    void documentThatIsNotHeardOfIsAskedFor();
    void slotThatCallsWaitsItsTurn();
    void slotThatDestroysTheClient();
    void waitsForAConnection();
    void cancelledBeforeItIsSent();
    void tooMany();
    void nothingIsKept();
    void pagesAreNotKept();

private:
    [[nodiscard]] ClientSession &session() const { return *ClientPrivate::of(m_client.get())->session; }
    [[nodiscard]] SyncList *openList(const QString &id);

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_DirectOrder::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    for (const char *id : { "ES1", "tasks" })
        m_server->always("GET", QByteArray("/v3/Lists/") + id,
                         Peer::ok(Peer::root("ES1", R"(,"unique_name":"tasks")")));
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{"n":1})")));
    m_server->always("GET", "/v3/Lists/ES1/Items", Peer::ok(Peer::page(item(3))));
    m_server->always("POST", "/v3/Lists/ES1/Items", Peer::ok(item(4), 201));
    m_server->always("POST", "/v3/Lists/ES1/Items/3", Peer::ok(item(3)));
    m_client = scriptedClient(*m_server);
    QTRY_COMPARE(m_client->connectionState(), SyncClient::ConnectionState::Connected);
}

void tst_DirectOrder::cleanup()
{
    m_client.reset();
    m_server.reset();
}

SyncList *tst_DirectOrder::openList(const QString &id)
{
    return established(m_client->list({ .id = id, .mode = SyncClient::OpenMode::OpenExisting }));
}

void tst_DirectOrder::severalByAnUnknownName()
{
    QList<QFuture<SyncListItem>> calls;
    for (int i = 0; i < 3; ++i)
        calls.append(m_client->lists()->push(u"tasks"_s, number(i)));
    for (const auto &call : std::as_const(calls))
        QVERIFY(errorOfCall(call).isNull());
    QCOMPARE(m_server->lines(),
             (QByteArrayList { "GET /v3/Lists/tasks", R"(POST /v3/Lists/ES1/Items {"data":{"n":0}})",
                               R"(POST /v3/Lists/ES1/Items {"data":{"n":1}})",
                               R"(POST /v3/Lists/ES1/Items {"data":{"n":2}})" }));
    QVERIFY(m_server->subscriptions().isEmpty());
}

void tst_DirectOrder::mergedWhileLookedUp()
{
    loseConnection(*m_server, *m_client);
    const auto one = m_client->lists()->setItem(u"tasks"_s, 3, number(1));
    const auto two = m_client->lists()->setItem(u"tasks"_s, 3, number(2));
    QCOMPARE(m_client->pendingWrites(), 0); // of which object is not known yet
    m_server->once("GET", "/v3/Lists/tasks", Peer::lost());
    regainConnection(*m_server, *m_client);
    QTRY_COMPARE(m_server->calls().size(), 1);
    const Peer::Call lookup = m_server->calls().first();
    m_server->answer(lookup, Peer::ok(Peer::root("ES1", R"(,"unique_name":"tasks")")));
    QVERIFY(errorOfCall(one).isNull());
    QVERIFY(errorOfCall(two).isNull());
    QCOMPARE(m_server->lines().last(), R"(POST /v3/Lists/ES1/Items/3 {"data":{"n":2}})"_ba);
}

void tst_DirectOrder::orderedAndMergedWithAHandle()
{
    SyncList *const list = openList(u"tasks"_s);
    QVERIFY(list);
    QTRY_VERIFY(list->isComplete());
    loseConnection(*m_server, *m_client);
    const auto pushedThere = list->push(number(1));
    const auto pushedHere = m_client->lists()->push(u"tasks"_s, number(2));
    const auto pushedAgain = list->push(number(3));
    const auto updatedThere = list->update(3, { { u"a"_s, 1 } });
    const auto updatedHere = m_client->lists()->updateItem(u"ES1"_s, 3, { { u"b"_s, 2 } });
    QCOMPARE(m_client->pendingWrites(), 4); // the two updates are one
    regainConnection(*m_server, *m_client);
    for (const auto &call : { pushedThere, pushedHere, pushedAgain, updatedThere, updatedHere })
        QVERIFY(errorOfCall(call).isNull());
    QCOMPARE(m_server->lines(),
             (QByteArrayList { R"(POST /v3/Lists/ES1/Items {"data":{"n":1}})",
                               R"(POST /v3/Lists/ES1/Items {"data":{"n":2}})",
                               R"(POST /v3/Lists/ES1/Items {"data":{"n":3}})",
                               R"(POST /v3/Lists/ES1/Items/3 If-Match: 7 {"data":{"n":0,"a":1,"b":2}})" }));
    QCOMPARE(valueOfCall(updatedHere).value(), (QVariantMap { { u"n"_s, 0 }, { u"a"_s, 1 }, { u"b"_s, 2 } }));
}

void tst_DirectOrder::followsWhatWaitsThoughItsHandleIsClosed()
{
    SyncList *const list = openList(u"tasks"_s);
    QVERIFY(list);
    loseConnection(*m_server, *m_client);
    const auto first = list->push(number(1));
    list->close();
    const auto second = m_client->lists()->push(u"tasks"_s, number(2));
    regainConnection(*m_server, *m_client);
    QVERIFY(errorOfCall(first).isNull());
    QVERIFY(errorOfCall(second).isNull());
    const QByteArrayList lines = m_server->lines();
    QVERIFY(lines.contains("GET /v3/Lists/tasks"));
    QVERIFY(lines.indexOf(R"(POST /v3/Lists/ES1/Items {"data":{"n":1}})")
            < lines.indexOf(R"(POST /v3/Lists/ES1/Items {"data":{"n":2}})"));
}

// Its reading is answered first; what was called before it is written before.
void tst_DirectOrder::handleThatOpensMeanwhile()
{
    m_server->once("GET", "/v3/Lists/tasks", Peer::lost());
    const auto here = m_client->lists()->push(u"tasks"_s, number(1));
    QTRY_COMPARE(m_server->calls().size(), 1);
    SyncList *const list = openList(u"tasks"_s);
    QVERIFY(list);
    QVERIFY(errorOfCall(list->push(number(2))).isNull());
    QVERIFY(errorOfCall(here).isNull());
    QByteArrayList lines = m_server->lines();
    lines.removeIf([](const QByteArray &line) { return line.startsWith("GET"); });
    QCOMPARE(lines,
             (QByteArrayList { R"(POST /v3/Lists/ES1/Items {"data":{"n":1}})",
                               R"(POST /v3/Lists/ES1/Items {"data":{"n":2}})" }));
    m_server->answer(m_server->calls().first(), Peer::error(404, 54100, "it was not there then"));
    QVERIFY(m_server->roundTrip());
    QVERIFY(errorOfCall(m_client->lists()->push(u"tasks"_s, number(3))).isNull());
}

void tst_DirectOrder::nameIsNotStale()
{
    QVERIFY(errorOfCall(m_client->lists()->push(u"tasks"_s, number(1))).isNull());
    // Removed and made again by somebody else.
    m_server->always("GET", "/v3/Lists/tasks", Peer::ok(Peer::root("ES2", R"(,"unique_name":"tasks")")));
    m_server->always("POST", "/v3/Lists/ES2/Items", Peer::ok(item(0), 201));
    QVERIFY(errorOfCall(m_client->lists()->push(u"tasks"_s, number(2))).isNull());
    QCOMPARE(m_server->lines().last(), R"(POST /v3/Lists/ES2/Items {"data":{"n":2}})"_ba);
}

// The handle dies while it opens, and a write keeps what was read alive.
void tst_DirectOrder::whatAHandleLeftIsNotStale()
{
    m_server->always("POST", "/v3/Lists/ES1/Items", Peer::lost());
    SyncList *const first = openList(u"tasks"_s);
    QVERIFY(first);
    const auto written = first->push(number(1));
    QTRY_COMPARE(m_server->lines().last(), R"(POST /v3/Lists/ES1/Items {"data":{"n":1}})"_ba);
    first->close();
    m_server->clear();
    SyncList second;
    second.setMode(SyncClient::OpenMode::OpenExisting);
    second.setUniqueName(u"tasks"_s);
    second.setClient(m_client.get());
    m_server->once("GET", "/v3/Lists/tasks", Peer::lost());
    QTRY_COMPARE(m_server->lines().size(), 1);
    second.close();
    m_server->answer(m_server->calls().first(), Peer::ok(Peer::root("ES1", R"(,"unique_name":"tasks")")));
    QVERIFY(m_server->roundTrip());
    m_server->clear();
    QVERIFY(openList(u"tasks"_s));
    QCOMPARE(m_server->lines().first(), "GET /v3/Lists/tasks"_ba);
}

void tst_DirectOrder::openDocumentIsNotAskedFor()
{
    SyncDocument *const document =
            established(m_client->document({ .id = u"ET1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(document);
    m_server->clear();
    m_server->push("document_updated",
                   R"({"id":2,"document_sid":"ET1","document_revision":"2","document_data":{"n":5},)"
                   R"("date_created":"2024-05-06T07:08:09.123Z"})");
    QTRY_COMPARE(document->value().value(u"n"_s), 5);
    QCOMPARE(valueOfCall(m_client->documents()->get(u"ET1"_s)).toJson(), R"({"n":5})"_ba);
    QVERIFY(m_server->lines().isEmpty());
}

void tst_DirectOrder::documentThatIsNotHeardOfIsAskedFor()
{
    m_server->setSubscribing(false);
    m_server->always("POST", "/v4/Subscriptions", Peer::lost());
    QVERIFY(valueOfCall(m_client->document({ .id = u"ET1"_s, .mode = SyncClient::OpenMode::OpenExisting })));
    m_server->always(
            "GET", "/v3/Documents/ET1",
            Peer::ok(Peer::root("ET1", R"(,"data":{"z":1,"a":2},"revision":"5","last_event_id":5)")));
    QCOMPARE(valueOfCall(m_client->documents()->get(u"ET1"_s)).toJson(), R"({"z":1,"a":2})"_ba);
}

// A slot runs while the calls that have waited go; its own call comes after them.
void tst_DirectOrder::slotThatCallsWaitsItsTurn()
{
    QFuture<SyncListItem> late;
    const auto connection = connect(m_client->outbox(), &QAbstractItemModel::rowsInserted, this, [&] {
        if (!late.isValid())
            late = m_client->lists()->push(u"tasks"_s, number(9));
    });
    const auto one = m_client->lists()->push(u"tasks"_s, number(1));
    const auto two = m_client->lists()->push(u"tasks"_s, number(2));
    QVERIFY(errorOfCall(two).isNull());
    QTRY_VERIFY(late.isValid());
    QVERIFY(errorOfCall(late).isNull());
    QObject::disconnect(connection);
    QCOMPARE(m_server->lines().last(), R"(POST /v3/Lists/ES1/Items {"data":{"n":9}})"_ba);
}

void tst_DirectOrder::slotThatDestroysTheClient()
{
    connect(m_client->outbox(), &QAbstractItemModel::rowsInserted, this, [this] { m_client.reset(); });
    const auto one = m_client->lists()->push(u"tasks"_s, number(1));
    const auto two = m_client->lists()->push(u"tasks"_s, number(2));
    QTRY_VERIFY(one.isFinished() && two.isFinished());
    QVERIFY(!m_client);
    QVERIFY(errorOfCall(one).message().startsWith(u"client destroyed"_s));
    QCOMPARE(errorOfCall(two).message(), u"client destroyed"_s);
}

void tst_DirectOrder::waitsForAConnection()
{
    loseConnection(*m_server, *m_client);
    const auto call = m_client->lists()->push(u"tasks"_s, number(1));
    const auto read = m_client->documents()->get(u"ET1"_s);
    QVERIFY(!call.isFinished());
    regainConnection(*m_server, *m_client);
    QCOMPARE(valueOfCall(call).index(), 4);
    QCOMPARE(valueOfCall(read).toJson(), R"({"n":1})"_ba);
}

void tst_DirectOrder::cancelledBeforeItIsSent()
{
    loseConnection(*m_server, *m_client);
    auto one = m_client->lists()->push(u"tasks"_s, number(1));
    auto two = m_client->lists()->getItem(u"tasks"_s, 3);
    one.cancel();
    two.cancel();
    QTRY_VERIFY(one.isFinished() && two.isFinished());
    regainConnection(*m_server, *m_client);
    QVERIFY(errorOfCall(m_client->documents()->get(u"ET1"_s)).isNull());
    QCOMPARE(m_server->lines(), QByteArrayList { "GET /v3/Documents/ET1" });
}

void tst_DirectOrder::tooMany()
{
    SyncLimits limits;
    limits.queuedRequests = 3;
    m_client->setLimits(limits);
    loseConnection(*m_server, *m_client);
    QList<QFuture<SyncListItem>> calls;
    for (int i = 0; i < 4; ++i)
        calls.append(m_client->lists()->push(u"tasks"_s, number(i)));
    QCOMPARE(errorOfCall(calls.takeLast()).message(), u"too many requests: limits.queuedRequests is 3"_s);
    calls[0].cancel();
    QTRY_VERIFY(calls[0].isFinished());
    calls.append(m_client->lists()->push(u"tasks"_s, number(4)));
    regainConnection(*m_server, *m_client);
    for (qsizetype i = 1; i < calls.size(); ++i)
        QVERIFY(errorOfCall(calls[i]).isNull());
    QCOMPARE(m_server->lines().last(), R"(POST /v3/Lists/ES1/Items {"data":{"n":4}})"_ba);
}

void tst_DirectOrder::nothingIsKept()
{
    constexpr int many = 300;
    m_server->always("GET", {}, [](const Peer::Call &call) {
        const QByteArray sid = call.request.path.mid(call.request.path.lastIndexOf('/') + 1);
        return Peer::ok(Peer::root(sid, R"(,"data":{})"));
    });
    QList<QFuture<SyncValue>> calls;
    for (int i = 0; i < many; ++i)
        calls.append(m_client->documents()->get(u"ET"_s + QString::number(i)));
    for (const auto &call : std::as_const(calls))
        QVERIFY(errorOfCall(call).isNull());
    QCOMPARE(session().objects(), 0);
    QVERIFY2(session().cache().places() < many / 2,
             QByteArray::number(session().cache().places()).constData());
}

// Page after page of a list that nobody has open: no more is remembered than of one that is.
void tst_DirectOrder::pagesAreNotKept()
{
    session().setMostUnseen(10);
    m_server->always("GET", "/v3/Lists/ES1/Items", [](const Peer::Call &call) {
        int from = 0;
        for (const auto &[name, value] : call.request.params) {
            if (name == "From")
                from = value.toInt();
        }
        QByteArrayList items;
        for (int i = from; i <= from + 10; ++i)
            items.append(R"({"index":)" + QByteArray::number(i)
                         + R"(,"revision":"0","last_event_id":0,"data":{}})");
        return Peer::ok(Peer::page(items.join(','), R"("t")"));
    });
    SyncPaginator *page = valueOfCall(m_client->lists()->getItems(u"tasks"_s, { .pageSize = 10 }));
    QVERIFY(page);
    qint64 most = 0;
    for (int i = 0; i < 50; ++i) {
        SyncPaginator *const next = valueOfCall(page->nextPage());
        QVERIFY(next);
        QCOMPARE(next->listItems().size(), 10);
        delete std::exchange(page, next);
        if (i < 10)
            most = qMax(most, session().storeMemory());
        else
            QCOMPARE_LE(session().storeMemory(), most);
    }
}

QTEST_GUILESS_MAIN(tst_DirectOrder)
#include "tst_directorder.moc"
