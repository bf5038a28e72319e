#include "channelfixture.h"

#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;

// The connection's life: protocol.md 5.1 to 5.3, 5.7, 5.9 and the CON cases that name a state.
class tst_Channel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void initFrame();
    void con24_con27_con33_connects();
    void initReply_data();
    void initReply();
    void close_data();
    void close();
    void continuationTokenIsTheLastInitReplys();
    void socketEnds_data();
    void socketEnds();
    void closing_data();
    void closing();
    void closeOfAPeerThatDoesNotHangUp();
    void openWhileDisconnecting();
    void con38_openCutsTheWaitShort();
    void con34_defect09_initTimesOut();
    void watchdog_data();
    void watchdog();
    void inboundFrameRestartsTheWatchdog();
    void waitsAfterShortSessions();
    void serverNamesTheWait_data();
    void serverNamesTheWait();
    void endpointIsRefused();
};

// protocol.md 4.2
void tst_Channel::initFrame()
{
    ChannelFixture fixture;
    fixture.initialize();
    QCOMPARE(fixture.gateway.messages.size(), 1);
    const SentFrame init = fixture.gateway.last("init");
    QCOMPARE(init.field("token"), "token A");
    QCOMPARE(init.field("continuation_token"), "null");
    QCOMPARE(init.field("metadata"), "{\"sdk\":\"Qt\"}");
    QCOMPARE(init.field("capabilities"), "[\"client_update\",\"offline_storage\",\"account_descriptor\"]");
    QCOMPARE(init.field("registrations"),
             "[{\"product\":\"data_sync\",\"type\":\"ers\",\"notification_protocol_version\":0,\"message_"
             "types\":"
             "[\"twilio.sync.event\",\"com.twilio.rtd.cds.document\",\"com.twilio.rtd.cds.list\","
             "\"com.twilio.rtd.cds.map\"]}]");
    QCOMPARE(init.field("payload_size"), "0");
    QCOMPARE(init.field("id").size(), 34);
    QVERIFY(init.field("id").startsWith("TM"));
}

void tst_Channel::con24_con27_con33_connects()
{
    ChannelFixture fixture;
    QCOMPARE(fixture.state(), State::Disconnected);
    fixture.channel->open();
    QCOMPARE(fixture.takeLog(), QStringList { u"Connecting"_s });
    QCOMPARE(fixture.gateway.socket->openedUrl, fixture.channel->options().url);
    fixture.gateway.accept();
    QCOMPARE(fixture.takeLog(), QStringList { u"Initializing"_s });
    fixture.gateway.reply(fixture.gateway.last("init"), "{\"code\":200,\"status\":\"OK\"}",
                          R"(,"continuation_token":"ct","init_registrations":[])");
    QCOMPARE(fixture.takeLog(), QStringList { u"Connected"_s });
    fixture.channel->open();
    QCOMPARE(fixture.log, QStringList());
    QCOMPARE(fixture.gateway.attempts, 1);
}

