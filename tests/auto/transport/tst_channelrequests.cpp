#include "channelfixture.h"

#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;

// Tunnelled requests: protocol.md 5.8, 6 and the transport column of 5.2.
class tst_ChannelRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void con16_replyIsMatchedById();
    void repliesOutOfOrder();
    void restErrorIsAResult();
    void con31_queuedWhileConnectingAndSentInOrder();
    void failsAtOnceWhenNothingWillConnect_data();
    void failsAtOnceWhenNothingWillConnect();
    void queuedRequestOutlivesAFailedAttempt();
    void queuedRequestTimesOut();
    void defect07_replyTimesOutAndALateOneIsIgnored();
    void lostSocketFailsWhatIsInFlightOnly();
    void refusalOfOneRequest_data();
    void refusalOfOneRequest();
    void con37_throttled();
    void throttledAgainProlongsThePause();
    void throttledLosesTheSocket();
    void cancel();
    void badUrl();
    void con12_thousandRequests();
    void terminalEndFailsEverything_data();
    void terminalEndFailsEverything();
    void waitInLineWhileTheTransportIsFull();
    void destructionSettlesEverything();
    void callbackMayDeleteTheChannel();
    void callbackMayAskAgainDuringDestruction();
};

void tst_ChannelRequests::con16_replyIsMatchedById()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.takeLog();
    fixture.get(u"/v3/Maps/my%20map/Items?PageSize=20"_s);
    const SentFrame request = fixture.gateway.last("message");
    QCOMPARE(request.field("active_grant"), "data_sync");
    QCOMPARE(
            request.field("http_request"),
            R"({"host":"cds.us1.twilio.com","path":"/v3/Maps/my%20map/Items","method":"GET","params":{"PageSize":"20"},"headers":{}})");
    fixture.gateway.reply(request, R"({"code":200,"status":"OK"})",
                          R"(,"http_status":{"code":200,"status":"OK"})", "{\"a\":1}");
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200 {\"a\":1}"_s });
    fixture.gateway.reply(request); // the same once more
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    QCOMPARE(fixture.log, QStringList());
}

void tst_ChannelRequests::repliesOutOfOrder()
{
    ChannelFixture fixture;
    fixture.connectNow();
    for (const auto &path : { u"/1"_s, u"/2"_s, u"/3"_s })
        fixture.get(path);
    const QList<SentFrame> sent = fixture.gateway.sent("message");
    for (const int i : { 2, 0, 1 })
        fixture.gateway.reply(sent[i], R"({"code":200})", {}, QByteArray::number(i + 1));
    QCOMPARE(fixture.takeOutcomes(), (QStringList { u"200 3"_s, u"200 1"_s, u"200 2"_s }));
}

// protocol.md 6.2: transport 200, REST 404
void tst_ChannelRequests::restErrorIsAResult()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.get();
    fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":200})",
                          R"(,"http_status":{"code":404,"status":"NOT FOUND"})", "{\"code\":54201}");
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"404 {\"code\":54201}"_s });
}

void tst_ChannelRequests::con31_queuedWhileConnectingAndSentInOrder()
{
    ChannelFixture fixture;
    fixture.channel->open();
    fixture.get(u"/1"_s);
    fixture.gateway.accept();
    fixture.get(u"/2"_s);
    const quint64 third = fixture.get(u"/3"_s);
    fixture.get(u"/4"_s);
    QVERIFY(fixture.channel->cancel(third));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"cancelled (0, 0)"_s });
    QCOMPARE(fixture.gateway.sent("message").size(), 0);
    QCOMPARE(fixture.state(), State::Initializing);
    fixture.gateway.reply(fixture.gateway.last("init"));
    QStringList paths;
    for (const SentFrame &frame : fixture.gateway.sent("message")) {
        const QByteArray request = frame.field("http_request");
        paths.append(QString::fromUtf8(request.mid(request.indexOf("\"path\"") + 8, 2)));
    }
    QCOMPARE(paths, (QStringList { u"/1"_s, u"/2"_s, u"/4"_s }));
}

