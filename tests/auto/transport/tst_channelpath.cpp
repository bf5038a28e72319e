#include "channelfixture.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;

// A path that is dead in one direction or both is noticed; the application's event loops do not stop
// anything.
class tst_ChannelPath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void defaultsNoticeADeadPathInTime();
    void unansweredPingEndsTheSession();
    void framesAloneDoNotKeepAPathAlive();
    void answeredPingsKeepThePathAlive();
    void arrivingMessageKeepsThePathAlive_data() { messages(); }
    void arrivingMessageKeepsThePathAlive();
    void arrivingMessageProlongsTheTimeForReplies_data() { messages(); }
    void arrivingMessageProlongsTheTimeForReplies();
    void throttlingGrowsWithoutProgress();
    void initRefusedForEverSlowsDown();
    void nestedEventLoopStopsNothing_data();
    void nestedEventLoopStopsNothing();

private:
    static void pingOften(ChannelFixture &fixture)
    {
        fixture.change([](auto &options) {
            options.pingInterval = 5ms;
            options.pongTimeout = 20ms;
        });
    }
    //! What happens to one for a long time.
    static void messages()
    {
        QTest::addColumn<bool>("isRead");
        QTest::newRow("arrives") << false;
        QTest::newRow("is read") << true;
    }
    static void progress(ChannelFixture &fixture, bool isRead)
    {
        if (isRead)
            fixture.channel->setHeld(true);
        else
            Q_EMIT fixture.gateway.socket->messageProgressed();
    }
    //! Runs an event loop of its own until \a holds; false if that takes too long.
    static bool spinUntil(const std::function<bool()> &holds)
    {
        QEventLoop loop;
        QTimer poll;
        QObject::connect(&poll, &QTimer::timeout, &loop, [&] {
            if (holds())
                loop.quit();
        });
        QTimer::singleShot(10s, &loop, [&loop] { loop.exit(1); });
        poll.start(1ms);
        return loop.exec() == 0;
    }
};

void tst_ChannelPath::defaultsNoticeADeadPathInTime()
{
    const TwilsockChannel::Options options;
    QCOMPARE_LE(options.pingInterval + options.pongTimeout + 1s, 15s);
}

void tst_ChannelPath::unansweredPingEndsTheSession()
{
    ChannelFixture fixture;
    pingOften(fixture);
    fixture.gateway.answersPings = false;
    fixture.connectNow();
    fixture.takeLog();
    QTRY_VERIFY(fixture.log.contains(u"WaitAndReconnect"_s));
    QCOMPARE(fixture.log.constFirst(), u"error: no answer to a ping within 20 ms (0, 0)"_s);
}

void tst_ChannelPath::framesAloneDoNotKeepAPathAlive()
{
    ChannelFixture fixture;
    pingOften(fixture);
    fixture.gateway.answersPings = false;
    fixture.connectNow();
    QTimer talk;
    connect(&talk, &QTimer::timeout, this, [&] {
        if (fixture.state() == State::Connected)
            fixture.gateway.receive(R"({"method":"ping","id":"TM1"})");
    });
    talk.start(1ms);
    QTRY_VERIFY(fixture.log.contains(u"WaitAndReconnect"_s));
}

void tst_ChannelPath::answeredPingsKeepThePathAlive()
{
    ChannelFixture fixture;
    pingOften(fixture);
    fixture.connectNow();
    QTRY_COMPARE_GE(fixture.gateway.socket->pings, 10);
    QCOMPARE(fixture.state(), State::Connected);
}

void tst_ChannelPath::arrivingMessageKeepsThePathAlive()
{
    QFETCH(bool, isRead);
    ChannelFixture fixture;
    fixture.gateway.answersPings = false;
    fixture.change([](auto &options) {
        options.pingInterval = 1ms;
        options.pongTimeout = 500ms;
    });
    fixture.connectNow();
    QElapsedTimer timer;
    timer.start();
    QTimer arrive; // much oftener than needed, for the sake of a busy machine
    connect(&arrive, &QTimer::timeout, this, [&] { progress(fixture, isRead); });
    arrive.start(5ms);
    QTRY_VERIFY(timer.elapsed() > 1'500);
    QCOMPARE(fixture.state(), State::Connected);
    arrive.stop();
    QTRY_VERIFY(fixture.log.contains(u"WaitAndReconnect"_s));
}

void tst_ChannelPath::arrivingMessageProlongsTheTimeForReplies()
{
    QFETCH(bool, isRead);
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.requestTimeout = 300ms; });
    fixture.connectNow();
    fixture.get();
    QElapsedTimer timer;
    timer.start();
    QTimer arrive;
    connect(&arrive, &QTimer::timeout, this, [&] { progress(fixture, isRead); });
    arrive.start(5ms);
    QTRY_VERIFY(timer.elapsed() > 1'000);
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    arrive.stop();
    QTRY_COMPARE(fixture.outcomes,
                 QStringList { u"request 'GET' to 'cds.us1.twilio.com' timed out (0, 0)"_s });
}

