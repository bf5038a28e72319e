#include "channelfixture.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;

// Token updates: protocol.md 5.4, the column of update in 5.2, 16 numbers 2 to 4.
class tst_ChannelTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void con09_con19_updateIsSent();
    void sameTokenIsNotSent();
    void emptyTokenIsRefused();
    void withoutASession_data();
    void withoutASession();
    void defect03_whileInitializingItIsSentAfterwards();
    void whileInitializingAndInitIsRefused();
    void whileThrottledItIsSentAfterwards();
    void defect03_updatesWaitForOneAnother();
    void aRefusedUpdateGivesWayToTheNext();
    void refused_data();
    void refused();
    void defect04_noReply();
    void defect04_lostSocket();
    void expiryWhileTheUpdateIsUnderWay();
    void defect02_updateFromTheExpiredSlot();
    void refusedTokenAgain();
    void tokenLeavesFailed();
    void shutDownDropsUpdates();
};

void tst_ChannelTokens::con09_con19_updateIsSent()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.takeLog();
    fixture.updateToken(u"token B"_s);
    const SentFrame update = fixture.gateway.last("update");
    QCOMPARE(update.field("token"), "token B");
    QCOMPARE(update.field("payload_size"), "0");
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    fixture.gateway.reply(update);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.channel->token(), u"token B"_s);
    QCOMPARE(fixture.state(), State::Connected);
    QCOMPARE(fixture.log, QStringList());
    fixture.gateway.drop();
    fixture.initialize();
    QCOMPARE(fixture.gateway.last("init").field("token"), "token B");
}

void tst_ChannelTokens::sameTokenIsNotSent()
{
    ChannelFixture fixture;
    fixture.initialize();
    fixture.updateToken(u"token A"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    fixture.gateway.reply(fixture.gateway.last("init"));
    fixture.updateToken(u"token A"_s);
    QCOMPARE(fixture.outcomes, QStringList()); // never from within the call
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.gateway.sent("update").size(), 0);
}

void tst_ChannelTokens::emptyTokenIsRefused()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.updateToken(QString());
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"token: expected a non-empty access token (0, 0)"_s });
}

void tst_ChannelTokens::withoutASession_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<State>("after");
    QTest::newRow("Disconnected") << State::Disconnected << State::Connecting;
    QTest::newRow("CON-26 Connecting") << State::Connecting << State::Connecting;
    QTest::newRow("CON-40 WaitAndReconnect") << State::WaitAndReconnect << State::WaitAndReconnect;
    QTest::newRow("Denied") << State::Denied << State::Connecting;
    QTest::newRow("Disconnecting") << State::Disconnecting << State::Connecting;
}

void tst_ChannelTokens::withoutASession()
{
    QFETCH(State, state);
    QFETCH(State, after);
    ChannelFixture fixture;
    if (state != State::Disconnected)
        fixture.channel->open();
    if (state == State::WaitAndReconnect)
        fixture.gateway.drop();
    if (state == State::Denied || state == State::Disconnecting)
        fixture.gateway.accept();
    if (state == State::Denied)
        fixture.gateway.reply(fixture.gateway.last("init"), R"({"code":401})");
    if (state == State::Disconnecting)
        fixture.channel->close();
    QCOMPARE(fixture.state(), state);
    fixture.updateToken(u"token B"_s);
    QCOMPARE(fixture.state(), after);
    QCOMPARE(fixture.channel->token(), u"token B"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.gateway.sent("update").size(), 0);
    if (after == State::Connecting) {
        fixture.gateway.accept();
        QCOMPARE(fixture.gateway.last("init").field("token"), "token B");
    }
}

void tst_ChannelTokens::defect03_whileInitializingItIsSentAfterwards()
{
    ChannelFixture fixture;
    fixture.initialize();
    fixture.get();
    fixture.updateToken(u"token B"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    QCOMPARE(fixture.gateway.sent("update").size(), 0);
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.takeOutcomes(), QStringList());
    fixture.gateway.reply(fixture.gateway.last("update"));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.gateway.last("update").field("token"), "token B");
}

