#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"
#include "TwilioSync/writes/mutation.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Defects of the official SDK's Sync layer (protocol.md, section 16) that we do not have. Others of them are
// rows and functions of the tests for the classes they are about.
class tst_SyncDefects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void defect15_pagesOfOneFromIndexZero();
    void defect16_openOrCreateEnds();
    void defect17_revisionWithoutAnEventId_data();
    void defect17_revisionWithoutAnEventId();
    void defect17_failingRefreshIsReported();
    void defect17_lostRacesAreSpacedOut();
    void defect18_ttlSurvivesALostRace();
    void defect20_mapIsRemovedOnce();
    void defect21_removedIndexRejects();
    void defect22_windowGoesOnWhereItsLastRowWas();
    void defect25_remoteTtlOfADocument();
    void defect29_queuedCallTellsTheReason();

private:
    static constexpr auto documentPath = "/v3/Documents/ET1";

    static Mutator increment()
    {
        return [](const QVariantMap &value) {
            return QVariantMap { { u"n"_s, value.value(u"n"_s).toInt() + 1 } };
        };
    }
    static QByteArray documentJson(int revision, int eventId, const QByteArray &members = {})
    {
        return ScriptedServer::root("ET1",
                                    ",\"revision\":\"" + QByteArray::number(revision)
                                            + "\",\"last_event_id\":" + QByteArray::number(eventId)
                                            + members);
    }
    static QByteArray itemJson(int revision, int eventId, const QByteArray &members = {})
    {
        const QByteArray date("\"2024-05-06T07:08:09.123Z\"");
        return "{\"index\":0,\"list_sid\":\"ES1\",\"revision\":\"" + QByteArray::number(revision)
                + "\",\"last_event_id\":" + QByteArray::number(eventId) + ",\"date_created\":" + date
                + ",\"date_updated\":" + date + members + '}';
    }

    ServerFixture m_server;
};

void tst_SyncDefects::defect15_pagesOfOneFromIndexZero()
{
    const auto client = makeClient(m_server);
    SyncList *const list = valueOfCall(client->list());
    for (int i = 0; i < 3; ++i)
        valueOfCall(list->push({ { u"n"_s, i } }));
    SyncPaginator *page = valueOfCall(list->getItems({ .pageSize = 1 }));
    QList<qint64> indexes { page->listItems().constFirst().index() };
    while (page->hasNextPage() && indexes.size() < 5) {
        page = valueOfCall(page->nextPage());
        indexes.append(page->listItems().constFirst().index());
    }
    while (page->hasPrevPage() && indexes.size() < 10) {
        page = valueOfCall(page->prevPage());
        indexes.append(page->listItems().constFirst().index());
    }
    QCOMPARE(indexes, QList<qint64>({ 0, 1, 2, 1, 0 }));
    QCOMPARE(valueOfCall(list->get(0)).index(), 0);
}

void tst_SyncDefects::defect16_openOrCreateEnds()
{
    ScriptedServer server;
    server.always("GET", {}, ScriptedServer::error(404, 54300, "Unique name not found"));
    server.always("POST", {}, ScriptedServer::error(409, 54301, "Unique name already exists"));
    QVERIFY(server.listen());
    const auto client = scriptedClient(server);
    QCOMPARE(textOfError(errorOfCall(client->list(u"contested"_s))),
             u"Unique name already exists (409, 54301)"_s);
    const QByteArrayList round { "GET /v3/Lists/contested", R"(POST /v3/Lists {"unique_name":"contested"})" };
    QCOMPARE(server.lines(), round + round + round);
}

void tst_SyncDefects::defect17_revisionWithoutAnEventId_data()
{
    QTest::addColumn<bool>("isDocument");
    QTest::newRow("document") << true;
    QTest::newRow("list item") << false;
}

