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

#include <functional>
#include <memory>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

namespace {

//! A call on an object by its id, as a future of nothing.
using Call = std::function<QFuture<void>(SyncClient &, const QString &)>;

struct Row
{
    const char *name;
    const char *collection; // as in paths
    const char *sid;
    Call call;
    //! What is asked once the object is known, below its path, one call a line.
    QByteArrayList asked;
    //! Of a text where an id belongs.
    bool isWrite = true;
};

SyncValue two() { return { { u"n"_s, 2 } }; }

std::optional<SyncValue> increased(const SyncValue &value)
{
    return SyncValue { { u"n"_s, value.toVariantMap().value(u"n"_s).toInt() + 1 } };
}

template <typename T>
QFuture<void> any(const QFuture<T> &future)
{
    return QFuture<void>(future);
}

std::vector<Row> rows()
{
    const QByteArray page = "?HideExpired=true&Order=asc&PageSize=50";
    return {
        { "document get",
          "Documents",
          "ET1",
          [](SyncClient &c, const QString &id) { return any(c.documents()->get(id)); },
          {},
          false },
        { "document set",
          "Documents",
          "ET1",
          [](SyncClient &c, const QString &id) { return any(c.documents()->set(id, two(), { 60 })); },
          { R"(POST {"data":{"n":2},"ttl":60})" } },
        { "document update",
          "Documents",
          "ET1",
          [](SyncClient &c, const QString &id) { return any(c.documents()->update(id, two())); },
          { R"(POST If-Match: 0 {"data":{"n":2}})" } },
        { "document mutate",
          "Documents",
          "ET1",
          [](SyncClient &c, const QString &id) { return any(c.documents()->mutate(id, increased)); },
          { R"(POST If-Match: 0 {"data":{"n":2}})" } },
        { "document setTtl",
          "Documents",
          "ET1",
          [](SyncClient &c, const QString &id) { return c.documents()->setTtl(id, 60); },
          { R"(POST {"ttl":60})" } },
        { "document remove",
          "Documents",
          "ET1",
          [](SyncClient &c, const QString &id) { return c.documents()->remove(id); },
          { "DELETE" } },
        { "list push",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return any(c.lists()->push(id, two(), { 60 })); },
          { R"(POST /Items {"data":{"n":2},"ttl":60})" } },
        { "list getItem",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return any(c.lists()->getItem(id, 3)); },
          { "GET /Items?HideExpired=true&Index=3" },
          false },
        { "list setItem",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return any(c.lists()->setItem(id, 3, two())); },
          { R"(POST /Items/3 {"data":{"n":2}})" } },
        { "list updateItem",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return any(c.lists()->updateItem(id, 3, two())); },
          { "GET /Items?HideExpired=true&Index=3", R"(POST /Items/3 If-Match: 7 {"data":{"n":2}})" } },
        { "list mutateItem",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return any(c.lists()->mutateItem(id, 3, increased)); },
          { "GET /Items?HideExpired=true&Index=3", R"(POST /Items/3 If-Match: 7 {"data":{"n":2}})" } },
        { "list removeItem",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return c.lists()->removeItem(id, 3); },
          { "GET /Items?HideExpired=true&Index=3", "DELETE /Items/3" } },
        { "list getItems",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return any(c.lists()->getItems(id)); },
          { "GET /Items" + page },
          false },
        { "list setTtl",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return c.lists()->setTtl(id, 60); },
          { R"(POST {"ttl":60})" } },
        { "list remove",
          "Lists",
          "ES1",
          [](SyncClient &c, const QString &id) { return c.lists()->remove(id); },
          { "DELETE" } },
        { "map getItem",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return any(c.maps()->getItem(id, u"k"_s)); },
          { "GET /Items?HideExpired=true&Key=k" },
          false },
        { "map setItem",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return any(c.maps()->setItem(id, u"k"_s, two())); },
          { R"(PUT /Items/k {"data":{"n":2}})" } },
        { "map updateItem",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return any(c.maps()->updateItem(id, u"k"_s, two())); },
          { "GET /Items?HideExpired=true&Key=k", R"(PUT /Items/k If-Match: 7 {"data":{"n":2}})" } },
        { "map mutateItem",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return any(c.maps()->mutateItem(id, u"k"_s, increased)); },
          { "GET /Items?HideExpired=true&Key=k", R"(PUT /Items/k If-Match: 7 {"data":{"n":2}})" } },
        { "map removeItem",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return c.maps()->removeItem(id, u"k"_s); },
          { "GET /Items?HideExpired=true&Key=k", "DELETE /Items/k" } },
        { "map getItems",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return any(c.maps()->getItems(id)); },
          { "GET /Items" + page },
          false },
        { "map setTtl",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return c.maps()->setTtl(id, 60); },
          { R"(POST {"ttl":60})" } },
        { "map remove",
          "Maps",
          "MP1",
          [](SyncClient &c, const QString &id) { return c.maps()->remove(id); },
          { "DELETE" } },
        { "stream publishMessage",
          "Streams",
          "TO1",
          [](SyncClient &c, const QString &id) { return any(c.streams()->publishMessage(id, two())); },
          { R"(POST /Messages {"data":{"n":2}})" } },
        { "stream setTtl",
          "Streams",
          "TO1",
          [](SyncClient &c, const QString &id) { return c.streams()->setTtl(id, 60); },
          { R"(POST {"ttl":60})" } },
        { "stream remove",
          "Streams",
          "TO1",
          [](SyncClient &c, const QString &id) { return c.streams()->remove(id); },
          { "DELETE" } },
    };
}

