#include "server/net/clientframe.h"
#include "server/net/subscriptioncall.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio::Server;

using Fields = Twilio::Server::NameValueList;

class tst_ClientFrame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void malformed_data();
    void malformed();
    void idIsEchoedAsItCame();
    void requestPartsAreDecoded();
    void missingPartsStayEmpty();
    void subscriptionCalls();
    void malformedSubscriptionCalls_data();
    void malformedSubscriptionCalls();

private:
    static QByteArray frame(const QByteArray &header, const QByteArray &payload = {})
    {
        return "TWILSOCK V3.0 " + QByteArray::number(header.size()) + "\r\n" + header + "\r\n" + payload;
    }
    static RestRequest subscription(const QByteArray &body)
    {
        return { "POST", "/v4/Subscriptions", {}, {}, {}, body };
    }
};

void tst_ClientFrame::malformed_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no frame") << QByteArray("invalid message");
    QTest::newRow("header not JSON") << frame("not json!");
    QTest::newRow("header an array") << frame("[]");
    QTest::newRow("header with a broken member") << frame(R"({"method":"ping","id":"1","x":tru})");
    QTest::newRow("no id") << frame(R"({"method":"ping"})");
    QTest::newRow("id not a string") << frame(R"({"method":"ping","id":7})");
    QTest::newRow("no method") << frame(R"({"id":"1"})");
    QTest::newRow("method not a string") << frame(R"({"id":"1","method":1})");
    QTest::newRow("payload shorter than promised")
            << frame(R"({"method":"a","id":"1","payload_size":3})", "12");
    QTest::newRow("payload_size negative") << frame(R"({"method":"a","id":"1","payload_size":-1})");
    QTest::newRow("payload_size a string") << frame(R"({"method":"a","id":"1","payload_size":"0"})");
    QTest::newRow("payload_size a fraction") << frame(R"({"method":"a","id":"1","payload_size":0.5})");
}

void tst_ClientFrame::malformed()
{
    QFETCH(QByteArray, message);
    const auto parsed = parseClientFrame(message);
    QVERIFY(Twilio::errorOf(parsed));
    QVERIFY(Twilio::errorOf(parsed)->message().startsWith("malformed frame"_L1));
}

void tst_ClientFrame::idIsEchoedAsItCame()
{
    const QByteArray message = frame(R"({"method":"a","id":"\u00e9\"x","payload_size":null})", "{}\r\n");
    const auto parsed = parseClientFrame(message);
    QVERIFY(!Twilio::errorOf(parsed));
    QCOMPARE(std::get<ClientFrame>(parsed).id, R"("\u00e9\"x")");
    QCOMPARE(std::get<ClientFrame>(parsed).payload, "{}");
}

void tst_ClientFrame::requestPartsAreDecoded()
{
    const QByteArray message = frame(
            R"({"method":"message","id":"1","payload_size":2,"http_request":{"host":"h:8080","path":"/v3/Maps/a%20b",)"
            R"("method":"put","params":{"From":"a%20b%26c","Page%53ize":["20","30"],"n":5,"no":null,"o":{}},)"
            R"("headers":{"If-Match":["1f"],"Twilio-Request-Id":"RQ%20"}}})",
            "{}more");
    const auto parsed = parseClientFrame(message);
    QVERIFY(!Twilio::errorOf(parsed));
    const RestRequest request = parseRestRequest(std::get<ClientFrame>(parsed));
    QCOMPARE(request.method, "PUT");
    QCOMPARE(request.path, "/v3/Maps/a%20b");
    QCOMPARE(request.host, "h:8080");
    QCOMPARE(request.body, "{}");
    const Fields params { { "From", "a b&c" }, { "PageSize", "20" }, { "PageSize", "30" }, { "n", "5" } };
    QCOMPARE(request.params, params);
    const Fields headers { { "if-match", "1f" }, { "twilio-request-id", "RQ%20" } };
    QCOMPARE(request.headers, headers);
    QCOMPARE(headerValue(request, "if-match"), "1f");
    QVERIFY(headerValue(request, "x").isNull());
}

void tst_ClientFrame::missingPartsStayEmpty()
{
    for (const QByteArrayView header :
         { R"({"method":"message","id":"1"})", R"({"method":"message","id":"1","http_request":[]})",
           R"({"method":"message","id":"1","http_request":{"params":[1],"headers":"x","path":3}})" }) {
        const QByteArray message = frame(header.toByteArray());
        const auto parsed = parseClientFrame(message);
        QVERIFY(!Twilio::errorOf(parsed));
        const RestRequest request = parseRestRequest(std::get<ClientFrame>(parsed));
        QVERIFY(request.path.isEmpty() && request.params.isEmpty() && request.headers.isEmpty());
    }
}

void tst_ClientFrame::subscriptionCalls()
{
    const auto parsed = parseSubscriptionCall(
            subscription(R"({"action":"establish","correlation_id":9007199254740993,"requests":[)"
                         R"({"object_sid":"MP1","object_type":"map","last_event_id":17,"type":"x"},)"
                         R"({"object_sid":"TO1","object_type":"stream","last_event_id":null},)"
                         R"({"object_sid":"QR1","object_type":"live_query"},{"object_sid":5},7]})"),
            {});
    QVERIFY(std::holds_alternative<SubscriptionCall>(parsed));
    const auto &call = std::get<SubscriptionCall>(parsed);
    QCOMPARE(call.correlationId, "9007199254740993");
    QCOMPARE(call.entries.size(), 5); // each gets an outcome
    QVERIFY(call.entries[3].objectSid.isEmpty() && call.entries[4].objectSid.isEmpty());
    QCOMPARE(call.entries[0].cursor, 17);
    QCOMPARE(call.entries[0].kind, ObjectKind::Map);
    QVERIFY(!call.entries[1].cursor);
    QVERIFY(!call.entries[2].kind);
    QCOMPARE(call.entries[2].objectType, "live_query");
    QVERIFY(isSubscriptionCall(subscription({})));
}

void tst_ClientFrame::malformedSubscriptionCalls_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("not JSON") << QByteArray("data_sync");
    QTest::newRow("an array") << QByteArray("[]");
    QTest::newRow("no action") << QByteArray(R"({"requests":[]})");
    QTest::newRow("unknown action") << QByteArray(R"({"action":"stop","requests":[]})");
    QTest::newRow("no requests") << QByteArray(R"({"action":"establish"})");
    QTest::newRow("requests an object") << QByteArray(R"({"action":"cancel","requests":{}})");
    QTest::newRow("too many requests") << QByteArray(R"({"action":"cancel","requests":[{},{},{}]})");
}

void tst_ClientFrame::malformedSubscriptionCalls()
{
    QFETCH(QByteArray, body);
    ServerOptions options;
    options.maxBatchSize = 2;
    const auto parsed = parseSubscriptionCall(subscription(body), options);
    QVERIFY(std::holds_alternative<RestReply>(parsed));
    QCOMPARE(std::get<RestReply>(parsed).status, 400);
}

QTEST_GUILESS_MAIN(tst_ClientFrame)
#include "tst_clientframe.moc"
