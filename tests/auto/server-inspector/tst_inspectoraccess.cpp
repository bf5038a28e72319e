#include "inspectedserver.h"

#include "server/net/credentials.h"
#include "server/net/gateway.h"

#include <QtNetwork/qnetworkinterface.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

// Whom the inspector lets in, and what its page may do in a browser.
class tst_InspectorAccess : public InspectedServer
{
    Q_OBJECT

private Q_SLOTS:
    void applicationsHaveNone();
    void pageMayLoadItselfAlone();
    void sessions_data();
    void sessions();
    void othersShowTheSecret();
    void callsNeedTheKey_data();
    void callsNeedTheKey();
    void keyIsForBackendsToo();
    void keyIsOfOneRun();
};

void tst_InspectorAccess::applicationsHaveNone()
{
    LocalSyncServer plain;
    QVERIFY(plain.listen());
    RawHttp http(plain.url());
    for (const char *path : { "/", "/_inspect/page/main.js", "/_inspect/metrics" })
        QCOMPARE(http.request("GET", path).status, 404);
    QCOMPARE(http.request("POST", "/_inspect/session").status, 404);
}

void tst_InspectorAccess::pageMayLoadItselfAlone()
{
    RawHttp http(m_server->url());
    const auto index = http.request("GET", "/");
    QCOMPARE(index.status, 200);
    QVERIFY(index.says("Content-Type: text/html; charset=utf-8"));
    QVERIFY(!index.body.contains(m_key));
    QVERIFY(!index.body.contains(m_server->secret().toUtf8()));
    static const QRegularExpression reference(u"(?:src|href)=\"(/[^\"]+)\""_s);
    QList<QByteArray> paths { "/" };
    auto matches = reference.globalMatch(QString::fromUtf8(index.body));
    while (matches.hasNext())
        paths << matches.next().captured(1).toLatin1();
    QVERIFY(paths.contains("/_inspect/page/main.js"));
    QVERIFY(paths.contains("/_inspect/page/style.css"));
    for (const QByteArray &path : std::as_const(paths)) {
        const auto file = http.request("GET", path);
        QCOMPARE(file.status, 200);
        const qsizetype begin = file.head.indexOf("Content-Security-Policy: ");
        QVERIFY2(begin > 0, path.constData());
        const QByteArray policy = file.head.sliced(begin, file.head.indexOf("\r\n", begin) - begin);
        for (const char *rule :
             { "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
               "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'" })
            QVERIFY2(policy.contains(rule), rule);
        QVERIFY(!policy.contains("unsafe"));
        QVERIFY(file.says("X-Content-Type-Options: nosniff"));
        QVERIFY(!file.head.toLower().contains("access-control"));
    }
    QCOMPARE(http.request("HEAD", "/").status, 200);
    QCOMPARE(http.request("POST", "/").status, 405);
    QCOMPARE(http.request("GET", "/_inspect/page/index.html").status, 404);
    QCOMPARE(http.request("GET", "/_inspect/page/..%2F..%2Fetc%2Fpasswd").status, 404);
}

void tst_InspectorAccess::sessions_data()
{
    QTest::addColumn<QByteArray>("headers"); // PORT stands for the port
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    const QByteArray host = "Host: localhost:PORT\r\n";
    const auto row = [](const char *name, const QByteArray &headers, int status,
                        const QByteArray &body = {}) { QTest::newRow(name) << headers << body << status; };
    row("no browser", host, 200);
    row("own page", host + "Origin: http://localhost:PORT\r\nSec-Fetch-Site: same-origin\r\n", 200);
    row("own page by address", "Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\n", 200);
    row("own page by IPv6 address", "Host: [::1]:PORT\r\nOrigin: http://[::1]:PORT\r\n", 200);
    row("own page by TLS", host + "Origin: https://localhost:PORT\r\n", 200);
    row("other port of this machine", host + "Origin: http://localhost:3000\r\n", 403);
    row("other name of this machine", host + "Origin: http://127.0.0.1:PORT\r\n", 403);
    row("other site", host + "Origin: https://example.org\r\n", 403);
    row("page without an origin", host + "Origin: null\r\n", 403);
    row("other site without Origin", host + "Sec-Fetch-Site: cross-site\r\n", 403);
    row("other port without Origin", host + "Sec-Fetch-Site: same-site\r\n", 403);
    row("rebound name", "Host: evil.example:PORT\r\n", 403);
    row("rebound name, own page", "Host: evil.example:PORT\r\nOrigin: http://evil.example:PORT\r\n", 403);
    for (const char *header : { "X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1", "Via: 1.1 proxy",
                                "X-Real-IP: 10.0.0.1", "X-Forwarded-Host: x" })
        row(header, host + header + "\r\n", 401);
    row("by a proxy, with the secret", host + "Via: 1.1 proxy\r\n", 200, "{\"secret\":\"SECRET\"}");
    row("by a proxy, with another secret", host + "Via: 1.1 proxy\r\n", 401, "{\"secret\":\"SECRETx\"}");
    row("by a proxy, secret no text", host + "Via: 1.1 proxy\r\n", 401, "{\"secret\":1}");
    row("no JSON", host, 400, "secret");
    row("no object", host, 400, "[1]");
}

