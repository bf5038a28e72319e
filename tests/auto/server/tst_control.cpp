#include "server/localsyncserver.h"
#include "server/net/gateway.h"
#include "server/testing/faultinjector.h"
#include "shared/rawclient.h"
#include "shared/rawhttp.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qloggingcategory.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

using Frame = RawClient::Frame;

// POST /_control/<name>: what each fault does to a client.
class tst_Control : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"twilio.sync.server.warning=false"_s); }
    void init();
    void cleanup();

    void wrongRequests_data();
    void wrongRequests();
    void kickCutsTheChosen();
    void throttleAnswersInstead_data();
    void throttleAnswersInstead();
    void failAppliesNothing();
    void lostReplyIsApplied();
    void delayKeepsTheOrder();
    void duplicatesAndReorder();
    void interruptReplay();
    void restartOffloads();
    void restartCrashForgets();
    void tokensEndOnDemand();
    void pingCountsAnswers();
    void garbageAndRevoke();
    void revokeEndsQueries_data();
    void revokeEndsQueries();
    void burst_data();
    void burst();
    void resetDeletesAll();
    void backendsAreStruck();
    void lostAnswerToABackendIsApplied_data();
    void lostAnswerToABackendIsApplied();
    void answersToBackendsAreHeldBack();
    void faultsChooseBetweenClientsAndBackends();

private:
    [[nodiscard]] RawHttp::Response backend(const QByteArray &method, const QByteArray &path,
                                            const QByteArray &form = {}) const;
    struct Answer
    {
        int status = 0;
        QJsonObject body;
    };
    [[nodiscard]] Answer control(const QByteArray &name, const QByteArray &body = "{}",
                                 const QByteArray &more = {}) const;
    bool openSubscribed(RawClient &client, const QByteArray &kind = "list",
                        const QByteArray &cursor = "null");
    [[nodiscard]] QString itemsPath() const { return u"/v3/Lists/l/Items"_s; }
    int push(RawClient &client) { return client.rest(u"POST"_s, itemsPath(), R"({"data":{}})").httpStatus(); }

    std::unique_ptr<LocalSyncServer> m_server;
    std::unique_ptr<RawClient> m_writer;
    QByteArray m_sid;
};

void tst_Control::init()
{
    m_server = std::make_unique<LocalSyncServer>();
    m_server->setHooks(&Server::FaultInjector::make);
    QVERIFY(m_server->listen());
    m_writer = std::make_unique<RawClient>();
    QVERIFY(m_writer->open(m_server->url(), m_server->createToken(u"writer"_s)));
    m_sid = m_writer->rest(u"POST"_s, u"/v3/Lists"_s, R"({"unique_name":"l"})")
                    .body.value("sid"_L1)
                    .toString()
                    .toLatin1();
}

void tst_Control::cleanup()
{
    m_writer.reset();
    m_server.reset();
}

tst_Control::Answer tst_Control::control(const QByteArray &name, const QByteArray &body,
                                         const QByteArray &more) const
{
    RawHttp http(m_server->url());
    const auto response = http.request("POST", "/_control/" + name, body, more);
    return { response.status, response.json() };
}

bool tst_Control::openSubscribed(RawClient &client, const QByteArray &kind, const QByteArray &cursor)
{
    if (client.socket().state() != QAbstractSocket::ConnectedState
        && !client.open(m_server->url(), m_server->createToken(u"reader"_s)))
        return false;
    client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")" + m_sid
                        + R"(","object_type":")" + kind + R"(","last_event_id":)" + cursor + "}]}");
    return !client.notification(u"subscription_established"_s).payload.isEmpty();
}

RawHttp::Response tst_Control::backend(const QByteArray &method, const QByteArray &path,
                                       const QByteArray &form) const
{
    RawHttp http(m_server->url());
    const QByteArray login = "AC00000000000000000000000000000007:" + m_server->secret().toUtf8();
    return http.request(method, "/v1/Services/default" + path, form,
                        "Authorization: Basic " + login.toBase64()
                                + "\r\nContent-Type: application/x-www-form-urlencoded\r\n");
}

