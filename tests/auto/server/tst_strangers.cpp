#include "server/localsyncserver.h"
#include "server/net/serveroptions.h"
#include "server/net/token.h"
#include "server/testing/faultinjector.h"
#include "shared/rawclient.h"
#include "shared/rawhttp.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qscopeguard.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qtcpserver.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

// Who gets in: by which address, from which page, with which key.
class tst_Strangers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void foreignHostsAndOriginsAreRefused_data();
    void foreignHostsAndOriginsAreRefused();
    void refusalIsInTheLog();
    void ownAddressIsNoStranger();
    void bothLoopbacksAreListenedOn_data();
    void bothLoopbacksAreListenedOn();
    void applicationProxyIsNotAsked_data();
    void applicationProxyIsNotAsked();
    void eachServerHasItsKey();
    void tokensFitTheKeyInForce();
    void controlStaysOnLoopback();
};

void tst_Strangers::foreignHostsAndOriginsAreRefused_data()
{
    QTest::addColumn<QStringList>("allowed");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<bool>("isRefused");
    const auto row = [](const char *name, const char *host, const char *origin, bool isRefused,
                        const QStringList &allowed = {}) {
        QTest::newRow(name) << allowed << QByteArray(host) << QByteArray(origin) << isRefused;
    };
    row("no origin", "127.0.0.1:8470", "", false);
    row("localhost", "LocalHost:8470", "http://localhost:3000", false);
    row("below localhost", "app.localhost", "https://app.localhost", false);
    row("IPv6", "[::1]:8470", "http://[::1]:3000", false);
    row("other loopback", "127.3.2.1", "capacitor://localhost", false);
    row("foreign origin", "localhost", "https://example.com", true);
    row("foreign origin that begins well", "localhost", "https://localhost.example.com", true);
    row("origin of a file or sandbox", "localhost", "null", true);
    row("foreign host", "example.com", "", true);
    row("address that is not this one", "192.0.2.1", "", true);
    row("host that is none", "a b", "", true);
    row("allowed origin", "localhost", "https://Example.com", false, { u"example.com"_s });
    row("allowed host", "sync:8470", "", false, { u"other"_s, u"sync"_s });
    row("origin beside an allowed one", "localhost", "https://a.example.com", true, { u"example.com"_s });
    row("allowed null", "localhost", "null", false, { u"null"_s });
}

void tst_Strangers::foreignHostsAndOriginsAreRefused()
{
    QFETCH(QStringList, allowed);
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, origin);
    QFETCH(bool, isRefused);
    QLoggingCategory::setFilterRules(u"twilio.sync.server.warning=false"_s);
    const auto loud = qScopeGuard([] { QLoggingCategory::setFilterRules({}); });
    LocalSyncServer server;
    Server::ServerOptions options;
    options.allowedHosts = allowed;
    server.setOptions(options);
    QVERIFY(server.listen());
    const QByteArray lines =
            "Host: " + host + "\r\n" + (origin.isEmpty() ? QByteArray() : "Origin: " + origin + "\r\n");
    const auto statusOf = [&](const QByteArray &more) {
        RawHttp http(server.url());
        http.send("GET /nothing HTTP/1.1\r\n" + lines + more + "\r\n");
        return http.response().status;
    };
    QCOMPARE(statusOf({}), isRefused ? 403 : 404);
    QCOMPARE(statusOf("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
             isRefused ? 403 : 101);
}

void tst_Strangers::refusalIsInTheLog()
{
    LocalSyncServer server;
    QVERIFY(server.listen());
    QTest::ignoreMessage(
            QtWarningMsg,
            QRegularExpression(u"connection from .* refused: .*pages of https://example\\.com"_s));
    RawHttp http(server.url());
    QCOMPARE(http.request("GET", "/", {}, "Origin: https://example.com\r\n").status, 403);
}

void tst_Strangers::ownAddressIsNoStranger()
{
    LocalSyncServer server;
    server.setHost(u"0.0.0.0"_s);
    QVERIFY2(server.listen(), qPrintable(server.error().message()));
    QUrl url = server.url();
    url.setHost(u"127.0.0.1"_s);
    RawHttp http(url);
    http.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    QCOMPARE(http.response().status, 404);
}

void tst_Strangers::bothLoopbacksAreListenedOn_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("127.0.0.1") << u"127.0.0.1"_s;
    QTest::newRow("localhost") << u"localhost"_s;
    QTest::newRow("::1") << u"::1"_s;
}

void tst_Strangers::bothLoopbacksAreListenedOn()
{
    QFETCH(QString, host);
    QTcpServer probe;
    if (!probe.listen(QHostAddress::LocalHostIPv6))
        QSKIP("this machine has no ::1");
    LocalSyncServer server;
    server.setHost(host);
    QVERIFY2(server.listen(), qPrintable(server.error().message()));
    for (const QString &address : { u"127.0.0.1"_s, u"::1"_s }) {
        QUrl url = server.url();
        url.setHost(address);
        RawClient client;
        QVERIFY2(client.open(url, server.createToken(u"a"_s)), qPrintable(address));
    }
}

void tst_Strangers::applicationProxyIsNotAsked_data()
{
    QTest::addColumn<int>("type");
    QTest::newRow("SOCKS") << int(QNetworkProxy::Socks5Proxy);
    QTest::newRow("HTTP") << int(QNetworkProxy::HttpProxy);
}

void tst_Strangers::applicationProxyIsNotAsked()
{
    QFETCH(int, type);
    QNetworkProxy::setApplicationProxy(
            QNetworkProxy(QNetworkProxy::ProxyType(type), u"proxy.invalid"_s, 1080));
    const auto restore = qScopeGuard([] { QNetworkProxy::setApplicationProxy(QNetworkProxy()); });
    LocalSyncServer server;
    QVERIFY2(server.listen(), qPrintable(server.error().message()));
    auto direct = std::make_unique<QTcpSocket>();
    direct->setProxy(QNetworkProxy::NoProxy);
    direct->connectToHost(server.url().host(), quint16(server.url().port()));
    RawHttp http(std::move(direct));
    QCOMPARE(http.request("GET", "/").status, 404);
}

void tst_Strangers::eachServerHasItsKey()
{
    LocalSyncServer one;
    LocalSyncServer other;
    QCOMPARE(one.secret().size(), 64);
    QVERIFY(one.secret() != other.secret());
    QVERIFY(one.listen() && other.listen());
    RawClient client;
    QVERIFY(client.open(one.url()));
    QCOMPARE(client.init(other.createToken(u"a"_s)).errorCode(), 20107);
}

void tst_Strangers::tokensFitTheKeyInForce()
{
    LocalSyncServer server;
    QVERIFY(server.listen());
    server.setSecret(u"another one"_s);
    RawClient client;
    QVERIFY(client.open(server.url(), server.createToken(u"a"_s)));
    server.close();
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto checked = Server::checkToken(server.createToken(u"a"_s), "another one", now);
    QVERIFY(std::holds_alternative<Server::TokenClaims>(checked));
}

void tst_Strangers::controlStaysOnLoopback()
{
    LocalSyncServer server;
    server.setHost(u"0.0.0.0"_s);
    server.setHooks(&Server::FaultInjector::make);
    QVERIFY(!server.listen());
    QCOMPARE(server.error().message(),
             u"hooks such as --enable-control: expected a loopback host, got 0.0.0.0"_s);
}

QTEST_GUILESS_MAIN(tst_Strangers)
#include "tst_strangers.moc"
