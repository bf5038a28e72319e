#include "channelfixture.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;
using Input = ChannelInput;

namespace {

constexpr std::array states { State::Disconnected,     State::AwaitingToken, State::Connecting,
                              State::Initializing,     State::Connected,     State::Throttling,
                              State::WaitAndReconnect, State::Disconnecting, State::Denied,
                              State::Failed,           State::Offline };
constexpr std::array inputs { Input::Open,
                              Input::AwaitToken,
                              Input::Close,
                              Input::GoOffline,
                              Input::NewToken,
                              Input::NewEndpoint,
                              Input::NetworkChanged,
                              Input::SocketUp,
                              Input::SocketLost,
                              Input::TimerFired,
                              Input::WatchdogFired,
                              Input::InitAccepted,
                              Input::TooManyRequests,
                              Input::Reconnect,
                              Input::TokenRefused,
                              Input::Unusable };
constexpr std::array inputNames {
    "Open",          "AwaitToken",     "Close",           "GoOffline",  "NewToken",
    "NewEndpoint",   "NetworkChanged", "SocketUp",        "SocketLost", "TimerFired",
    "WatchdogFired", "InitAccepted",   "TooManyRequests", "Reconnect",  "TokenRefused",
    "Unusable"
};

} // namespace

class tst_ConnectionTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void leadsWhereTheProtocolSays_data();
    void leadsWhereTheProtocolSays();
    void channelFollowsTheTable_data();
    void channelFollowsTheTable();

private:
    static void bring(ChannelFixture &fixture, State state);
    static void apply(ChannelFixture &fixture, Input input);
};

// The whole machine once more, written down independently: one letter for each input in the order of the
// enum. d A C I K T W g N F O are the states in the order of their enum, . is no move.
void tst_ConnectionTable::leadsWhereTheProtocolSays_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<QByteArray>("moves");
    //                                                        OACGTENULtwAMRDX
    QTest::newRow("Disconnected") << State::Disconnected << QByteArray("CA.OC...........");
    QTest::newRow("AwaitingToken") << State::AwaitingToken << QByteArray("C.dOC...........");
    QTest::newRow("Connecting") << State::Connecting << QByteArray("..dO..CIWW.....F");
    QTest::newRow("Initializing") << State::Initializing << QByteArray("..gO..C.WW.KWWNF");
    QTest::newRow("Connected") << State::Connected << QByteArray("..gO....W.W.TWNF");
    QTest::newRow("Throttling") << State::Throttling << QByteArray("..gO....WKW.TWNF");
    QTest::newRow("WaitAndReconnect") << State::WaitAndReconnect << QByteArray("C.dO..C..C......");
    QTest::newRow("Disconnecting") << State::Disconnecting << QByteArray("CA.OC...dd.....d");
    QTest::newRow("Denied") << State::Denied << QByteArray("C.dOC...........");
    QTest::newRow("Failed") << State::Failed << QByteArray("C..OCC..........");
    QTest::newRow("Offline") << State::Offline << QByteArray("CAd.............");
}

void tst_ConnectionTable::leadsWhereTheProtocolSays()
{
    QFETCH(State, state);
    QFETCH(QByteArray, moves);
    constexpr char letters[] = "dACIKTWgNFO";
    QByteArray actual;
    for (const Input input : inputs) {
        const auto to = nextState(state, input);
        actual += to ? letters[int(*to)] : '.';
    }
    QCOMPARE(actual, moves);
}

void tst_ConnectionTable::channelFollowsTheTable_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<Input>("input");
    for (const State state : states) {
        for (std::size_t i = 0; i < inputs.size(); ++i)
            QTest::addRow("%s, %s", qPrintable(nameOf(state)), inputNames[i]) << state << inputs[i];
    }
}