// protocol.md 5.2, the column of init; section 13 for 403
void tst_Channel::initReply_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QString>("log");
    QTest::addColumn<bool>("goodbye"); // a close frame is sent before hanging up
    QTest::newRow("200") << QByteArray(R"({"code":200,"status":"OK"})") << u"Connected"_s << false;
    QTest::newRow("201") << QByteArray(R"({"code":201,"status":"OK"})") << u"Connected"_s << false;
    QTest::newRow("CON-05 (J8) 401 20101") << QByteArray(
            R"({"code":401,"status":"UNAUTHORIZED","description":"Invalid Access Token","errorCode":20101})")
                                           << u"error: Connection error: Invalid Access Token (401, 20101, terminal) | Denied"_s
                                           << true;
    QTest::newRow("401 20104, expired")
            << QByteArray(R"({"code":401,"status":"UNAUTHORIZED","errorCode":20104})")
            << u"error: Connection error: UNAUTHORIZED (401, 20104, terminal) | Denied | expired"_s << true;
    QTest::newRow("403") << QByteArray(R"({"code":403,"status":"FORBIDDEN"})")
                         << u"error: Connection error: FORBIDDEN (403, 0, terminal) | Denied"_s << true;
    QTest::newRow("429") << QByteArray(R"({"code":429,"status":"TOO_MANY_REQUESTS","errorCode":51202})")
                         << u"error: Connection error: TOO_MANY_REQUESTS (429, 51202) | WaitAndReconnect"_s
                         << true;
    QTest::newRow("500") << QByteArray(R"({"code":500,"status":"OOPS"})")
                         << u"error: Connection error: OOPS (500, 0) | WaitAndReconnect"_s << false;
    QTest::newRow("503") << QByteArray(R"({"code":503})")
                         << u"error: Connection error: no reason given (503, 0) | WaitAndReconnect"_s << true;
    QTest::newRow("404") << QByteArray(R"({"code":404,"status":"X"})")
                         << u"error: Connection error: X (404, 0) | WaitAndReconnect"_s << true;
}

void tst_Channel::initReply()
{
    QFETCH(QByteArray, status);
    QFETCH(QString, log);
    QFETCH(bool, goodbye);
    ChannelFixture fixture;
    fixture.initialize();
    fixture.takeLog();
    const QPointer<ScriptedTransport> socket = fixture.gateway.socket;
    fixture.gateway.reply(fixture.gateway.last("init"), status);
    QCOMPARE(fixture.takeLog().join(u" | "_s), log);
    QCOMPARE(fixture.gateway.sent("close").size(), goodbye ? 1 : 0);
    QCOMPARE(socket->closeCalled, fixture.state() != State::Connected);
}

// protocol.md 5.3; section 13 for 308 + 51232 and for 410 and 401
void tst_Channel::close_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QString>("log");
    QTest::newRow("308") << QByteArray(R"({"code":308,"status":"MOVED"})")
                         << u"error: Connection error: MOVED (308, 0) | WaitAndReconnect"_s;
    QTest::newRow("308 51232")
            << QByteArray(R"({"code":308,"status":"UPDATE_IS_FORBIDDEN","errorCode":51232})")
            << u"error: Connection error: UPDATE_IS_FORBIDDEN (308, 51232, terminal) | Denied"_s;
    QTest::newRow("401") << QByteArray(R"({"code":401,"status":"UNAUTHORIZED"})")
                         << u"error: Connection error: UNAUTHORIZED (401, 0, terminal) | Denied"_s;
    QTest::newRow("406")
            << QByteArray(R"({"code":406,"status":"NOT_ACCEPTABLE_MESSAGE","errorCode":51214})")
            << u"error: Connection error: NOT_ACCEPTABLE_MESSAGE (406, 51214, terminal) | Failed"_s;
    QTest::newRow("CON-21 410")
            << QByteArray(
                       R"({"code":410,"status":"TOKEN_EXPIRED","description":"Token expired","errorCode":51207})")
            << u"error: Connection error: Token expired (410, 51207, terminal) | Denied | expired"_s;
    QTest::newRow("417") << QByteArray(R"({"code":417,"status":"X"})")
                         << u"error: Connection error: X (417, 0, terminal) | Failed"_s;
    QTest::newRow("500") << QByteArray(R"({"code":500,"status":"X"})")
                         << u"error: Connection error: X (500, 0) | WaitAndReconnect"_s;
    QTest::newRow("no status") << QByteArray("null") << u"error: no reason given (0, 0) | WaitAndReconnect"_s;
}

