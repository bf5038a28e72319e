#include "channelfixture.h"

#include <QtCore/qloggingcategory.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using State = ChannelState;

// What comes in and what is answered (protocol.md, sections 3 and 4.3), and who may be gone meanwhile.
class tst_ChannelFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        QLoggingCategory::setFilterRules(u"twilio.sync.channel.warning=true"_s);
    }
    void acknowledges_data();
    void acknowledges();
    void malformedFrameIsDropped_data();
    void malformedFrameIsDropped();
    void nothingIsSaidAfterGoodbye();
    void tokenIsNeverLogged();
    void mayBeDeletedInEverySlot_data();
    void mayBeDeletedInEverySlot();
};

void tst_ChannelFrames::acknowledges_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("id"); // as in the acknowledgement; empty = there is none
    QTest::addColumn<QString>("log");
    QTest::newRow("CON-22 notification")
            << QByteArray(R"({"method":"notification","id":"TMbb","message_type":"twilio.sync.event"})")
            << QByteArray("{\"a\": 1}\r\n[]") << QByteArray("\"TMbb\"")
            << u"notification twilio.sync.event {\"a\": 1}\r\n[]"_s;
    QTest::newRow("notification without payload")
            << QByteArray(R"({"method":"notification","id":"TMbb","message_type":"x"})") << QByteArray()
            << QByteArray("\"TMbb\"") << u"notification x "_s;
    QTest::newRow("ping") << QByteArray(R"({"method":"ping","id":"TMf0f85835be6f4111999fd3154378b7a5"})")
                          << QByteArray() << QByteArray("\"TMf0f85835be6f4111999fd3154378b7a5\"")
                          << QString();
    QTest::newRow("CON-20 client_update") << QByteArray(
            R"({"method":"client_update","id":"TM63","client_update_type":"token_about_to_expire",)"
            R"("client_update_message":"Your token is about to expire."})")
                                          << QByteArray() << QByteArray("\"TM63\"") << u"about to expire"_s;
    QTest::newRow("client_update of another type")
            << QByteArray(R"({"method":"client_update","id":"TM63","client_update_type":"x"})")
            << QByteArray() << QByteArray("\"TM63\"") << QString();
    QTest::newRow("unknown method") << QByteArray(R"({"method":"put_away","id":"TM7"})") << QByteArray()
                                    << QByteArray("\"TM7\"") << QString();
    QTest::newRow("no method") << QByteArray(R"({"id":"TM7"})") << QByteArray() << QByteArray("\"TM7\"")
                               << QString();
    QTest::newRow("no id") << QByteArray(R"({"method":"ping"})") << QByteArray() << QByteArray() << QString();
    QTest::newRow("id with an escape") << QByteArray(R"({"method":"ping","id":"a\"b"})") << QByteArray()
                                       << QByteArray(R"("a\"b")") << QString();
    QTest::newRow("number as id") << QByteArray(R"({"method":"ping","id":12})") << QByteArray()
                                  << QByteArray("12") << QString();
    QTest::newRow("object as id") << QByteArray(R"({"method":"ping","id":{}})") << QByteArray()
                                  << QByteArray() << QString();
    QTest::newRow("a reply is not acknowledged")
            << QByteArray(R"({"method":"reply","id":"TM9","status":{"code":200}})") << QByteArray()
            << QByteArray() << QString();
}

void tst_ChannelFrames::acknowledges()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, id);
    QFETCH(QString, log);
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.takeLog();
    fixture.gateway.messages.clear();
    if (header.contains("reply"))
        QTest::ignoreMessage(QtWarningMsg, "reply dropped: not the id of anything we sent");
    fixture.gateway.receive(header, payload);
    QCOMPARE(fixture.takeLog().join(u" | "_s), log);
    QCOMPARE(fixture.state(), State::Connected);
    if (id.isEmpty()) {
        QCOMPARE(fixture.gateway.messages.size(), 0);
        return;
    }
    const QByteArray reply =
            "{\"method\":\"reply\",\"id\":" + id + ",\"status\":{\"code\":200,\"status\":\"ok\"}}";
    QCOMPARE(fixture.gateway.messages.size(), 1);
    QCOMPARE(fixture.gateway.messages[0],
             "TWILSOCK V3.0 " + QByteArray::number(reply.size()) + "\r\n" + reply + "\r\n");
}

// protocol.md 3, the column of JS; section 13
void tst_ChannelFrames::malformedFrameIsDropped_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("other version") << QByteArray("TWILSOCK V4.0 2\r\n{}\r\n");
    QTest::newRow("header cut short") << QByteArray("TWILSOCK V3.0 99\r\n{}\r\n");
    QTest::newRow("header is no JSON") << QByteArray("TWILSOCK V3.0 3\r\n{a}\r\n");
    QTest::newRow("header is an array") << QByteArray("TWILSOCK V3.0 2\r\n[]\r\n");
    QTest::newRow("header size mismatch") << QByteArray("TWILSOCK V3.0 4\r\n{\"method\":\"ping\"}\r\n");
    QTest::newRow("payload_size beyond the end")
            << QByteArray("TWILSOCK V3.0 20\r\n{\"payload_size\":9999}\r\n");
    QTest::newRow("payload_size of a wrong type")
            << QByteArray("TWILSOCK V3.0 19\r\n{\"payload_size\":\"1\"}\r\n1");
    QTest::newRow("garbage") << QByteArray("\0\xff\xfe{}", 5);
}

