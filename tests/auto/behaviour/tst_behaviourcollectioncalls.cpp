#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

//! The calls behind lists and maps, answered by the test. What the cases call the cache is what one client's
//! handles share.
class tst_BehaviourCollectionCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void createRequest_data();
    void createRequest();
    void lst40_openingIsOneGetAndTimesOut();
    void lst41_ttlRequest();
    void map38_nameComesFromWhatIsKnown();
    void map39_removedWhileOpening();
    void map40_createdIsKnown();
    void map41_failedCreationGivesItsError();
    void map42_openedByNameWithOneGet();
    void map43_openOrCreateOfANewName();
    void map44_nameTakenMeanwhileAndRefused();
    void map45_pushedRemovalEmptiesTheRows();
    void map46_map47_map48_reads();
    void map50_creationTimesOut();
    void map50_fieldsComeBackUnchanged();

private:
    static constexpr auto existing = SyncClient::OpenMode::OpenExisting;
    static constexpr auto fresh = SyncClient::OpenMode::CreateNew;

    //! A page of all items there are; \a item is JSON.
    static Peer::Answer page(const QByteArray &item = {}) { return Peer::ok(Peer::page(item)); }
    static QByteArray item(const QByteArray &key, int eventId)
    {
        const QByteArray id = QByteArray::number(eventId);
        return "{\"map_sid\":\"MP000\",\"key\":\"" + key + "\",\"revision\":\"" + id
                + "\",\"last_event_id\":" + id
                + ",\"date_created\":\"2024-05-06T07:08:09.123Z\",\"date_updated\":\"2024-05-06T07:08:09."
                  "123Z\""
                  ",\"date_expires\":null,\"data\":{\"n\":1}}";
    }
    //! The map MP000 called "things", known to the server only, subscribed and read; its calls are forgotten.
    SyncMap *openMap(const Peer::Answer &items)
    {
        m_server->always("GET", "/v3/Maps/MP000",
                         Peer::ok(Peer::root("MP000", ",\"unique_name\":\"things\"")));
        m_server->always("GET", "/v3/Maps/MP000/Items", items);
        SyncMap *const map = established(m_client->map({ .id = u"MP000"_s, .mode = existing }));
        if (map) {
            new ModelCheck(map);
            waitFor([&] { return map->isComplete(); });
        }
        m_server->clear();
        return map;
    }
    //! Of what has been asked, all but the reading of items.
    QByteArrayList rootLines() const
    {
        QByteArrayList lines = m_server->lines();
        lines.removeIf([](const QByteArray &line) { return line.contains("/Items"); });
        return lines;
    }

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_BehaviourCollectionCalls::init()
{
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
    m_server->always("GET", "/v3/Lists/ES000/Items", page());
    m_server->always("GET", "/v3/Maps/MP000/Items", page());
}

void tst_BehaviourCollectionCalls::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_BehaviourCollectionCalls::createRequest_data()
{
    QTest::addColumn<bool>("isList");
    QTest::addColumn<qint64>("ttl");
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("LST-39 name and ttl")
            << true << qint64(600) << QByteArray(R"(POST /v3/Lists {"unique_name":"things","ttl":600})");
    // J7: no ttl unless one is given
    QTest::newRow("MAP-49 name alone")
            << false << qint64(-1) << QByteArray(R"(POST /v3/Maps {"unique_name":"things"})");
}

void tst_BehaviourCollectionCalls::createRequest()
{
    QFETCH(bool, isList);
    QFETCH(qint64, ttl);
    QFETCH(QByteArray, line);
    m_server->always("POST", "/v3/Lists", Peer::ok(Peer::root("ES000"), 201));
    m_server->always("POST", "/v3/Maps", Peer::ok(Peer::root("MP000"), 201));
    OpenOptions options { .id = u"things"_s, .mode = fresh };
    if (ttl >= 0)
        options.ttl = ttl;
    QCOMPARE(textOfError(isList ? errorOfCall(m_client->list(options)) : errorOfCall(m_client->map(options))),
             QString());
    QCOMPARE(rootLines(), QByteArrayList({ line }));
}