// What cannot come in a state (a frame without a socket) is tried all the same, and must be ignored.
void tst_ConnectionTable::channelFollowsTheTable()
{
    QFETCH(State, state);
    QFETCH(Input, input);
    ChannelFixture fixture;
    std::chrono::milliseconds skipped { 0 };
    const bool isTimed = input == Input::TimerFired || input == Input::WatchdogFired;
    fixture.change([&](auto &options) {
        const auto never = 1h;
        const auto soon = isTimed ? std::chrono::milliseconds(1) : never;
        options.clock = [&skipped] { return steadyTime() + skipped; };
        options.connectTimeout = state == State::Connecting ? soon : never;
        options.initTimeout = state == State::Initializing ? soon : never;
        options.watchdog = input == Input::WatchdogFired ? soon : never;
        options.closeTimeout = state == State::Disconnecting ? soon : never;
        options.backoffInitial = soon;
        options.throttleMin = options.throttleMax =
                state == State::Throttling && input == Input::TimerFired ? soon : never;
    });
    fixture.gateway.answersClose = false;
    bring(fixture, state);
    if (QTest::currentTestFailed())
        return;
    QCOMPARE(fixture.state(), state);
    fixture.takeLog();

    const std::optional<State> expected = nextState(state, input);
    if (isTimed) {
        if (expected)
            QTRY_VERIFY(fixture.log.contains(nameOf(*expected)));
        return;
    }
    skipped = 1h; // changes of the network make one attempt a second
    apply(fixture, input);
    QCOMPARE(fixture.state(), expected.value_or(state));
    if (!expected)
        QCOMPARE(fixture.log, QStringList());
}

void tst_ConnectionTable::bring(ChannelFixture &fixture, State state)
{
    switch (state) {
    case State::Disconnected:
        break;
    case State::AwaitingToken:
        fixture.channel->setToken({});
        fixture.channel->open();
        break;
    case State::Connecting:
        fixture.channel->open();
        break;
    case State::Initializing:
        fixture.initialize();
        break;
    case State::Connected:
        fixture.connectNow();
        break;
    case State::Throttling:
        fixture.connectNow();
        fixture.throttle();
        break;
    case State::WaitAndReconnect:
        fixture.connectNow();
        fixture.gateway.drop();
        break;
    case State::Disconnecting:
        fixture.connectNow();
        fixture.close();
        break;
    case State::Denied:
        fixture.initialize();
        fixture.gateway.reply(fixture.gateway.last("init"), "{\"code\":401,\"status\":\"UNAUTHORIZED\"}");
        break;
    case State::Failed:
        fixture.channel->open();
        fixture.gateway.drop(SyncError(u"certificate"_s, 0, 0, true));
        break;
    case State::Offline:
        fixture.connectNow();
        fixture.channel->goOffline();
        break;
    }
}

void tst_ConnectionTable::apply(ChannelFixture &fixture, Input input)
{
    ScriptedGateway &gateway = fixture.gateway;
    const auto receiveClose = [&](const QByteArray &code) {
        if (gateway.socket)
            gateway.receive("{\"method\":\"close\",\"id\":\"TM1\",\"status\":{\"code\":" + code + "}}");
    };
    switch (input) {
    case Input::Open:
        fixture.channel->setToken(u"token A"_s);
        fixture.channel->open();
        break;
    case Input::AwaitToken:
        fixture.channel->setToken({});
        fixture.channel->open();
        break;
    case Input::Close:
        fixture.channel->close();
        break;
    case Input::GoOffline:
        fixture.channel->goOffline();
        break;
    case Input::NewToken:
        fixture.channel->updateToken(u"token B"_s);
        break;
    case Input::NewEndpoint:
        fixture.channel->setUrl(QUrl(u"ws://127.0.0.1:2/"_s));
        break;
    case Input::NetworkChanged:
        fixture.channel->networkChanged();
        break;
    case Input::SocketUp:
        if (gateway.socket)
            gateway.accept();
        break;
    case Input::SocketLost:
        if (gateway.socket)
            gateway.drop();
        break;
    case Input::InitAccepted:
        if (gateway.socket)
            gateway.reply(gateway.last("init"));
        break;
    case Input::TooManyRequests:
        if (fixture.state() == State::Initializing) {
            gateway.reply(gateway.last("init"), "{\"code\":429}");
        } else if (fixture.state() == State::Connected) {
            fixture.throttle();
        }
        break;
    case Input::Reconnect:
        receiveClose("308");
        break;
    case Input::TokenRefused:
        receiveClose("401");
        break;
    case Input::Unusable:
        if (gateway.socket)
            gateway.drop(SyncError(u"certificate"_s, 0, 0, true));
        break;
    case Input::TimerFired:
    case Input::WatchdogFired:
        break;
    }
}

QTEST_GUILESS_MAIN(tst_ConnectionTable)
#include "tst_connectiontable.moc"
