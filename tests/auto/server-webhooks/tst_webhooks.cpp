#include "server/data/objectstore.h"
#include "server/net/gateway.h"
#include "server/webhooks/webhookform.h"
#include "shared/rawclient.h"
#include "shared/restserver.h"
#include "shared/webhookreceiver.h"

#include <QtCore/qelapsedtimer.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Webhooks of a server, as a backend on loopback hears them.
class tst_Webhooks : public RestServer
{
    Q_OBJECT

private Q_SLOTS:
    void settingsAreKeptAndShown();
    void changesOfClientsAreToldAndSigned();
    void changesOfBackendsAreToldIfAsked();
    void orderHoldsForEachObject();
    void whatIsNotTakenComesAgain_data();
    void whatIsNotTakenComesAgain();
    void whatIsRefusedDoesNot_data();
    void whatIsRefusedDoesNot();
    void otherHostsAreNotCalled();
    void nobodyWaitsForAReceiver();
    void whatWaitsOutlivesTheListening();
    void fullOutboxHoldsUpNobody();
    void clientsComeAndGo();
    void endpointStaysOverReconnects();
    void removedServiceIsTold();

private:
    void hook(const QByteArray &more = {})
    {
        const auto response =
                call("POST", "/default",
                     "WebhookUrl=" + m_receiver->encodedUrl() + (more.isEmpty() ? "" : "&") + more);
        QVERIFY2(response.status == 200, response.body.constData());
    }
    bool open(RawClient &client, const QString &identity = u"alice"_s)
    {
        return client.open(m_server->url(), token(identity));
    }
    [[nodiscard]] Server::WebhookOutbox &outbox() const
    {
        return m_server->gateway()->hub().data().store().outbox();
    }
    bool isSigned(const WebhookReceiver::Heard &heard) const
    {
        return heard.headers.value("x-twilio-signature")
                == Server::webhookSignature(m_receiver->url(), heard.form, m_server->secret().toUtf8())
                && heard.headers.value("content-type").startsWith("application/x-www-form-urlencoded");
    }

    std::unique_ptr<WebhookReceiver> m_receiver;

protected Q_SLOTS:
    void init()
    {
        RestServer::init();
        m_receiver = std::make_unique<WebhookReceiver>();
    }
};

void tst_Webhooks::settingsAreKeptAndShown()
{
    const auto shown = [this] { return call("GET", "/default").json(); };
    QCOMPARE(shown()[u"webhook_url"], QJsonValue());
    QCOMPARE(shown()[u"reachability_debouncing_window"], QJsonValue(5000));
    hook("WebhooksFromRestEnabled=true&ReachabilityWebhooksEnabled=True&ReachabilityDebouncingEnabled=true&"
         "ReachabilityDebouncingWindow=30000");
    QCOMPARE(shown()[u"webhook_url"], QJsonValue(QString::fromLatin1(m_receiver->url())));
    for (const QString &name : { u"webhooks_from_rest_enabled"_s, u"reachability_webhooks_enabled"_s,
                                 u"reachability_debouncing_enabled"_s })
        QCOMPARE(shown()[name], QJsonValue(true));
    QCOMPARE(shown()[u"reachability_debouncing_window"], QJsonValue(30000));
    QCOMPARE(call("POST", "/default", "WebhooksFromRestEnabled=false").status, 200); // the rest stays
    QCOMPARE(shown()[u"webhooks_from_rest_enabled"], QJsonValue(false));
    QCOMPARE(shown()[u"reachability_debouncing_window"], QJsonValue(30000));
    QCOMPARE(call("POST", "/default", "WebhookUrl=").status, 200);
    QCOMPARE(shown()[u"webhook_url"], QJsonValue());
    const auto made =
            call("POST", "", "WebhookUrl=http%3A%2F%2Flocalhost%3A1%2F&ReachabilityDebouncingWindow=1000");
    QCOMPARE(made.status, 201);
    QCOMPARE(made.json()[u"webhook_url"], QJsonValue(u"http://localhost:1/"_s));
    QCOMPARE(made.json()[u"reachability_debouncing_window"], QJsonValue(1000));
}