void tst_BehaviourCollectionCalls::lst40_openingIsOneGetAndTimesOut()
{
    m_server->once("GET", "/v3/Lists/things", Peer::ok(Peer::root("ES000")));
    SyncList *const list = valueOfCall(m_client->list({ .id = u"things"_s, .mode = existing }));
    QVERIFY(list);
    QCOMPARE(rootLines(), QByteArrayList({ "GET /v3/Lists/things" }));

    changeChannel(*m_client, [](auto &options) { options.requestTimeout = std::chrono::milliseconds(50); });
    m_server->always("GET", "/v3/Lists/late", Peer::lost());
    QVERIFY(!errorOfCall(m_client->list({ .id = u"late"_s, .mode = existing })).isNull());
    QCOMPARE(m_client->connectionState(), SyncClient::ConnectionState::Connected);
}

void tst_BehaviourCollectionCalls::lst41_ttlRequest()
{
    m_server->once("GET", "/v3/Lists/ES000", Peer::ok(Peer::root("ES000")));
    SyncList *const list = established(m_client->list({ .id = u"ES000"_s, .mode = existing }));
    QVERIFY(list);
    m_server->clear();
    m_server->once("POST", "/v3/Lists/ES000",
                   Peer::ok(Peer::root("ES000", ",\"date_expires\":\"2030-01-01T00:00:00.000Z\"")));
    QCOMPARE(textOfError(errorOfCall(list->setTtl(30))), QString());
    QCOMPARE(rootLines(), QByteArrayList({ R"(POST /v3/Lists/ES000 {"ttl":30})" }));
    QCOMPARE(list->dateExpires().toString(Qt::ISODateWithMs), u"2030-01-01T00:00:00.000Z"_s);
}

void tst_BehaviourCollectionCalls::map38_nameComesFromWhatIsKnown()
{
    QVERIFY(openMap(page()));
    const SyncMap *const again = valueOfCall(m_client->map({ .id = u"MP000"_s, .mode = existing }));
    QVERIFY(again);
    QCOMPARE(again->uniqueName(), u"things"_s);
    QVERIFY(m_server->roundTrip());
    QCOMPARE(rootLines(), QByteArrayList());
}

void tst_BehaviourCollectionCalls::map39_removedWhileOpening()
{
    QVERIFY(openMap(page()));
    m_server->always("GET", "/v3/Maps/MP000", Peer::error(404, 54200, "Map not found"));
    // It is still known when the call is made; the removal comes before the call ends. Ours then asks the
    // service, whose error is the outcome, where the Kotlin SDK has an error of its own.
    const auto call = m_client->map({ .id = u"MP000"_s, .mode = existing });
    const QByteArray payload = R"({"event_type":"map_removed","events":[{"id":9,"map_sid":"MP000"}]})";
    TwilsockChannel &channel = ClientPrivate::of(m_client.get())->session->channel();
    Q_EMIT channel.notificationReceived({ {}, "com.twilio.rtd.cds.map", payload });
    QCOMPARE(textOfError(errorOfCall(call)), u"Map not found (404, 54200)"_s);
    QCOMPARE(rootLines(), QByteArrayList({ "GET /v3/Maps/MP000" }));
}

void tst_BehaviourCollectionCalls::map40_createdIsKnown()
{
    m_server->once("POST", "/v3/Maps", Peer::ok(Peer::root("MP000", ",\"unique_name\":\"things\""), 201));
    SyncMap *const map = established(m_client->map({ .id = u"things"_s, .mode = fresh }));
    SyncMap *const bySid = valueOfCall(m_client->map({ .id = u"MP000"_s, .mode = existing }));
    SyncMap *const byName = valueOfCall(m_client->map({ .id = u"things"_s, .mode = existing }));
    QVERIFY(map && bySid && byName);
    QCOMPARE(rootLines(), QByteArrayList({ R"(POST /v3/Maps {"unique_name":"things"})" }));
    // They show one state.
    m_server->push("map_item_added",
                   R"({"id":4,"map_sid":"MP000","map_revision":"5","item_key":"a","item_revision":"4",)"
                   R"("item_data":{"n":1},"date_created":"2024-05-06T07:10:00.000Z","date_expires":null})");
    QTRY_COMPARE(map->valueOf(u"a"_s).toMap(), QVariantMap({ { u"n"_s, 1 } }));
    for (const SyncMap *const other : { bySid, byName }) {
        QTRY_COMPARE(other->count(), 1);
        QCOMPARE(other->revision(), u"5"_s);
        QCOMPARE(other->dateUpdated(), map->dateUpdated());
    }
}

