#include "server/localsyncserver.h"
#include "server/net/connection.h"
#include "server/net/gateway.h"
#include "server/net/ratelimiter.h"
#include "server/net/session.h"
#include "server/testing/faultinjector.h"
#include "shared/lazyreader.h"
#include "shared/rawclient.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

using Frame = RawClient::Frame;

// What the server bounds, so that no client harms it or another one: protocol.md, section 12.
class tst_Limits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void slowReaderIsCutAndCatchesUp();
    void requestsWaitForTheReader();
    void requestsOfWhoDoesNotReadAreLeftUnread();
    void connectionsAreBounded();
    void longAnswersAreNoSlowHandshakes();
    void slowHandshakesAreCut_data();
    void slowHandshakesAreCut();
    void tls_data();
    void tls();
    void plainHandshakeOnTlsIsCut();
    void socketsGoWithTheirConnections();
    void bucketsRefill();
    void rateLimitsAnswer429();

private:
    static std::unique_ptr<LocalSyncServer> started(const Server::ServerOptions &options = {},
                                                    const Server::MakeHooks &makeHooks = {})
    {
        auto server = std::make_unique<LocalSyncServer>();
        server->setOptions(options);
        server->setHooks(makeHooks);
        return server->listen() ? std::move(server) : nullptr;
    }
    static void expectWarning(const char *pattern)
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QString::fromLatin1(pattern)));
    }
};

//! A list that is called "l".
static QByteArray newList(RawClient &client)
{
    return client.rest(u"POST"_s, u"/v3/Lists"_s, R"({"unique_name":"l"})")
            .body.value("sid"_L1)
            .toString()
            .toLatin1();
}

//! The request for all events of the list \a sid from its first on.
static QByteArray subscriptionTo(const QByteArray &sid)
{
    return R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")" + sid
            + R"(","object_type":"list","last_event_id":-1}]})";
}

void tst_Limits::slowReaderIsCutAndCatchesUp()
{
    Server::ServerOptions options;
    options.maxOutput = Server::ServerOptions::leastMaxOutput;
    options.stallTimeout = 300ms;
    const auto server = started(options);
    QVERIFY(server);
    RawClient writer;
    QVERIFY(writer.open(server->url(), server->createToken(u"writer"_s)));
    const QByteArray sid = newList(writer);
    const QByteArray subscribe = subscriptionTo(sid);

    LazyReader reader;
    QVERIFY(reader.open(server->url()));
    QVERIFY(reader.subscribe(server->createToken(u"lazy"_s), subscribe));
    reader.stopReading();

    expectWarning("connection \\d+ cut: slow reader: \\d+ bytes wait for it");
    const QByteArray item = R"({"data":{"pad":")" + QByteArray(16'000, 'x') + R"("}})";
    int count = 0;
    // The kernel takes some megabytes before anything waits here.
    for (; count < 3000 && server->gateway()->sessions().size() == 2; ++count)
        QCOMPARE(writer.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, item).httpStatus(), 201);
    QCOMPARE(server->gateway()->sessions().size(), 1);
    QVERIFY(reader.waitForClosed());

    RawClient back;
    QVERIFY(back.open(server->url(), server->createToken(u"lazy"_s)));
    int replayed = 0;
    for (int cursor = -1; replayed < count;) {
        QByteArray request = subscribe;
        request.replace("\"last_event_id\":-1", "\"last_event_id\":" + QByteArray::number(cursor));
        QCOMPARE(back.rest(u"POST"_s, u"/v4/Subscriptions"_s, request).httpStatus(), 200);
        for (bool done = false; !done;) {
            const QJsonObject body = back.notification().body;
            const QJsonArray events = body.value("events"_L1).toArray();
            QVERIFY(!events.isEmpty());
            done = body.value("event_type"_L1).toString() == "subscription_established"_L1;
            for (const QJsonValue &event : events) {
                if (done)
                    QCOMPARE(event.toObject().value("last_event_id"_L1).toInt(), cursor);
                else
                    QCOMPARE(event.toObject().value("id"_L1).toInt(), ++cursor);
            }
            replayed = cursor + 1;
        }
    }
    QCOMPARE(replayed, count);
}

// A list "l" whose page has some 160 KB.
static bool fillPage(RawClient &writer)
{
    writer.rest(u"POST"_s, u"/v3/Lists"_s, R"({"unique_name":"l"})");
    const QByteArray item = R"({"data":{"pad":")" + QByteArray(16'000, 'x') + R"("}})";
    for (int i = 0; i < 10; ++i) {
        if (writer.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, item).httpStatus() != 201)
            return false;
    }
    return true;
}

