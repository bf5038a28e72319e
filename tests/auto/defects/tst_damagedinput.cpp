#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"

#include <QtCore/qloggingcategory.h>
#include <QtTest/qsignalspy.h>

#include <limits>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! A service that sends what it should not: it is reported, and what can be had is had.
class tst_DamagedInput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"twilio.sync.*.warning=true"_s); }
    void init();
    void damagedEventIsAskedForAgain_data();
    void damagedEventIsAskedForAgain();
    void whatStaysDamagedIsGivenUp();
    void damagedDocumentIsAskedForAgain();
    void pagesThatNeverEnd_data();
    void pagesThatNeverEnd();
    void pageWithTooMuchIsRefused();
    void itemsOfTheOtherKindAreDroppedFromPages();
    void answerWithoutAnIndexIsAnError();
    void ttlAfterTheLargestEventId();
    void eventOfALaterAddition();

private:
    static QByteArray item(qint64 index, const QByteArray &members = {})
    {
        return "{\"index\":" + QByteArray::number(index)
                + ",\"revision\":\"0\",\"last_event_id\":0,\"date_created\":\"2024-05-06T07:08:09.123Z\","
                  "\"date_updated\":\"2024-05-06T07:08:09.123Z\",\"date_expires\":null,\"data\":{}"
                + members + '}';
    }
    static ScriptedServer::Answer page(const QByteArrayList &items, bool hasNext = false)
    {
        return ScriptedServer::ok(ScriptedServer::page(items.join(','), hasNext ? R"("more")" : "null"));
    }
    static QByteArray added(qint64 id, qint64 index)
    {
        return "{\"id\":" + QByteArray::number(id)
                + ",\"list_sid\":\"ES1\",\"list_revision\":\"1\",\"item_index\":" + QByteArray::number(index)
                + ",\"item_revision\":\"0\",\"item_data\":{\"n\":" + QByteArray::number(id)
                + "},\"date_created\":\"2024-05-06T07:12:00.000Z\",\"date_expires\":null}";
    }
    //! Sends \a payload, a notification that counts as ordered, and waits until it has been worked on.
    void notify(const QByteArray &payload)
    {
        m_server->send(Protocol::encodeFrame(
                R"({"method":"notification","id":"TM1","message_type":"twilio.sync.event"})", payload));
        QVERIFY(m_server->roundTrip());
    }
    void notify(const QByteArray &type, const QByteArrayList &events)
    {
        notify("{\"event_type\":\"" + type + "\",\"events\":[" + events.join(',') + "]}");
    }
    template <typename Handle>
    void open(Handle &handle, const QByteArray &sid, const ScriptedServer::Answer &firstPage = page({}))
    {
        const QByteArray kind = sid.startsWith("ES") ? "Lists" : sid.startsWith("MP") ? "Maps" : "Documents";
        m_server->always("GET", "/v3/" + kind + '/' + sid,
                         ScriptedServer::ok(ScriptedServer::root(
                                 sid, kind == "Documents" ? ",\"data\":{\"n\":0}" : "")));
        m_server->always("GET", "/v3/" + kind + '/' + sid + "/Items", firstPage);
        handle.setMode(SyncClient::OpenMode::OpenExisting);
        handle.setSid(QString::fromUtf8(sid));
        handle.setClient(m_client.get());
        QTRY_COMPARE_WITH_TIMEOUT(handle.subscriptionState(), Sync::SubscriptionState::Established,
                                  ScriptedServer::timeout);
    }
    static QString shown(const SyncList &list)
    {
        QStringList indexes;
        for (int row = 0; row < list.rowCount(); ++row)
            indexes.append(QString::number(list.index(row).data(SyncCollection::ItemKeyRole).toLongLong()));
        return indexes.join(u' ');
    }
    [[nodiscard]] QList<qint64> cursors() const
    {
        QList<qint64> all;
        for (const auto &call : m_server->subscriptions()) {
            if (call.action == Server::SubscriptionCall::Action::Establish)
                all.append(call.entries.constFirst().cursor.value_or(-1));
        }
        return all;
    }

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_DamagedInput::init()
{
    m_client.reset();
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_DamagedInput::damagedEventIsAskedForAgain_data()
{
    QTest::addColumn<QByteArray>("damaged");
    QTest::newRow("data not an object")
            << QByteArray(R"({"id":2,"list_sid":"ES1","item_index":1,"item_data":3})");
    QTest::newRow("bare token") << QByteArray(R"({"id":2,"list_sid":nope,"item_index":1,"item_data":{}})");
    QTest::newRow("id not a number") << QByteArray(
            R"({"id":"x","list_sid":"ES1","item_index":1,"item_data":{}})");
    QTest::newRow("negative index") << QByteArray(
            R"({"id":2,"list_sid":"ES1","item_index":-5,"item_data":{}})");
    QTest::newRow("key instead of an index")
            << QByteArray(R"({"id":2,"list_sid":"ES1","item_key":"k","item_data":{}})");
    QTest::newRow("not JSON") << QByteArray("{");
}

void tst_DamagedInput::damagedEventIsAskedForAgain()
{
    QFETCH(QByteArray, damaged);
    SyncList list;
    open(list, "ES1");
    const bool isFrame = damaged == "{";
    QTest::ignoreMessage(
            QtWarningMsg,
            QRegularExpression(isFrame ? u"dropped a notification of "_s : u"dropped 1 of 3 events "_s));
    if (isFrame) {
        notify("list_item_added", { added(1, 0) });
        notify(damaged);
        notify("list_item_added", { added(3, 2) });
    } else {
        notify("list_item_added", { added(1, 0), damaged, added(3, 2) });
    }
    QTRY_COMPARE(shown(list), u"0 2"_s);
    QTRY_COMPARE(cursors(), QList<qint64>({ 0, 1 }));
    QTRY_COMPARE(list.subscriptionState(), Sync::SubscriptionState::Established);
    notify("list_item_added", { added(2, 1) });
    QTRY_COMPARE(shown(list), u"0 1 2"_s);
    // Nothing is missing any more.
    m_server->hangUp();
    QTRY_COMPARE_WITH_TIMEOUT(cursors(), QList<qint64>({ 0, 1, 3 }), ScriptedServer::timeout);
}

void tst_DamagedInput::whatStaysDamagedIsGivenUp()
{
    SyncList list;
    open(list, "ES1");
    const QByteArray damaged = R"({"id":1,"list_sid":"ES1","item_index":0,"item_data":3})";
    for (int i = 0; i < 2; ++i)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"dropped 1 of 1 events "_s));
    notify("list_item_added", { damaged });
    QTRY_COMPARE(cursors(), QList<qint64>({ 0, 0 }));
    QTRY_COMPARE(list.subscriptionState(), Sync::SubscriptionState::Established);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot be read again"_s));
    notify("list_item_added", { damaged });
    notify("list_item_added", { added(2, 1) });
    QTRY_COMPARE(shown(list), u"1"_s);
    m_server->hangUp();
    QTRY_COMPARE_WITH_TIMEOUT(cursors(), QList<qint64>({ 0, 0, 2 }), ScriptedServer::timeout);
}

