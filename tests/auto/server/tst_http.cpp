#include "server/net/serveroptions.h"
#include "shared/freshserver.h"
#include "shared/rawhttp.h"

#include <QtCore/qloggingcategory.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

// HTTP on the server's port, WebSocket handshakes included, as a client on the wire sees it.
class tst_Http : public FreshServer
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"twilio.sync.server.warning=false"_s); }

    void connectionsAreKept();
    void pipelinedRequestsAreAnsweredInOrder();
    void headAndOptions();
    void continueIsSaidAtOnce();
    void badRequestsAreAnswered_data();
    void badRequestsAreAnswered();
    void refusalReachesWhoIsStillSending();
    void whatIsNotThereIsSaid();
    void whatIsNoUtf8IsSaidInUtf8();
    void handshakes_data();
    void handshakes();
    void longHeadsAreRefusedInTheLog();
    void framesDoNotGoBeforeTheAnswer();
    void idleConnectionsEnd();
};

void tst_Http::connectionsAreKept()
{
    RawHttp http(m_server->url());
    for (int i = 0; i < 3; ++i) {
        const auto response = http.request("GET", "/nothing");
        QCOMPARE(response.status, 404);
        QVERIFY(response.says("Connection: keep-alive"));
    }
    QVERIFY(http.request("GET", "/", {}, "Connection: close\r\n").says("Connection: close"));
    QVERIFY(http.waitForClosed());

    RawHttp old(m_server->url());
    old.send("GET / HTTP/1.0\r\n\r\n");
    QCOMPARE(old.response().status, 404);
    QVERIFY(old.waitForClosed());
}

void tst_Http::pipelinedRequestsAreAnsweredInOrder()
{
    RawHttp http(m_server->url());
    QByteArray requests;
    for (int i = 0; i < 100; ++i)
        requests += "POST /n" + QByteArray::number(i)
                + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
    http.send(requests);
    for (int i = 0; i < 100; ++i)
        QVERIFY(http.response().body.contains("/n" + QByteArray::number(i) + ' '));
}

void tst_Http::headAndOptions()
{
    RawHttp http(m_server->url());
    const auto head = http.request("HEAD", "/nothing");
    QCOMPARE(head.status, 404);
    const qsizetype length = http.request("GET", "/nothing").body.size();
    QVERIFY(head.says("Content-Length: " + QByteArray::number(length)));
    const auto options = http.request("OPTIONS", "/v3/wsconnect");
    QCOMPARE(options.status, 204);
    QVERIFY(options.says("Allow: GET, HEAD, OPTIONS"));
    QVERIFY(!options.head.toLower().contains("content-length"));
    QCOMPARE(http.request("DELETE", "/v3/wsconnect").status, 405);
    const auto get = http.request("GET", "/v3/wsconnect");
    QCOMPARE(get.status, 426);
    QVERIFY(get.says("Upgrade: websocket"));
}

void tst_Http::continueIsSaidAtOnce()
{
    RawHttp http(m_server->url());
    http.send("POST /x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    QCOMPARE(http.response().status, 100);
    http.send("ab");
    QCOMPARE(http.response().status, 404);
}

void tst_Http::badRequestsAreAnswered_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<int>("status");
    QTest::newRow("length no number") << QByteArray("Host: localhost\r\nContent-Length: abc\r\n") << 400;
    QTest::newRow("two lengths") << QByteArray(
            "Host: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n")
                                 << 400;
    QTest::newRow("no host") << QByteArray() << 400;
    QTest::newRow("body too long") << QByteArray("Host: localhost\r\nContent-Length: 9999999\r\n") << 413;
    QTest::newRow("head too long") << QByteArray("Host: localhost\r\nCookie: " + QByteArray(17'000, 'c')
                                                 + "\r\n")
                                   << 431;
}

void tst_Http::badRequestsAreAnswered()
{
    QFETCH(QByteArray, lines);
    QFETCH(int, status);
    RawHttp http(m_server->url());
    http.send("POST / HTTP/1.1\r\n" + lines + "\r\n");
    const auto response = http.response();
    QCOMPARE(response.status, status);
    QCOMPARE(response.json().value("status"_L1).toInt(), status);
    QVERIFY(http.waitForClosed());
}

void tst_Http::refusalReachesWhoIsStillSending()
{
    RawHttp http(m_server->url());
    http.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n"
              + QByteArray(8'000'000, 'x'));
    QCOMPARE(http.response().status, 413);
    http.socket().disconnectFromHost();
}