// "POST /Items {…}" on /v3/Lists/ES1.
QByteArray onObject(const QByteArray &asked, const QByteArray &path)
{
    const qsizetype space = asked.indexOf(' ');
    if (space < 0)
        return asked + ' ' + path;
    const bool isBelow = asked.mid(space + 1).startsWith('/');
    return asked.left(space) + ' ' + path + (isBelow ? "" : " ") + asked.mid(space + 1);
}

} // namespace

// Work on objects that are not open, by SID or unique name.
class tst_DirectCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void goesToTheObject_data();
    void goesToTheObject();
    void unknown_data() { addCalls(); }
    void unknown();
    void afterShutdown_data() { addCalls(); }
    void afterShutdown();
    void shutDownMeanwhile_data() { addCalls(); }
    void shutDownMeanwhile();
    void cancelled_data() { addCalls(); }
    void cancelled();
    void clientDestroyed_data() { addCalls(); }
    void clientDestroyed();
    void emptyId_data() { addCalls(); }
    void emptyId();
    void wrongArguments_data();
    void wrongArguments();

private:
    static void addCalls();
    [[nodiscard]] QByteArray path(const QByteArray &id) const { return "/v3/" + m_row.collection + '/' + id; }
    void fetchRow();

    struct
    {
        QByteArray collection;
        QByteArray sid;
        Call call;
        QByteArrayList asked;
        bool isWrite = true;
    } m_row;
    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_DirectCalls::addCalls()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QByteArray>("sid");
    QTest::addColumn<Call>("call");
    QTest::addColumn<QByteArrayList>("asked");
    QTest::addColumn<bool>("isWrite");
    for (const Row &row : rows())
        QTest::newRow(row.name) << QByteArray(row.collection) << QByteArray(row.sid) << row.call << row.asked
                                << row.isWrite;
}

void tst_DirectCalls::fetchRow()
{
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, sid);
    QFETCH(Call, call);
    QFETCH(QByteArrayList, asked);
    QFETCH(bool, isWrite);
    m_row = { collection, sid, call, asked, isWrite };
}