void tst_Channel::close()
{
    QFETCH(QByteArray, status);
    QFETCH(QString, log);
    for (const State state : { State::Initializing, State::Connected, State::Throttling }) {
        ChannelFixture fixture;
        fixture.initialize();
        if (state != State::Initializing)
            fixture.gateway.reply(fixture.gateway.last("init"));
        if (state == State::Throttling)
            fixture.throttle();
        QCOMPARE(fixture.state(), state);
        fixture.takeLog();
        const QPointer<ScriptedTransport> socket = fixture.gateway.socket;
        fixture.gateway.receive("{\"method\":\"close\",\"id\":\"TM50\",\"status\":" + status + '}');
        QCOMPARE(fixture.takeLog().join(u" | "_s), log);
        QCOMPARE(fixture.gateway.sent().constLast().header, // acknowledged, then the client hangs up
                 R"({"method":"reply","id":"TM50","status":{"code":200,"status":"ok"}})");
        QVERIFY(socket->closeCalled);
    }
}

void tst_Channel::continuationTokenIsTheLastInitReplys()
{
    ChannelFixture fixture;
    fixture.initialize();
    const QByteArray ok(R"({"code":200,"status":"OK"})");
    fixture.gateway.reply(fixture.gateway.last("init"), ok, R"(,"continuation_token":"a\"b")");
    const auto reconnect = [&] {
        fixture.gateway.drop();
        fixture.channel->open();
        fixture.gateway.accept();
    };
    reconnect();
    QVERIFY(fixture.gateway.last("init").header.contains(R"("continuation_token":"a\"b",)"));
    fixture.gateway.reply(fixture.gateway.last("init"), ok);
    reconnect();
    QCOMPARE(fixture.gateway.last("init").field("continuation_token"), "null");
}

void tst_Channel::socketEnds_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<bool>("terminal");
    QTest::addColumn<QString>("log");
    const QString lost = u"error: test reason (0, 0) | WaitAndReconnect"_s;
    QTest::newRow("CON-15 Connected") << State::Connected << false << lost;
    QTest::newRow("CON-25 Connecting") << State::Connecting << false << lost;
    QTest::newRow("CON-29, CON-30, defect 9 Initializing") << State::Initializing << false << lost;
    QTest::newRow("CON-36 Throttling") << State::Throttling << false << lost;
    const QString failed = u"error: test reason (0, 0, terminal) | Failed"_s;
    QTest::newRow("TLS, Connecting") << State::Connecting << true << failed;
    QTest::newRow("CON-32 TLS, Initializing") << State::Initializing << true << failed;
    QTest::newRow("TLS, Connected") << State::Connected << true << failed;
}

void tst_Channel::socketEnds()
{
    QFETCH(State, state);
    QFETCH(bool, terminal);
    QFETCH(QString, log);
    ChannelFixture fixture;
    fixture.channel->open();
    if (state != State::Connecting)
        fixture.gateway.accept();
    if (state == State::Connected || state == State::Throttling)
        fixture.gateway.reply(fixture.gateway.last("init"));
    if (state == State::Throttling)
        fixture.throttle();
    QCOMPARE(fixture.state(), state);
    fixture.takeLog();
    fixture.gateway.drop(SyncError(u"test reason"_s, 0, 0, terminal));
    QCOMPARE(fixture.takeLog().join(u" | "_s), log);
    if (!terminal)
        QTRY_COMPARE(fixture.state(), State::Connecting); // the first attempt is immediate
}

void tst_Channel::closing_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<QString>("log");
    QTest::newRow("Disconnected") << State::Disconnected << QString();
    QTest::newRow("CON-23 Connecting") << State::Connecting << u"Disconnected"_s;
    QTest::newRow("Initializing") << State::Initializing << u"Disconnecting | Disconnected"_s;
    QTest::newRow("CON-04, CON-14 Connected") << State::Connected << u"Disconnecting | Disconnected"_s;
    QTest::newRow("CON-35 Throttling") << State::Throttling << u"Disconnecting | Disconnected"_s;
    QTest::newRow("WaitAndReconnect") << State::WaitAndReconnect << u"Disconnected"_s;
    QTest::newRow("Denied") << State::Denied << u"Disconnected"_s;
    QTest::newRow("defect 5 Failed") << State::Failed << QString();
}