void tst_ChannelFrames::malformedFrameIsDropped()
{
    QFETCH(QByteArray, message);
    ChannelFixture fixture;
    fixture.connectNow();
    fixture.takeLog();
    fixture.gateway.messages.clear();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^frame of \\d+ bytes dropped: "_s));
    fixture.gateway.receiveRaw(message);
    QCOMPARE(fixture.log, QStringList());
    QCOMPARE(fixture.state(), State::Connected);
    QCOMPARE(fixture.gateway.messages.size(), 0);
    fixture.gateway.receive("{\"method\":\"ping\",\"id\":\"TM1\"}"); // all goes on
    QCOMPARE(fixture.gateway.messages.size(), 1);
}

void tst_ChannelFrames::nothingIsSaidAfterGoodbye()
{
    ChannelFixture fixture;
    fixture.gateway.answersClose = false;
    fixture.connectNow();
    fixture.close();
    fixture.gateway.messages.clear();
    fixture.takeLog();
    fixture.gateway.receive(R"({"method":"notification","id":"TM1","message_type":"x"})", "{}");
    QCOMPARE(fixture.gateway.messages.size(), 0);
    QCOMPARE(fixture.log, QStringList());
}

void tst_ChannelFrames::tokenIsNeverLogged()
{
    static QStringList lines;
    lines.clear();
    QLoggingCategory::setFilterRules(u"twilio.sync.*=true"_s);
    const QtMessageHandler before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &text) { lines.append(text); });
    {
        ChannelFixture fixture;
        fixture.connectNow();
        fixture.updateToken(u"token B"_s);
        fixture.gateway.reply(fixture.gateway.last("update"), R"({"code":401,"status":"UNAUTHORIZED"})");
        fixture.updateToken(u"token C"_s);
        fixture.gateway.drop();
    }
    qInstallMessageHandler(before);
    QLoggingCategory::setFilterRules({});
    QVERIFY(!lines.isEmpty());
    QVERIFY2(lines.filter(u"token "_s).isEmpty(), qPrintable(lines.join(u'\n')));
}

void tst_ChannelFrames::mayBeDeletedInEverySlot_data()
{
    QTest::addColumn<int>("nth"); // the how manieth signal of the story below
    for (int i = 0; i < 24; ++i)
        QTest::addRow("signal %d", i) << i;
}

void tst_ChannelFrames::mayBeDeletedInEverySlot()
{
    QFETCH(int, nth);
    ChannelFixture fixture;
    int count = 0;
    const auto destroy = [&] {
        if (count++ == nth)
            delete fixture.channel.data();
    };
    using Channel = TwilsockChannel;
    const Channel *channel = fixture.channel;
    connect(channel, &Channel::stateChanged, this, destroy);
    connect(channel, &Channel::errorOccurred, this, destroy);
    connect(channel, &Channel::notificationReceived, this, destroy);
    connect(channel, &Channel::tokenAboutToExpire, this, destroy);
    connect(channel, &Channel::tokenExpired, this, destroy);
    int asked = 0;
    // Each step may be the last one; deleting drops the socket, so the gateway checks for it.
    const QList<std::function<void()>> story {
        [&] { fixture.channel->open(); },
        [&] { ++asked, fixture.get(); },
        [&] { fixture.gateway.accept(); },
        [&] { fixture.gateway.reply(fixture.gateway.last("init")); },
        [&] { fixture.gateway.receive(R"({"method":"notification","id":"TM1","message_type":"x"})", "{}"); },
        [&] {
            fixture.gateway.receive(
                    R"({"method":"client_update","id":"TM1","client_update_type":"token_about_to_expire"})");
        },
        [&] { fixture.gateway.reply(fixture.gateway.last("message"), R"({"code":429})"); },
        [&] { ++asked, fixture.get(); },
        [&] { ++asked, fixture.updateToken(u"token B"_s); },
        [&] { fixture.gateway.receive(R"({"method":"close","id":"TM2","status":{"code":410}})"); },
        [&] { ++asked, fixture.updateToken(u"token C"_s); },
        [&] { fixture.gateway.drop(); },
        [&] { ++asked, fixture.close(); },
    };
    for (const auto &step : story) {
        if (fixture.channel)
            step();
    }
    const int asked_ = asked;
    const bool deleted = !fixture.channel;
    QCOMPARE(deleted, count > nth);
    delete fixture.channel.data();
    QCOMPARE(fixture.takeOutcomes().size(), asked_); // each callback once
}

QTEST_GUILESS_MAIN(tst_ChannelFrames)
#include "tst_channelframes.moc"
