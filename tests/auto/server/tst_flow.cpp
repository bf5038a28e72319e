#include "server/localsyncserver.h"
#include "server/net/connection.h"
#include "server/net/gateway.h"
#include "server/net/session.h"
#include "shared/lazyreader.h"
#include "shared/rawclient.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qjsonarray.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

using Frame = RawClient::Frame;

// Flow control: who reads is never cut, who does not is cut at the bound, and nobody holds the others up.
class tst_Flow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readerOfTwoWritersGetsAll();
    void pipelinedWritesAreAllApplied();
    void stalledReaderIsCut_data();
    void stalledReaderIsCut();
    void othersGoOnWhileAWriterWaits();
    void turnsAreShared();
    void manySubscribersMakeFewMessagesATurn();
    void boundHasALeastValue();

private:
    static std::unique_ptr<LocalSyncServer> started(const Server::ServerOptions &options,
                                                    bool encrypted = false)
    {
        auto server = std::make_unique<LocalSyncServer>();
        server->setOptions(options);
        if (encrypted) {
            server->setCertificatePath(QStringLiteral(TLS_DIR "/ec.pem"));
            server->setKeyPath(QStringLiteral(TLS_DIR "/ec.key"));
        }
        return server->listen() ? std::move(server) : nullptr;
    }
    static Server::ServerOptions narrow()
    {
        Server::ServerOptions options;
        options.maxOutput = Server::ServerOptions::leastMaxOutput;
        return options;
    }
};

// Outside of the class: moc loses its way in raw strings.
static QByteArray subscriptionTo(const QByteArray &sid)
{
    return R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")" + sid
            + R"(","object_type":"list"}]})";
}

static QByteArray newList(RawClient &client, const QByteArray &name)
{
    return client.rest(u"POST"_s, u"/v3/Lists"_s, "{\"unique_name\":\"" + name + "\"}")
            .body.value("sid"_L1)
            .toString()
            .toLatin1();
}

//! Sends one and does not wait for the reply.
static void push(RawClient &client, const QString &list, qsizetype bytes)
{
    client.sendFrame({ { u"method"_s, u"message"_s },
                       { u"id"_s, u"push"_s },
                       { u"http_request"_s,
                         QJsonObject { { u"method"_s, u"POST"_s },
                                       { u"path"_s, u"/v3/Lists/"_s + list + u"/Items"_s } } } },
                     R"({"data":{"pad":")" + QByteArray(bytes, 'x') + R"("}})");
}

//! Counts the frames \a client gets that contain \a text, and keeps none.
static void count(RawClient &client, const QByteArray &text, int &counter)
{
    QObject::connect(&client.socket(), &QWebSocket::binaryMessageReceived, &client,
                     [&counter, text](const QByteArray &message) { counter += message.contains(text); });
}

