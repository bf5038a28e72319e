#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/servermessage.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Twilio::Protocol;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_ServerMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void methods_data();
    void methods();
    void con03_locatesWithoutCopying();
    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void everyPrefixIsParsedOrRefused();
    void status_data();
    void status();
    void backoffPolicy_data();
    void backoffPolicy();
    void restReply();
    void errorTexts();
};

static ServerMessage parsed(const QByteArray &frame)
{
    const auto result = parseServerMessage(frame);
    if (const auto *error = errorOf(result))
        QTest::qFail(qPrintable(error->message()), __FILE__, __LINE__);
    const auto *message = std::get_if<ServerMessage>(&result);
    return message ? *message : ServerMessage();
}

void tst_ServerMessage::methods_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Method>("method");
    QTest::newRow("reply") << QByteArray("\"reply\"") << Method::Reply;
    QTest::newRow("notification") << QByteArray("\"notification\"") << Method::Notification;
    QTest::newRow("ping") << QByteArray("\"ping\"") << Method::Ping;
    QTest::newRow("client_update") << QByteArray("\"client_update\"") << Method::ClientUpdate;
    QTest::newRow("close") << QByteArray("\"close\"") << Method::Close;
    QTest::newRow("unknown") << QByteArray("\"pong\"") << Method::Unknown;
    QTest::newRow("number") << QByteArray("7") << Method::Unknown;
    QTest::newRow("null") << QByteArray("null") << Method::Unknown;
}

void tst_ServerMessage::methods()
{
    QFETCH(QByteArray, text);
    QFETCH(Method, method);
    const QByteArray frame = encodeFrame("{\"method\":" + text + '}');
    QCOMPARE(parsed(frame).method, method);
}

void tst_ServerMessage::con03_locatesWithoutCopying()
{
    const QByteArray payload =
            "{\"event_type\":\"map_item_added\", \"events\":[" + QByteArray(300, ' ') + "]}";
    const QByteArray frame = encodeFrame(
            R"({"method":"notification","id":"TMbb","message_type":"twilio.sync.event","notification_ctx_id":""})",
            payload);
    const ServerMessage message = parsed(frame);
    QCOMPARE(message.method, Method::Notification);
    QCOMPARE(message.id.text(), "\"TMbb\"");
    QCOMPARE(message.messageType, "twilio.sync.event");
    QCOMPARE(message.payload, payload);
    const auto isInside = [&](QByteArrayView view) {
        return view.data() >= frame.constData()
                && view.data() + view.size() <= frame.constData() + frame.size();
    };
    QVERIFY(isInside(message.id.text()));
    QVERIFY(isInside(message.messageType));
    QVERIFY(isInside(message.payload));
}

void tst_ServerMessage::parses_data()
{
    QTest::addColumn<QByteArray>("frame");
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("CON-02, members in another order")
            << QByteArray("TWILSOCK V3.0 96\r\n{\"status\":{\"status\":\"ok\",\"code\":200},"
                          "\"id\":\"TMf0f85835be6f4111999fd3154378b7a5\",\"method\":\"reply\"}\r\n")
            << QByteArray("\"TMf0f85835be6f4111999fd3154378b7a5\"") << QByteArray();
    QTest::newRow("white space between tokens")
            << QByteArray("TWILSOCK V3.0 18\r\n{ \"id\" : \"TM1\" }  \r\n") << QByteArray("\"TM1\"")
            << QByteArray();
    QTest::newRow("payload_size 0 with bytes behind")
            << QByteArray("TWILSOCK V3.0 18\r\n{\"payload_size\":0}\r\nabc") << QByteArray() << QByteArray();
    QTest::newRow("no payload_size, trailing CRLF")
            << QByteArray("TWILSOCK V3.0 2\r\n{}\r\nabc\r\n") << QByteArray() << QByteArray("abc");
    QTest::newRow("CRLF inside the payload")
            << encodeFrame("{}", "a\r\nb") << QByteArray() << QByteArray("a\r\nb");
    QTest::newRow("the last of equal names counts")
            << encodeFrame(R"({"id":"TM1","id":"TM2"})") << QByteArray("\"TM2\"") << QByteArray();
    QTest::newRow("an escaped name is the same name")
            << encodeFrame(R"({"\u0069d":"TM1"})") << QByteArray("\"TM1\"") << QByteArray();
    QTest::newRow("id is an object") << encodeFrame(R"({"id":{"a":1}})") << QByteArray() << QByteArray();
    QTest::newRow("id is null") << encodeFrame(R"({"id":null})") << QByteArray() << QByteArray();
    QTest::newRow("unknown keys") << encodeFrame(R"({"a":[{"id":"no"}],"id":"yes"})") << QByteArray("\"yes\"")
                                  << QByteArray();
}