void tst_Webhooks::changesOfClientsAreToldAndSigned()
{
    hook();
    RawClient client;
    QVERIFY(open(client, u"zażółć"_s));
    const auto made =
            client.rest(u"POST"_s, u"/v3/Documents"_s, R"({"unique_name":"d","data":{"a":"+ &="}})");
    QCOMPARE(made.httpStatus(), 201);
    QCOMPARE(client.rest(u"POST"_s, u"/v3/Documents/d"_s, R"({"data":{"a":2}})").httpStatus(), 200);
    QCOMPARE(client.rest(u"DELETE"_s, u"/v3/Documents/d"_s).httpStatus(), 204);
    QVERIFY(m_receiver->waitFor(3));
    QCOMPARE(m_receiver->eventTypes(),
             (QByteArrayList { "document_created", "document_updated", "document_removed" }));
    QSet<QByteArray> ids;
    for (const auto &heard : std::as_const(m_receiver->heard)) {
        QVERIFY(isSigned(heard));
        QCOMPARE(heard.field("Identity"), QByteArray("zażółć"));
        QCOMPARE(heard.field("DocumentSid"), made.body[u"sid"].toString().toLatin1());
        QCOMPARE(heard.field("DocumentUniqueName"), QByteArray("d"));
        QVERIFY(heard.field("EndpointId").startsWith("EP"));
        ids << heard.id();
    }
    QCOMPARE(ids.size(), 3);
    QCOMPARE(m_receiver->heard[0].field("DocumentData"), QByteArray(R"({"a":"+ &="})"));
    QVERIFY(eventually([this] { return outbox().all().empty(); }));
}

void tst_Webhooks::changesOfBackendsAreToldIfAsked()
{
    hook();
    QCOMPARE(call("POST", "/default/Maps", "UniqueName=m").status, 201);
    hook("WebhooksFromRestEnabled=true");
    QCOMPARE(call("POST", "/default/Maps/m/Items", "Key=k&Data={}").status, 201);
    QVERIFY(m_receiver->waitFor(1));
    QCOMPARE(m_receiver->eventTypes(), QByteArrayList { "map_item_added" });
    const auto &heard = m_receiver->heard.constFirst();
    QVERIFY(isSigned(heard));
    QCOMPARE(heard.field("Identity"), QByteArray("system"));
    QCOMPARE(heard.field("AccountSid"), account);
    QVERIFY(!Server::firstValue(heard.form, "EndpointId"));
}

void tst_Webhooks::orderHoldsForEachObject()
{
    hook("WebhooksFromRestEnabled=true");
    int turn = 0;
    m_receiver->answer = [&](const auto &) {
        return WebhookReceiver::Answer { ++turn % 7 == 0 ? 503 : 200 }; // some come again
    };
    constexpr int objects = 4;
    constexpr int each = 12;
    RawHttp http(m_server->url());
    for (int i = 0; i < objects; ++i)
        QCOMPARE(call(http, "POST", "/default/Lists", "UniqueName=l" + QByteArray::number(i)).status, 201);
    for (int n = 0; n < each; ++n) {
        for (int i = 0; i < objects; ++i)
            QCOMPARE(call(http, "POST", "/default/Lists/l" + QByteArray::number(i) + "/Items", "Data={}")
                             .status,
                     201);
    }
    QVERIFY(eventually([this] { return outbox().all().empty(); }, 30'000));
    QHash<QByteArray, QByteArrayList> told;
    QSet<QByteArray> ids;
    for (const auto &heard : std::as_const(m_receiver->heard)) {
        if (!ids.contains(heard.id()))
            told[heard.field("ListUniqueName")] << heard.field("EventType") + heard.field("EventId");
        ids << heard.id();
    }
    QCOMPARE(told.size(), objects);
    QByteArrayList expected { "list_created" };
    for (int n = 0; n < each; ++n)
        expected << "list_item_added" + QByteArray::number(n);
    for (const QByteArrayList &order : std::as_const(told))
        QCOMPARE(order, expected);
    QVERIFY(m_receiver->heard.size() > ids.size());
}

void tst_Webhooks::whatIsNotTakenComesAgain_data()
{
    QTest::addColumn<int>("status");
    for (const int status : { 500, 503, 429, 408 })
        QTest::addRow("%d", status) << status;
}

void tst_Webhooks::whatIsNotTakenComesAgain()
{
    QFETCH(int, status);
    hook("WebhooksFromRestEnabled=true");
    m_receiver->answer = [&](const auto &) {
        return WebhookReceiver::Answer { m_receiver->heard.size() == 1 ? status : 204 };
    };
    QCOMPARE(call("POST", "/default/Documents", "Data={}").status, 201);
    QVERIFY(m_receiver->waitFor(2));
    QCOMPARE(m_receiver->heard[0].id(), m_receiver->heard[1].id());
    QCOMPARE(m_receiver->heard[0].body, m_receiver->heard[1].body);
    QVERIFY(eventually([this] { return outbox().all().empty(); }));
}

void tst_Webhooks::whatIsRefusedDoesNot_data()
{
    QTest::addColumn<int>("status");
    for (const int status : { 301, 302, 307, 308, 400, 403, 404 })
        QTest::addRow("%d", status) << status;
}

void tst_Webhooks::whatIsRefusedDoesNot()
{
    QFETCH(int, status);
    hook("WebhooksFromRestEnabled=true");
    WebhookReceiver elsewhere;
    m_receiver->answer = [&](const auto &) {
        return WebhookReceiver::Answer { m_receiver->heard.size() == 1 ? status : 200,
                                         "Location: " + elsewhere.url() + "\r\n" };
    };
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"given up: .* answered %1"_s.arg(status)));
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=d").status, 201);
    QCOMPARE(call("POST", "/default/Documents/d", "Data={}").status, 200);
    QVERIFY(m_receiver->waitFor(2));
    QCOMPARE(m_receiver->eventTypes(), (QByteArrayList { "document_created", "document_updated" }));
    QCOMPARE(elsewhere.heard.size(), 0);
}