void tst_Http::whatIsNotThereIsSaid()
{
    RawHttp http(m_server->url());
    const auto response = http.request("GET", "/v1/Calls");
    QCOMPARE(response.status, 404);
    QVERIFY(response.says("Content-Type: application/json"));
    const QJsonObject body = response.json();
    QCOMPARE(body.value("status"_L1).toInt(), 404);
    QCOMPARE(body.value("code"_L1).toInt(), 20404);
    QVERIFY(body.value("message"_L1).toString().contains("/v1/Calls"_L1));
    QVERIFY(body.value("message"_L1).toString().contains("twilio-sync-server"_L1));
    QVERIFY(body.value("more_info"_L1).toString().endsWith("/20404"_L1));
    QCOMPARE(body.size(), 4);
}

void tst_Http::whatIsNoUtf8IsSaidInUtf8()
{
    RawHttp http(m_server->url());
    for (const char *path : { "/\xe4", "/v1/Services/\xe4", "/v1/Services/default/Lists/%E4" }) {
        const auto response = http.request("GET", path);
        QVERIFY(response.status >= 400);
        QVERIFY2(response.body.isValidUtf8(), path);
        QVERIFY2(!response.json().isEmpty(), path);
    }
}

void tst_Http::handshakes_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<int>("status");
    const QByteArray key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const QByteArray version = "Sec-WebSocket-Version: 13\r\n";
    const QByteArray upgrade = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
    QTest::newRow("plain") << upgrade + key + version << 101;
    for (const int size : { 9'000, 15'000 })
        QTest::addRow("%d bytes of cookies", size)
                << upgrade + key + version + "Cookie: " + QByteArray(size, 'c') + "\r\n"
                << 101;
    QTest::newRow("17 KB of cookies") << upgrade + key + version + "Cookie: " + QByteArray(17'000, 'c')
                    + "\r\n" << 431;
    QByteArray many;
    for (int i = 0; i < 110; ++i)
        many += "X-Header-" + QByteArray::number(i) + ": value\r\n";
    QTest::newRow("110 lines more") << upgrade + key + version + many << 101;
    QTest::newRow("no key") << upgrade + version << 400;
    QTest::newRow("short key") << upgrade + version + "Sec-WebSocket-Key: YWJj\r\n" << 400;
    QTest::newRow("other version") << upgrade + key + "Sec-WebSocket-Version: 8\r\n" << 426;
    QTest::newRow("connection kept") << "Upgrade: websocket\r\nConnection: keep-alive\r\n" + key + version
                                     << 400;
}

void tst_Http::handshakes()
{
    QFETCH(QByteArray, lines);
    QFETCH(int, status);
    RawHttp http(m_server->url());
    QCOMPARE(http.request("GET", "/v3/wsconnect", {}, lines).status, status);
}

void tst_Http::longHeadsAreRefusedInTheLog()
{
    QLoggingCategory::setFilterRules({});
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"connection from 127\\.0\\.0\\.1:\\d+ refused: "
                                            "\\{.*longer than 16 KiB"_s));
    RawHttp http(m_server->url());
    QCOMPARE(http.request("GET", "/v3/wsconnect", {}, "Cookie: " + QByteArray(17'000, 'c') + "\r\n").status,
             431);
    initTestCase();
}

void tst_Http::framesDoNotGoBeforeTheAnswer()
{
    RawHttp http(m_server->url());
    // A ping of one byte, masked by zeros
    const QByteArray ping("\x89\x81\0\0\0\0x", 7);
    http.send("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
              + ping);
    QCOMPARE(http.response().status, 400);
}

void tst_Http::idleConnectionsEnd()
{
    m_server->close();
    Server::ServerOptions options;
    options.idleTimeout = 50ms;
    m_server->setOptions(options);
    QVERIFY(m_server->listen());
    RawHttp http(m_server->url());
    QCOMPARE(http.request("GET", "/").status, 404);
    QVERIFY(http.waitForClosed());
}

QTEST_GUILESS_MAIN(tst_Http)
#include "tst_http.moc"
