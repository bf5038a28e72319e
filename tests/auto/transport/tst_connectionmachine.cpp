#include "channelfixture.h"
#include "eventually.h"
#include "socketgateway.h"

#include <QtCore/qfile.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>
#include <QtTest/qtest.h>

#include <map>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;
using Input = ChannelInput;

namespace {

//! What is to come of an input: signals in order, what is sent, new connections.
struct Outcome
{
    QString signalled;
    QString sent;
    int attempts = 0;
};

//! How a state is reached: as many signals and frames, and the inputs that lead there.
struct Way
{
    State state;
    qsizetype signalCount;
    qsizetype frameCount;
};

constexpr std::array ways {
    Way { State::Disconnected, 0, 0 },     Way { State::AwaitingToken, 1, 0 },
    Way { State::Connecting, 1, 0 },       Way { State::Initializing, 2, 1 },
    Way { State::Connected, 3, 3 },        Way { State::Throttling, 4, 3 },
    Way { State::WaitAndReconnect, 8, 3 }, Way { State::Disconnecting, 4, 3 },
    Way { State::Denied, 4, 2 },           Way { State::Failed, 5, 4 },
    Way { State::Offline, 4, 4 },
};

struct NamedInput
{
    Input input;
    const char *name;
};
constexpr std::array inputs {
    NamedInput { Input::Open, "Open" },
    NamedInput { Input::AwaitToken, "AwaitToken" },
    NamedInput { Input::Close, "Close" },
    NamedInput { Input::GoOffline, "GoOffline" },
    NamedInput { Input::NewToken, "NewToken" },
    NamedInput { Input::NewEndpoint, "NewEndpoint" },
    NamedInput { Input::NetworkChanged, "NetworkChanged" },
    NamedInput { Input::SocketUp, "SocketUp" },
    NamedInput { Input::SocketLost, "SocketLost" },
    NamedInput { Input::TimerFired, "TimerFired" },
    NamedInput { Input::WatchdogFired, "WatchdogFired" },
    NamedInput { Input::InitAccepted, "InitAccepted" },
    NamedInput { Input::TooManyRequests, "TooManyRequests" },
    NamedInput { Input::Reconnect, "Reconnect" },
    NamedInput { Input::TokenRefused, "TokenRefused" },
    NamedInput { Input::Unusable, "Unusable" },
};

using Cell = std::pair<State, Input>;

// Written from protocol.md, sections 5 and 13, not from the machine's table. What is not here does nothing.
// The first attempt after a loss is made at once; the handshake is answered by SocketUp alone.
const std::map<Cell, Outcome> &expectations()
{
    using S = State;
    using I = Input;
    const QString lostThenTried = u"error: lost, WaitAndReconnect, Connecting"_s;
    const QString closing = u"Disconnecting, Disconnected"_s;
    const QString redirected = u"error: Connection error: x (308, 0), WaitAndReconnect, Connecting"_s;
    const QString refused = u"error: Connection error: x (401, 0, terminal), Denied"_s;
    const QString unusable = u"error: Connection error: x (406, 0, terminal), Failed"_s;
    static const std::map<Cell, Outcome> all {
        { { S::Disconnected, I::Open }, { u"Connecting"_s, {}, 1 } },
        { { S::Disconnected, I::NewToken }, { u"Connecting"_s, {}, 1 } },
        { { S::Disconnected, I::AwaitToken }, { u"AwaitingToken"_s, {}, 0 } },
        { { S::Disconnected, I::GoOffline }, { u"Offline"_s, {}, 0 } },

        { { S::AwaitingToken, I::Open }, { u"Connecting"_s, {}, 1 } },
        { { S::AwaitingToken, I::NewToken }, { u"Connecting"_s, {}, 1 } },
        { { S::AwaitingToken, I::Close }, { u"Disconnected"_s, {}, 0 } },
        { { S::AwaitingToken, I::GoOffline }, { u"Offline"_s, {}, 0 } },

        { { S::Connecting, I::GoOffline }, { u"Offline"_s, {}, 0 } },
        { { S::Connecting, I::Close }, { u"Disconnected"_s, {}, 0 } },
        { { S::Connecting, I::NetworkChanged }, { {}, {}, 1 } },
        { { S::Connecting, I::SocketUp }, { u"Initializing"_s, u"init token A"_s, 0 } },
        { { S::Connecting, I::SocketLost }, { lostThenTried, {}, 1 } },
        // The second attempt takes no longer than the first, and is followed by a wait.
        { { S::Connecting, I::TimerFired },
          { u"error: no connection within 20 ms (0, 0), WaitAndReconnect, Connecting, "
            "error: no connection within 20 ms (0, 0), WaitAndReconnect"_s,
            {},
            1 } },
        { { S::Connecting, I::Unusable },
          { u"error: The certificate is self-signed, and untrusted (0, 0, terminal), Failed"_s, {}, 0 } },

        { { S::Initializing, I::GoOffline }, { u"Offline"_s, u"close"_s, 0 } },
        { { S::Initializing, I::Close }, { closing, u"close"_s, 0 } },
        { { S::Initializing, I::NetworkChanged }, { u"Connecting"_s, {}, 1 } },
        { { S::Initializing, I::SocketLost }, { lostThenTried, {}, 1 } },
        { { S::Initializing, I::TimerFired },
          { u"error: no reply to init within 20 ms (0, 0), WaitAndReconnect, Connecting"_s, {}, 1 } },
        { { S::Initializing, I::InitAccepted }, { u"Connected"_s, {}, 0 } },
        { { S::Initializing, I::TooManyRequests },
          { u"error: Connection error: x (429, 0), WaitAndReconnect"_s, u"close"_s, 0 } },
        { { S::Initializing, I::Reconnect }, { redirected, u"reply"_s, 1 } },
        { { S::Initializing, I::TokenRefused }, { refused, u"reply"_s, 0 } },
        { { S::Initializing, I::Unusable }, { unusable, u"reply"_s, 0 } },

        { { S::Connected, I::GoOffline }, { u"Offline"_s, u"close"_s, 0 } },
        { { S::Connected, I::Close }, { closing, u"close"_s, 0 } },
        { { S::Connected, I::NewToken }, { {}, u"update token B"_s, 0 } },
        { { S::Connected, I::NetworkChanged }, { {}, u"ping"_s, 0 } },
        { { S::Connected, I::SocketLost }, { lostThenTried, {}, 1 } },
        { { S::Connected, I::WatchdogFired },
          { u"error: no answer to a ping within 20 ms (0, 0), WaitAndReconnect, Connecting"_s, u"ping"_s,
            1 } },
        { { S::Connected, I::TooManyRequests }, { u"Throttling"_s, {}, 0 } },
        { { S::Connected, I::Reconnect }, { redirected, u"reply"_s, 1 } },
        { { S::Connected, I::TokenRefused }, { refused, u"reply"_s, 0 } },
        { { S::Connected, I::Unusable }, { unusable, u"reply"_s, 0 } },

        { { S::Throttling, I::GoOffline }, { u"Offline"_s, u"close"_s, 0 } },
        { { S::Throttling, I::Close }, { closing, u"close"_s, 0 } },
        { { S::Throttling, I::NetworkChanged }, { {}, u"ping"_s, 0 } },
        { { S::Throttling, I::SocketLost }, { lostThenTried, {}, 1 } },
        { { S::Throttling, I::TimerFired }, { u"Connected"_s, {}, 0 } },
        { { S::Throttling, I::WatchdogFired },
          { u"error: no answer to a ping within 20 ms (0, 0), WaitAndReconnect, Connecting"_s, u"ping"_s,
            1 } },
        { { S::Throttling, I::Reconnect }, { redirected, u"reply"_s, 1 } },
        { { S::Throttling, I::TokenRefused }, { refused, u"reply"_s, 0 } },
        { { S::Throttling, I::Unusable }, { unusable, u"reply"_s, 0 } },

        { { S::WaitAndReconnect, I::Open }, { u"Connecting"_s, {}, 1 } },
        { { S::WaitAndReconnect, I::GoOffline }, { u"Offline"_s, {}, 0 } },
        { { S::WaitAndReconnect, I::Close }, { u"Disconnected"_s, {}, 0 } },
        { { S::WaitAndReconnect, I::NetworkChanged }, { u"Connecting"_s, {}, 1 } },
        { { S::WaitAndReconnect, I::TimerFired }, { u"Connecting"_s, {}, 1 } },

        { { S::Disconnecting, I::Open }, { u"Connecting"_s, u"close"_s, 1 } },
        { { S::Disconnecting, I::NewToken }, { u"Connecting"_s, u"close"_s, 1 } },
        { { S::Disconnecting, I::AwaitToken }, { u"AwaitingToken"_s, u"close"_s, 0 } },

        { { S::Disconnecting, I::GoOffline }, { u"Offline"_s, u"close"_s, 0 } },

        // Ours is not read any more.
        { { S::Disconnecting, I::SocketLost }, { u"Disconnected"_s, {}, 0 } },

        { { S::Denied, I::Open }, { u"Connecting"_s, {}, 1 } },
        { { S::Denied, I::NewToken }, { u"Connecting"_s, {}, 1 } },
        { { S::Denied, I::Close }, { u"Disconnected"_s, {}, 0 } },
        { { S::Denied, I::GoOffline }, { u"Offline"_s, {}, 0 } },

        { { S::Failed, I::GoOffline }, { u"Offline"_s, {}, 0 } },
        { { S::Failed, I::Open }, { u"Connecting"_s, {}, 1 } },
        { { S::Failed, I::NewToken }, { u"Connecting"_s, {}, 1 } },
        { { S::Failed, I::NewEndpoint }, { u"Connecting"_s, {}, 1 } },

        { { S::Offline, I::Open }, { u"Connecting"_s, {}, 1 } },
        { { S::Offline, I::AwaitToken }, { u"AwaitingToken"_s, {}, 0 } },
        { { S::Offline, I::Close }, { u"Disconnected"_s, {}, 0 } },
    };
    return all;
}

Outcome expected(State state, Input input)
{
    const auto found = expectations().find({ state, input });
    if (found != expectations().end())
        return found->second;
    // A socket that is closing ends whatever comes.
    return state == State::Disconnecting ? Outcome { u"Disconnected"_s, u"close"_s, 0 } : Outcome();
}

} // namespace