void tst_Channel::closing()
{
    QFETCH(State, state);
    QFETCH(QString, log);
    ChannelFixture fixture;
    if (state != State::Disconnected)
        fixture.channel->open();
    if (state != State::Disconnected && state != State::Connecting)
        fixture.gateway.accept();
    if (state == State::Connected || state == State::Throttling)
        fixture.gateway.reply(fixture.gateway.last("init"));
    if (state == State::Throttling)
        fixture.throttle();
    if (state == State::WaitAndReconnect)
        fixture.gateway.drop();
    if (state == State::Denied)
        fixture.gateway.reply(fixture.gateway.last("init"), "{\"code\":403}");
    if (state == State::Failed)
        fixture.gateway.drop(SyncError(u"TLS"_s, 0, 0, true));
    QCOMPARE(fixture.state(), state);
    fixture.takeLog();
    fixture.close();
    fixture.close();
    QCOMPARE(fixture.outcomes, QStringList()); // never from within the call
    QTRY_COMPARE(fixture.outcomes, (QStringList { u"ok"_s, u"ok"_s }));
    QCOMPARE(fixture.takeLog().join(u" | "_s), log);
    const bool hadSession = log.contains(u"Disconnecting"_s);
    QCOMPARE(fixture.gateway.sent("close").size(), hadSession || state == State::Denied ? 1 : 0);
}

void tst_Channel::closeOfAPeerThatDoesNotHangUp()
{
    ChannelFixture fixture;
    fixture.gateway.answersClose = false;
    fixture.change([](auto &options) { options.closeTimeout = 1ms; });
    fixture.connectNow();
    fixture.close();
    QTRY_COMPARE(fixture.outcomes, QStringList { u"ok"_s });
    QCOMPARE(fixture.state(), State::Disconnected);
    QTRY_VERIFY(!fixture.gateway.socket); // and the socket does not linger
}

void tst_Channel::openWhileDisconnecting()
{
    ChannelFixture fixture;
    fixture.gateway.answersClose = false;
    fixture.connectNow();
    fixture.close();
    fixture.channel->open();
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.state(), State::Connecting);
    fixture.gateway.accept();
    QCOMPARE(fixture.state(), State::Initializing);
}

void tst_Channel::con38_openCutsTheWaitShort()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.backoffInitial = 1h; });
    fixture.channel->open();
    fixture.gateway.drop();
    QTRY_COMPARE(fixture.state(), State::Connecting);
    fixture.gateway.drop();
    QCOMPARE(fixture.state(), State::WaitAndReconnect);
    fixture.channel->open();
    QCOMPARE(fixture.state(), State::Connecting);
    fixture.gateway.accept(); // nothing of the old wait is left
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.state(), State::Connected);
    QCOMPARE(fixture.gateway.attempts, 3);
}

void tst_Channel::con34_defect09_initTimesOut()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.initTimeout = 1ms; });
    fixture.initialize();
    fixture.takeLog();
    QTRY_VERIFY(fixture.log.size() >= 2);
    QCOMPARE(fixture.log.mid(0, 2).join(u" | "_s),
             u"error: no reply to init within 1 ms (0, 0) | WaitAndReconnect"_s);
}

void tst_Channel::watchdog_data()
{
    QTest::addColumn<bool>("throttled");
    QTest::newRow("Connected") << false;
    QTest::newRow("Throttling, protocol.md 16 number 39") << true;
}

void tst_Channel::watchdog()
{
    QFETCH(bool, throttled);
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.watchdog = 5ms; });
    fixture.connectNow();
    if (throttled)
        fixture.throttle();
    fixture.takeLog();
    QTRY_VERIFY(fixture.log.size() >= 2);
    QCOMPARE(fixture.log.mid(0, 2).join(u" | "_s),
             u"error: nothing heard from the service for 5 ms (0, 0) | WaitAndReconnect"_s);
}

