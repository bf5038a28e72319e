#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"
#include "TwilioSync/api/syncstream.h"

#include "shared/clientfixture.h"

#include <QtCore/qregularexpression.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Clients and handles that go with calls under way. Every future has to end, with the reason.
class tst_HandleLifetimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void callsUnderWay_data();
    void callsUnderWay();
    void everythingAtOnce();
    void ownerGoesInsideACallback_data();
    void ownerGoesInsideACallback();
    void functionOfAHandleThatMovedOn();
    void clientGoesInsideItsProvider();
    void serverGoesFirst();

private:
    ServerFixture m_server;
};

namespace {

//! One of each, with an item; children of the client.
struct Objects
{
    std::unique_ptr<SyncClient> client;
    SyncDocument *document = nullptr;
    SyncList *list = nullptr;
    SyncMap *map = nullptr;
    SyncStream *stream = nullptr;
    SyncPaginator *page = nullptr;
};

using Call = std::function<QFuture<void>(Objects &)>;

//! Takes any future for one of nothing.
template <typename T>
QFuture<void> plain(const QFuture<T> &future)
{
    return QFuture<void>(future);
}

SyncValue some() { return { { u"a"_s, 1 } }; }

std::optional<SyncValue> same(const SyncValue &value) { return value; }

//! Opens what \a call, such as "list.push", needs; everything for "all".
Objects openFor(const ServerFixture &server, QByteArrayView call)
{
    Objects objects;
    objects.client = makeClient(server);
    SyncClient &client = *objects.client;
    const auto needs = [&](const char *kind) { return call == "all" || call.startsWith(kind); };
    if (needs("document"))
        objects.document = valueOfCall(client.document());
    if (needs("stream"))
        objects.stream = valueOfCall(client.stream());
    if (needs("map")) {
        objects.map = valueOfCall(client.map());
        valueOfCall(objects.map->set(u"k"_s, some()));
    }
    if (needs("list") || needs("page")) {
        objects.list = valueOfCall(client.list());
        valueOfCall(objects.list->push(some()));
        valueOfCall(objects.list->push(some()));
    }
    if (needs("page"))
        objects.page = valueOfCall(objects.list->getItems({ .pageSize = 1 }));
    if (needs("client"))
        waitFor([&] { return client.connectionState() == SyncClient::ConnectionState::Connected; });
    return objects;
}

//! Every asynchronous call there is, by its name; which handle it is a call of, null for the client's.
struct NamedCall
{
    const char *name;
    Call call;
    std::function<QObject *(const Objects &)> handle = {};
};

QList<NamedCall> allCalls()
{
    const auto document = [](const Objects &o) -> QObject * { return o.document; };
    const auto list = [](const Objects &o) -> QObject * { return o.list; };
    const auto map = [](const Objects &o) -> QObject * { return o.map; };
    const auto stream = [](const Objects &o) -> QObject * { return o.stream; };
    return {
        { "client.document", [](Objects &o) { return plain(o.client->document()); } },
        { "client.list", [](Objects &o) { return plain(o.client->list(freshName())); } },
        { "client.map", [](Objects &o) { return plain(o.client->map()); } },
        { "client.stream", [](Objects &o) { return plain(o.client->stream()); } },
        { "client.updateToken", [](Objects &o) { return o.client->updateToken(o.client->token() + u'x'); } },
        { "document.set", [](Objects &o) { return plain(o.document->set(some())); }, document },
        { "document.update", [](Objects &o) { return plain(o.document->update(some())); }, document },
        { "document.mutate", [](Objects &o) { return plain(o.document->mutate(same)); }, document },
        { "document.setTtl", [](Objects &o) { return o.document->setTtl(60); }, document },
        { "document.removeDocument", [](Objects &o) { return o.document->removeDocument(); }, document },
        { "list.push", [](Objects &o) { return plain(o.list->push(some())); }, list },
        { "list.get", [](Objects &o) { return plain(o.list->get(99)); }, list },
        { "list.set", [](Objects &o) { return plain(o.list->set(0, some())); }, list },
        { "list.update", [](Objects &o) { return plain(o.list->update(0, some())); }, list },
        { "list.mutate", [](Objects &o) { return plain(o.list->mutate(0, same)); }, list },
        { "list.remove", [](Objects &o) { return o.list->remove(0); }, list },
        { "list.setItemTtl", [](Objects &o) { return o.list->setItemTtl(0, 60); }, list },
        { "list.getItems", [](Objects &o) { return plain(o.list->getItems()); }, list },
        { "list.setTtl", [](Objects &o) { return o.list->setTtl(60); }, list },
        { "list.removeList", [](Objects &o) { return o.list->removeList(); }, list },
        { "map.set", [](Objects &o) { return plain(o.map->set(u"k"_s, some())); }, map },
        { "map.get", [](Objects &o) { return plain(o.map->get(u"none"_s)); }, map },
        { "map.update", [](Objects &o) { return plain(o.map->update(u"k"_s, some())); }, map },
        { "map.mutate", [](Objects &o) { return plain(o.map->mutate(u"k"_s, same)); }, map },
        { "map.remove", [](Objects &o) { return o.map->remove(u"k"_s); }, map },
        { "map.setItemTtl", [](Objects &o) { return o.map->setItemTtl(u"k"_s, 60); }, map },
        { "map.getItems", [](Objects &o) { return plain(o.map->getItems()); }, map },
        { "map.setTtl", [](Objects &o) { return o.map->setTtl(60); }, map },
        { "map.removeMap", [](Objects &o) { return o.map->removeMap(); }, map },
        { "stream.publishMessage", [](Objects &o) { return plain(o.stream->publishMessage(some())); },
          stream },
        { "stream.setTtl", [](Objects &o) { return o.stream->setTtl(60); }, stream },
        { "stream.removeStream", [](Objects &o) { return o.stream->removeStream(); }, stream },
        { "page.nextPage", [](Objects &o) { return plain(o.page->nextPage()); } },
    };
}

} // namespace