//! Every state × every input, over real sockets.
class tst_ConnectionMachine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void everyInputInEveryState_data();
    void everyInputInEveryState();
    void tableHasWhatIsExpected();

private:
    void bring(State state);
    void apply(Input input);
    //! Of an own pair of sockets: what was sent before on any of this machine has arrived.
    void barrier();
    void close(const QByteArray &code)
    {
        m_gateway->send("{\"method\":\"close\",\"id\":\"TM1\",\"status\":{\"code\":" + code
                        + ",\"status\":\"x\"}}");
    }
    [[nodiscard]] bool reaches(State state)
    {
        return eventually([&] { return m_channel->state() == state; });
    }

    QSslConfiguration m_selfSigned;
    std::unique_ptr<SocketGateway> m_gateway;
    std::unique_ptr<TwilsockChannel> m_channel;
    QStringList m_log;
    std::chrono::milliseconds m_skipped { 0 };
};

void tst_ConnectionMachine::initTestCase()
{
    QFile pem(u"" SELF_SIGNED_PEM ""_s);
    QVERIFY(pem.open(QIODevice::ReadOnly));
    const QByteArray text = pem.readAll();
    m_selfSigned.setLocalCertificate(QSslCertificate(text));
    m_selfSigned.setPrivateKey(QSslKey(text, QSsl::Ec));
}