void tst_ServerMessage::parses()
{
    QFETCH(QByteArray, frame);
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, payload);
    const ServerMessage message = parsed(frame);
    QCOMPARE(message.id.text(), id);
    QCOMPARE(message.payload, payload);
}

void tst_ServerMessage::refuses_data()
{
    QTest::addColumn<QByteArray>("frame");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("array") << QByteArray("TWILSOCK V3.0 2\r\n[]\r\n");
    QTest::newRow("cut short") << QByteArray("TWILSOCK V3.0 5\r\n{\"a\":\r\n");
    QTest::newRow("text behind the object") << QByteArray("TWILSOCK V3.0 4\r\n{} x\r\n");
    QTest::newRow("payload_size is a string")
            << QByteArray("TWILSOCK V3.0 20\r\n{\"payload_size\":\"0\"}\r\n");
    QTest::newRow("payload_size has a fraction")
            << QByteArray("TWILSOCK V3.0 20\r\n{\"payload_size\":0.5}\r\n");
    QTest::newRow("payload_size is negative") << QByteArray("TWILSOCK V3.0 19\r\n{\"payload_size\":-1}\r\n");
    QTest::newRow("payload_size is beyond the end")
            << QByteArray("TWILSOCK V3.0 18\r\n{\"payload_size\":9}\r\n12345678");
}

void tst_ServerMessage::refuses()
{
    QFETCH(QByteArray, frame);
    QVERIFY(errorOf(parseServerMessage(frame)));
}

void tst_ServerMessage::everyPrefixIsParsedOrRefused()
{
    const QByteArray frame = encodeFrame(
            R"({"method":"reply","id":"TM1","status":{"code":200,"status":"OK"},"http_status":{"code":200}})",
            "{\"a\":1}");
    int accepted = 0;
    for (qsizetype size = 0; size <= frame.size(); ++size) {
        const QByteArray prefix = frame.left(size); // a copy: reading beyond its end is seen by the sanitizer
        accepted += errorOf(parseServerMessage(prefix)) ? 0 : 1;
    }
    QCOMPARE(accepted, 1);
}

void tst_ServerMessage::status_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("errorCode");
    QTest::addColumn<QString>("description");
    QTest::newRow("all") << QByteArray(
            R"({"code":410,"status":"TOKEN_EXPIRED","description":"é\n","errorCode":51207})")
                         << 410 << u"TOKEN_EXPIRED"_s << 51207 << u"é\n"_s;
    QTest::newRow("code only") << QByteArray(R"({"code":200})") << 200 << QString() << 0 << QString();
    QTest::newRow("wrong types") << QByteArray(
            R"({"code":"200","status":5,"errorCode":[],"description":null})")
                                 << 0 << QString() << 0 << QString();
    QTest::newRow("beyond 32 bits") << QByteArray(R"({"code":4294967496})") << 0 << QString() << 0
                                    << QString();
    QTest::newRow("a number") << QByteArray("200") << 0 << QString() << 0 << QString();
    QTest::newRow("nothing") << QByteArray() << 0 << QString() << 0 << QString();
}