void tst_DirectCalls::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    for (const char *object : { "Documents/ET1", "Lists/ES1", "Maps/MP1", "Streams/TO1" }) {
        const QByteArray path = QByteArray("/v3/") + object;
        const QByteArray sid = path.right(3);
        const auto root = Peer::ok(Peer::root(
                sid, R"(,"unique_name":"name")" + QByteArray(sid == "ET1" ? R"(,"data":{"n":1})" : "")));
        m_server->always("GET", path, root);
        m_server->always("GET", path.left(path.lastIndexOf('/')) + "/name", root);
        m_server->always("POST", path, root);
        m_server->always("DELETE", path, Peer::ok({}, 204));
    }
    const QByteArray listItem = R"({"index":3,"revision":"7","last_event_id":7,"data":{"n":1}})";
    const QByteArray mapItem = R"({"key":"k","revision":"7","last_event_id":7,"data":{"n":1}})";
    m_server->always("GET", "/v3/Lists/ES1/Items", Peer::ok(Peer::page(listItem)));
    m_server->always("POST", "/v3/Lists/ES1/Items", Peer::ok(listItem, 201));
    m_server->always("GET", "/v3/Maps/MP1/Items", Peer::ok(Peer::page(mapItem)));
    m_server->always("POST", "/v3/Streams/TO1/Messages", Peer::ok(R"({"sid":"TZ1"})", 201));
    for (const char *method : { "POST", "PUT", "DELETE" }) {
        m_server->always(method, "/v3/Lists/ES1/Items/3", Peer::ok(listItem));
        m_server->always(method, "/v3/Maps/MP1/Items/k", Peer::ok(mapItem));
    }
    m_client = scriptedClient(*m_server);
}

void tst_DirectCalls::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_DirectCalls::goesToTheObject_data() { addCalls(); }

void tst_DirectCalls::goesToTheObject()
{
    fetchRow();
    for (const QByteArray &id : { m_row.sid, QByteArrayLiteral("name") }) {
        m_server->clear();
        QCOMPARE(textOfError(errorOfCall(m_row.call(*m_client, QString::fromUtf8(id)))), QString());
        QByteArrayList expected { "GET " + path(id) };
        for (const QByteArray &line : std::as_const(m_row.asked))
            expected.append(onObject(line, path(m_row.sid)));
        QCOMPARE(m_server->lines(), expected);
        QVERIFY(m_server->roundTrip());
        QVERIFY(m_server->subscriptions().isEmpty());
    }
    qDeleteAll(m_client->findChildren<SyncPaginator *>());
    QCOMPARE(ClientPrivate::of(m_client.get())->session->objects(), 0); // nothing is kept
}

void tst_DirectCalls::unknown()
{
    fetchRow();
    m_server->once("GET", path("name"), Peer::error(404, 54100, "not there"));
    const QFuture<void> first = m_row.call(*m_client, u"name"_s);
    const QFuture<void> second = m_row.call(*m_client, u"name"_s);
    QCOMPARE(textOfError(errorOfCall(first)), u"not there (404, 54100)"_s);
    QCOMPARE(textOfError(errorOfCall(second)), u"not there (404, 54100)"_s);
    QCOMPARE(m_server->lines(), QByteArrayList { "GET " + path("name") });
    // Somebody has made it since.
    QVERIFY(errorOfCall(m_row.call(*m_client, u"name"_s)).isNull());
}

void tst_DirectCalls::afterShutdown()
{
    fetchRow();
    QTRY_COMPARE(m_client->connectionState(), SyncClient::ConnectionState::Connected);
    QVERIFY(errorOfCall(m_client->shutdown()).isNull());
    const QFuture<void> call = m_row.call(*m_client, u"name"_s);
    QVERIFY(call.isFinished());
    QCOMPARE(errorOfCall(call).message(), u"client: shut down"_s);
    QVERIFY(m_server->lines().isEmpty());
}

void tst_DirectCalls::shutDownMeanwhile()
{
    fetchRow();
    m_server->always("GET", path("name"), Peer::lost());
    const QFuture<void> call = m_row.call(*m_client, u"name"_s);
    QTRY_COMPARE(m_server->lines().size(), 1);
    const auto shutdown = m_client->shutdown();
    QVERIFY(!errorOfCall(call).isNull());
    QVERIFY(errorOfCall(shutdown).isNull());
}