void tst_HandleLifetimes::initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

void tst_HandleLifetimes::init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

void tst_HandleLifetimes::callsUnderWay_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<bool>("clientGoes");
    const auto calls = allCalls();
    for (int i = 0; i < calls.size(); ++i) {
        QTest::addRow("%s, client destroyed", calls.at(i).name) << i << true;
        if (calls.at(i).handle)
            QTest::addRow("%s, handle destroyed", calls.at(i).name) << i << false;
    }
}

void tst_HandleLifetimes::callsUnderWay()
{
    QFETCH(int, number);
    QFETCH(bool, clientGoes);
    const NamedCall named = allCalls().at(number);
    Objects objects = openFor(m_server, named.name);
    const QFuture<void> future = named.call(objects);
    QVERIFY(!future.isFinished());
    if (clientGoes)
        objects.client.reset();
    else
        delete named.handle(objects);
    QVERIFY(future.isFinished());
    QCOMPARE(errorOfCall(future).message(), clientGoes ? u"client destroyed"_s : u"handle closed"_s);
    if (!clientGoes) { // the others go on
        const auto again = valueOfCall(objects.client->list());
        QVERIFY(again);
    }
}

void tst_HandleLifetimes::everythingAtOnce()
{
    Objects objects = openFor(m_server, "all");
    QList<QFuture<void>> futures;
    for (const NamedCall &named : allCalls())
        futures.append(named.call(objects));
    const QFuture<void> shutdown = objects.client->shutdown();
    objects.client.reset();
    for (const QFuture<void> &future : std::as_const(futures)) {
        QVERIFY(future.isFinished());
        QVERIFY(!errorOfCall(future).isNull());
    }
    QVERIFY(shutdown.isFinished());
}

void tst_HandleLifetimes::ownerGoesInsideACallback_data()
{
    QTest::addColumn<bool>("clientGoes");
    QTest::newRow("handle") << false;
    QTest::newRow("client") << true;
}

void tst_HandleLifetimes::ownerGoesInsideACallback()
{
    QFETCH(bool, clientGoes);
    const auto expected = clientGoes ? u"client destroyed"_s : u"handle closed"_s;
    Objects objects = openFor(m_server, "list");
    const auto destroy = [&](QObject *handle) {
        if (clientGoes)
            objects.client.reset();
        else
            delete handle;
    };
    // A mutator is called by the library, which has to see that nothing is left
    const auto mutating = objects.list->mutate(0, [&](const SyncValue &value) {
        destroy(objects.list);
        return std::optional(value);
    });
    QCOMPARE(errorOfCall(mutating).message(), expected);

    // A continuation runs inside the library as well
    objects = openFor(m_server, "map");
    bool reached = false;
    auto continued = objects.map->set(u"k"_s, some()).then([&](const SyncMapItem &) {
        reached = true;
        destroy(objects.map);
    });
    const auto waiting = objects.map->setTtl(60);
    QTRY_VERIFY(reached);
    QVERIFY(waiting.isFinished());
    QTRY_VERIFY(continued.isFinished());
}

// Its call is still under way at the object that it showed before.
void tst_HandleLifetimes::functionOfAHandleThatMovedOn()
{
    if (!m_server.isEmbedded())
        QSKIP("the server cannot be stopped from here");
    Objects objects = openFor(m_server, "list");
    const auto other = valueOfCall(objects.client->list());
    QVERIFY(other);
    m_server.stop();
    QTRY_COMPARE(objects.client->connectionState(), SyncClient::ConnectionState::Connecting);
    int runs = 0;
    const auto call = objects.list->mutate(0, [&runs](const SyncValue &value) {
        ++runs;
        return std::optional(value);
    });
    objects.list->setSid(other->sid());
    QTRY_COMPARE(objects.list->sid(), other->sid());
    QTRY_COMPARE(objects.list->status(), Sync::Status::Ready);
    QCOMPARE(objects.client->pendingWrites(), 1);
    delete objects.list;
    QCOMPARE(errorOfCall(call).message(), u"handle closed"_s);
    QCOMPARE(objects.client->pendingWrites(), 0);
    QVERIFY(m_server.start());
    QTRY_COMPARE(objects.client->connectionState(), SyncClient::ConnectionState::Connected);
    QCOMPARE(runs, 0);
}

void tst_HandleLifetimes::clientGoesInsideItsProvider()
{
    auto client = std::make_unique<SyncClient>();
    client->setUrl(m_server.url());
    client->setTokenProvider([&client] {
        client.reset();
        return QtFuture::makeReadyFuture(u"token"_s);
    });
    QTRY_VERIFY(!client);
}

void tst_HandleLifetimes::serverGoesFirst()
{
    if (!m_server.isEmbedded())
        QSKIP("the server cannot be stopped from here");
    Objects objects = openFor(m_server, "all");
    QList<QFuture<void>> futures;
    for (const NamedCall &named : allCalls())
        futures.append(named.call(objects));
    m_server.stop();
    QTRY_COMPARE(objects.client->connectionState(), SyncClient::ConnectionState::Connecting);
    delete objects.list;
    objects.client.reset();
    for (const QFuture<void> &future : std::as_const(futures))
        QVERIFY(future.isFinished());
    QVERIFY(m_server.start());
}

QTEST_GUILESS_MAIN(tst_HandleLifetimes)
#include "tst_handlelifetimes.moc"