// One that was allowed once, and is not any more.
void tst_Webhooks::otherHostsAreNotCalled()
{
    Server::ServerOptions options;
    options.webhookHosts = QStringList { u"192.0.2.1"_s };
    restart(options);
    QCOMPARE(call("POST", "/default", "WebhooksFromRestEnabled=true&WebhookUrl=http%3A%2F%2F192.0.2.1%2F")
                     .status,
             200);
    restart({});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"given up: webhooks go to loopback only"_s));
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=d").status, 201);
    QVERIFY(eventually([this] { return outbox().all().empty(); }));
}

void tst_Webhooks::nobodyWaitsForAReceiver()
{
    hook("WebhooksFromRestEnabled=true");
    m_receiver->answer = [](const auto &) { return WebhookReceiver::Answer { 0 }; }; // says nothing, ever
    RawHttp http(m_server->url());
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 50; ++i)
        QCOMPARE(call(http, "POST", "/default/Documents", "Data={}").status, 201);
    QVERIFY(m_receiver->waitFor(1));
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed()))); // it has 15 s
    QCOMPARE(outbox().all().size(), 50U);
}

void tst_Webhooks::whatWaitsOutlivesTheListening()
{
    hook("WebhooksFromRestEnabled=true");
    m_receiver->answer = [](const auto &) { return WebhookReceiver::Answer { 500 }; };
    QCOMPARE(call("POST", "/default/Documents", "Data={}").status, 201);
    QVERIFY(m_receiver->waitFor(1));
    m_server->close();
    m_receiver->answer = [](const auto &) { return WebhookReceiver::Answer(); };
    QVERIFY(m_server->listen());
    QVERIFY(m_receiver->waitFor(2));
    QCOMPARE(m_receiver->heard[0].id(), m_receiver->heard[1].id());
    QVERIFY(isSigned(m_receiver->heard[1]));
}

void tst_Webhooks::fullOutboxHoldsUpNobody()
{
    outbox().setLimits({ 2, 1'000'000 });
    hook("WebhooksFromRestEnabled=true");
    m_receiver->answer = [](const auto &) { return WebhookReceiver::Answer { 0 }; };
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"are dropped from now on"_s));
    for (int i = 0; i < 5; ++i)
        QCOMPARE(call("POST", "/default/Documents", "Data={}").status, 201);
    QCOMPARE(outbox().all().size(), 2U);
    outbox().setLimits({ 20, 1'000'000 });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"3 webhooks were dropped"_s));
    QCOMPARE(call("POST", "/default/Documents", "Data={}").status, 201);
    QCOMPARE(outbox().all().size(), 3U);
}