void tst_Control::wrongRequests_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("status");
    QTest::newRow("unknown name") << QByteArray("explode") << QByteArray("{}") << QByteArray() << 404;
    QTest::newRow("body no JSON") << QByteArray("kick") << QByteArray("kick!") << QByteArray() << 400;
    QTest::newRow("unknown scope") << QByteArray("throttle") << QByteArray(R"({"scope":"x"})") << QByteArray()
                                   << 400;
    QTest::newRow("burst of nothing")
            << QByteArray("publish-burst") << QByteArray("{}") << QByteArray() << 400;
    for (const QByteArray &number : { QByteArray("-1"), QByteArray("3000000"), QByteArray("1.5"),
                                      QByteArray("1e300"), QByteArray("\"5\"") })
        QTest::addRow("count %s", number.constData())
                << QByteArray("duplicate-events") << "{\"count\":" + number + '}' << QByteArray() << 400;
    QTest::newRow("delay of a year") << QByteArray("delay") << QByteArray(R"({"ms":31536000000})")
                                     << QByteArray() << 400;
    QTest::newRow("status out of range")
            << QByteArray("fail") << QByteArray(R"({"status":99})") << QByteArray() << 400;
    QTest::newRow("backoff below 0") << QByteArray("restart")
                                     << QByteArray(R"({"backoff":{"reconnect_min_ms":-1}})") << QByteArray()
                                     << 400;
    QTest::newRow("page of this machine")
            << QByteArray("stats") << QByteArray() << QByteArray("Origin: http://localhost:3000\r\n") << 200;
}

void tst_Control::wrongRequests()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, header);
    QFETCH(int, status);
    const Answer answer = control(name, body, header);
    QCOMPARE(answer.status, status);
    QCOMPARE(answer.body.contains("error"_L1), status != 200);
}

void tst_Control::kickCutsTheChosen()
{
    RawClient reader;
    QVERIFY(reader.open(m_server->url(), m_server->createToken(u"reader"_s)));
    QCOMPARE(control("kick", R"({"identity":"reader"})").body.value("kicked"_L1).toInt(), 1);
    QVERIFY(reader.waitForClosed());
    QCOMPARE(push(*m_writer), 201);
    QCOMPARE(control("kill-all").body.value("kicked"_L1).toInt(), 1);
    QVERIFY(m_writer->waitForClosed());
    QVERIFY(m_writer->unread().isEmpty());
}

void tst_Control::throttleAnswersInstead_data()
{
    QTest::addColumn<QByteArray>("scope");
    QTest::newRow("http") << QByteArray("http");
    QTest::newRow("transport") << QByteArray("transport");
    QTest::newRow("init") << QByteArray("init");
    QTest::newRow("update") << QByteArray("update");
}

void tst_Control::throttleAnswersInstead()
{
    QFETCH(QByteArray, scope);
    QCOMPARE(
            control("throttle",
                    "{\"scope\":\"" + scope
                            + R"(","retryAfter":7,"backoff":{"reconnect_min_ms":300,"reconnect_max_ms":900}})")
                    .status,
            200);
    const auto ask = [&]() -> Frame {
        if (scope == "init")
            return m_writer->init(m_server->createToken(u"writer"_s));
        if (scope == "update")
            return m_writer->call(
                    { { u"method"_s, u"update"_s }, { u"token"_s, m_server->createToken(u"writer"_s) } });
        return m_writer->rest(u"GET"_s, u"/v3/Lists/l"_s);
    };
    const Frame first = ask();
    if (scope == "http") {
        QCOMPARE(first.status(), 200);
        QCOMPARE(first.httpStatus(), 429);
        QCOMPARE(first.body.value("code"_L1).toInt(), 54009);
        QCOMPARE(first.header.value("http_headers"_L1).toObject().value("retry-after"_L1).toString(), u"7"_s);
    } else {
        QCOMPARE(first.status(), 429);
        QCOMPARE(first.errorCode(), 51202);
        QCOMPARE(first.body.value("backoff_policy"_L1).toObject().value("reconnect_min_ms"_L1).toInt(), 300);
    }
    QCOMPARE(ask().status(), 200); // once
}

void tst_Control::failAppliesNothing()
{
    QCOMPARE(control("fail", R"({"count":1,"path":"/Items","method":"post"})").status, 200);
    QCOMPARE(m_writer->rest(u"GET"_s, itemsPath()).httpStatus(), 200);
    QCOMPARE(push(*m_writer), 503);
    const Frame reply = m_writer->rest(u"POST"_s, itemsPath(), R"({"data":{}})");
    QCOMPARE(reply.body.value("index"_L1).toInt(-1), 0);
}