void tst_DirectCalls::cancelled()
{
    fetchRow();
    m_server->always("GET", path("name"), Peer::lost());
    QFuture<void> call = m_row.call(*m_client, u"name"_s);
    QTRY_COMPARE(m_server->calls().size(), 1);
    call.cancel();
    QTRY_VERIFY(call.isFinished());
    // The answer that comes all the same has nobody who waits for it.
    m_server->answer(m_server->calls().first(), Peer::ok(Peer::root(m_row.sid)));
    QVERIFY(m_server->roundTrip());
    QCOMPARE(m_server->lines().size(), 1);
    QCOMPARE(m_client->pendingWrites(), 0);

    // Of several that wait for one reading, only the cancelled one is taken back.
    m_server->clear();
    QFuture<void> stays = m_row.call(*m_client, u"name"_s);
    QFuture<void> goes = m_row.call(*m_client, u"name"_s);
    QTRY_COMPARE(m_server->calls().size(), 1);
    goes.cancel();
    QTRY_VERIFY(goes.isFinished());
    m_server->answer(m_server->calls().first(),
                     Peer::ok(Peer::root(m_row.sid, m_row.sid == "ET1" ? R"(,"data":{"n":1})" : "")));
    QVERIFY(errorOfCall(stays).isNull());
    QCOMPARE(m_server->lines().size(), 1 + m_row.asked.size());
}

void tst_DirectCalls::clientDestroyed()
{
    fetchRow();
    m_server->always("GET", path("name"), Peer::lost());
    const QFuture<void> call = m_row.call(*m_client, u"name"_s);
    QTRY_COMPARE(m_server->calls().size(), 1);
    m_client.reset();
    QVERIFY(call.isFinished());
    QCOMPARE(errorOfCall(call).message(), u"client destroyed"_s);
}

void tst_DirectCalls::emptyId()
{
    fetchRow();
    const QFuture<void> call = m_row.call(*m_client, QString());
    QVERIFY(call.isFinished());
    QCOMPARE(errorOfCall(call).message(), u"id: expected a SID or unique name, got an empty string"_s);
}

void tst_DirectCalls::wrongArguments_data()
{
    QTest::addColumn<std::function<QFuture<void>(SyncClient &)>>("call");
    QTest::addColumn<QString>("argument");
    const auto row = [](const char *name, std::function<QFuture<void>(SyncClient &)> call,
                        const char *argument) {
        QTest::newRow(name) << std::move(call) << QString::fromLatin1(argument);
    };
    const SyncValue array = SyncValue::fromJson("[]");
    row(
            "value of a document", [array](SyncClient &c) { return any(c.documents()->set(u"a"_s, array)); },
            "value");
    row(
            "ttl of a document", [](SyncClient &c) { return any(c.documents()->set(u"a"_s, two(), { -1 })); },
            "ttl");
    row(
            "fields of a document",
            [array](SyncClient &c) { return any(c.documents()->update(u"a"_s, array)); }, "fields");
    row(
            "mutator of a document", [](SyncClient &c) { return any(c.documents()->mutate(u"a"_s, {})); },
            "mutator");
    row(
            "value pushed", [array](SyncClient &c) { return any(c.lists()->push(u"a"_s, array)); }, "value");
    row(
            "item index", [](SyncClient &c) { return any(c.lists()->getItem(u"a"_s, -1)); }, "itemIndex");
    row(
            "page size", [](SyncClient &c) { return any(c.lists()->getItems(u"a"_s, { .pageSize = 0 })); },
            "pageSize");
    row(
            "from", [](SyncClient &c) { return any(c.maps()->getItems(u"a"_s, { .from = u""_s })); }, "key");
    row(
            "key", [](SyncClient &c) { return any(c.maps()->setItem(u"a"_s, {}, two())); }, "key");
    row(
            "message", [array](SyncClient &c) { return any(c.streams()->publishMessage(u"a"_s, array)); },
            "value");
    row(
            "seconds", [](SyncClient &c) { return c.streams()->setTtl(u"a"_s, -1); }, "ttl");
}

void tst_DirectCalls::wrongArguments()
{
    QFETCH(const std::function<QFuture<void>(SyncClient &)>, call);
    QFETCH(const QString, argument);
    const QFuture<void> future = call(*m_client);
    QVERIFY(future.isFinished());
    QVERIFY2(errorOfCall(future).message().startsWith(argument + u':'),
             qPrintable(errorOfCall(future).message()));
}

QTEST_GUILESS_MAIN(tst_DirectCalls)
#include "tst_directcalls.moc"