void tst_ChannelRequests::failsAtOnceWhenNothingWillConnect_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<QString>("outcome");
    QTest::newRow("CON-28 Disconnected")
            << State::Disconnected << u"Unable to connect: disconnected (0, 0, terminal)"_s;
    QTest::newRow("Disconnecting") << State::Disconnecting
                                   << u"Unable to connect: the client was shut down (0, 0, terminal)"_s;
    QTest::newRow("Denied") << State::Denied
                            << u"Unable to connect: Invalid Access Token (401, 20101, terminal)"_s;
    QTest::newRow("Failed") << State::Failed << u"Unable to connect: NOT (406, 0, terminal)"_s;
}

void tst_ChannelRequests::failsAtOnceWhenNothingWillConnect()
{
    QFETCH(State, state);
    QFETCH(QString, outcome);
    ChannelFixture fixture;
    if (state != State::Disconnected)
        fixture.initialize();
    if (state == State::Disconnecting)
        fixture.channel->close();
    if (state == State::Denied)
        fixture.gateway.reply(fixture.gateway.last("init"),
                              R"({"code":401,"description":"Invalid Access Token","errorCode":20101})");
    if (state == State::Failed)
        fixture.gateway.receive(R"({"method":"close","id":"TM1","status":{"code":406,"status":"NOT"}})");
    QCOMPARE(fixture.state(), state);
    fixture.get();
    QCOMPARE(fixture.outcomes, QStringList()); // never from within the call
    QCOMPARE(fixture.takeOutcomes(), QStringList { outcome });
}

void tst_ChannelRequests::queuedRequestOutlivesAFailedAttempt()
{
    ChannelFixture fixture;
    fixture.channel->open();
    fixture.get();
    fixture.gateway.drop();
    fixture.channel->open();
    fixture.gateway.accept();
    fixture.gateway.reply(fixture.gateway.last("init"), R"({"code":500})");
    fixture.channel->open();
    fixture.gateway.accept();
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    fixture.gateway.reply(fixture.gateway.last("message"));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200 "_s });
}

void tst_ChannelRequests::queuedRequestTimesOut()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.queueTimeout = 5ms; });
    fixture.channel->open();
    fixture.get();
    fixture.get(u"/other"_s);
    QTRY_COMPARE(fixture.outcomes.size(), 2);
    QCOMPARE(fixture.outcomes[0], u"request 'GET' to 'cds.us1.twilio.com' timed out (0, 0)"_s);
    fixture.gateway.accept();
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.gateway.sent("message").size(), 0);
}

void tst_ChannelRequests::defect07_replyTimesOutAndALateOneIsIgnored()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) {
        options.requestTimeout = 5ms;
        options.queueTimeout = 1h;
    });
    fixture.connectNow();
    fixture.get();
    QTRY_COMPARE(fixture.outcomes.size(), 1);
    QCOMPARE(fixture.outcomes[0], u"request 'GET' to 'cds.us1.twilio.com' timed out (0, 0)"_s);
    fixture.gateway.reply(fixture.gateway.last("message"));
    fixture.turn();
    QCOMPARE(fixture.outcomes.size(), 1);
    QCOMPARE(fixture.state(), State::Connected);
}

// protocol.md 5.8
void tst_ChannelRequests::lostSocketFailsWhatIsInFlightOnly()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.throttle();
    fixture.get(u"/queued"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    fixture.gateway.drop();
    fixture.channel->open();
    fixture.gateway.accept();
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    fixture.gateway.drop();
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"disconnected (0, 0)"_s });
    QVERIFY(isConnectionLost(connectionLostError()));
    QVERIFY(!isConnectionLost(clientDestroyedError()));
}

// protocol.md 5.2, tunnelled requests; section 13 and 16 number 38 for the connection's fate
void tst_ChannelRequests::refusalOfOneRequest_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<State>("state");
    QTest::newRow("CON-17 (J19) 503") << QByteArray(R"({"code":503,"status":"Service unavailable"})")
                                      << u"Service unavailable (503, 0)"_s << State::Connected;
    QTest::newRow("CON-18 429") << QByteArray(
            R"({"code":429,"status":"TOO_MANY_REQUESTS","description":"Too many requests","errorCode":51202})")
                                << u"Too many requests (429, 51202)"_s << State::Throttling;
    QTest::newRow("401") << QByteArray(R"({"code":401,"status":"UNAUTHORIZED"})")
                         << u"UNAUTHORIZED (401, 0)"_s << State::Connected;
    QTest::newRow("500") << QByteArray(R"({"code":500})") << u"no reason given (500, 0)"_s
                         << State::Connected;
}

