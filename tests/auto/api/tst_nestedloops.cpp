#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/api/syncstream.h"

#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtimer.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Runs an event loop the first time its slot is called.
class MessageBox : public QObject
{
    Q_OBJECT

public:
    void openAt(QObject *sender, const QByteArray &signal, const std::function<void()> &whileOpen)
    {
        m_whileOpen = whileOpen;
        const QMetaObject &meta = *sender->metaObject();
        const int index = [&] {
            for (int i = meta.methodCount() - 1; i >= 0; --i) {
                if (meta.method(i).methodType() == QMetaMethod::Signal && meta.method(i).name() == signal)
                    return i;
            }
            return -1;
        }();
        QVERIFY2(index >= 0, signal);
        connect(sender, meta.method(index), this,
                staticMetaObject.method(staticMetaObject.indexOfSlot("open()")));
    }
    [[nodiscard]] bool isClosed() const { return m_isClosed; }

public Q_SLOTS:
    void open()
    {
        if (std::exchange(m_wasOpened, true))
            return;
        QEventLoop loop;
        QTimer::singleShot(0, &loop, [&] {
            const auto end = qScopeGuard([&loop] { loop.quit(); });
            m_whileOpen();
        });
        loop.exec();
        m_isClosed = true;
    }

private:
    std::function<void()> m_whileOpen;
    bool m_wasOpened = false;
    bool m_isClosed = false;
};

namespace {

SyncValue number(int n) { return { { u"n"_s, n } }; }

} // namespace

//! A slot that opens a message box, at every kind of signal: the client reads on, and connects again.
class tst_NestedLoops : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messageBoxStopsNothing_data();
    void messageBoxStopsNothing();
    void lifetimeOvertakesAChangeThatWaits();
};

void tst_NestedLoops::messageBoxStopsNothing_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("signal");
    const auto rows = [](const QByteArray &object, const QByteArrayList &signalNames) {
        for (const QByteArray &signal : signalNames)
            QTest::newRow(object + '.' + signal) << object << signal;
    };
    const QByteArrayList collection { "rowsAboutToBeInserted",
                                      "rowsInserted",
                                      "rowsAboutToBeRemoved",
                                      "rowsRemoved",
                                      "dataChanged",
                                      "itemAdded",
                                      "itemUpdated",
                                      "itemRemoved",
                                      "countChanged",
                                      "revisionChanged",
                                      "dateUpdatedChanged",
                                      "pendingWritesChanged",
                                      "removed",
                                      "subscriptionStateChanged",
                                      "statusChanged" };
    rows("list", collection);
    rows("map", { "rowsInserted", "itemAdded", "itemUpdated", "itemRemoved", "removed" });
    rows("document", { "updated", "valueChanged", "revisionChanged", "pendingWritesChanged", "removed" });
    rows("stream", { "messagePublished", "pendingWritesChanged", "removed" });
    rows("client", { "connectionStateChanged", "pendingWritesChanged" });
    rows("outbox", { "rowsInserted", "rowsRemoved", "dataChanged" });
}