// The old token is refused while a new one is at hand: no need for the application to say it again.
void tst_ChannelTokens::whileInitializingAndInitIsRefused()
{
    ChannelFixture fixture;
    fixture.initialize();
    fixture.updateToken(u"token B"_s);
    fixture.takeLog();
    fixture.gateway.reply(fixture.gateway.last("init"), R"({"code":401,"status":"X","errorCode":20104})");
    QCOMPARE(fixture.takeLog().join(u" | "_s),
             u"error: Connection error: X (401, 20104, terminal) | Denied | expired | Connecting"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    fixture.gateway.accept();
    QCOMPARE(fixture.gateway.last("init").field("token"), "token B");
}

void tst_ChannelTokens::whileThrottledItIsSentAfterwards()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.throttleMin = options.throttleMax = 5ms; });
    fixture.connectNow();
    fixture.throttle();
    fixture.updateToken(u"token B"_s);
    QCOMPARE(fixture.gateway.sent("update").size(), 0);
    QTRY_COMPARE(fixture.gateway.sent("update").size(), 1);
    fixture.gateway.reply(fixture.gateway.last("update"));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
}

// Each has its own verdict
void tst_ChannelTokens::defect03_updatesWaitForOneAnother()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.updateToken(u"token B"_s);
    fixture.updateToken(u"token C"_s);
    fixture.updateToken(u"token C"_s);
    QCOMPARE(fixture.gateway.sent("update").size(), 1);
    fixture.gateway.reply(fixture.gateway.last("update"));
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.gateway.sent("update").size(), 2);
    QCOMPARE(fixture.gateway.last("update").field("token"), "token C");
    fixture.gateway.reply(fixture.gateway.last("update"));
    QCOMPARE(fixture.takeOutcomes(), (QStringList { u"ok"_s, u"ok"_s }));
    QCOMPARE(fixture.gateway.sent("update").size(), 2);
}

void tst_ChannelTokens::aRefusedUpdateGivesWayToTheNext()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.updateToken(u"token B"_s);
    fixture.updateToken(u"token C"_s);
    fixture.gateway.reply(fixture.gateway.last("update"),
                          R"({"code":401,"status":"UNAUTHORIZED","errorCode":20101})");
    QCOMPARE(fixture.takeOutcomes(),
             (QStringList { u"Updated token was rejected by server (400, 51130)"_s, u"ok"_s }));
    QCOMPARE(fixture.state(), State::Connecting);
    fixture.gateway.accept();
    QCOMPARE(fixture.gateway.last("init").field("token"), "token C");
}

void tst_ChannelTokens::refused_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<QString>("log");
    QTest::addColumn<QString>("token"); // of the next init
    const QString rejected = u"Updated token was rejected by server (400, 51130)"_s;
    QTest::newRow("CON-10 (J9) invalid") << QByteArray(
            R"({"code":401,"status":"UNAUTHORIZED","description":"Invalid Access Token","errorCode":20101})")
                                         << rejected
                                         << u"error: Connection error: Invalid Access Token (401, 20101, terminal) | Denied"_s
                                         << u"token B"_s;
    QTest::newRow("CON-11 (J9) expired")
            << QByteArray(
                       R"({"code":401,"status":"UNAUTHORIZED","description":"Access Token expired","errorCode":20104})")
            << rejected
            << u"error: Connection error: Access Token expired (401, 20104, terminal) | Denied | expired"_s
            << u"token B"_s;
    QTest::newRow("401 with another text")
            << QByteArray(R"({"code":401,"status":"X"})") << u"X (401, 0, terminal)"_s
            << u"error: Connection error: X (401, 0, terminal) | Denied"_s << u"token B"_s;
    QTest::newRow("403") << QByteArray(R"({"code":403,"status":"FORBIDDEN"})")
                         << u"FORBIDDEN (403, 0, terminal)"_s
                         << u"error: Connection error: FORBIDDEN (403, 0, terminal) | Denied"_s
                         << u"token B"_s;
    QTest::newRow("429: not looked at") << QByteArray(R"({"code":429,"status":"X"})") << u"X (429, 0)"_s
                                        << u"Throttling"_s << u"token A"_s;
    QTest::newRow("500") << QByteArray(R"({"code":500,"status":"X"})") << u"X (500, 0)"_s
                         << u"error: Connection error: X (500, 0) | WaitAndReconnect"_s << u"token B"_s;
}

void tst_ChannelTokens::refused()
{
    QFETCH(QByteArray, status);
    QFETCH(QString, outcome);
    QFETCH(QString, log);
    QFETCH(QString, token);
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.takeLog();
    fixture.updateToken(u"token B"_s);
    fixture.gateway.reply(fixture.gateway.last("update"), status);
    QCOMPARE(fixture.takeLog().join(u" | "_s), log);
    QCOMPARE(fixture.takeOutcomes(), QStringList { outcome });
    QCOMPARE(fixture.channel->token(), token);
}