void tst_Channel::inboundFrameRestartsTheWatchdog()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.watchdog = 200ms; });
    fixture.connectNow();
    QTimer pings;
    int count = 0;
    connect(&pings, &QTimer::timeout, this, [&] {
        ++count;
        fixture.gateway.receive("{\"method\":\"ping\",\"id\":\"TM1\"}");
    });
    pings.start(20ms);
    QTRY_VERIFY(count >= 20); // twice the watchdog's time
    QCOMPARE(fixture.state(), State::Connected);
}

// A gateway that accepts and drops at once: the second time there is a wait.
void tst_Channel::waitsAfterShortSessions()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.backoffInitial = 1h; });
    fixture.connectNow();
    fixture.gateway.drop();
    QTRY_COMPARE(fixture.state(), State::Connecting);
    fixture.gateway.accept();
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.state(), State::Connected);
    fixture.gateway.drop();
    for (int i = 0; i < 5; ++i)
        QCoreApplication::processEvents();
    QCOMPARE(fixture.state(), State::WaitAndReconnect);
}

void tst_Channel::serverNamesTheWait_data()
{
    QTest::addColumn<bool>("atInit");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("waits"); // rather than connecting at once
    const QByteArray hour(R"({"backoff_policy":{"reconnect_min_ms":3600000,"reconnect_max_ms":3600001}})");
    const QByteArray now(R"({"backoff_policy":{"reconnect_min_ms":0,"reconnect_max_ms":1}})");
    QTest::newRow("429 at init, long") << true << hour << true;
    QTest::newRow("429 at init, short") << true << now << false;
    QTest::newRow("429 at init, no policy: throttleMin to throttleMax") << true << QByteArray() << true;
    QTest::newRow("429 at init, equal ends, protocol.md 16 number 31")
            << true
            << QByteArray(R"({"backoff_policy":{"reconnect_min_ms":3600000,"reconnect_max_ms":3600000}})")
            << true;
    QTest::newRow("308, long") << false << hour << true;
    QTest::newRow("defect 10 308, no policy: the first attempt is immediate")
            << false << QByteArray() << false;
    QTest::newRow("308, nonsense") << false << QByteArray(R"({"backoff_policy":{"reconnect_min_ms":-5}})")
                                   << false;
    QTest::newRow("308, no JSON") << false << QByteArray("[1") << false;
}

void tst_Channel::serverNamesTheWait()
{
    QFETCH(bool, atInit);
    QFETCH(QByteArray, payload);
    QFETCH(bool, waits);
    ChannelFixture fixture;
    fixture.initialize();
    if (atInit) {
        fixture.gateway.reply(fixture.gateway.last("init"), R"({"code":429,"status":"X"})", {}, payload);
    } else {
        fixture.gateway.reply(fixture.gateway.last("init"));
        fixture.gateway.receive(R"({"method":"close","id":"TM1","status":{"code":308,"status":"X"}})",
                                payload);
    }
    QCOMPARE(fixture.state(), State::WaitAndReconnect);
    if (waits) {
        for (int i = 0; i < 5; ++i)
            QCoreApplication::processEvents();
        QCOMPARE(fixture.state(), State::WaitAndReconnect);
    } else {
        QTRY_COMPARE(fixture.state(), State::Connecting);
    }
}

void tst_Channel::endpointIsRefused()
{
    ChannelFixture fixture;
    fixture.channel->setUrl(QUrl(u"ws://192.0.2.1/v3/wsconnect"_s));
    fixture.channel->open();
    QCOMPARE(fixture.takeLog().join(u" | "_s),
             u"Connecting | error: url: 'ws://192.0.2.1/v3/wsconnect' is not encrypted and not on this "
             u"machine; "
             "expected wss://, or allowInsecure (0, 0, terminal) | Failed"_s);
    QCOMPARE(fixture.gateway.attempts, 0);
    fixture.change([](auto &options) { options.allowInsecure = true; });
    QCOMPARE(fixture.takeLog(), QStringList { u"Connecting"_s });
    QCOMPARE(fixture.gateway.attempts, 1);
}

QTEST_GUILESS_MAIN(tst_Channel)
#include "tst_channel.moc"