void tst_DamagedInput::damagedDocumentIsAskedForAgain()
{
    SyncDocument document;
    open(document, "ET1");
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"dropped 1 of 1 events "_s));
    notify("document_updated", { R"({"id":1,"document_sid":"ET1","document_data":[1]})" });
    QTRY_COMPARE(cursors(), QList<qint64>({ 0, 0 }));
    notify("document_updated", { R"({"id":1,"document_sid":"ET1","document_data":{"n":1}})" });
    QTRY_COMPARE(document.value().value(u"n"_s).toInt(), 1);
    // Of another kind of object.
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"is of another kind of object"_s));
    notify("list_item_added", { added(2, 0).replace("ES1", "ET1") });
    QTRY_COMPARE(cursors(), QList<qint64>({ 0, 0, 1 }));
}

void tst_DamagedInput::pagesThatNeverEnd_data()
{
    QTest::addColumn<int>("way");
    QTest::addColumn<int>("rows");
    QTest::newRow("the same again") << 0 << 2;
    QTest::newRow("empty") << 1 << 0;
    QTest::newRow("going backwards") << 2 << 2;
    QTest::newRow("alternating") << 3 << 4;
}

void tst_DamagedInput::pagesThatNeverEnd()
{
    QFETCH(int, way);
    QFETCH(int, rows);
    int asked = 0;
    m_server->always("GET", "/v3/Lists/ES1", ScriptedServer::ok(ScriptedServer::root("ES1")));
    m_server->always("GET", "/v3/Lists/ES1/Items", [&asked, way](const ScriptedServer::Call &) {
        const int number = asked++;
        const qint64 first = way == 0 ? 0 : way == 2 ? 1000 - 2 * number : 2 * (number % 2);
        return way == 1 ? page({}, true) : page({ item(first), item(first + 1) }, true);
    });
    SyncList list;
    list.setLoadAll(true);
    list.setMode(SyncClient::OpenMode::OpenExisting);
    list.setSid(u"ES1"_s);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reading a page of .*page: expected items"_s));
    list.setClient(m_client.get());
    QTRY_VERIFY_WITH_TIMEOUT(list.error().message().contains("page: expected items"_L1),
                             ScriptedServer::timeout);
    QCOMPARE(list.rowCount(), rows);
    QVERIFY(!list.isComplete());
    QVERIFY2(asked <= 4, qPrintable(QString::number(asked)));

    SyncPaginator *paginator = way == 1 ? nullptr : valueOfCall(list.getItems());
    if (way == 0)
        QVERIFY(errorOfCall(paginator->nextPage()).message().contains("the same or earlier"_L1));
    else if (way == 1)
        QVERIFY(errorOfCall(list.getItems()).message().contains("got none"_L1));
}

