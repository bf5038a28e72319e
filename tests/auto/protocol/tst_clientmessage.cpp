#include "TwilioSync/protocol/clientmessage.h"
#include "TwilioSync/protocol/frame.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Twilio::Protocol;
using namespace Qt::StringLiterals;

class tst_ClientMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void con01_acknowledgement();
    void init();
    void update();
    void close();
    void message();
    void defect01_deleteHasNoBody();
    void httpRequest_data();
    void httpRequest();
};

void tst_ClientMessage::con01_acknowledgement()
{
    QCOMPARE(encodeAcknowledgement(JsonSlice("\"TMf0f85835be6f4111999fd3154378b7a5\"")),
             "TWILSOCK V3.0 96\r\n{\"method\":\"reply\",\"id\":\"TMf0f85835be6f4111999fd3154378b7a5\","
             "\"status\":{\"code\":200,\"status\":\"ok\"}}\r\n");
}

static QByteArray headerOf(const QByteArray &frame)
{
    const auto parts = splitFrame(frame);
    return errorOf(parts) ? QByteArray() : std::get<FrameParts>(parts).header.toByteArray();
}

void tst_ClientMessage::init()
{
    const QByteArray registrations =
            R"([{"product":"data_sync","type":"ers","notification_protocol_version":0,"message_types":)"
            R"(["twilio.sync.event","com.twilio.rtd.cds.document","com.twilio.rtd.cds.list","com.twilio.rtd.cds.map"]}])";
    QCOMPARE(
            headerOf(encodeInit("TM1", { u"a\"b"_s, {}, "{\"sdk\":\"Qt\"}" })),
            R"({"id":"TM1","method":"init","token":"a\"b","continuation_token":null,"metadata":{"sdk":"Qt"},"registrations":)"
                    + registrations
                    + R"(,"tweaks":null,"capabilities":["client_update","offline_storage","account_descriptor"],"payload_size":0})");
    QVERIFY(headerOf(encodeInit("TM1", { u"a"_s, "\"c\\u0074\"", "{}" }))
                    .contains(R"("continuation_token":"c\u0074")"));
}

void tst_ClientMessage::update()
{
    QCOMPARE(headerOf(encodeUpdate("TM2", u"jwt"_s)),
             R"({"id":"TM2","method":"update","token":"jwt","payload_size":0})");
}

void tst_ClientMessage::close()
{
    QCOMPARE(headerOf(encodeClose("TM3")), R"({"id":"TM3","method":"close","payload_size":0})");
}

// protocol.md 6.1
void tst_ClientMessage::message()
{
    const RestRequest request { "POST",
                                QUrl(u"https://cds.us1.twilio.com/v3/Lists"_s),
                                { { "Content-Type", "application/json" }, { "If-Match", "\"1\"" } },
                                "{\"data\":{\"é\":1}}" };
    const QByteArray frame = encodeMessage("TM4", request);
    const QByteArray header =
            R"({"id":"TM4","method":"message","active_grant":"data_sync","http_request":{"host":"cds.us1.twilio.com",)"
            R"("path":"/v3/Lists","method":"POST","params":{},"headers":{"Content-Type":"application/json","If-Match":"\"1\""}},)"
            R"("payload_type":"application/json","payload_size":17})";
    QCOMPARE(frame,
             "TWILSOCK V3.0 " + QByteArray::number(header.size()) + "\r\n" + header + "\r\n" + request.body);
}

void tst_ClientMessage::defect01_deleteHasNoBody()
{
    const QByteArray frame = encodeMessage("TM4", { "DELETE", QUrl(u"https://h.example/p"_s), {}, {} });
    QVERIFY(frame.endsWith("\"payload_size\":0}\r\n"));
    QVERIFY(!frame.contains("payload_type"));
}

void tst_ClientMessage::httpRequest_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("params");
    const QByteArray host("\"h.example\"");
    QTest::newRow("no query") << u"https://h.example/p"_s << host << QByteArray("\"/p\"") << QByteArray("{}");
    QTest::newRow("no path") << u"https://h.example"_s << host << QByteArray("\"/\"") << QByteArray("{}");
    QTest::newRow("port") << u"http://h.example:8080/p"_s << QByteArray("\"h.example:8080\"")
                          << QByteArray("\"/p\"") << QByteArray("{}");
    QTest::newRow("IPv6") << u"http://[::1]:80/p"_s << QByteArray("\"[::1]:80\"") << QByteArray("\"/p\"")
                          << QByteArray("{}");
    QTest::newRow("path stays percent-encoded")
            << u"https://h.example/my%20map/a%2Fb/%D1%8F"_s << host
            << QByteArray("\"/my%20map/a%2Fb/%D1%8F\"") << QByteArray("{}");
    QTest::newRow("params stay percent-encoded")
            << u"https://h.example/p?From=a%20b%26c%2B%3D&Order=desc"_s << host << QByteArray("\"/p\"")
            << QByteArray(R"({"From":"a%20b%26c%2B%3D","Order":"desc"})");
    QTest::newRow("defect 14 raw = in a value")
            << u"https://h.example/p?Token=a=b==&x=1"_s << host << QByteArray("\"/p\"")
            << QByteArray(R"({"Token":"a=b==","x":"1"})");
    QTest::newRow("a name repeats") << u"https://h.example/p?a=1&b=2&a=3&a"_s << host << QByteArray("\"/p\"")
                                    << QByteArray(R"({"a":["1","3",""],"b":"2"})");
    QTest::newRow("empty pieces") << u"https://h.example/p?&a=&&"_s << host << QByteArray("\"/p\"")
                                  << QByteArray(R"({"a":""})");
    QTest::newRow("user and fragment are not sent")
            << u"https://u:p@h.example/p#f"_s << host << QByteArray("\"/p\"") << QByteArray("{}");
}

void tst_ClientMessage::httpRequest()
{
    QFETCH(QString, url);
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, params);
    const QByteArray header = headerOf(encodeMessage("TM1", { "GET", QUrl(url), {}, {} }));
    const auto object = JsonObjectView::parse(header);
    QVERIFY(object);
    const auto request = JsonObjectView::parse(object->value("http_request").text());
    QVERIFY(request);
    QCOMPARE(request->value("host").text(), host);
    QCOMPARE(request->value("path").text(), path);
    QCOMPARE(request->value("params").text(), params);
}

QTEST_GUILESS_MAIN(tst_ClientMessage)
#include "tst_clientmessage.moc"