void tst_ChannelTokens::defect04_noReply()
{
    ChannelFixture fixture;
    fixture.change([](auto &options) { options.requestTimeout = 5ms; });
    fixture.connectNow();
    fixture.takeLog();
    fixture.updateToken(u"token B"_s);
    QTRY_COMPARE(fixture.outcomes, QStringList { u"no reply to the token update within 5 ms (0, 0)"_s });
    QCOMPARE(fixture.log.mid(0, 2).join(u" | "_s),
             u"error: no reply to the token update within 5 ms (0, 0) | WaitAndReconnect"_s);
    fixture.initialize();
    QCOMPARE(fixture.gateway.last("init").field("token"), "token B");
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.gateway.sent("update").size(), 1);
}

void tst_ChannelTokens::defect04_lostSocket()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.updateToken(u"token B"_s);
    fixture.updateToken(u"token C"_s);
    fixture.gateway.drop();
    QCOMPARE(fixture.takeOutcomes(), (QStringList { u"disconnected (0, 0)"_s, u"ok"_s }));
    fixture.initialize();
    QCOMPARE(fixture.gateway.last("init").field("token"), "token C");
}

// The 410 is the old token's end; the new one has not been looked at and is tried at once.
void tst_ChannelTokens::expiryWhileTheUpdateIsUnderWay()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.takeLog();
    fixture.updateToken(u"token B"_s);
    fixture.gateway.receive(
            R"({"method":"close","id":"TM1","status":{"code":410,"status":"TOKEN_EXPIRED"}})");
    QCOMPARE(fixture.takeLog().join(u" | "_s),
             u"error: Connection error: TOKEN_EXPIRED (410, 0, terminal) | Denied | expired | Connecting"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"disconnected (0, 0)"_s });
    fixture.gateway.accept();
    QCOMPARE(fixture.gateway.last("init").field("token"), "token B");

    ChannelFixture forbidden; // here the new token is what was refused
    forbidden.connectNow();
    forbidden.updateToken(u"token B"_s);
    forbidden.gateway.receive(R"({"method":"close","id":"TM1","status":{"code":308,"errorCode":51232}})");
    QCOMPARE(forbidden.state(), State::Denied);
}

void tst_ChannelTokens::defect02_updateFromTheExpiredSlot()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.takeLog();
    connect(fixture.channel, &TwilsockChannel::tokenExpired, this,
            [&] { fixture.updateToken(u"token B"_s); });
    fixture.gateway.receive(
            R"({"method":"close","id":"TM1","status":{"code":410,"status":"TOKEN_EXPIRED"}})");
    QCOMPARE(fixture.takeLog().join(u" | "_s),
             u"error: Connection error: TOKEN_EXPIRED (410, 0, terminal) | Denied | expired | Connecting"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    fixture.gateway.accept();
    fixture.gateway.reply(fixture.gateway.last("init"));
    QCOMPARE(fixture.state(), State::Connected);
    QCOMPARE(fixture.gateway.last("init").field("token"), "token B");
}

void tst_ChannelTokens::refusedTokenAgain()
{
    ChannelFixture fixture;
    fixture.initialize();
    fixture.gateway.reply(fixture.gateway.last("init"), R"({"code":401})");
    fixture.updateToken(u"token A"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.state(), State::Denied); // both SDKs: the same token is no news
    fixture.channel->open();
    QCOMPARE(fixture.state(), State::Connecting); // whoever insists may
}

void tst_ChannelTokens::tokenLeavesFailed()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.gateway.receive(R"({"method":"close","id":"TM1","status":{"code":417,"status":"X"}})");
    fixture.updateToken(u"token B"_s);
    QCOMPARE(fixture.takeOutcomes(), QStringList { u"ok"_s });
    QCOMPARE(fixture.state(), State::Connecting);
}

void tst_ChannelTokens::shutDownDropsUpdates()
{
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.updateToken(u"token B"_s);
    fixture.updateToken(u"token C"_s);
    fixture.channel->close();
    QCOMPARE(fixture.takeOutcomes(),
             QStringList(2, u"Unable to connect: the client was shut down (0, 0, terminal)"_s));
}

QTEST_GUILESS_MAIN(tst_ChannelTokens)
#include "tst_channeltokens.moc"