void tst_Webhooks::clientsComeAndGo()
{
    hook("ReachabilityWebhooksEnabled=true");
    RawClient client;
    QVERIFY(open(client, u"ann"_s));
    QVERIFY(m_receiver->waitFor(1));
    client.socket().close();
    QVERIFY(m_receiver->waitFor(2));
    QCOMPARE(m_receiver->eventTypes(), (QByteArrayList { "endpoint_connected", "endpoint_disconnected" }));
    for (const auto &heard : std::as_const(m_receiver->heard)) {
        QVERIFY(isSigned(heard));
        QCOMPARE(heard.field("Identity"), QByteArray("ann"));
        QCOMPARE(heard.field("ServiceSid"), QByteArray(Server::defaultServiceSid));
        QVERIFY(heard.field("EndpointId").startsWith("EP"));
    }
    // Another token of the same identity is the same client; another identity is another one.
    RawClient two;
    QVERIFY(open(two, u"ann"_s));
    QCOMPARE(two.init(token(u"ann"_s)).status(), 200);
    QCOMPARE(two.init(token(u"bob"_s)).status(), 200);
    QVERIFY(m_receiver->waitFor(5));
    QStringList said;
    for (const auto &heard : m_receiver->heard.mid(2))
        said << QString::fromUtf8(heard.field("EventType") + ' ' + heard.field("Identity"));
    said.sort(); // identities do not wait for each other
    QCOMPARE(said,
             (QStringList { u"endpoint_connected ann"_s, u"endpoint_connected bob"_s,
                            u"endpoint_disconnected ann"_s }));
    // Debounced: the third client of bob is one too many, and that he goes is told when a second is over.
    hook("ReachabilityDebouncingEnabled=true&ReachabilityDebouncingWindow=1000");
    RawClient three;
    QVERIFY(open(three, u"bob"_s));
    QElapsedTimer timer;
    timer.start();
    three.socket().close();
    two.socket().close();
    QVERIFY(m_receiver->waitFor(6));
    QVERIFY(timer.elapsed() >= 990);
    QCOMPARE(m_receiver->heard[5].field("EventType"), QByteArray("endpoint_disconnected"));
    QCOMPARE(m_receiver->heard[5].field("Identity"), QByteArray("bob"));
    QCOMPARE(m_receiver->heard.size(), 6);
}

void tst_Webhooks::endpointStaysOverReconnects()
{
    hook("ReachabilityWebhooksEnabled=true");
    QString continuation;
    for (int i = 0; i < 2; ++i) {
        RawClient client;
        QVERIFY(client.open(m_server->url()));
        const auto reply = client.init(token(u"ann"_s), { { u"continuation_token"_s, continuation } });
        continuation = reply.text(u"continuation_token"_s);
        QVERIFY(m_receiver->waitFor(2 * i + 1));
    }
    QVERIFY(m_receiver->waitFor(4));
    for (const auto &heard : std::as_const(m_receiver->heard))
        QCOMPARE(heard.field("EndpointId"), m_receiver->heard[0].field("EndpointId"));
}

void tst_Webhooks::removedServiceIsTold()
{
    const auto made = call("POST", "", "WebhooksFromRestEnabled=true&WebhookUrl=" + m_receiver->encodedUrl());
    const QByteArray sid = made.json()[u"sid"].toString().toLatin1();
    QCOMPARE(call("POST", '/' + sid + "/Maps").status, 201);
    QCOMPARE(call("POST", '/' + sid + "/Streams").status, 201);
    QCOMPARE(call("DELETE", '/' + sid).status, 204);
    QVERIFY(m_receiver->waitFor(4));
    QStringList said;
    for (const QByteArray &type : m_receiver->eventTypes())
        said << QString::fromLatin1(type);
    said.sort();
    QCOMPARE(said,
             (QStringList { u"map_created"_s, u"map_removed"_s, u"stream_created"_s, u"stream_removed"_s }));
}

QTEST_GUILESS_MAIN(tst_Webhooks)
#include "tst_webhooks.moc"