void tst_ChannelRequests::refusalOfOneRequest()
{
    QFETCH(QByteArray, status);
    QFETCH(QString, outcome);
    QFETCH(State, state);
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.get();
    fixture.get(u"/unharmed"_s);
    const QList<SentFrame> sent = fixture.gateway.sent("message");
    fixture.gateway.reply(sent[0], status);
    QCOMPARE(fixture.takeOutcomes(), QStringList { outcome });
    QCOMPARE(fixture.state(), state);
    fixture.gateway.reply(sent[1]);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200 "_s });
}

void tst_ChannelRequests::con37_throttled()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.throttleMin = options.throttleMax = 5ms; });
    fixture.connectNow();
    fixture.throttle();
    const QPointer<ScriptedTransport> socket = fixture.gateway.socket;
    fixture.get(u"/1"_s);
    fixture.get(u"/2"_s);
    QCOMPARE(fixture.gateway.sent("message").size(), 1);
    QTRY_COMPARE(fixture.state(), State::Connected);
    QCOMPARE(fixture.gateway.sent("message").size(), 3);
    QCOMPARE(fixture.gateway.socket, socket);
    QCOMPARE(fixture.gateway.attempts, 1);
    fixture.gateway.reply(fixture.gateway.last("message"));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200 "_s });
}

void tst_ChannelRequests::throttledAgainProlongsThePause()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.get();
    fixture.get();
    fixture.get();
    const QList<SentFrame> sent = fixture.gateway.sent("message");
    const auto refuse = [&](const SentFrame &frame, const QByteArray &ms) {
        fixture.gateway.reply(frame, R"({"code":429})", {},
                              "{\"backoff_policy\":{\"reconnect_min_ms\":" + ms
                                      + ",\"reconnect_max_ms\":" + ms + "}}");
    };
    refuse(sent[0], "1");
    refuse(sent[1], "3600000"); // holds
    refuse(sent[2], "1"); // does not shorten it
    QCOMPARE(fixture.outcomes.size(), 3);
    QTimer timer;
    int ticks = 0;
    connect(&timer, &QTimer::timeout, this, [&] { ++ticks; });
    timer.start(1ms);
    QTRY_VERIFY(ticks > 20);
    QCOMPARE(fixture.state(), State::Throttling);
    QCOMPARE(fixture.log.count(u"Throttling"_s), 1);
}

void tst_ChannelRequests::throttledLosesTheSocket()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.throttle();
    fixture.get();
    fixture.gateway.drop();
    fixture.channel->open();
    fixture.gateway.accept();
    fixture.gateway.reply(fixture.gateway.last("init")); // a new session starts unthrottled
    QCOMPARE(fixture.state(), State::Connected);
    fixture.gateway.reply(fixture.gateway.last("message"));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"200 "_s });
}

void tst_ChannelRequests::cancel()
{
    ChannelFixture fixture;
    fixture.connectNow();
    const quint64 number = fixture.get();
    QVERIFY(fixture.channel->cancel(number));
    QVERIFY(!fixture.channel->cancel(number));
    QVERIFY(!fixture.channel->cancel(number + 1000));
    fixture.gateway.reply(fixture.gateway.last("message"));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"cancelled (0, 0)"_s });
}

void tst_ChannelRequests::badUrl()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.channel->request(
            { "GET", QUrl(u"/v3/Maps"_s), {}, {} },
            [&](const SyncResult<RestReply> &result) { fixture.outcomes.append(textOf(*errorOf(result))); });
    QCOMPARE(fixture.takeOutcomes(),
             QStringList { u"request: expected an absolute URL, got '/v3/Maps' (0, 0, terminal)"_s });
    QCOMPARE(fixture.gateway.sent("message").size(), 0);
}

void tst_ChannelRequests::con12_thousandRequests()
{
    ChannelFixture fixture;
    fixture.connectNow();
    for (int i = 0; i < 1000; ++i)
        fixture.get();
    const QList<SentFrame> sent = fixture.gateway.sent("message");
    QCOMPARE(sent.size(), 1000);
    for (const SentFrame &frame : sent)
        fixture.gateway.reply(frame);
    QCOMPARE(fixture.takeOutcomes(), QStringList(1000, u"200 "_s));
}