void tst_NestedLoops::messageBoxStopsNothing()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, signal);
    ServerFixture server;
    QVERIFY2(server.start(), qPrintable(server.errorText()));
    if (!server.isEmbedded())
        QSKIP("ends the connections of the server");
    const auto alice = makeClient(server);
    const auto bob = makeClient(server, u"bob"_s);
    const auto isOnline = [](const SyncClient &client) {
        return client.connectionState() == SyncClient::ConnectionState::Connected;
    };
    auto *const list = established(alice->list(u"list"_s));
    auto *const map = established(alice->map(u"map"_s));
    auto *const document = established(alice->document(u"document"_s));
    auto *const stream = established(alice->stream(u"stream"_s));
    auto *const watched = established(alice->document(u"watched"_s));
    valueOfCall(list->push(number(0)));
    valueOfCall(map->set(u"a"_s, number(0)));

    MessageBox box;
    QStringList seen;
    int written = 0;
    const auto readsOn = [&] {
        valueOfCall(valueOfCall(bob->document(u"watched"_s))->set(number(++written)));
        waitFor([&] { return watched->value().value(u"n"_s) == written; });
        seen << (watched->value().value(u"n"_s) == written ? u"reads"_s : u"deaf"_s);
    };
    const QHash<QByteArray, QObject *> senders { { "list", list },          { "map", map },
                                                 { "document", document },  { "stream", stream },
                                                 { "client", alice.get() }, { "outbox", alice->outbox() } };
    box.openAt(senders.value(object), signal, [&] {
        waitFor([&] { return isOnline(*alice) && isOnline(*bob); });
        readsOn();
        server.stop();
        waitFor([&] { return !isOnline(*alice) && !isOnline(*bob); });
        QVERIFY(server.start());
        alice->reconnect();
        bob->reconnect();
        waitFor([&] { return isOnline(*alice) && isOnline(*bob); });
        seen << (isOnline(*alice) ? u"reconnected"_s : u"lost"_s);
        readsOn();
    });

    // Bob changes everything, Alice as well; at some point the box is open, and what follows waits for
    // nothing.
    const auto theirs = [](const auto &opening) { return valueOfCall(opening); };
    theirs(bob->list(u"list"_s))->push(number(1));
    theirs(bob->list(u"list"_s))->set(0, number(2));
    theirs(bob->list(u"list"_s))->remove(0);
    theirs(bob->map(u"map"_s))->set(u"b"_s, number(1));
    theirs(bob->map(u"map"_s))->set(u"a"_s, number(2));
    theirs(bob->map(u"map"_s))->remove(u"a"_s);
    theirs(bob->document(u"document"_s))->set(number(1));
    theirs(bob->stream(u"stream"_s))->publishMessage(number(1));
    list->push(number(3));
    map->set(u"c"_s, number(3));
    document->set(number(3));
    stream->publishMessage(number(3));
    if (signal == "removed" || signal == "statusChanged" || signal == "subscriptionStateChanged") {
        theirs(bob->list(u"list"_s))->removeList();
        theirs(bob->map(u"map"_s))->removeMap();
        theirs(bob->document(u"document"_s))->removeDocument();
        theirs(bob->stream(u"stream"_s))->removeStream();
    } else if (signal == "connectionStateChanged") {
        server.stop();
        QVERIFY(server.start());
    }
    QTRY_VERIFY_WITH_TIMEOUT(box.isClosed(), 30'000);
    QCOMPARE(seen, QStringList({ u"reads"_s, u"reconnected"_s, u"reads"_s }));
    // A push without an answer is sent again once the service cannot be at work on it any more, after 30 s.
    QTRY_COMPARE_WITH_TIMEOUT(alice->pendingWrites(), 0, 45'000);
}

// The answer to setItemTtl() has no value: the one there is now is older than what it answers to.
void tst_NestedLoops::lifetimeOvertakesAChangeThatWaits()
{
    using Peer = ScriptedServer;
    Peer server;
    QVERIFY(server.listen());
    server.always("GET", "/v3/Lists/ES1", Peer::ok(Peer::root("ES1", R"(,"last_event_id":1)")));
    server.always("GET", "/v3/Lists/ES1/Items",
                  Peer::ok(Peer::page(R"({"index":0,"revision":"a","last_event_id":1,"data":{"n":1}})")));
    server.always("POST", "/v3/Lists/ES1/Items/0", [&server](const Peer::Call &) {
        server.push("list_item_updated",
                    R"({"id":3,"list_sid":"ES1","item_index":0,"item_revision":"b","item_data":{"n":2}})");
        return Peer::ok(R"({"index":0,"revision":"c","last_event_id":4})");
    });
    const auto client = scriptedClient(server);
    SyncList *const list =
            established(client->list({ .id = u"ES1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(list);
    const QAbstractItemModelTester tester(list);
    list->setLoadAll(true);
    QTRY_COMPARE(list->count(), 1);
    MessageBox box;
    box.openAt(list, "rowsInserted", [&] {
        const auto call = list->setItemTtl(0, 18);
        QTRY_VERIFY(call.isFinished());
    });
    server.push("list_item_added",
                R"({"id":2,"list_sid":"ES1","item_index":1,"item_revision":"a","item_data":{"n":3}})");
    QTRY_VERIFY(box.isClosed());
    server.push("list_item_updated",
                R"({"id":4,"list_sid":"ES1","item_index":0,"item_revision":"c","item_data":{"n":2}})");
    QTRY_COMPARE(valueOfCall(list->get(0)).revision(), u"c"_s);
    QCOMPARE(valueOfCall(list->get(0)).value(), QVariantMap({ { u"n"_s, 2 } }));
}

QTEST_GUILESS_MAIN(tst_NestedLoops)
#include "tst_nestedloops.moc"