void tst_ServerMessage::status()
{
    QFETCH(QByteArray, json);
    QFETCH(int, code);
    QFETCH(QString, text);
    QFETCH(int, errorCode);
    QFETCH(QString, description);
    const Status status = parseStatus(JsonSlice(json));
    QCOMPARE(status.code, code);
    QCOMPARE(status.text, text);
    QCOMPARE(status.errorCode, errorCode);
    QCOMPARE(status.description, description);
    QCOMPARE(status.isSuccess(), code == 200);
}

void tst_ServerMessage::backoffPolicy_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<qint64>("min"); // -1 = none
    QTest::addColumn<qint64>("max");
    QTest::newRow("both") << QByteArray(
            R"({"backoff_policy":{"reconnect_min_ms":300,"reconnect_max_ms":900}})")
                          << qint64(300) << qint64(900);
    QTest::newRow("min") << QByteArray(R"({"backoff_policy":{"reconnect_min_ms":300}})") << qint64(300)
                         << qint64(-1);
    QTest::newRow("negative, text") << QByteArray(
            R"({"backoff_policy":{"reconnect_min_ms":-1,"reconnect_max_ms":"9"}})")
                                    << qint64(-1) << qint64(-1);
    QTest::newRow("longer than a day is a day")
            << QByteArray(R"({"backoff_policy":{"reconnect_min_ms":9223372036854775807}})")
            << qint64(86'400'000) << qint64(-1);
    QTest::newRow("no policy") << QByteArray("{}") << qint64(-1) << qint64(-1);
    QTest::newRow("no object") << QByteArray("[]") << qint64(-1) << qint64(-1);
    QTest::newRow("malformed") << QByteArray("{\"backoff_policy\":{") << qint64(-1) << qint64(-1);
    QTest::newRow("empty") << QByteArray() << qint64(-1) << qint64(-1);
}

void tst_ServerMessage::backoffPolicy()
{
    QFETCH(QByteArray, payload);
    QFETCH(qint64, min);
    QFETCH(qint64, max);
    const BackoffPolicy policy = parseBackoffPolicy(payload);
    QCOMPARE(policy.min.value_or(-1ms).count(), min);
    QCOMPARE(policy.max.value_or(-1ms).count(), max);
}

// protocol.md 6.2
void tst_ServerMessage::restReply()
{
    const QByteArray frame =
            encodeFrame(R"({"method":"reply","http_status":{"code":404,"status":"NOT FOUND"},"http_headers":)"
                        R"({"Content-Type":"application/json","Retry-After":5,"Set-Cookie":["a","b"]}})",
                        "{\"code\":54201}");
    const RestReply reply = parseRestReply(parsed(frame));
    QCOMPARE(reply.status, 404);
    QCOMPARE(reply.body, "{\"code\":54201}");
    QCOMPARE(reply.header("content-type"), "application/json");
    QCOMPARE(reply.header("retry-after"), "5");
    QCOMPARE(reply.header("set-cookie"), "a");
    QCOMPARE(reply.headers.size(), 4);
    QCOMPARE(reply.header("x"), QByteArray());

    const QByteArray bare = encodeFrame(R"({"method":"reply"})");
    QCOMPARE(parseRestReply(parsed(bare)).status, 200); // as KT assumes
}

void tst_ServerMessage::errorTexts()
{
    const auto text = [](const Status &status) { return errorFromStatus(status, "nothing"_L1).message(); };
    QCOMPARE(text({ 401, u"UNAUTHORIZED"_s, 20101, u"Invalid Access Token"_s }), u"Invalid Access Token"_s);
    QCOMPARE(text({ 401, u"UNAUTHORIZED"_s, 20101, {} }), u"UNAUTHORIZED"_s);
    QCOMPARE(text({ 401, {}, 20101, {} }), u"nothing"_s);
    const SyncError error = errorFromStatus({ 401, u"X"_s, 20101, {} }, {}, true);
    QCOMPARE(error, SyncError(u"X"_s, 401, 20101, true));
}

QTEST_GUILESS_MAIN(tst_ServerMessage)
#include "tst_servermessage.moc"