void tst_DamagedInput::pageWithTooMuchIsRefused()
{
    QByteArrayList items;
    for (int i = 0; i < 100'000; ++i)
        items.append(item(i));
    SyncList list;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reading a page of "_s));
    open(list, "ES1", page(items));
    QTRY_COMPARE(list.error().message(), u"unexpected reply: page: expected at most 100 items, got 100000"_s);
    QCOMPARE(list.rowCount(), 0);
}

void tst_DamagedInput::itemsOfTheOtherKindAreDroppedFromPages()
{
    SyncList list;
    for (int i = 0; i < 3; ++i)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"dropped an item of .*ES1.* without"_s));
    open(list, "ES1",
         page({ item(0), item(-5), item(1, ",\"key\":\"k\""), item(2).replace("\"index\":2", "\"key\":\"a\""),
                item(3) }));
    QTRY_COMPARE(shown(list), u"0 3"_s);
    SyncMap map;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"dropped an item of .*MP1.* without"_s));
    open(map, "MP1", page({ item(0), item(0).replace("\"index\":0", "\"key\":\"b\"") }));
    QTRY_COMPARE(map.rowCount(), 1);
    QCOMPARE(map.index(0).data(SyncCollection::ItemKeyRole).toString(), u"b"_s);
}

void tst_DamagedInput::answerWithoutAnIndexIsAnError()
{
    SyncList list;
    open(list, "ES1");
    m_server->always("POST", "/v3/Lists/ES1/Items",
                     ScriptedServer::ok(R"({"key":"k","revision":"0","last_event_id":1})", 201));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"dropped an item of "_s));
    QVERIFY(errorOfCall(list.push({})).message().contains("expected an index"_L1));
    QCOMPARE(list.rowCount(), 0);
}

//! Row 17 of the outside harness: signed overflow, says the sanitizer.
void tst_DamagedInput::ttlAfterTheLargestEventId()
{
    SyncList list;
    open(list, "ES1", page({ item(0) }));
    QTRY_COMPARE(list.rowCount(), 1);
    constexpr qint64 largest = std::numeric_limits<qint64>::max();
    notify("list_item_added", { added(largest, 1) });
    QTRY_COMPARE(list.rowCount(), 2);
    m_server->always("POST", "/v3/Lists/ES1/Items/0",
                     ScriptedServer::ok(R"({"index":0,"revision":"1","last_event_id":)"
                                        + QByteArray::number(largest)
                                        + R"(,"date_expires":"2034-05-06T07:08:09.123Z"})"));
    QVERIFY(errorOfCall(list.setItemTtl(0, 60)).isNull());
    QVERIFY(list.index(0).data(SyncCollection::DateExpiresRole).toDateTime().isValid());
}

//! Row 27 of the outside harness: the update comes first.
void tst_DamagedInput::eventOfALaterAddition()
{
    SyncList list;
    open(list, "ES1");
    const QSignalSpy addedSpy(&list, &SyncList::itemAdded);
    const QSignalSpy updatedSpy(&list, &SyncList::itemUpdated);
    m_server->push("list_item_updated", added(2, 0));
    QVERIFY(m_server->roundTrip());
    QTRY_COMPARE(shown(list), u"0"_s);
    m_server->push("list_item_added", added(1, 0));
    QVERIFY(m_server->roundTrip());
    QTRY_COMPARE(addedSpy.size(), 1);
    QCOMPARE(updatedSpy.size(), 0);
    QCOMPARE(addedSpy.constFirst().constFirst().value<SyncListItem>().value().value(u"n"_s).toInt(), 2);
}

QTEST_GUILESS_MAIN(tst_DamagedInput)
#include "tst_damagedinput.moc"