void tst_Control::lostReplyIsApplied()
{
    QCOMPARE(control("drop-next-reply", R"({"close":true})").status, 200);
    m_writer->sendFrame(
            { { u"method"_s, u"message"_s },
              { u"id"_s, u"TMlost"_s },
              { u"http_request"_s, QJsonObject { { u"method"_s, u"POST"_s }, { u"path"_s, itemsPath() } } } },
            R"({"data":{}})");
    QVERIFY(m_writer->waitForClosed());
    QVERIFY(m_writer->unread().isEmpty());
    QCOMPARE(control("stats").body.value("items"_L1).toInt(), 1);
}

void tst_Control::delayKeepsTheOrder()
{
    QVERIFY(openSubscribed(*m_writer));
    QCOMPARE(control("delay", R"({"ms":40,"scope":"reply"})").status, 200);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(push(*m_writer), 201);
    QVERIFY(timer.elapsed() >= 35);
    // The event is not delayed itself, but does not overtake the reply.
    QVERIFY(!m_writer->notification(u"list_item_added"_s).payload.isEmpty());
    QCOMPARE(control("clear-faults").status, 200);
    QCOMPARE(push(*m_writer), 201);
}

void tst_Control::duplicatesAndReorder()
{
    RawClient reader;
    QVERIFY(openSubscribed(reader));
    const auto nextId = [&] {
        return reader.notification()
                .body.value("events"_L1)
                .toArray()
                .at(0)
                .toObject()
                .value("id"_L1)
                .toInt(-1);
    };
    QCOMPARE(control("duplicate-events").status, 200);
    QCOMPARE(push(*m_writer), 201);
    QCOMPARE(nextId(), 0);
    QCOMPARE(nextId(), 0);
    QCOMPARE(control("reorder", R"({"windowMs":5000})").status, 200);
    QCOMPARE(push(*m_writer), 201);
    QCOMPARE(push(*m_writer), 201);
    QCOMPARE(nextId(), 2);
    QCOMPARE(nextId(), 1);
    QCOMPARE(control("reorder", R"({"windowMs":20})").status, 200);
    QCOMPARE(push(*m_writer), 201);
    QCOMPARE(nextId(), 3);
}

void tst_Control::interruptReplay()
{
    for (int i = 0; i < 3; ++i)
        QCOMPARE(push(*m_writer), 201);
    QCOMPARE(control("interrupt-replay", R"({"after":2})").status, 200);
    RawClient reader;
    QVERIFY(reader.open(m_server->url(), m_server->createToken(u"reader"_s)));
    const QByteArray request = R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")"
            + m_sid + R"(","object_type":"list","last_event_id":-1}]})";
    reader.rest(u"POST"_s, u"/v4/Subscriptions"_s, request);
    QCOMPARE(reader.notification(u"list_item_added"_s).body.value("events"_L1).toArray().size(), 2);
    const QJsonObject outcome = reader.notification(u"subscription_established"_s)
                                        .body.value("events"_L1)
                                        .toArray()
                                        .at(0)
                                        .toObject();
    QCOMPARE(outcome.value("replay_status"_L1).toString(), u"interrupted"_s);
    QCOMPARE(outcome.value("last_event_id"_L1).toInt(), 1);
}

void tst_Control::restartOffloads()
{
    QCOMPARE(control("restart", R"({"downMs":100,"backoff":{"reconnect_min_ms":1,"reconnect_max_ms":9}})")
                     .body.value("connections"_L1)
                     .toInt(),
             1);
    const Frame close = m_writer->nextOf(u"close"_s);
    QCOMPARE(close.status(), 308);
    QVERIFY(close.body.contains("backoff_policy"_L1));
    QVERIFY(m_writer->waitForClosed());
    QTRY_VERIFY(RawClient().open(m_server->url(), m_server->createToken(u"a"_s)));
}

void tst_Control::restartCrashForgets()
{
    const QString offered = m_writer->init(m_server->createToken(u"writer"_s)).text(u"continuation_token"_s);
    QCOMPARE(control("restart", R"({"mode":"crash","wipe":true})").status, 200);
    QVERIFY(m_writer->waitForClosed());
    RawClient again;
    QVERIFY(again.open(m_server->url()));
    const Frame reply =
            again.init(m_server->createToken(u"writer"_s), { { u"continuation_token"_s, offered } });
    QCOMPARE(reply.header.value("continuation_token_status"_L1)
                     .toObject()
                     .value("reissue_reason"_L1)
                     .toString(),
             u"UNKNOWN_TOKEN"_s);
    QCOMPARE(again.rest(u"GET"_s, u"/v3/Lists/l"_s).httpStatus(), 404);
}