void tst_ConnectionMachine::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_gateway = std::make_unique<SocketGateway>();
    QVERIFY(m_gateway->listen());
    m_channel = std::make_unique<TwilsockChannel>();
    m_log.clear();
    m_skipped = 0ms;
    connect(m_channel.get(), &TwilsockChannel::stateChanged, this,
            [this](State state) { m_log.append(nameOf(state)); });
    connect(m_channel.get(), &TwilsockChannel::errorOccurred, this, [this](const SyncError &error) {
        const bool isLost = error.message().contains("remote host closed"_L1);
        m_log.append(u"error: "_s + (isLost ? u"lost"_s : textOf(error)));
    });
    connect(m_channel.get(), &TwilsockChannel::tokenExpired, this, [this] { m_log.append(u"expired"_s); });
    connect(m_channel.get(), &TwilsockChannel::tokenAboutToExpire, this,
            [this] { m_log.append(u"about to expire"_s); });
}

void tst_ConnectionMachine::cleanup()
{
    m_channel.reset();
    m_gateway.reset();
}

void tst_ConnectionMachine::everyInputInEveryState_data()
{
    QTest::addColumn<qsizetype>("way");
    QTest::addColumn<Input>("input");
    for (std::size_t i = 0; i < ways.size(); ++i) {
        for (const NamedInput &named : inputs)
            QTest::addRow("%s, %s", qPrintable(nameOf(ways[i].state)), named.name)
                    << qsizetype(i) << named.input;
    }
}

