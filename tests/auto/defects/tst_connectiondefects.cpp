#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qfile.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qscopeguard.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Peer = ScriptedServer;
using State = SyncClient::ConnectionState;

//! What a fault-injecting network, hostile servers and broken token providers once did to a connection, as an
//! application sees it.
class tst_ConnectionDefects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void callEndsWhileTheProviderIsSilent();
    void keysAreNotLogged();
    void addedAuthorityIsTried_data();
    void addedAuthorityIsTried();

private:
    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_ConnectionDefects::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{})")));
    m_server->always("GET", "/v3/Maps/MP1", Peer::ok(Peer::root("MP1")));
    m_server->always("GET", "/v3/Maps/MP1/Items", Peer::ok(Peer::page()));
    m_client = scriptedClient(*m_server);
}

void tst_ConnectionDefects::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_ConnectionDefects::callEndsWhileTheProviderIsSilent()
{
    m_client = std::make_unique<SyncClient>();
    m_client->setUrl(m_server->url());
    changeChannel(*m_client, [](auto &options) { options.queueTimeout = 100ms; });
    ClientPrivate::of(m_client.get())->tokens.setOptions({ .timeLimit = 200ms });
    QPromise<QString> never;
    never.start();
    m_client->setTokenProvider([&never] { return never.future(); });
    QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    const auto opening = m_client->list(u"any"_s);
    QVERIFY2(errorOfCall(opening).message().endsWith(u"timed out"_s), "");
    QTRY_VERIFY(!errors.isEmpty());
    never.finish();
}

void tst_ConnectionDefects::keysAreNotLogged()
{
    static QStringList lines;
    lines.clear();
    SyncMap *const map =
            established(m_client->map({ .id = u"MP1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(map);
    m_client->setLogLevel(SyncClient::LogLevel::LogDebug);
    const QtMessageHandler before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &text) { lines.append(text); });
    const auto restore = qScopeGuard([&] {
        qInstallMessageHandler(before);
        m_client->setLogLevel(SyncClient::LogLevel::LogError);
    });
    const auto item = [](const char *key) {
        return QByteArray(R"({"key":")") + key
                + R"(","revision":"1","last_event_id":1,"date_created":"2024-05-06T07:08:09.123Z",)"
                  R"("date_updated":"2024-05-06T07:08:09.123Z","date_expires":null,"data":{"text":"private"}})";
    };
    const SyncValue value { { u"text"_s, u"private"_s } };
    m_server->always("PUT", "/v3/Maps/MP1/Items/secret", Peer::ok(item("secret")));
    m_server->once("GET", "/v3/Maps/MP1/Items/secret", Peer::error(503, 0, "busy"));
    m_server->always("GET", "/v3/Maps/MP1/Items/secret", Peer::ok(item("secret")));
    QVERIFY(errorOfCall(map->set(u"secret"_s, value)).isNull());
    m_server->push("map_item_updated",
                   R"({"id":2,"map_sid":"MP1","map_revision":"2","item_key":"secret","item_revision":"2",)"
                   R"("item_data":{"text":"private"},"date_created":"2024-05-06T07:08:10.123Z"})");
    m_server->push("map_item_updated", R"({"id":3,"map_sid":"MP1","item_key":"secret","item_data":7})");
    QVERIFY(m_server->roundTrip());
    m_server->once("PUT", "/v3/Maps/MP1/Items/secret", Peer::cut()); // repeated, and told of
    QVERIFY(errorOfCall(map->set(u"secret"_s, value)).isNull());
    m_server->always("DELETE", "/v3/Maps/MP1/Items/secret", Peer::error(500, 0, "no"));
    QVERIFY(!errorOfCall(map->remove(u"secret"_s)).isNull());
    const QString text = lines.join(u'\n');
    QVERIFY(text.contains("request"_L1));
    for (const char *word : { "secret", "private" })
        QVERIFY2(!text.contains(QLatin1StringView(word)), qPrintable(text));
}

void tst_ConnectionDefects::addedAuthorityIsTried_data()
{
    QTest::addColumn<QString>("way");
    for (const char *way :
         { "another token", "the same token", "the same url", "updateToken", "shutdown", "reconnect" })
        QTest::newRow(way) << QString::fromLatin1(way);
}

// The certificate of the service is refused at first.
void tst_ConnectionDefects::addedAuthorityIsTried()
{
    QFETCH(QString, way);
    QWebSocketServer server(u"secure"_s, QWebSocketServer::SecureMode);
    QFile key(u"" TLS_DIRECTORY "/ec.key"_s);
    QVERIFY(key.open(QFile::ReadOnly));
    QSslConfiguration identity = QSslConfiguration::defaultConfiguration();
    identity.setLocalCertificate(QSslCertificate::fromPath(u"" TLS_DIRECTORY "/ec.pem"_s).value(0));
    identity.setPrivateKey(QSslKey(&key, QSsl::Ec));
    server.setSslConfiguration(identity);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    int connections = 0;
    connect(&server, &QWebSocketServer::newConnection, this, [&] { ++connections; });
    QUrl url = server.serverUrl();
    url.setHost(u"localhost"_s); // what the certificate is for
    m_client->setUrl(url);
    QTRY_COMPARE(m_client->connectionState(), State::Error);
    QVERIFY(m_client->error().isTerminal());
    QCOMPARE(connections, 0);

    m_client->setCaFile(u"" TLS_DIRECTORY "/ec.pem"_s);
    if (way == "another token"_L1) {
        m_client->setToken(u"other"_s);
    } else if (way == "the same token"_L1) {
        m_client->setToken(m_client->token());
    } else if (way == "the same url"_L1) {
        m_client->setUrl(url);
    } else if (way == "updateToken"_L1) {
        m_client->updateToken(u"other"_s);
    } else if (way == "shutdown"_L1) {
        m_client->shutdown();
        m_client->setToken(u"other"_s);
    } else {
        m_client->reconnect();
    }
    QTRY_COMPARE(connections, 1);
}

QTEST_GUILESS_MAIN(tst_ConnectionDefects)
#include "tst_connectiondefects.moc"