void tst_Control::tokensEndOnDemand()
{
    QCOMPARE(control("token-about-to-expire").body.value("connections"_L1).toInt(), 1);
    QCOMPARE(m_writer->nextOf(u"client_update"_s).text(u"client_update_type"_s), u"token_about_to_expire"_s);
    QCOMPARE(control("token-expired").body.value("connections"_L1).toInt(), 1);
    QCOMPARE(m_writer->nextOf(u"close"_s).errorCode(), 51207);
}

void tst_Control::pingCountsAnswers()
{
    const Answer answer = control("ping", R"({"waitMs":200})");
    QCOMPARE(answer.body.value("pinged"_L1).toInt(), 1);
    QCOMPARE(answer.body.value("acknowledged"_L1).toInt(), 1);
}

void tst_Control::garbageAndRevoke()
{
    QVERIFY(openSubscribed(*m_writer));
    QCOMPARE(control("garbage").body.value("connections"_L1).toInt(), 1);
    QCOMPARE(control("revoke", R"({"sid":")" + m_sid + "\"}").body.value("revoked"_L1).toInt(), 1);
    const Frame revoked = m_writer->notification(u"subscription_canceled"_s);
    QVERIFY(!revoked.payload.isEmpty());
    QVERIFY(!revoked.body.contains("correlation_id"_L1));
    QCOMPARE(push(*m_writer), 201);
    QCOMPARE(m_writer->call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QVERIFY(m_writer->unread().isEmpty());
}

void tst_Control::revokeEndsQueries_data()
{
    QTest::addColumn<bool>("byMap");
    QTest::newRow("by its id") << false;
    QTest::newRow("by its map, with the subscription to that") << true;
}

void tst_Control::revokeEndsQueries()
{
    QFETCH(bool, byMap);
    const QByteArray map = m_writer->rest(u"POST"_s, u"/v3/Maps"_s, R"({"unique_name":"m"})")
                                   .body.value("sid"_L1)
                                   .toString()
                                   .toLatin1();
    const QByteArray query =
            m_writer->rest(u"POST"_s, u"/v3/Insights/m/Items"_s, R"({"query_string":"","type":"live_query"})")
                    .body.value("query_id"_L1)
                    .toString()
                    .toLatin1();
    const QByteArray both =
            R"({"event_protocol_version":4,"action":"establish","correlation_id":1,"requests":[)"
            R"({"object_sid":")"
            + map + R"(","object_type":"map"},{"object_sid":")" + query
            + R"(","object_type":"live_query","index_name":"m","query_string":""}]})";
    QCOMPARE(m_writer->rest(u"POST"_s, u"/v4/Subscriptions"_s, both).httpStatus(), 200);
    const Frame established = m_writer->notification(u"subscription_established"_s);
    QVERIFY(established.payload.contains(map) && established.payload.contains(query));
    QVERIFY(m_writer->notification(u"live_query_updated"_s).payload.contains(query)); // nothing matches yet
    const auto ended = control("revoke", "{\"sid\":\"" + (byMap ? map : query) + "\"}");
    QCOMPARE(ended.body.value("revoked"_L1).toInt(), byMap ? 2 : 1);
    const Frame revoked = m_writer->notification(u"subscription_canceled"_s);
    const QByteArray ofQuery = "\"object_sid\":\"" + query + "\",\"object_type\":\"live_query\"";
    QVERIFY(revoked.payload.contains(ofQuery));
    QVERIFY(!revoked.body.contains("correlation_id"_L1));
    if (byMap)
        QVERIFY(m_writer->notification(u"subscription_canceled"_s).payload.contains(map));
    const Frame put = m_writer->rest(u"PUT"_s, u"/v3/Maps/m/Items/k"_s, R"({"data":{}})");
    QCOMPARE(put.httpStatus(), 201);
    if (!byMap)
        QVERIFY(!m_writer->notification(u"map_item_added"_s).payload.isEmpty());
    QCOMPARE(m_writer->call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QVERIFY(m_writer->unread().isEmpty());
}

void tst_Control::burst_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("prepared");
    for (const char *kind : { "add", "update", "mixed" }) {
        for (const char *prepared : { "false", "true" })
            QTest::addRow("%s, prepared %s", kind, prepared) << QByteArray(kind) << QByteArray(prepared);
    }
}