void tst_BehaviourCollectionCalls::map41_failedCreationGivesItsError()
{
    m_server->always("POST", "/v3/Maps", Peer::error(403, 54007, "Access forbidden for identity"));
    QCOMPARE(textOfError(errorOfCall(m_client->map())), u"Access forbidden for identity (403, 54007)"_s);
    QCOMPARE(m_server->lines(), QByteArrayList({ "POST /v3/Maps {}" }));
    QCOMPARE(m_client->findChildren<SyncMap *>().size(), 0);
}

void tst_BehaviourCollectionCalls::map42_openedByNameWithOneGet()
{
    m_server->always("GET", "/v3/Maps/things", Peer::ok(Peer::root("MP000", ",\"unique_name\":\"things\"")));
    for (int i = 0; i < 2; ++i) {
        const SyncMap *const map = established(m_client->map({ .id = u"things"_s, .mode = existing }));
        QVERIFY(map);
        QCOMPARE(map->sid(), u"MP000"_s);
    }
    QCOMPARE(rootLines(), QByteArrayList({ "GET /v3/Maps/things" }));
}

void tst_BehaviourCollectionCalls::map43_openOrCreateOfANewName()
{
    m_server->once("GET", "/v3/Maps/things", Peer::error(404, 54300, "Unique name not found"));
    m_server->once("POST", "/v3/Maps", Peer::ok(Peer::root("MP000", ",\"unique_name\":\"things\""), 201));
    QVERIFY(established(m_client->map({ .id = u"things"_s, .ttl = 3600 })));
    // J4: the GET comes first
    QCOMPARE(rootLines(),
             QByteArrayList(
                     { "GET /v3/Maps/things", R"(POST /v3/Maps {"unique_name":"things","ttl":3600})" }));
}

void tst_BehaviourCollectionCalls::map44_nameTakenMeanwhileAndRefused()
{
    m_server->once("GET", "/v3/Maps/things", Peer::error(404, 54300, "Unique name not found"));
    m_server->once("POST", "/v3/Maps", Peer::error(409, 54301, "Unique name already exists"));
    m_server->once("GET", "/v3/Maps/things", Peer::error(403, 54007, "Access forbidden for identity"));
    QCOMPARE(textOfError(errorOfCall(m_client->map(u"things"_s))),
             u"Access forbidden for identity (403, 54007)"_s);
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "GET /v3/Maps/things", R"(POST /v3/Maps {"unique_name":"things"})",
                              "GET /v3/Maps/things" }));
}

void tst_BehaviourCollectionCalls::map45_pushedRemovalEmptiesTheRows()
{
    SyncMap *const map = openMap(page(item("a", 0)));
    QVERIFY(map);
    QCOMPARE(map->count(), 1);
    const ModelLog log(map);
    QSignalSpy removed(map, &SyncMap::removed);
    m_server->push("map_removed", R"({"id":9,"map_sid":"MP000","date_created":"2024-05-06T07:10:00.000Z"})");
    QTRY_COMPARE(removed, QList<QVariantList>({ { false } }));
    QCOMPARE(map->status(), Sync::Status::Removed);
    QCOMPARE(map->count(), 0);
    QCOMPARE(log.lines(), QStringList({ u"removed 0-0"_s }));
    QCOMPARE(errorOfCall(map->get(u"a"_s)).status(), 404);
    QCOMPARE(m_server->lines(), QByteArrayList());
}

