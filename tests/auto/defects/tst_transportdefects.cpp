#include "channelfixture.h"
#include "TwilioSync/requests/requester.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;
using Repeat = Requester::Repeat;

// Defects of the official SDK's transport (protocol.md, section 16) that we do not have. Others of them are
// rows and functions of tests/auto/transport and tests/auto/protocol.
class tst_TransportDefects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void defect06_ourOwnHangUpFailsWhatIsInFlight();
    void defect11_readIsRepeatedAfterAReconnect();
    void defect11_retryAfterIsHonoured_data();
    void defect11_retryAfterIsHonoured();
    void defect11_theLastErrorIsReported();
    void defect12_writeIsNotRepeated_data();
    void defect12_writeIsNotRepeated();

private:
    //! Sends \a method through \a queue; the outcome is added to the fixture's.
    static void send(ChannelFixture &fixture, Requester &queue, const QByteArray &method, Repeat repeat)
    {
        queue.send({ method, QUrl(u"https://cds.us1.twilio.com/v3/Lists"_s), {}, {} }, repeat,
                   [&fixture](const SyncResult<RestReply> &result) {
                       const auto *reply = std::get_if<RestReply>(&result);
                       fixture.outcomes.append(reply ? QString::number(reply->status)
                                                     : textOf(*errorOf(result)));
                   });
    }
    //! Answers the request sent last with REST \a status.
    static void answer(ChannelFixture &fixture, int status, const QByteArray &message = "busy",
                       const QByteArray &headers = "{}")
    {
        const QByteArray code = QByteArray::number(status);
        fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":200,"status":"OK"})",
                              R"(,"http_status":{"code":)" + code + R"(,"status":"X"},"http_headers":)"
                                      + headers,
                              R"({"status":)" + code + ",\"code\":54009,\"message\":\"" + message + "\"}");
    }
    static QByteArray requestIdOf(const SentFrame &frame)
    {
        const QByteArray request = frame.field("http_request");
        return request.mid(request.indexOf("\"RQ"), 36);
    }
};

void tst_TransportDefects::defect06_ourOwnHangUpFailsWhatIsInFlight()
{
    ChannelFixture fixture;
    fixture.gateway.answersClose = false; // a peer that never confirms
    fixture.connectNow();
    fixture.get();
    fixture.gateway.receive(R"({"method":"close","id":"TM1","status":{"code":308,"status":"MOVED"}})");
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"disconnected (0, 0)"_s });
}

void tst_TransportDefects::defect11_readIsRepeatedAfterAReconnect()
{
    ChannelFixture fixture;
    fixture.connectNow();
    Requester queue(fixture.channel);
    send(fixture, queue, "GET", Repeat::Safely);
    fixture.gateway.drop();
    fixture.initialize();
    fixture.gateway.reply(fixture.gateway.last("init"));
    QTRY_COMPARE(fixture.gateway.sent("message").size(), 2);
    const QList<SentFrame> sent = fixture.gateway.sent("message");
    QCOMPARE(requestIdOf(sent[0]).size(), 36);
    QCOMPARE(requestIdOf(sent[1]), requestIdOf(sent[0]));
    QCOMPARE(fixture.outcomes, QStringList());
    answer(fixture, 200);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200"_s });
}

void tst_TransportDefects::defect11_retryAfterIsHonoured_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<bool>("again");
    QTest::newRow("sooner than by itself") << QByteArray(R"({"retry-after":"0"})") << true;
    QTest::newRow("a number, another spelling") << QByteArray(R"({"Retry-After":0})") << true;
    QTest::newRow("later than the call may last") << QByteArray(R"({"retry-after":"3600"})") << false;
}

void tst_TransportDefects::defect11_retryAfterIsHonoured()
{
    QFETCH(QByteArray, headers);
    QFETCH(bool, again);
    ChannelFixture fixture;
    fixture.connectNow();
    Requester queue(fixture.channel);
    queue.setOptions({ .initialDelay = 1h, .delayCap = 1h, .budget = 30min });
    send(fixture, queue, "GET", Repeat::Safely);
    answer(fixture, 429, "slow down", headers);
    if (again) {
        QTRY_COMPARE(fixture.gateway.sent("message").size(), 2);
        answer(fixture, 200);
        QCOMPARE(fixture.takeOutcomes(), QStringList { u"200"_s });
    } else {
        QCOMPARE(fixture.takeOutcomes(), QStringList { u"slow down (429, 54009)"_s });
    }
}

void tst_TransportDefects::defect11_theLastErrorIsReported()
{
    ChannelFixture fixture;
    fixture.connectNow();
    Requester queue(fixture.channel);
    queue.setOptions({ .initialDelay = 0ms, .delayCap = 0ms, .budget = 1h });
    send(fixture, queue, "GET", Repeat::Safely);
    answer(fixture, 503, "one");
    QTRY_COMPARE(fixture.gateway.sent("message").size(), 2);
    queue.setOptions({ .initialDelay = 1h, .delayCap = 1h, .budget = -1ms });
    answer(fixture, 504, "two");
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"two (504, 54009)"_s });
}

void tst_TransportDefects::defect12_writeIsNotRepeated_data()
{
    QTest::addColumn<int>("status");
    for (const int status : { 502, 503, 504 })
        QTest::addRow("%d", status) << status;
}

void tst_TransportDefects::defect12_writeIsNotRepeated()
{
    QFETCH(int, status);
    ChannelFixture fixture;
    fixture.connectNow();
    Requester queue(fixture.channel);
    queue.setOptions({ .initialDelay = 0ms, .delayCap = 0ms, .budget = 1h });
    send(fixture, queue, "POST", Repeat::Once);
    answer(fixture, status);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"busy (%1, 54009)"_s.arg(status) });
    QCOMPARE(fixture.gateway.sent("message").size(), 1);
}

QTEST_GUILESS_MAIN(tst_TransportDefects)
#include "tst_transportdefects.moc"