void tst_ChannelRequests::terminalEndFailsEverything_data()
{
    QTest::addColumn<QByteArray>("frame"); // empty = close()
    QTest::addColumn<QString>("queued");
    QTest::newRow("defect 6 close()")
            << QByteArray() << u"Unable to connect: the client was shut down (0, 0, terminal)"_s;
    QTest::newRow("defect 6, defect 29 410")
            << QByteArray(R"({"method":"close","id":"TM1","status":{"code":410,"status":"TOKEN_EXPIRED"}})")
            << u"Unable to connect: TOKEN_EXPIRED (410, 0, terminal)"_s;
    QTest::newRow("defect 6, defect 29 406")
            << QByteArray(R"({"method":"close","id":"TM1","status":{"code":406,"status":"NOT"}})")
            << u"Unable to connect: NOT (406, 0, terminal)"_s;
}

void tst_ChannelRequests::terminalEndFailsEverything()
{
    QFETCH(QByteArray, frame);
    QFETCH(QString, queued);
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.get(u"/refused"_s);
    fixture.get(u"/in flight"_s);
    fixture.gateway.reply(fixture.gateway.sent("message").at(0), R"({"code":429,"status":"X"})");
    fixture.takeOutcomes();
    fixture.get(u"/queued"_s);
    if (frame.isEmpty())
        fixture.close();
    else
        fixture.gateway.receive(frame);
    QStringList expected { u"disconnected (0, 0)"_s, queued };
    QCOMPARE(fixture.takeOutcomes().mid(0, 2), expected);
}

// Where they can still be taken back, and do not count as sent.
void tst_ChannelRequests::waitInLineWhileTheTransportIsFull()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.get(u"/1"_s);
    fixture.gateway.socket->isFull = true;
    const quint64 second = fixture.get(u"/2"_s);
    fixture.get(u"/3"_s);
    QCOMPARE(fixture.gateway.sent("message").size(), 1);
    QCOMPARE(fixture.channel->queuedRequests(), 2);
    QVERIFY(fixture.channel->cancel(second));
    fixture.gateway.socket->isFull = false;
    Q_EMIT fixture.gateway.socket->drained();
    QCOMPARE(fixture.gateway.sent("message").size(), 2);
    QVERIFY(fixture.gateway.last("message").header.contains("/3"));
}

void tst_ChannelRequests::destructionSettlesEverything()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.get(u"/in flight"_s);
    fixture.throttle();
    fixture.get(u"/queued"_s);
    fixture.updateToken(u"token B"_s);
    fixture.close();
    fixture.outcomes.clear();
    delete fixture.channel.data();
    const QStringList outcomes = fixture.outcomes; // at once, not a turn later
    fixture.turn();
    QCOMPARE(fixture.outcomes, outcomes);
    QCOMPARE(outcomes.size(), 4);

    ChannelFixture open;
    open.connectNow();
    open.get(u"/in flight"_s);
    open.throttle();
    open.get(u"/queued"_s);
    open.updateToken(u"token B"_s);
    open.outcomes.clear();
    delete open.channel.data();
    QCOMPARE(open.outcomes, QStringList(3, u"client destroyed (0, 0)"_s));
}

void tst_ChannelRequests::callbackMayDeleteTheChannel()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.get();
    fixture.channel->request({ "GET", QUrl(u"https://h/p"_s), {}, {} },
                             [&](const SyncResult<RestReply> &) { delete fixture.channel.data(); });
    fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":429})");
    QVERIFY(!fixture.channel);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"client destroyed (0, 0)"_s });
}

void tst_ChannelRequests::callbackMayAskAgainDuringDestruction()
{
    ChannelFixture fixture;
    fixture.connectNow();
    TwilsockChannel *const channel = fixture.channel;
    channel->request({ "GET", QUrl(u"https://h/p"_s), {}, {} }, [&, channel](const SyncResult<RestReply> &) {
        channel->request({ "GET", QUrl(u"https://h/p"_s), {}, {} },
                         [&](const SyncResult<RestReply> &) { fixture.outcomes.append(u"second"_s); });
    });
    delete channel;
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"second"_s });
}

QTEST_GUILESS_MAIN(tst_ChannelRequests)
#include "tst_channelrequests.moc"
