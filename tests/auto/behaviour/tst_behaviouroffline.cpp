#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncmap.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Those OFF cases that say what a cache knows while it is kept up to date, which is what the rows of an open
// object are; the others are in tests/behaviour/inapplicable/offline.txt.
class tst_BehaviourOffline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void off09_endsOfTheMap_data();
    void off09_endsOfTheMap();
    void off10_pagesMeet();
    void off11_gapIsMended();
    void off14_removedKeyNeedsNoRequest();
    void off15_rowsNeedNoRequest();
    void off16_oneRequestFillsTheGap();

private:
    static constexpr auto date = "\"2024-05-06T07:08:09.123Z\"";

    static QString key(int number) { return u"key%1"_s.arg(number); }
    static QStringList keys(int from, int to)
    {
        QStringList all;
        for (int i = from; from <= to ? i <= to : i >= to; i += from <= to ? 1 : -1)
            all.append(key(i));
        return all;
    }
    //! The keys of the rows.
    static QStringList rowsOf(const SyncMap &map)
    {
        QStringList all;
        for (int row = 0; row < map.count(); ++row)
            all.append(map.index(row).data(SyncMap::ItemKeyRole).toString());
        return all;
    }
    //! A map of \a client with key0 to key9.
    static SyncMap *tenKeys(SyncClient &client)
    {
        SyncMap *const map = valueOfCall(client.map());
        QList<QFuture<SyncMapItem>> writing;
        for (int i = 0; i < 10; ++i)
            writing.append(map->set(key(i), { { u"n"_s, i } }));
        for (const auto &write : std::as_const(writing))
            valueOfCall(write);
        return map;
    }

    //! Item \a name as the scripted service shows it.
    static QByteArray itemJson(const QByteArray &name, int eventId)
    {
        return "{\"key\":\"" + name
                + "\",\"map_sid\":\"MP1\",\"revision\":\"r\",\"last_event_id\":" + QByteArray::number(eventId)
                + ",\"date_created\":" + date + ",\"date_updated\":" + date + ",\"data\":{}}";
    }
    static ScriptedServer::Answer page(const QStringList &names, bool hasNext)
    {
        QByteArrayList items;
        for (const QString &name : names)
            items.append(itemJson(name.toUtf8(), 0));
        return ScriptedServer::ok(ScriptedServer::page(items.join(','), hasNext ? R"("more")" : "null"));
    }
    static void pushItem(ScriptedServer &server, const QByteArray &what, const QString &name, int eventId)
    {
        server.push(
                "map_item_" + what,
                R"({"id":)" + QByteArray::number(eventId)
                        + ",\"map_sid\":\"MP1\",\"map_revision\":\"r\",\"item_key\":\"" + name.toUtf8()
                        + "\",\"item_url\":\"u\",\"item_revision\":\"r\",\"item_data\":{},\"date_created\":"
                        + date + '}');
    }
    //! Opens the map of \a server with \a pageSize, its first page being read.
    static void open(ScriptedServer &server, SyncClient *client, SyncMap &map, int pageSize)
    {
        server.once("GET", "/v3/Maps/map", ScriptedServer::ok(ScriptedServer::root("MP1")));
        map.setClient(client);
        map.setPageSize(pageSize);
        map.setUniqueName(u"map"_s);
        QTRY_COMPARE(map.subscriptionState(), Sync::SubscriptionState::Established);
        QTRY_VERIFY(map.count() > 0);
        server.clear();
    }

    ServerFixture m_server;
};

void tst_BehaviourOffline::off09_endsOfTheMap_data()
{
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::addColumn<QStringList>("rows");
    QTest::newRow("ascending") << Qt::AscendingOrder << keys(0, 9);
    QTest::newRow("descending") << Qt::DescendingOrder << keys(9, 0);
}

void tst_BehaviourOffline::off09_endsOfTheMap()
{
    QFETCH(Qt::SortOrder, order);
    QFETCH(QStringList, rows);
    const auto client = makeClient(m_server);
    SyncMap map;
    const ModelCheck check(&map);
    map.setOrder(order);
    map.setClient(client.get());
    map.setSid(tenKeys(*client)->sid());
    QTRY_VERIFY(map.isComplete());
    QCOMPARE(rowsOf(map), rows);
    QVERIFY(!map.canFetchMore()); // neither end has a neighbour
    QCOMPARE(map.rowOf(rows.constFirst()), 0);
    QCOMPARE(map.rowOf(rows.constLast()), 9);
}

