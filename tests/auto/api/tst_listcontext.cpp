#include "shared/clientfixture.h"
#include "shared/listcontext.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qregularexpression.h>

#include <memory>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

namespace {

//! "changed {…}" and "updated {…} remote", as they come.
class ContextLog : public QObject
{
    Q_OBJECT

public:
    explicit ContextLog(SyncList *list)
    {
        connect(list, &SyncList::contextChanged, this,
                [this, list] { lines.append("changed " + SyncValue(list->context()).toJson()); });
        connect(list, &SyncList::contextUpdated, this, [this](const QVariantMap &context, bool isLocal) {
            lines.append("updated " + SyncValue(context).toJson() + (isLocal ? " local" : " remote"));
        });
    }

    QByteArrayList lines;
};

QByteArray contextEvent(int id, const QByteArray &json)
{
    return R"({"id":)" + QByteArray::number(id) + R"(,"list_sid":"ES1","list_revision":")"
            + QByteArray::number(id) + R"(","date_created":"2024-05-06T08:00:00.000Z","context_data":)" + json
            + '}';
}

QByteArray contextReply(int id, const QByteArray &json)
{
    return R"({"data":)" + json + R"(,"last_event_id":)" + QByteArray::number(id) + '}';
}

} // namespace

// What a list carries beside its items.
class tst_ListContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void readWhenItIsWanted();
    void wantedBeforeItIsOpen();
    void changedByOthers();
    void whatIsOlderChangesNothing_data();
    void whatIsOlderChangesNothing();
    void newsBeforeTheAnswer();
    void movesTheCursor();
    void unreadableIsAskedForAgain();
    void listWithoutOne();
    void eachListItsOwn();
    void onARealServer();

private:
    [[nodiscard]] SyncList *openList(const QString &id = u"ES1"_s)
    {
        return established(m_client->list({ .id = id, .mode = SyncClient::OpenMode::OpenExisting }));
    }
    [[nodiscard]] qsizetype contextReads() const
    {
        return m_server->lines().count("GET /v3/Lists/ES1/Context");
    }

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_ListContext::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    for (const QByteArray &id : { QByteArrayLiteral("ES1"), QByteArrayLiteral("ES2") }) {
        const QByteArray url = "https://cds.us1.twilio.com/v3/Lists/" + id;
        m_server->always("GET", "/v3/Lists/" + id,
                         Peer::ok(Peer::root(id,
                                             R"(,"links":{"items":")" + url + R"(/Items","context":")" + url
                                                     + R"(/Context"})")));
        m_server->always("GET", "/v3/Lists/" + id + "/Items", Peer::ok(Peer::page()));
    }
    m_server->always("GET", "/v3/Lists/ES1/Context", Peer::ok(contextReply(2, R"({"title":"a"})")));
    m_server->always("GET", "/v3/Lists/ES2/Context", Peer::ok(contextReply(-1, "{}")));
    m_client = scriptedClient(*m_server);
}

void tst_ListContext::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_ListContext::readWhenItIsWanted()
{
    SyncList *const list = openList();
    QVERIFY(list);
    QTRY_VERIFY(list->isComplete());
    QCOMPARE(contextReads(), 0);
    ContextLog log(list);
    QCOMPARE(list->context(), QVariantMap());
    QCOMPARE(list->context(), QVariantMap()); // once more does not ask once more
    QTRY_COMPARE(list->context(), (QVariantMap { { u"title"_s, u"a"_s } }));
    QTRY_COMPARE(log.lines, QByteArrayList { R"(changed {"title":"a"})" });
    list->close();
    QCOMPARE(list->context(), (QVariantMap { { u"title"_s, u"a"_s } }));
    QCOMPARE(contextReads(), 1);
}

void tst_ListContext::wantedBeforeItIsOpen()
{
    SyncList list;
    QCOMPARE(list.context(), QVariantMap());
    ContextLog log(&list);
    list.setMode(SyncClient::OpenMode::OpenExisting);
    list.setUniqueName(u"ES1"_s);
    list.setClient(m_client.get());
    QTRY_COMPARE(log.lines, QByteArrayList { R"(changed {"title":"a"})" });
}

void tst_ListContext::changedByOthers()
{
    SyncList *const list = openList();
    QVERIFY(list);
    ContextLog log(list);
    m_server->push("list_context_updated", contextEvent(3, R"({"n":1})"));
    m_server->push("list_context_updated", contextEvent(4, R"({"n":1})")); // an event, but the same value
    QVERIFY(m_server->roundTrip());
    QTRY_COMPARE(log.lines,
                 (QByteArrayList { R"(changed {"n":1})", R"(updated {"n":1} remote)",
                                   R"(updated {"n":1} remote)" }));
    QCOMPARE(list->dateUpdated().toString(Qt::ISODate), u"2024-05-06T08:00:00Z"_s);
    QCOMPARE(list->revision(), u"4"_s);
    QCOMPARE(list->count(), 0);
    QCOMPARE(contextReads(), 0); // the event has it all
}

void tst_ListContext::whatIsOlderChangesNothing_data()
{
    QTest::addColumn<int>("id");
    QTest::newRow("the same event again") << 5;
    QTest::newRow("an earlier one that comes late") << 4;
    QTest::newRow("from before the opening") << 0;
}