// What cannot come in a state (a frame without a socket) is tried all the same.
void tst_ConnectionMachine::everyInputInEveryState()
{
    QFETCH(qsizetype, way);
    QFETCH(Input, input);
    const auto [stateOnWay, signalCount, frameCount] = ways[std::size_t(way)];
    const State state = stateOnWay; // a lambda cannot name a part of a binding
    TwilsockChannel::Options options;
    const auto never = 1h;
    const bool isTimed = input == Input::TimerFired;
    const auto time = [&](State of) {
        return isTimed && of == state ? 20ms : std::chrono::milliseconds(never);
    };
    const bool isSecure = state == State::Connecting && input == Input::Unusable;
    options.url = m_gateway->url(isSecure ? u"wss"_s : u"ws"_s);
    options.clock = [this] { return steadyTime() + m_skipped; };
    options.connectTimeout = time(State::Connecting);
    options.initTimeout = time(State::Initializing);
    options.throttleMin = options.throttleMax = time(State::Throttling);
    options.backoffInitial = state == State::WaitAndReconnect ? time(state) : never;
    options.backoffCap = never;
    options.closeTimeout = time(State::Disconnecting);
    options.pingInterval = options.watchdog = options.requestTimeout = options.queueTimeout = never;
    options.pongTimeout = input == Input::WatchdogFired ? 20ms : std::chrono::milliseconds(never);
    m_channel->setOptions(options);
    m_channel->setToken(u"token A"_s);
    bring(state);
    if (QTest::currentTestFailed())
        return;
    if (state != State::Disconnecting && !isTimed) {
        barrier();
        QCOMPARE(m_log.size(), signalCount);
        QCOMPARE(m_gateway->frames().size(), frameCount);
    }
    const int attempts = m_gateway->attempts();

    apply(input);
    const Outcome outcome = expected(state, input);
    const auto signalled = [&, from = signalCount] { return m_log.mid(from).join(u", "_s); };
    const auto sent = [&, from = frameCount] { return m_gateway->frames().mid(from).join(u", "_s); };
    const auto attempted = [&] { // where it is timed, the attempt may be part of the way
        return isTimed ? outcome.attempts : m_gateway->attempts() - attempts;
    };
    (void)eventually([&] {
        return signalled() == outcome.signalled && sent() == outcome.sent && attempted() == outcome.attempts;
    });
    barrier();
    QCOMPARE(signalled(), outcome.signalled);
    QCOMPARE(sent(), outcome.sent);
    QCOMPARE(attempted(), outcome.attempts);
}

// Both are complete, and agree where the connection ends up at first.
void tst_ConnectionMachine::tableHasWhatIsExpected()
{
    for (const Way &way : ways) {
        for (const NamedInput &named : inputs) {
            const auto to = nextState(way.state, named.input);
            const Outcome outcome = expected(way.state, named.input);
            const bool moves = !outcome.signalled.isEmpty();
            const bool isListed = to && *to != way.state;
            if (way.state == State::Disconnecting)
                continue; // ends in any case
            QVERIFY2(moves == isListed,
                     qPrintable(u"%1, %2"_s.arg(nameOf(way.state), QLatin1StringView(named.name))));
            if (isListed)
                QVERIFY2(outcome.signalled.split(u", "_s).contains(nameOf(*to)), named.name);
        }
    }
}