void tst_BehaviourCollectionCalls::map46_map47_map48_reads()
{
    SyncMap *const map = openMap(page());
    QVERIFY(map && map->isComplete());
    // Not known: one request, and the result is kept.
    m_server->once("GET", "/v3/Maps/MP000/Items", page(item("a", 5)));
    QCOMPARE(valueOfCall(map->get(u"a"_s)).value(), QVariantMap({ { u"n"_s, 1 } }));
    QCOMPARE(m_server->lines(), QByteArrayList({ "GET /v3/Maps/MP000/Items?HideExpired=true&Key=a" }));
    QCOMPARE(map->count(), 1);
    // Known: none.
    m_server->clear();
    QCOMPARE(valueOfCall(map->get(u"a"_s)).revision(), u"5"_s);
    // A read is not news of the map: events from 1 on are still to be replayed.
    m_server->hangUp();
    QTRY_COMPARE(m_server->subscriptions().size(), 1);
    QCOMPARE(m_server->subscriptions().at(0).entries.at(0).cursor, std::optional<qint64>(0));
    QTRY_COMPARE(map->subscriptionState(), Sync::SubscriptionState::Established);
    // Known to be gone: none either, and J2.
    m_server->push("map_item_removed",
                   R"({"id":6,"map_sid":"MP000","map_revision":"7","item_key":"a","item_revision":"6",)"
                   R"("item_data":{"n":1},"date_created":"2024-05-06T07:10:00.000Z"})");
    QTRY_COMPARE(map->count(), 0);
    QCOMPARE(textOfError(errorOfCall(map->get(u"a"_s))),
             u"The specified Map Item does not exist (404, 54201)"_s);
    QCOMPARE(m_server->lines(), QByteArrayList());
}

void tst_BehaviourCollectionCalls::map50_creationTimesOut()
{
    m_server->always("POST", "/v3/Maps", Peer::lost());
    QTRY_COMPARE(m_client->connectionState(), SyncClient::ConnectionState::Connected);
    changeChannel(*m_client, [](auto &options) { options.requestTimeout = std::chrono::milliseconds(50); });
    QVERIFY(!errorOfCall(m_client->map(u"things"_s)).isNull());
}

void tst_BehaviourCollectionCalls::map50_fieldsComeBackUnchanged()
{
    m_server->once("POST", "/v3/Maps",
                   Peer::ok(Peer::root("MP000",
                                       R"(,"unique_name":"things","revision":"1b0","last_event_id":432,)"
                                       R"("date_created":"2024-05-06T07:08:09.001Z",)"
                                       R"("date_updated":"2024-05-06T07:08:09.002Z",)"
                                       R"("date_expires":"2024-05-06T08:08:09.001Z")"),
                            201));
    const SyncMap *const map = established(m_client->map({ .id = u"things"_s, .mode = fresh, .ttl = 3600 }));
    QVERIFY(map);
    const auto text = [](const QDateTime &date) { return date.toString(Qt::ISODateWithMs); };
    QCOMPARE(map->sid(), u"MP000"_s);
    QCOMPARE(map->uniqueName(), u"things"_s);
    QCOMPARE(map->revision(), u"1b0"_s);
    QCOMPARE(text(map->dateCreated()), u"2024-05-06T07:08:09.001Z"_s);
    QCOMPARE(text(map->dateUpdated()), u"2024-05-06T07:08:09.002Z"_s);
    QCOMPARE(text(map->dateExpires()), u"2024-05-06T08:08:09.001Z"_s);
    QCOMPARE(m_server->subscriptions().at(0).entries.at(0).cursor, std::optional<qint64>(432));
    QCOMPARE(rootLines(), QByteArrayList({ R"(POST /v3/Maps {"unique_name":"things","ttl":3600})" }));
}

QTEST_GUILESS_MAIN(tst_BehaviourCollectionCalls)
#include "tst_behaviourcollectioncalls.moc"