void tst_ListContext::whatIsOlderChangesNothing()
{
    QFETCH(int, id);
    SyncList *const list = openList();
    QVERIFY(list);
    ContextLog log(list);
    m_server->push("list_context_updated", contextEvent(5, R"({"n":1})"));
    m_server->push("list_context_updated", contextEvent(id, R"({"n":2})"));
    QVERIFY(m_server->roundTrip());
    QCOMPARE(list->context(), (QVariantMap { { u"n"_s, 1 } }));
    QTRY_COMPARE(log.lines, (QByteArrayList { R"(changed {"n":1})", R"(updated {"n":1} remote)" }));
}

void tst_ListContext::newsBeforeTheAnswer()
{
    SyncList *const list = openList();
    QVERIFY(list);
    ContextLog log(list);
    m_server->once("GET", "/v3/Lists/ES1/Context", Peer::lost());
    QCOMPARE(list->context(), QVariantMap());
    QTRY_COMPARE(contextReads(), 1);
    m_server->push("list_context_updated", contextEvent(3, R"({"n":3})"));
    m_server->answer(m_server->calls().last(), Peer::ok(contextReply(2, R"({"n":2})")));
    QVERIFY(m_server->roundTrip());
    QCOMPARE(list->context(), (QVariantMap { { u"n"_s, 3 } }));
    QTRY_COMPARE(log.lines, (QByteArrayList { R"(changed {"n":3})", R"(updated {"n":3} remote)" }));
}

// Or all events after it would be asked for again with each connection.
void tst_ListContext::movesTheCursor()
{
    SyncList *const list = openList();
    QVERIFY(list);
    m_server->push("list_context_updated", contextEvent(1, R"({"n":1})"));
    m_server->push("list_item_added",
                   R"({"id":2,"list_sid":"ES1","item_index":0,"item_revision":"2","item_data":{},)"
                   R"("list_revision":"2","date_created":"2024-05-06T08:00:00.000Z"})");
    QTRY_COMPARE(list->count(), 1);
    m_server->clear();
    m_server->hangUp();
    QTRY_VERIFY(!m_server->subscriptions().isEmpty());
    QCOMPARE(m_server->subscriptions().first().entries.first().cursor.value_or(-1), 2);
}

void tst_ListContext::unreadableIsAskedForAgain()
{
    SyncList *const list = openList();
    QVERIFY(list);
    m_server->once("GET", "/v3/Lists/ES1/Context", Peer::error(403, 54007, "no"));
    m_server->once("GET", "/v3/Lists/ES1/Context", Peer::ok(R"({"data":[]})"));
    for (int i = 1; i <= 2; ++i) {
        QCOMPARE(list->context(), QVariantMap());
        QTRY_COMPARE(contextReads(), i);
        QVERIFY(m_server->roundTrip());
    }
    QTRY_COMPARE(list->context(), (QVariantMap { { u"title"_s, u"a"_s } }));
}

void tst_ListContext::listWithoutOne()
{
    m_server->always("GET", "/v3/Lists/ES1", Peer::ok(Peer::root("ES1")));
    SyncList *const list = openList();
    QVERIFY(list);
    QCOMPARE(list->context(), QVariantMap());
    QVERIFY(m_server->roundTrip());
    QCOMPARE(contextReads(), 0);
}

void tst_ListContext::eachListItsOwn()
{
    SyncList list;
    list.setMode(SyncClient::OpenMode::OpenExisting);
    list.setUniqueName(u"ES1"_s);
    list.setClient(m_client.get());
    ContextLog log(&list);
    QTRY_COMPARE(list.context(), (QVariantMap { { u"title"_s, u"a"_s } }));
    QTRY_COMPARE(log.lines, QByteArrayList { R"(changed {"title":"a"})" });
    log.lines.clear();
    list.setUniqueName(u"ES2"_s);
    QTRY_VERIFY(!log.lines.isEmpty());
    QCOMPARE(log.lines.first(), "changed {}");
    QTRY_VERIFY(m_server->lines().contains("GET /v3/Lists/ES2/Context"));
}

void tst_ListContext::onARealServer()
{
    ServerFixture server;
    QVERIFY2(server.start(), qPrintable(server.errorText()));
    const auto alice = makeClient(server);
    const auto bob = makeClient(server, u"bob"_s);
    const QString name = freshName();
    SyncList *const theirs = established(bob->list(name));
    QVERIFY(theirs);
    QVERIFY(setListContext(*theirs, R"({"n":1})"));
    SyncList *const mine = established(alice->list(name));
    QVERIFY(mine);
    ContextLog log(mine);
    QCOMPARE(mine->context(), QVariantMap());
    QTRY_COMPARE(log.lines, QByteArrayList { R"(changed {"n":1})" });
    log.lines.clear();
    QVERIFY(setListContext(*theirs, R"({"n":2})"));
    QTRY_COMPARE(log.lines, (QByteArrayList { R"(changed {"n":2})", R"(updated {"n":2} remote)" }));
}

QTEST_GUILESS_MAIN(tst_ListContext)
#include "tst_listcontext.moc"