void tst_Flow::readerOfTwoWritersGetsAll()
{
    const auto server = started(narrow());
    QVERIFY(server);
    constexpr int each = 10'000;
    RawClient reader;
    QVERIFY(reader.open(server->url(), server->createToken(u"reader"_s)));
    const QByteArray sid = newList(reader, "l");
    QCOMPARE(reader.rest(u"POST"_s, u"/v4/Subscriptions"_s, subscriptionTo(sid)).httpStatus(), 200);
    int events = 0;
    count(reader, "list_item_added", events);
    RawClient one;
    RawClient other;
    QVERIFY(one.open(server->url(), server->createToken(u"one"_s)));
    QVERIFY(other.open(server->url(), server->createToken(u"other"_s)));
    for (int i = 0; i < each; ++i) {
        push(one, u"l"_s, 1000);
        push(other, u"l"_s, 1000);
    }
    QTRY_COMPARE_WITH_TIMEOUT(events, 2 * each, 120'000);
    QCOMPARE(server->gateway()->sessions().size(), 3);
}

void tst_Flow::pipelinedWritesAreAllApplied()
{
    const auto server = started({});
    QVERIFY(server);
    constexpr int pushes = 20'000;
    RawClient client;
    QVERIFY(client.open(server->url(), server->createToken(u"a"_s)));
    const QByteArray sid = newList(client, "l");
    QCOMPARE(client.rest(u"POST"_s, u"/v4/Subscriptions"_s, subscriptionTo(sid)).httpStatus(), 200);
    int replies = 0;
    int events = 0;
    count(client, "\"code\":201", replies);
    count(client, "list_item_added", events);
    for (int i = 0; i < pushes; ++i)
        push(client, u"l"_s, 500);
    QTRY_COMPARE_WITH_TIMEOUT(replies, pushes, 120'000);
    QTRY_COMPARE_WITH_TIMEOUT(events, pushes, 120'000);
}

void tst_Flow::stalledReaderIsCut_data()
{
    QTest::addColumn<bool>("encrypted");
    QTest::newRow("ws") << false;
    QTest::newRow("wss") << true;
}

void tst_Flow::stalledReaderIsCut()
{
    QFETCH(bool, encrypted);
    Server::ServerOptions options = narrow();
    options.stallTimeout = 300ms;
    const auto server = started(options, encrypted);
    QVERIFY(server);
    RawClient writer;
    QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
    trusting.setCaCertificates(QSslCertificate::fromPath(QStringLiteral(TLS_DIR "/ec.pem")));
    writer.socket().setSslConfiguration(trusting);
    QVERIFY(writer.open(server->url(), server->createToken(u"writer"_s)));
    const QByteArray sid = newList(writer, "l");
    LazyReader reader;
    QVERIFY(reader.open(server->url()));
    QVERIFY(reader.subscribe(server->createToken(u"lazy"_s), subscriptionTo(sid)));
    reader.stopReading();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"connection \\d+ cut: slow reader: \\d+ bytes"_s));
    const QByteArray item = R"({"data":{"pad":")" + QByteArray(16'000, 'x') + R"("}})";
    qsizetype most = 0;
    for (int i = 0; i < 6000 && server->gateway()->sessions().size() == 2; ++i) {
        QCOMPARE(writer.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, item).httpStatus(), 201);
        for (const Server::Session *session : server->gateway()->sessions())
            most = std::max(most, session->connection().buffered());
    }
    QCOMPARE(server->gateway()->sessions().size(), 1);
    QVERIFY(most < options.maxOutput + 100'000);
    QVERIFY(reader.waitForClosed());
}

void tst_Flow::othersGoOnWhileAWriterWaits()
{
    Server::ServerOptions options = narrow();
    options.stallTimeout = 10min; // waits for the reader as long as the test takes
    const auto server = started(options);
    QVERIFY(server);
    RawClient writer;
    QVERIFY(writer.open(server->url(), server->createToken(u"writer"_s)));
    const QByteArray sid = newList(writer, "l");
    LazyReader reader;
    QVERIFY(reader.open(server->url()));
    QVERIFY(reader.subscribe(server->createToken(u"lazy"_s), subscriptionTo(sid)));
    reader.stopReading();
    constexpr int pushes = 3000;
    for (int i = 0; i < pushes; ++i)
        push(writer, u"l"_s, 16'000);
    const auto ofWriter = server->gateway()->sessions({ .identity = u"writer"_s }).value(0);
    const auto ofReader = server->gateway()->sessions({ .identity = u"lazy"_s }).value(0);
    QTRY_VERIFY(ofReader->connection().isBehind() && ofWriter->connection().isReadingPaused());

    RawClient third;
    QVERIFY(third.open(server->url(), server->createToken(u"third"_s)));
    newList(third, "other");
    QCOMPARE(third.rest(u"POST"_s, u"/v3/Lists/other/Items"_s, R"({"data":{}})").httpStatus(), 201);
    QVERIFY(ofWriter->connection().isReadingPaused());
    QVERIFY(ofReader->connection().buffered() < options.maxOutput + 100'000);

    // Who reads late gets all, and the writer goes on
    QCOMPARE(reader.readOnCounting("list_item_added", pushes), pushes);
}

void tst_Flow::turnsAreShared()
{
    const auto server = started({});
    QVERIFY(server);
    RawClient busy;
    RawClient other;
    QVERIFY(busy.open(server->url(), server->createToken(u"busy"_s)));
    QVERIFY(other.open(server->url(), server->createToken(u"other"_s)));
    newList(busy, "l");
    constexpr int pushes = 5000;
    int replies = 0;
    count(busy, "\"code\":201", replies);
    for (int i = 0; i < pushes; ++i)
        push(busy, u"l"_s, 100);
    busy.socket().flush();
    QCOMPARE(other.call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QVERIFY2(replies < pushes, "the other client waited for all of them");
    QTRY_COMPARE_WITH_TIMEOUT(replies, pushes, 60'000);
}

void tst_Flow::manySubscribersMakeFewMessagesATurn()
{
    constexpr int pushes = 200;
    constexpr int readers = 10;
    Server::ServerOptions options;
    options.deliveriesATurn = 2 * readers;
    LocalSyncServer server;
    server.setOptions(options);
    QVERIFY(server.listen());
    RawClient writer;
    QVERIFY(writer.open(server.url(), server.createToken(u"writer"_s)));
    const QByteArray sid = newList(writer, "l");
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < readers; ++i) {
        clients.push_back(std::make_unique<RawClient>());
        QVERIFY(clients.back()->open(server.url(), server.createToken(u"reader"_s)));
        QCOMPARE(clients.back()->rest(u"POST"_s, u"/v4/Subscriptions"_s, subscriptionTo(sid)).httpStatus(),
                 200);
        QVERIFY(!clients.back()->notification(u"subscription_established"_s).payload.isEmpty());
    }

    int thisTurn = 0;
    int most = 0;
    int changes = 0;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this,
            [&] { thisTurn = 0; });
    connect(&server.gateway()->hub().data(), &Server::SyncData::changed, this, [&] {
        ++changes;
        most = std::max(most, ++thisTurn);
    });
    for (int i = 0; i < pushes; ++i)
        push(writer, u"l"_s, 10);
    QTRY_COMPARE(changes, pushes);
    QAbstractEventDispatcher::instance()->disconnect(this);
    QCOMPARE(most, 2);
}

void tst_Flow::boundHasALeastValue()
{
    Server::ServerOptions options = narrow();
    --options.maxOutput;
    LocalSyncServer server;
    server.setOptions(options);
    QVERIFY(!server.listen());
    QVERIFY(server.error().message().startsWith("maxOutput: expected at least 4194304"_L1));
    ++options.maxOutput;
    server.setOptions(options);
    QVERIFY(server.listen());

    // The largest page there is
    RawClient client;
    QVERIFY(client.open(server.url(), server.createToken(u"a"_s)));
    newList(client, "l");
    const QByteArray item = R"({"data":{"p":")" + QByteArray(16'384 - 8, 'x') + R"("}})";
    for (int i = 0; i < 100; ++i)
        QCOMPARE(client.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, item).httpStatus(), 201);
    const Frame page = client.rest(u"GET"_s, u"/v3/Lists/l/Items"_s, {}, { { u"PageSize"_s, u"100"_s } });
    QCOMPARE(page.body.value("items"_L1).toArray().size(), 100);
}

QTEST_GUILESS_MAIN(tst_Flow)
#include "tst_flow.moc"