void tst_ConnectionMachine::bring(State state)
{
    if (state == State::Disconnected)
        return;
    if (state == State::AwaitingToken)
        m_channel->setToken({});
    m_channel->open();
    if (state == State::AwaitingToken)
        return;
    QVERIFY(eventually([&] { return m_gateway->attempts() == 1; }));
    if (state == State::Connecting)
        return;
    QVERIFY(eventually([&] { return m_gateway->accept(); }));
    QVERIFY(eventually([&] { return m_gateway->frames().size() == 1; }));
    if (state == State::Initializing)
        return;
    if (state == State::Denied) {
        m_gateway->reply("init", R"({"code":401,"status":"UNAUTHORIZED"})");
        QVERIFY(reaches(state));
        return;
    }
    m_gateway->reply("init", R"({"code":200,"status":"OK"})");
    QVERIFY(reaches(State::Connected));
    for (int i = 0; i < 2; ++i) // what a 429 answers
        m_channel->request({ "GET", QUrl(u"https://h/p"_s), {}, {} }, {});
    QVERIFY(eventually([&] { return m_gateway->frames().size() == 3; }));
    switch (state) {
    case State::Throttling:
        m_gateway->reply("message", R"({"code":429,"status":"x"})");
        QVERIFY(eventually([&] { return m_log.contains(nameOf(state)); }));
        break;
    case State::WaitAndReconnect: // the first wait is none
        m_gateway->hangUp();
        QVERIFY(eventually([&] { return m_gateway->attempts() == 2; }));
        m_gateway->hangUp();
        QVERIFY(eventually([&] { return m_log.count(nameOf(state)) == 2; }));
        break;
    case State::Disconnecting:
        m_channel->close();
        break;
    case State::Failed:
        close("406");
        QVERIFY(reaches(state));
        break;
    case State::Offline:
        m_channel->goOffline();
        break;
    default:
        break;
    }
}

void tst_ConnectionMachine::apply(Input input)
{
    const bool isUp = isSessionUp(m_channel->state());
    switch (input) {
    case Input::Open:
        m_channel->setToken(u"token A"_s);
        m_channel->open();
        break;
    case Input::AwaitToken:
        m_channel->setToken({});
        m_channel->open();
        break;
    case Input::Close:
        m_channel->close();
        break;
    case Input::GoOffline:
        m_channel->goOffline();
        break;
    case Input::NewToken:
        m_channel->updateToken(u"token B"_s);
        break;
    case Input::NewEndpoint: {
        QUrl other = m_channel->options().url;
        other.setPath(u"/other"_s);
        m_channel->setUrl(other);
        break;
    }
    case Input::NetworkChanged:
        m_skipped = 2s; // changes of the network make one attempt a second
        m_channel->networkChanged();
        break;
    case Input::SocketUp:
        (void)eventually([&] { return m_gateway->accept() || m_channel->state() != State::Connecting; });
        break;
    case Input::SocketLost:
        m_gateway->hangUp();
        break;
    case Input::TimerFired:
        break; // by itself
    case Input::WatchdogFired:
        if (isUp)
            m_channel->networkChanged(); // sends a ping, which nobody answers
        break;
    case Input::InitAccepted:
        m_gateway->reply("init", R"({"code":200,"status":"OK"})");
        break;
    case Input::TooManyRequests:
        m_gateway->reply(isUp ? "message" : "init", R"({"code":429,"status":"x"})");
        break;
    case Input::Reconnect:
        close("308");
        break;
    case Input::TokenRefused:
        close("401");
        break;
    case Input::Unusable:
        if (m_channel->state() == State::Connecting)
            m_gateway->encrypt(m_selfSigned);
        else
            close("406");
        break;
    }
}

void tst_ConnectionMachine::barrier()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket near;
    near.connectToHost(QHostAddress::LocalHost, server.serverPort());
    QVERIFY(eventually([&] { return server.hasPendingConnections(); }));
    QTcpSocket *const far = server.nextPendingConnection();
    connect(far, &QTcpSocket::readyRead, far, [far] { far->write(far->readAll()); });
    for (int round = 1; round <= 3; ++round) { // what one brings may lead to the next
        near.write("x");
        QVERIFY(eventually([&] { return near.bytesAvailable() == round; }));
    }
}

QTEST_GUILESS_MAIN(tst_ConnectionMachine)
#include "tst_connectionmachine.moc"