void tst_Control::burst()
{
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, prepared);
    const Answer seeded = control("seed", R"({"kind":"map","count":10,"uniqueName":"m"})");
    QCOMPARE(seeded.status, 200);
    m_sid = seeded.body.value("sid"_L1).toString().toLatin1();
    RawClient reader;
    QVERIFY(openSubscribed(reader, "map"));
    const Answer answer = control("publish-burst",
                                  "{\"sid\":\"" + m_sid + "\",\"count\":500,\"kind\":\"" + kind
                                          + "\",\"prepared\":" + prepared + '}');
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body.value("subscribers"_L1).toInt(), 1);
    QCOMPARE(answer.body.value("kind"_L1).toString().toLatin1(), kind);
    for (int id = 10; id < 510; ++id) {
        const Frame frame = reader.notification();
        QCOMPARE(frame.body.value("events"_L1).toArray().at(0).toObject().value("id"_L1).toInt(), id);
    }
    QCOMPARE(answer.body.value("lastEventId"_L1).toInt(), 509);
}

void tst_Control::resetDeletesAll()
{
    QCOMPARE(control("reset").status, 200);
    QVERIFY(m_writer->waitForClosed());
    QCOMPARE(control("stats").body.value("objects"_L1).toInt(-1), 0);
}

void tst_Control::backendsAreStruck()
{
    QCOMPARE(control("throttle", R"({"retryAfter":7,"path":"/v1/"})").status, 200);
    const auto throttled = backend("POST", "/Lists/l/Items", "Data=%7B%7D");
    QCOMPARE(throttled.status, 429);
    QVERIFY(throttled.says("Retry-After: 7"));
    QCOMPARE(throttled.json().value("code"_L1).toInt(), 54009);
    QCOMPARE(throttled.json().value("status"_L1).toInt(), 429);
    QCOMPARE(control("fail", R"({"method":"POST"})").status, 200);
    QCOMPARE(backend("GET", "/Lists/l").status, 200);
    QCOMPARE(backend("POST", "/Lists/l/Items", "Data=%7B%7D").status, 503);
    // Neither has done anything
    QCOMPARE(backend("POST", "/Lists/l/Items", "Data=%7B%7D").json().value("index"_L1).toInt(-1), 0);
    QCOMPARE(control("restart", R"({"mode":"crash","downMs":60000})").status, 200);
    QCOMPARE(backend("GET", "/Lists/l").status, 503);
    QCOMPARE(control("clear-faults").status, 200);
    QCOMPARE(backend("GET", "/Lists/l").status, 200);
}

void tst_Control::lostAnswerToABackendIsApplied_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("reply") << QByteArray("{}");
    QTest::newRow("with its connection") << QByteArray(R"({"close":true})");
}

void tst_Control::lostAnswerToABackendIsApplied()
{
    QFETCH(QByteArray, body);
    QCOMPARE(control("drop-next-reply", body).status, 200);
    RawHttp http(m_server->url());
    const QByteArray login = "AC00000000000000000000000000000007:" + m_server->secret().toUtf8();
    http.send(
            "POST /v1/Services/default/Lists/l/Items HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
            + login.toBase64()
            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nData=%7B%7D");
    QVERIFY(http.waitForClosed()); // without a byte
    QCOMPARE(m_writer->rest(u"GET"_s, itemsPath() + u"/0"_s).httpStatus(), 200);
    QCOMPARE(backend("GET", "/Lists/l").status, 200); // once
}

void tst_Control::answersToBackendsAreHeldBack()
{
    QCOMPARE(control("delay", R"({"ms":150,"scope":"reply"})").status, 200);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(backend("GET", "/Lists/l").status, 200);
    QVERIFY2(timer.elapsed() >= 140, QByteArray::number(timer.elapsed()).constData());
    QCOMPARE(control("delay", R"({"ms":150,"scope":"event"})").status, 200);
    timer.start();
    QCOMPARE(backend("GET", "/Lists/l").status, 200);
    QVERIFY2(timer.elapsed() < 140, QByteArray::number(timer.elapsed()).constData());
}

void tst_Control::faultsChooseBetweenClientsAndBackends()
{
    QCOMPARE(control("fail", R"({"identity":"writer"})").status, 200);
    QCOMPARE(control("fail", R"({"identity":"system","status":500})").status, 200);
    QCOMPARE(backend("GET", "/Lists/l").status, 500);
    QCOMPARE(backend("GET", "/Lists/l").status, 200);
    QCOMPARE(m_writer->rest(u"GET"_s, u"/v3/Lists/l"_s).httpStatus(), 503);
    QCOMPARE(m_writer->rest(u"GET"_s, u"/v3/Lists/l"_s).httpStatus(), 200);
}

QTEST_GUILESS_MAIN(tst_Control)
#include "tst_control.moc"