void tst_Limits::requestsWaitForTheReader()
{
    Server::ServerOptions options;
    options.maxOutput = Server::ServerOptions::leastMaxOutput;
    const auto server = started(options);
    QVERIFY(server);
    RawClient client;
    QVERIFY(client.open(server->url(), server->createToken(u"eager"_s)));
    QVERIFY(fillPage(client));
    const auto request = [&](int id, const QString &method, const QByteArray &body = {}) {
        client.sendFrame(
                { { u"method"_s, u"message"_s },
                  { u"id"_s, QString::number(id) },
                  { u"http_request"_s,
                    QJsonObject { { u"method"_s, method }, { u"path"_s, u"/v3/Lists/l/Items"_s } } } },
                body);
    };
    constexpr int reads = 40; // six times what may wait
    for (int id = 0; id < reads; ++id)
        request(id, u"GET"_s);
    request(reads, u"POST"_s, R"({"data":{}})");
    for (int id = 0; id < reads; ++id) {
        const Frame reply = client.nextOf(u"reply"_s);
        QCOMPARE(reply.text(u"id"_s), QString::number(id)); // none overtakes another
        QCOMPARE(reply.body.value("items"_L1).toArray().size(), 10);
    }
    QCOMPARE(client.nextOf(u"reply"_s).httpStatus(), 201);
}