void tst_BehaviourOffline::off10_pagesMeet()
{
    const auto writer = makeClient(m_server); // whose handle has loaded them all
    const auto client = makeClient(m_server);
    SyncMap map;
    const ModelCheck check(&map);
    map.setPageSize(5);
    map.setClient(client.get());
    map.setSid(tenKeys(*writer)->sid());
    QTRY_COMPARE(map.count(), 5);
    QCOMPARE(rowsOf(map), keys(0, 4));
    QVERIFY(!map.isComplete());
    map.fetchMore(); // starts with key4, the last row
    QTRY_COMPARE(map.count(), 10);
    QCOMPARE(rowsOf(map), keys(0, 9));
    QVERIFY(map.isComplete());
}

void tst_BehaviourOffline::off11_gapIsMended()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncMap *const map = tenKeys(*alice);
    const ModelCheck check(map);
    QTRY_COMPARE(map->count(), 10);
    QTRY_COMPARE(map->subscriptionState(), Sync::SubscriptionState::Established);
    SyncMap *const other = valueOfCall(bob->map(map->sid()));
    QVERIFY(errorOfCall(other->remove(key(2))).isNull());
    QTRY_COMPARE(map->rowOf(key(2)), -1);
    QCOMPARE(map->rowOf(key(3)), 2);
    for (int i = 1; i <= 5; ++i)
        valueOfCall(other->set(key(i), { { u"again"_s, i } }));
    QTRY_COMPARE(map->valueOf(key(5)).toMap(), QVariantMap({ { u"again"_s, 5 } }));
    QCOMPARE(rowsOf(*map), keys(0, 9));
    QVERIFY(map->isComplete());
}

void tst_BehaviourOffline::off14_removedKeyNeedsNoRequest()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    server.once("GET", "/v3/Maps/MP1/Items", page({ u"key"_s }, false));
    const auto client = scriptedClient(server);
    SyncMap map;
    open(server, client.get(), map, 50);
    pushItem(server, "removed", u"key"_s, 1);
    QTRY_COMPARE(map.count(), 0);
    QCOMPARE(textOfError(errorOfCall(map.get(u"key"_s))),
             u"The specified Map Item does not exist (404, 54201)"_s);
    QCOMPARE(server.lines(), QByteArrayList());
    pushItem(server, "added", u"key"_s, 2);
    QTRY_COMPARE(map.count(), 1);
    QCOMPARE(valueOfCall(map.get(u"key"_s)).key(), u"key"_s);
    QCOMPARE(server.lines(), QByteArrayList());
}

void tst_BehaviourOffline::off15_rowsNeedNoRequest()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    server.once("GET", "/v3/Maps/MP1/Items", page(keys(0, 9), false));
    const auto client = scriptedClient(server);
    SyncMap map;
    open(server, client.get(), map, 50);
    QCOMPARE(rowsOf(map), keys(0, 9));
    QCOMPARE(rowsOf(map).mid(map.rowOf(key(8))), keys(8, 9));
    QCOMPARE(rowsOf(map).mid(map.rowOf(key(8)) + 1), keys(9, 9));
    pushItem(server, "removed", key(0), 1);
    pushItem(server, "removed", key(1), 2);
    pushItem(server, "removed", key(9), 3);
    QTRY_COMPARE(map.count(), 7);
    QCOMPARE(rowsOf(map), keys(2, 8));
    map.fetchMore();
    QVERIFY(server.roundTrip());
    QCOMPARE(server.lines(), QByteArrayList());
}

void tst_BehaviourOffline::off16_oneRequestFillsTheGap()
{
    const auto three = [](int from) {
        return QStringList { u"key00%1"_s.arg(from), u"key00%1"_s.arg(from + 1), u"key00%1"_s.arg(from + 2) };
    };
    ScriptedServer server;
    QVERIFY(server.listen());
    server.once("GET", "/v3/Maps/MP1/Items", page(three(0), true));
    const auto client = scriptedClient(server);
    SyncMap map;
    open(server, client.get(), map, 3);
    // The far end becomes known, but what lies between does not: nothing of it is shown yet.
    const QStringList end = three(6);
    for (int i = 0; i < 3; ++i)
        pushItem(server, "added", end.at(i), 1 + i);
    QVERIFY(server.roundTrip());
    QCOMPARE(rowsOf(map), three(0));

    map.setPageSize(50);
    server.once("GET", "/v3/Maps/MP1/Items", page(QStringList(u"key002"_s) + three(3) + end, false));
    map.fetchMore();
    QTRY_VERIFY(map.isComplete());
    QCOMPARE(rowsOf(map), three(0) + three(3) + end);
    QCOMPARE(server.lines(),
             QByteArrayList({ "GET /v3/Maps/MP1/Items?HideExpired=true&Order=asc&From=key002&PageSize=51" }));
    map.fetchMore();
    QVERIFY(server.roundTrip());
    QCOMPARE(server.calls().size(), 1);
}

QTEST_GUILESS_MAIN(tst_BehaviourOffline)
#include "tst_behaviouroffline.moc"