// The first write loses to one that changed the revision but not the event id.
void tst_SyncDefects::defect17_revisionWithoutAnEventId()
{
    QFETCH(bool, isDocument);
    ScriptedServer server;
    const auto write = [&](const ScriptedServer::Call &call) {
        if (call.header("if-match") != "1")
            return ScriptedServer::error(412, 54103, "revision mismatch");
        return ScriptedServer::ok(isDocument ? documentJson(2, 1) : itemJson(2, 1));
    };
    QVERIFY(server.listen());
    const auto client = scriptedClient(server);
    const QByteArray before(R"(,"data":{"n":0})");
    const QByteArray after(R"(,"data":{"n":1})");
    QVariantMap result;
    if (isDocument) {
        server.once("GET", documentPath, ScriptedServer::ok(documentJson(0, 0, before)));
        server.once("GET", documentPath, ScriptedServer::ok(documentJson(1, 0, after)));
        server.always("POST", documentPath, write);
        SyncDocument *const document = valueOfCall(client->document(u"ET1"_s));
        result = valueOfCall(document->mutate(increment()));
    } else {
        server.once("GET", "/v3/Lists/ES1", ScriptedServer::ok(ScriptedServer::root("ES1")));
        server.once("GET", "/v3/Lists/ES1/Items",
                    ScriptedServer::ok(ScriptedServer::page(itemJson(0, 0, before))));
        server.once("GET", "/v3/Lists/ES1/Items",
                    ScriptedServer::ok(ScriptedServer::page(itemJson(1, 0, after))));
        server.always("POST", "/v3/Lists/ES1/Items/0", write);
        SyncList *const list = valueOfCall(client->list(u"ES1"_s));
        QTRY_COMPARE(list->count(), 1);
        result = valueOfCall(list->mutate(0, increment())).value();
    }
    QCOMPARE(result, QVariantMap({ { u"n"_s, 2 } }));
}

void tst_SyncDefects::defect17_failingRefreshIsReported()
{
    ScriptedServer server;
    server.once("GET", documentPath, ScriptedServer::ok(documentJson(0, 0, R"(,"data":{})")));
    server.always("GET", documentPath, ScriptedServer::error(403, 54007, "Access forbidden for identity"));
    server.always("POST", documentPath, ScriptedServer::error(412, 54103, "Document revision mismatch"));
    QVERIFY(server.listen());
    const auto client = scriptedClient(server);
    SyncDocument *const document = valueOfCall(client->document(u"ET1"_s));
    QCOMPARE(textOfError(errorOfCall(document->mutate(increment()))),
             u"Access forbidden for identity (403, 54007)"_s);
    QCOMPARE(server.calls().size(), 3);
}

void tst_SyncDefects::defect17_lostRacesAreSpacedOut()
{
    using namespace std::chrono_literals;
    QCOMPARE(mutationDelay(1), 0ms);
    for (int attempt = 4; attempt < maxMutationAttempts; ++attempt) {
        QVERIFY(mutationDelay(attempt) > 0ms);
        QVERIFY(mutationDelay(attempt) <= 2s);
    }
    QVERIFY(mutationDelay(maxMutationAttempts) >= 1s);
}

void tst_SyncDefects::defect18_ttlSurvivesALostRace()
{
    ScriptedServer server;
    server.once("GET", documentPath, ScriptedServer::ok(documentJson(0, 0, R"(,"data":{"n":0})")));
    server.once("GET", documentPath, ScriptedServer::ok(documentJson(1, 1, R"(,"data":{"n":7})")));
    server.once("POST", documentPath, ScriptedServer::error(412, 54103, "Document revision mismatch"));
    server.once("POST", documentPath, ScriptedServer::ok(documentJson(2, 2)));
    QVERIFY(server.listen());
    const auto client = scriptedClient(server);
    SyncDocument *const document = valueOfCall(client->document(u"ET1"_s));
    QCOMPARE(valueOfCall(document->mutate(increment(), { .ttl = 60 })), QVariantMap({ { u"n"_s, 8 } }));
    QCOMPARE(server.lines(),
             QByteArrayList({ "GET /v3/Documents/ET1",
                              R"(POST /v3/Documents/ET1 If-Match: 0 {"data":{"n":1},"ttl":60})",
                              "GET /v3/Documents/ET1",
                              R"(POST /v3/Documents/ET1 If-Match: 1 {"data":{"n":8},"ttl":60})" }));
}