void tst_Limits::requestsOfWhoDoesNotReadAreLeftUnread()
{
    Server::ServerOptions options;
    options.maxOutput = Server::ServerOptions::leastMaxOutput;
    const auto server = started(options);
    QVERIFY(server);
    RawClient writer;
    QVERIFY(writer.open(server->url(), server->createToken(u"writer"_s)));
    QVERIFY(fillPage(writer));
    LazyReader reader;
    QVERIFY(reader.open(server->url()));
    QVERIFY(reader.init(server->createToken(u"lazy"_s)));
    reader.stopReading();
    constexpr int reads = 300;
    for (int i = 0; i < reads; ++i)
        reader.send(
                R"({"method":"message","id":"2","http_request":{"method":"GET","path":"/v3/Lists/l/Items"}})",
                QByteArray(16'000, ' '));
    // The writer is answered meanwhile, and no more answers are made than may wait
    const auto session = server->gateway()->sessions({ .identity = u"lazy"_s }).value(0);
    QVERIFY(session);
    QTRY_VERIFY(session->connection().isReadingPaused() && session->connection().buffered() > 0);
    QCOMPARE(writer.rest(u"GET"_s, u"/v3/Lists/l"_s).httpStatus(), 200);
    QVERIFY(session->connection().buffered() < options.maxOutput);
    const qsizetype answers = reader.readOnCounting("http_status", reads);
    QCOMPARE(answers, reads);
}

void tst_Limits::connectionsAreBounded()
{
    Server::ServerOptions options;
    options.maxConnections = 2;
    const auto server = started(options);
    QVERIFY(server);
    const QString token = server->createToken(u"a"_s);
    auto first = std::make_unique<RawClient>();
    RawClient second;
    QVERIFY(first->open(server->url(), token));
    QVERIFY(second.open(server->url(), token));
    expectWarning("connection from 127\\.0\\.0\\.1:\\d+ refused: 2 are open");
    QTcpSocket third;
    third.connectToHost(server->url().host(), quint16(server->url().port()));
    QVERIFY(QSignalSpy(&third, &QTcpSocket::disconnected).wait());
    first.reset();
    QTRY_COMPARE(server->gateway()->sessions().size(), 1);
    RawClient fourth;
    QVERIFY(fourth.open(server->url(), token));
    QCOMPARE(second.call({ { u"method"_s, u"ping"_s } }).status(), 200);
}

void tst_Limits::longAnswersAreNoSlowHandshakes()
{
    Server::ServerOptions options;
    options.handshakeTimeout = 300ms;
    const auto server = started(options, &Server::FaultInjector::make);
    QVERIFY(server);
    RawClient writer;
    QVERIFY(writer.open(server->url(), server->createToken(u"writer"_s)));
    const QByteArray sid = newList(writer);
    LazyReader reader;
    QVERIFY(reader.open(server->url()));
    QVERIFY(reader.subscribe(server->createToken(u"reader"_s), subscriptionTo(sid)));
    reader.stopReading();

    // Answered when the reader has all, which it does not take yet
    QTcpSocket request;
    request.connectToHost(server->url().host(), quint16(server->url().port()));
    const QByteArray body = R"({"sid":")" + sid + R"(","count":3000,"bytes":16000})";
    request.write("POST /_control/publish-burst HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    QVERIFY(request.waitForBytesWritten());
    QVERIFY(writer.rest(u"GET"_s, u"/v3/Lists/l"_s).httpStatus() == 200);

    // One that comes later and says nothing is cut first
    expectWarning("its handshake takes too long");
    QTcpSocket idle;
    QSignalSpy cut(&idle, &QTcpSocket::disconnected);
    idle.connectToHost(server->url().host(), quint16(server->url().port()));
    QVERIFY(cut.wait());
    QCOMPARE(request.state(), QAbstractSocket::ConnectedState);
    QCOMPARE(request.bytesAvailable(), 0);
    reader.readOn();
    QTRY_VERIFY(request.peek(16).startsWith("HTTP/1.1 200"));
}

void tst_Limits::slowHandshakesAreCut_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("half a head") << QByteArray("GET /v3/wsconnect HTTP/1.1\r\nUpgr");
    QTest::newRow("body that does not come")
            << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
}

void tst_Limits::slowHandshakesAreCut()
{
    QFETCH(QByteArray, bytes);
    Server::ServerOptions options;
    options.handshakeTimeout = 30ms;
    const auto server = started(options);
    QVERIFY(server);
    expectWarning("connection from .* cut: its handshake takes too long");
    QTcpSocket socket;
    socket.connectToHost(server->url().host(), quint16(server->url().port()));
    socket.write(bytes);
    QVERIFY(QSignalSpy(&socket, &QTcpSocket::disconnected).wait());
    RawClient client;
    QVERIFY(client.open(server->url(), server->createToken(u"a"_s)));
}

void tst_Limits::tls_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("EC") << u"ec"_s;
    QTest::newRow("RSA") << u"rsa"_s;
}

void tst_Limits::tls()
{
    QFETCH(QString, name);
    const QString base = QStringLiteral(TLS_DIR "/") + name;
    LocalSyncServer server;
    server.setCertificatePath(base + u".pem"_s);
    server.setKeyPath(base + u".key"_s);
    QVERIFY2(server.listen(), qPrintable(server.error().message()));
    QCOMPARE(server.url().scheme(), u"wss"_s);
    RawClient client;
    QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
    trusting.setCaCertificates(QSslCertificate::fromPath(base + u".pem"_s));
    client.socket().setSslConfiguration(trusting);
    QVERIFY(client.open(server.url(), server.createToken(u"a"_s)));
    const QByteArray big = R"({"data":{"pad":")" + QByteArray(16'000, 'x') + R"("}})";
    QCOMPARE(client.rest(u"POST"_s, u"/v3/Documents"_s, big).httpStatus(), 201);
}

void tst_Limits::plainHandshakeOnTlsIsCut()
{
    LocalSyncServer server;
    server.setCertificatePath(QStringLiteral(TLS_DIR "/ec.pem"));
    server.setKeyPath(QStringLiteral(TLS_DIR "/ec.key"));
    QVERIFY2(server.listen(), qPrintable(server.error().message()));
    expectWarning("TLS handshake with .* failed");
    QTcpSocket socket;
    socket.connectToHost(server.url().host(), quint16(server.url().port()));
    socket.write("GET /v3/wsconnect HTTP/1.1\r\n\r\n");
    QVERIFY(QSignalSpy(&socket, &QTcpSocket::disconnected).wait());
}

void tst_Limits::socketsGoWithTheirConnections()
{
    const Server::ServerOptions options;
    Server::Listener listener(options, std::nullopt);
    listener.isFull = [] { return false; };
    listener.isDown = listener.isFull;
    QPointer<QWebSocket> opened;
    connect(&listener, &Server::Listener::webSocketOpened, this, [&](QWebSocket *socket) {
        opened = socket;
        connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    });
    QVERIFY(listener.listen(QHostAddress::LocalHost));
    const auto sockets = [&] { return listener.findChildren<QTcpSocket *>().size(); };
    {
        RawClient client;
        QVERIFY(client.open(QUrl(u"ws://127.0.0.1:%1"_s.arg(listener.serverPort()))));
        QTRY_VERIFY(opened);
        QCOMPARE(opened->findChildren<QTcpSocket *>().size(), 1);
    }
    QTRY_VERIFY(!opened);
    QCOMPARE(sockets(), 0);

    QTcpSocket refused;
    refused.connectToHost(QHostAddress::LocalHost, listener.serverPort());
    refused.write("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n"); // without a key
    QVERIFY(QSignalSpy(&refused, &QTcpSocket::disconnected).wait());
    QTRY_COMPARE(sockets(), 0);
    QCOMPARE(listener.pendingCount(), 0);
}

void tst_Limits::bucketsRefill()
{
    Server::TokenBucket bucket(2, 4);
    for (int i = 0; i < 4; ++i)
        QVERIFY(!bucket.take(1, 1000));
    QCOMPARE(bucket.take(1, 1000), 500ms);
    QVERIFY(!bucket.take(1, 1500));
    QCOMPARE(bucket.take(2, 1500), 1000ms);
    QVERIFY(!bucket.isFull(3499));
    QVERIFY(bucket.isFull(3500));

    Server::RateLimiter limiter;
    const auto requests = [&](const char *method, const char *path, qsizetype bytes, qint64 now,
                              const QString &identity = u"a"_s) {
        int allowed = 0;
        while (!limiter.take(u"IS"_s, identity, { method, path, {}, {}, {}, QByteArray(bytes, 'x') }, now))
            ++allowed;
        return allowed;
    };
    QCOMPARE(requests("GET", "/v3/Maps/a", 0, 0), 200);
    QCOMPARE(requests("GET", "/v3/Services/IS/Maps/a/Items", 0, 1000), 20); // the same object
    QCOMPARE(requests("GET", "/v3/%4Daps/%61", 0, 2000), 20);
    QCOMPARE(requests("GET", "/v3/Serv%69ces/IS/Maps/a", 0, 3000), 20);
    QCOMPARE(requests("POST", "/v3/Maps/a/Items", 100, 0), 200); // writes count apart
    QCOMPARE(requests("POST", "/v3/Maps/b/Items", 5 * 1024, 0), 40);
    QCOMPARE(requests("POST", "/v3/Maps/c/Items", 16 * 1024, 0), 20);
    QCOMPARE(requests("POST", "/v3/Streams/s/Messages", 100, 0), 300);
    QCOMPARE(requests("GET", "/v3/Maps/a", 0, 3000, u"b"_s), 0); // whoever asks
    // Queries are of an index and whoever asks, however long they are.
    QCOMPARE(requests("POST", "/v3/Insights/a/Items", 5 * 1024, 0), 200);
    QCOMPARE(requests("POST", "/v3/Insights/a/Items", 100, 0, u"b"_s), 200);
    QCOMPARE(requests("POST", "/v3/Insights/b/Items", 100, 0), 200);
    QCOMPARE(requests("POST", "/v3/Insights/a/Items", 100, 1000), 20);
    QVERIFY(!limiter.take(u"IS"_s, u"a"_s, { "POST", "/v3/Maps", {}, {}, {}, {} }, 0));
}

void tst_Limits::rateLimitsAnswer429()
{
    Server::ServerOptions options;
    options.enforceRateLimits = true;
    const auto server = started(options);
    QVERIFY(server);
    RawClient client;
    QVERIFY(client.open(server->url(), server->createToken(u"a"_s)));
    QCOMPARE(client.rest(u"POST"_s, u"/v3/Documents"_s, R"({"unique_name":"d"})").httpStatus(), 201);
    const QByteArray big = R"({"data":{"pad":")" + QByteArray(12'000, 'x') + R"("}})";
    Frame reply;
    for (int i = 0; i < 100 && reply.httpStatus() != 429; ++i)
        reply = client.rest(u"POST"_s, u"/v3/Documents/d"_s, big);
    QCOMPARE(reply.status(), 200);
    QCOMPARE(reply.httpStatus(), 429);
    QCOMPARE(reply.body.value("code"_L1).toInt(), 54009);
    QCOMPARE(reply.body.value("status"_L1).toInt(), 429);
    QVERIFY(reply.header.value("http_headers"_L1).toObject().value("retry-after"_L1).toString().toInt() >= 1);
    QCOMPARE(client.rest(u"GET"_s, u"/v3/Documents/d"_s).httpStatus(), 200);
}

QTEST_GUILESS_MAIN(tst_Limits)
#include "tst_limits.moc"
