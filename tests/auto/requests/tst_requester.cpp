#include "channelfixture.h"
#include "shared/eventually.h"
#include "TwilioSync/requests/requester.h"

#include <QtTest/qtest.h>

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;
using Repeat = Requester::Repeat;

class tst_Requester : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void throttledByTheGatewayIsTriedAfterThePause_data();
    void throttledByTheGatewayIsTriedAfterThePause();
    void throttledForEverEnds();
    void timeInLineStandsStillWhileThrottled();
    void noAnswerEndsIt_data();
    void noAnswerEndsIt();
    void cancelEndsWhatWaits_data();
    void cancelEndsWhatWaits();
    void cancelEndsRepetitions();

private:
    static quint64 send(ChannelFixture &fixture, Requester &requester, const QByteArray &method,
                        Repeat repeat)
    {
        return requester.send(
                { method, QUrl(u"https://cds.us1.twilio.com/v3/Lists"_s), {}, {} }, repeat,
                [&fixture](const SyncResult<RestReply> &result) {
                    const auto *reply = std::get_if<RestReply>(&result);
                    const auto *error = errorOf(result);
                    fixture.outcomes.append(
                            reply ? QString::number(reply->status)
                                  : textOf(*error) + (error->isOutcomeUnknown() ? u" unknown"_s : QString()));
                });
    }
    static void refuse(ChannelFixture &fixture)
    {
        fixture.gateway.reply(fixture.gateway.last("message"),
                              R"({"code":429,"status":"TOO_MANY_REQUESTS"})");
    }
    static void accept(ChannelFixture &fixture)
    {
        fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":200,"status":"OK"})",
                              R"(,"http_status":{"code":200,"status":"OK"})", "{}");
    }
};

void tst_Requester::throttledByTheGatewayIsTriedAfterThePause_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<Repeat>("repeat");
    QTest::newRow("read") << QByteArray("GET") << Repeat::Safely;
    QTest::newRow("write that must not happen twice") << QByteArray("POST") << Repeat::Once;
}

void tst_Requester::throttledByTheGatewayIsTriedAfterThePause()
{
    QFETCH(QByteArray, method);
    QFETCH(Repeat, repeat);
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.throttleMin = options.throttleMax = 20ms; });
    fixture.connectNow();
    Requester requester(fixture.channel);
    requester.setOptions({ .initialDelay = 1ms, .delayCap = 1ms, .budget = 1h });
    send(fixture, requester, method, repeat);
    refuse(fixture);
    QCOMPARE(fixture.state(), State::Throttling);
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    QTRY_COMPARE(fixture.gateway.sent("message").size(), 2);
    accept(fixture);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200"_s });
}

void tst_Requester::throttledForEverEnds()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.throttleMin = options.throttleMax = 1ms; });
    fixture.connectNow();
    Requester requester(fixture.channel);
    requester.setOptions({ .initialDelay = 1ms, .delayCap = 10ms, .budget = 100ms });
    send(fixture, requester, "GET", Repeat::Safely);
    int asked = 0;
    QVERIFY(eventually([&] {
        if (fixture.gateway.sent("message").size() > asked) {
            ++asked;
            refuse(fixture);
        }
        return !fixture.outcomes.isEmpty();
    }));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"TOO_MANY_REQUESTS (429, 0)"_s });
    QVERIFY(asked > 1);
}

void tst_Requester::timeInLineStandsStillWhileThrottled()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) {
        options.throttleMin = options.throttleMax = 300ms;
        options.queueTimeout = 60ms;
    });
    fixture.connectNow();
    fixture.throttle();
    fixture.get();
    QTRY_COMPARE(fixture.gateway.sent("message").size(), 2);
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    accept(fixture);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200 {}"_s });
}

void tst_Requester::noAnswerEndsIt_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QString>("outcome");
    QTest::newRow("read") << QByteArray("GET") << u"request 'GET' to 'cds.us1.twilio.com' timed out (0, 0)"_s;
    QTest::newRow("write") << QByteArray("POST")
                           << u"request 'POST' to 'cds.us1.twilio.com' timed out (0, 0) unknown"_s;
}

// Only a write has an outcome that nobody knows.
void tst_Requester::noAnswerEndsIt()
{
    QFETCH(QByteArray, method);
    QFETCH(QString, outcome);
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.requestTimeout = 10ms; });
    fixture.connectNow();
    Requester requester(fixture.channel);
    send(fixture, requester, method, Repeat::Safely);
    QTRY_COMPARE(fixture.outcomes, QStringList { outcome });
    QCOMPARE(fixture.gateway.sent("message").size(), 1);
}

void tst_Requester::cancelEndsWhatWaits_data()
{
    QTest::addColumn<QString>("where");
    for (const char *where : { "held", "in line", "sent", "for its next attempt" })
        QTest::newRow(where) << QString::fromLatin1(where);
}

void tst_Requester::cancelEndsWhatWaits()
{
    QFETCH(QString, where);
    ChannelFixture fixture;
    Requester requester(fixture.channel);
    requester.setOptions({ .initialDelay = 20ms, .delayCap = 20ms, .budget = 1h });
    if (where == "held"_L1)
        requester.hold();
    fixture.channel->open();
    if (where != "in line"_L1) {
        fixture.gateway.accept();
        fixture.gateway.reply(fixture.gateway.last("init"));
    }
    const quint64 number = send(fixture, requester, "GET", Repeat::Safely);
    if (where == "for its next attempt"_L1)
        fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":200,"status":"OK"})",
                              R"(,"http_status":{"code":503,"status":"X"})", "{}");
    const qsizetype sent = fixture.gateway.sent("message").size();
    QVERIFY(requester.cancel(number));
    QCOMPARE(fixture.outcomes, QStringList()); // never from within
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"cancelled (0, 0)"_s });
    QVERIFY(!requester.cancel(number));
    requester.release();
    if (where == "in line"_L1) {
        fixture.gateway.accept();
        fixture.gateway.reply(fixture.gateway.last("init"));
    }
    // A later call with the same waits comes through: so would the cancelled one have.
    send(fixture, requester, "POST", Repeat::Safely);
    if (where == "for its next attempt"_L1)
        fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":200,"status":"OK"})",
                              R"(,"http_status":{"code":503,"status":"X"})", "{}");
    const int later = where == "for its next attempt"_L1 ? 2 : 1;
    const auto count = [&fixture](const char *method) {
        return std::ranges::count_if(fixture.gateway.sent("message"), [method](const SentFrame &frame) {
            return frame.field("http_request").contains(method);
        });
    };
    QTRY_COMPARE(count("POST"), later);
    QCOMPARE(count("GET"), sent);
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    fixture.channel->close();
}

void tst_Requester::cancelEndsRepetitions()
{
    ChannelFixture fixture;
    fixture.connectNow();
    Requester requester(fixture.channel);
    const quint64 number = send(fixture, requester, "GET", Repeat::Safely);
    fixture.gateway.drop(); // it waits for the connection to come back
    ChannelFixture::turn();
    QVERIFY(requester.cancel(number));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"cancelled (0, 0)"_s });
    QTRY_COMPARE(fixture.state(), State::Connecting);
    fixture.initialize();
    fixture.gateway.reply(fixture.gateway.last("init"));
    send(fixture, requester, "POST", Repeat::Once);
    QCOMPARE(fixture.gateway.sent("message").size(), 2);
    QVERIFY(fixture.gateway.last("message").field("http_request").contains("POST"));
}

QTEST_GUILESS_MAIN(tst_Requester)
#include "tst_requester.moc"