void tst_SyncDefects::defect20_mapIsRemovedOnce()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncMap *const map = valueOfCall(alice->map());
    SyncMap *const other = valueOfCall(bob->map(map->sid()));
    QTRY_COMPARE(map->subscriptionState(), Sync::SubscriptionState::Established);
    QTRY_COMPARE(other->subscriptionState(), Sync::SubscriptionState::Established);
    QSignalSpy removed(map, &SyncMap::removed);
    QSignalSpy removedThere(other, &SyncMap::removed);
    QVERIFY(errorOfCall(map->removeMap()).isNull());
    QTRY_COMPARE(removedThere.size(), 1);
    valueOfCall(alice->map()); // after the echo of the removal
    QCOMPARE(removed, QList<QVariantList>({ { true } }));
    QCOMPARE(removedThere, QList<QVariantList>({ { false } }));
}

void tst_SyncDefects::defect21_removedIndexRejects()
{
    const auto client = makeClient(m_server);
    SyncList *const list = valueOfCall(client->list());
    valueOfCall(list->push({ { u"n"_s, 0 } }));
    QVERIFY(errorOfCall(list->remove(0)).isNull());
    const QString missing = u"No item with index 0 found (404, 54151)"_s;
    QCOMPARE(textOfError(errorOfCall(list->get(0))), missing);
    QCOMPARE(textOfError(errorOfCall(list->remove(0))), missing);
    QCOMPARE(textOfError(errorOfCall(list->mutate(0, increment()))), missing);
    QCOMPARE(errorOfCall(list->set(0, { { u"n"_s, 1 } })).code(), 54151);
    QCOMPARE(list->status(), Sync::Status::Ready);
}

void tst_SyncDefects::defect22_windowGoesOnWhereItsLastRowWas()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncList *const other = valueOfCall(bob->list());
    for (int i = 0; i < 6; ++i)
        valueOfCall(other->push({ { u"n"_s, i } }));
    SyncList list;
    const ModelCheck check(&list);
    list.setPageSize(3);
    list.setClient(alice.get());
    list.setSid(other->sid());
    QTRY_COMPARE(list.count(), 3);
    QTRY_COMPARE(list.subscriptionState(), Sync::SubscriptionState::Established);
    valueOfCall(other->push({ { u"n"_s, 6 } })); // known, but far from the window
    QVERIFY(errorOfCall(other->remove(2)).isNull()); // the window's edge
    QTRY_COMPARE(list.count(), 2);
    list.fetchMore();
    QTRY_COMPARE(list.count(), 5);
    list.fetchMore();
    QTRY_VERIFY(list.isComplete());
    QList<qint64> indexes;
    for (int row = 0; row < list.count(); ++row)
        indexes.append(list.index(row).data(SyncList::ItemIndexRole).toLongLong());
    QCOMPARE(indexes, QList<qint64>({ 0, 1, 3, 4, 5, 6 }));
}

void tst_SyncDefects::defect25_remoteTtlOfADocument()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncDocument *const document = valueOfCall(alice->document({ .value = { { u"n"_s, 1 } } }));
    QTRY_COMPARE(document->subscriptionState(), Sync::SubscriptionState::Established);
    QVERIFY(!document->dateExpires().isValid());
    QSignalSpy expires(document, &SyncDocument::dateExpiresChanged);
    QSignalSpy updated(document, &SyncDocument::updated);
    SyncDocument *const other = valueOfCall(bob->document(document->sid()));
    QVERIFY(errorOfCall(other->setTtl(3600)).isNull());
    QTRY_COMPARE(expires.size(), 1);
    QCOMPARE(document->dateExpires(), other->dateExpires());
    QVERIFY(document->dateExpires().isValid());
    valueOfCall(other->set({ { u"n"_s, 2 } }));
    QTRY_COMPARE(document->value(), QVariantMap({ { u"n"_s, 2 } }));
    QTRY_COMPARE(updated.size(), 1); // the TTL alone is no update
    QCOMPARE(document->dateExpires(), other->dateExpires());
}

void tst_SyncDefects::defect29_queuedCallTellsTheReason()
{
    SyncClient client;
    client.setUrl(m_server.url());
    client.setToken(u"nonsense"_s);
    const auto list = client.list(freshName());
    QCOMPARE(textOfError(errorOfCall(list)), u"Unable to connect: Invalid Access Token (401, 20101)"_s);
}

QTEST_GUILESS_MAIN(tst_SyncDefects)
#include "tst_syncdefects.moc"