void tst_InspectorAccess::sessions()
{
    QFETCH(QByteArray, headers);
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    headers.replace("PORT", QByteArray::number(m_server->port()));
    body.replace("SECRET", m_server->secret().toUtf8());
    RawHttp http(m_server->url());
    http.send("POST /_inspect/session HTTP/1.1\r\n" + headers
              + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    const auto response = http.response();
    QCOMPARE(response.status, status);
    QCOMPARE(response.body.contains(m_key), status == 200);
    QVERIFY(!response.body.contains(m_server->secret().toUtf8()));
    QVERIFY(!response.head.toLower().contains("access-control"));
}

void tst_InspectorAccess::othersShowTheSecret()
{
    QHostAddress own;
    const QList<QHostAddress> addresses = QNetworkInterface::allAddresses();
    for (const QHostAddress &address : addresses) {
        if (address.protocol() == QAbstractSocket::IPv4Protocol && !address.isLoopback())
            own = address;
    }
    if (own.isNull())
        QSKIP("this machine has no address but loopback");
    m_server->close();
    m_server->setHost(u"0.0.0.0"_s);
    QVERIFY(m_server->listen());
    QUrl url = m_server->url();
    url.setHost(own.toString());
    const QByteArray host = "Host: " + url.authority().toLatin1() + "\r\n";
    const auto ask = [&](const QByteArray &body) {
        RawHttp http(url);
        http.send("POST /_inspect/session HTTP/1.1\r\n" + host
                  + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        return http.response();
    };
    QCOMPARE(ask("{}").status, 401);
    const auto let = ask("{\"secret\":\"" + m_server->secret().toUtf8() + "\"}");
    QCOMPARE(let.status, 200);
    RawHttp http(url);
    http.send("GET / HTTP/1.1\r\n" + host + "\r\n");
    QCOMPARE(http.response().status, 200);
    http.send("GET /_inspect/metrics HTTP/1.1\r\n" + host
              + "X-Inspector-Key: " + let.json().value("key"_L1).toString().toLatin1() + "\r\n\r\n");
    QCOMPARE(http.response().status, 200);
}

void tst_InspectorAccess::callsNeedTheKey_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    for (const char *name : { "objects", "connections", "events?wait=0", "metrics" })
        QTest::newRow(name) << QByteArray("GET") << QByteArray(name);
    QTest::newRow("tokens") << QByteArray("POST") << QByteArray("tokens");
}

void tst_InspectorAccess::callsNeedTheKey()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    const QByteArray body = method == "POST" ? "{\"identity\":\"a\"}" : "";
    RawHttp http(m_server->url());
    const auto ask = [&](const QByteArray &headers) {
        RawHttp connection(m_server->url());
        return connection.request(method, "/_inspect/" + path, body, headers).status;
    };
    QCOMPARE(ask({}), 401);
    QCOMPARE(ask("X-Inspector-Key: \r\n"), 401);
    QCOMPARE(ask("X-Inspector-Key: " + QByteArray(64, 'a') + "\r\n"), 401);
    QCOMPARE(ask(authorization()), 401);
    QCOMPARE(ask(keyLine()), 200);
    QCOMPARE(ask(keyLine() + "Origin: http://localhost:3000\r\n"), 403);
    QCOMPARE(ask(keyLine() + "Sec-Fetch-Site: cross-site\r\n"), 403);
}

void tst_InspectorAccess::keyIsForBackendsToo()
{
    const auto status = [this](const QByteArray &password) {
        RawHttp http(m_server->url());
        return http
                .request("GET", "/v1/Services/default", {},
                         "Authorization: Basic " + (account + ':' + password).toBase64() + "\r\n")
                .status;
    };
    QCOMPARE(status(m_key), 200);
    QCOMPARE(status(m_key.chopped(1)), 401);
    QCOMPARE(status({}), 401);
    // It signs nothing
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    Server::TokenClaims claims;
    claims.identity = u"eve"_s;
    claims.expiresAtMs = now + 60'000;
    const auto checked = m_server->gateway()->credentials().check(Server::makeToken(claims, m_key, now));
    QVERIFY(std::holds_alternative<Server::TokenRefusal>(checked));
}

void tst_InspectorAccess::keyIsOfOneRun()
{
    m_server->close();
    QVERIFY(m_server->listen());
    QCOMPARE(get("metrics").status, 401);
    const QByteArray other = session().json().value("key"_L1).toString().toLatin1();
    QVERIFY(other != m_key);
    m_key = other;
    QCOMPARE(get("metrics").status, 200);
}

QTEST_GUILESS_MAIN(tst_InspectorAccess)
#include "tst_inspectoraccess.moc"