// The service asks for a pause of no time, again and again: 2,637 requests a second before.
void tst_ChannelPath::throttlingGrowsWithoutProgress()
{
    ChannelFixture fixture;
    fixture.connectNow();
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 4; ++i) {
        fixture.get();
        QTRY_COMPARE(fixture.gateway.sent("message").size(), i + 1);
        fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":429,"status":"X"})", {},
                              R"({"backoff_policy":{"reconnect_min_ms":0,"reconnect_max_ms":0}})");
    }
    QCOMPARE_GE(timer.elapsed(), 250 + 500); // none, 250 ms, 500 ms; the fourth has not ended
}

// 491 inits a second before.
void tst_ChannelPath::initRefusedForEverSlowsDown()
{
    ChannelFixture fixture;
    fixture.channel->open();
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 4; ++i) {
        QTRY_COMPARE(fixture.gateway.attempts, i + 1);
        fixture.gateway.accept();
        fixture.gateway.reply(fixture.gateway.last("init"), R"({"code":429,"status":"X"})", {},
                              R"({"backoff_policy":{"reconnect_min_ms":0,"reconnect_max_ms":0}})");
    }
    QCOMPARE_GE(timer.elapsed(), 250 + 500);
}

void tst_ChannelPath::nestedEventLoopStopsNothing_data()
{
    QTest::addColumn<QByteArray>("signal");
    for (const char *signal :
         { "stateChanged", "errorOccurred", "notification", "reply", "time-out", "settled" })
        QTest::newRow(signal) << QByteArray(signal);
}

// In a slot or callback that does not return, the connection is lost and made again, and messages are
// answered.
void tst_ChannelPath::nestedEventLoopStopsNothing()
{
    QFETCH(QByteArray, signal);
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.requestTimeout = 50ms; });
    fixture.connectNow();
    TwilsockChannel *const channel = fixture.channel;
    QStringList seen;
    bool entered = false;
    const auto nest = [&] {
        if (std::exchange(entered, true))
            return;
        if (isSessionUp(fixture.state()))
            fixture.gateway.drop();
        seen << (spinUntil([&] { return fixture.state() == State::Connecting; }) ? u"reconnects"_s
                                                                                 : u"stuck"_s);
        fixture.gateway.accept();
        fixture.gateway.reply(fixture.gateway.last("init"));
        seen << nameOf(fixture.state());
        fixture.takeOutcomes();
        fixture.get();
        fixture.gateway.reply(fixture.gateway.last("message"));
        seen << fixture.takeOutcomes();
        fixture.gateway.receive(R"({"method":"ping","id":"TMnested"})");
        seen << QString::fromUtf8(fixture.gateway.sent().constLast().field("id"));
        bool isClosed = false;
        fixture.channel->close([&isClosed](const SyncResult<Nothing> &) { isClosed = true; });
        seen << (spinUntil([&] { return isClosed; }) ? u"closed"_s : u"stuck"_s);
    };
    const auto get = [&](const std::function<void()> &done) {
        channel->request({ "GET", QUrl(u"https://cds.us1.twilio.com/x"_s), {}, {} },
                         [done](const SyncResult<RestReply> &) { done(); });
    };
    if (signal == "stateChanged") {
        connect(channel, &TwilsockChannel::stateChanged, this, nest);
        fixture.gateway.drop();
    } else if (signal == "errorOccurred") {
        connect(channel, &TwilsockChannel::errorOccurred, this, nest);
        fixture.gateway.drop();
    } else if (signal == "notification") {
        connect(channel, &TwilsockChannel::notificationReceived, this, nest);
        fixture.gateway.receive(R"({"method":"notification","id":"TM1","message_type":"x"})", "{}");
    } else if (signal == "reply") {
        get(nest);
        fixture.gateway.reply(fixture.gateway.last("message"));
    } else if (signal == "time-out") {
        get(nest);
        QTRY_VERIFY(seen.size() >= 5);
    } else {
        channel->updateToken(u"token A"_s, [&](const SyncResult<Nothing> &) { nest(); }); // as it is
        ChannelFixture::turn();
    }
    QCOMPARE(seen, QStringList({ u"reconnects"_s, u"Connected"_s, u"200 "_s, u"TMnested"_s, u"closed"_s }));
    QCOMPARE(fixture.state(), State::Disconnected);
    QCOMPARE(fixture.log.constLast(), u"Disconnected"_s);
}

QTEST_GUILESS_MAIN(tst_ChannelPath)
#include "tst_channelpath.moc"
