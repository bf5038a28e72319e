#include "channelfixture.h"
#include "virtualtime.h"

#include "TwilioSync/transport/networkmonitor.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;

//! What changes of the system's network do to a connection, in virtual time.
class tst_NetworkChanges : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_fixture.reset(); }
    void monitorTellsOfAnotherPath_data();
    void monitorTellsOfAnotherPath();
    void systemsMonitorIsThere();
    void longWaitEnds();
    void hangingAttemptIsMadeAnew_data();
    void hangingAttemptIsMadeAnew();
    void waitsAreShortAgain();
    void flickeringNetworkIsPaced();
    void anotherAttemptCancelsThePacedOne();
    void waitThatTheServiceNamedStays_data();
    void waitThatTheServiceNamedStays();
    void sessionChecksItsPathAtOnce_data();
    void sessionChecksItsPathAtOnce();
    void deadPathIsFoundAgainInTime_data();
    void deadPathIsFoundAgainInTime();
    void searchEndsWithAMinute();
    void searchTakesTheTimeThatConnectingTakes();
    void answerEndsTheSearch();
    void nothingIsStartedByIt_data();
    void nothingIsStartedByIt();

private:
    [[nodiscard]] ScriptedGateway &gateway() const { return m_fixture->gateway; }
    [[nodiscard]] State state() const { return m_fixture->state(); }
    //! The service is not reached any more; two seconds later.
    void failUntilTheWaitIs(qint64 milliseconds)
    {
        m_fixture->connectNow();
        s_time->advance(10'000);
        gateway().drop();
        for (;;) {
            s_time->settle();
            if (state() == State::WaitAndReconnect
                && s_time->nextTimer().value_or(0) - s_time->now() >= milliseconds)
                break;
            if (state() == State::Connecting)
                gateway().drop();
            else
                s_time->advance(s_time->nextTimer().value_or(s_time->now()) - s_time->now());
        }
        s_time->advance(2'000); // the last attempt was longer ago than changes have to wait
    }

    std::unique_ptr<ChannelFixture> m_fixture;

public:
    static inline VirtualTime *s_time = nullptr;
};

void tst_NetworkChanges::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_fixture = std::make_unique<ChannelFixture>();
    m_fixture->change(
            [](auto &options) { options.clock = [] { return std::chrono::milliseconds(s_time->now()); }; });
}

void tst_NetworkChanges::monitorTellsOfAnotherPath_data()
{
    QTest::addColumn<QByteArray>("steps"); // + reachable, - not, a digit: the medium
    QTest::addColumn<int>("told");
    QTest::newRow("nothing") << QByteArray() << 0;
    QTest::newRow("reachable as before") << QByteArray("+") << 0;
    QTest::newRow("gone") << QByteArray("-") << 0;
    QTest::newRow("back") << QByteArray("-+") << 1;
    QTest::newRow("back twice") << QByteArray("-+-+") << 2;
    QTest::newRow("first medium") << QByteArray("1") << 0;
    QTest::newRow("other medium") << QByteArray("13") << 1;
    QTest::newRow("same medium") << QByteArray("11") << 0;
    QTest::newRow("unknown in between") << QByteArray("103") << 0;
    QTest::newRow("other medium, not reachable") << QByteArray("1-3") << 0;
    QTest::newRow("other medium, then back") << QByteArray("1-3+") << 1;
}

void tst_NetworkChanges::monitorTellsOfAnotherPath()
{
    QFETCH(QByteArray, steps);
    QFETCH(int, told);
    NetworkMonitor monitor;
    const QSignalSpy changed(&monitor, &NetworkMonitor::changed);
    for (const char step : std::as_const(steps)) {
        if (step == '+' || step == '-')
            monitor.setReachable(step == '+');
        else
            monitor.setMedium(step - '0');
    }
    QCOMPARE(changed.size(), told);
}

void tst_NetworkChanges::systemsMonitorIsThere()
{
    NetworkMonitor *const monitor = NetworkMonitor::ofSystem();
    QVERIFY(monitor);
    QCOMPARE(monitor, NetworkMonitor::ofSystem());
    QCOMPARE(monitor->thread(), QCoreApplication::instance()->thread());
}

void tst_NetworkChanges::longWaitEnds()
{
    failUntilTheWaitIs(60'000);
    s_time->advance(20'000);
    QCOMPARE(state(), State::WaitAndReconnect);
    const qint64 back = s_time->now();
    m_fixture->channel->networkChanged();
    QCOMPARE(state(), State::Connecting);
    gateway().accept();
    gateway().reply(gateway().last("init"));
    QCOMPARE(state(), State::Connected);
    QVERIFY(s_time->now() - back < 2'000);
}

void tst_NetworkChanges::hangingAttemptIsMadeAnew_data()
{
    QTest::addColumn<bool>("isOpen");
    QTest::newRow("no answer to the handshake") << false;
    QTest::newRow("no answer to init") << true;
}

void tst_NetworkChanges::hangingAttemptIsMadeAnew()
{
    QFETCH(bool, isOpen);
    m_fixture->channel->open();
    if (isOpen)
        gateway().accept();
    s_time->advance(300);
    const QPointer first = gateway().socket;
    m_fixture->channel->networkChanged(); // too early to tell, so a little later
    s_time->settle();
    QCOMPARE(gateway().attempts, 1);
    s_time->advance(1'500);
    QCOMPARE(gateway().attempts, 2);
    QCOMPARE(state(), State::Connecting);
    QVERIFY(!first || first->closeCalled); // never two at the same time
    gateway().accept();
    gateway().reply(gateway().last("init"));
    QCOMPARE(state(), State::Connected);
}

void tst_NetworkChanges::waitsAreShortAgain()
{
    failUntilTheWaitIs(60'000);
    m_fixture->channel->networkChanged();
    // At once, then a second, then two, ±20 %.
    for (const qint64 longest : { 0, 1'200, 2'400 }) {
        const int attempts = gateway().attempts;
        gateway().drop();
        s_time->advance(longest);
        QCOMPARE(gateway().attempts, attempts + 1);
        QCOMPARE(state(), State::Connecting);
    }
}

void tst_NetworkChanges::flickeringNetworkIsPaced()
{
    failUntilTheWaitIs(60'000);
    const int before = gateway().attempts;
    for (int i = 0; i < 1'000; ++i) {
        m_fixture->channel->networkChanged();
        s_time->advance(10);
    }
    QCOMPARE_GE(gateway().attempts - before, 9);
    QCOMPARE_LE(gateway().attempts - before, 11);
}

void tst_NetworkChanges::anotherAttemptCancelsThePacedOne()
{
    m_fixture->channel->open();
    s_time->advance(500);
    m_fixture->channel->networkChanged();
    gateway().drop(); // the first wait is none
    s_time->advance(0);
    QCOMPARE(gateway().attempts, 2);
    s_time->advance(5'000);
    QCOMPARE(gateway().attempts, 2); // goes by the path there is now
}

void tst_NetworkChanges::waitThatTheServiceNamedStays_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("429") << QByteArray(R"({"code":429,"status":"X"})");
    QTest::newRow("308") << QByteArray(R"({"code":308,"status":"X"})");
}

void tst_NetworkChanges::waitThatTheServiceNamedStays()
{
    QFETCH(QByteArray, status);
    m_fixture->initialize();
    gateway().reply(gateway().last("init"), status, {},
                    R"({"backoff_policy":{"reconnect_min_ms":30000,"reconnect_max_ms":30001}})");
    QCOMPARE(state(), State::WaitAndReconnect);
    s_time->advance(10'000);
    m_fixture->channel->networkChanged();
    s_time->advance(10'000);
    QCOMPARE(state(), State::WaitAndReconnect);
    s_time->advance(30'000);
    QCOMPARE(gateway().attempts, 2);
}

void tst_NetworkChanges::sessionChecksItsPathAtOnce_data()
{
    QTest::addColumn<bool>("isDead");
    QTest::newRow("good") << false;
    QTest::newRow("dead") << true;
}

void tst_NetworkChanges::sessionChecksItsPathAtOnce()
{
    QFETCH(bool, isDead);
    m_fixture->connectNow();
    s_time->advance(20'100);
    const int pings = gateway().socket->pings;
    gateway().socket->answersPings = !isDead;
    m_fixture->channel->networkChanged();
    m_fixture->channel->networkChanged();
    QCOMPARE(gateway().socket->pings, pings + (isDead ? 1 : 2)); // not while an answer is awaited
    s_time->advance(9'000); // the answer's time and a second of grace
    QCOMPARE(state(), isDead ? State::Connecting : State::Connected);
}

void tst_NetworkChanges::deadPathIsFoundAgainInTime_data()
{
    QTest::addColumn<int>("outage");
    for (int outage = 1'000; outage < 70'000; outage += 1'700)
        QTest::addRow("%d ms", outage) << outage;
}

// The promise of row 1: noticed within 15 s, back within 2 s, without a word from the system.
void tst_NetworkChanges::deadPathIsFoundAgainInTime()
{
    QFETCH(int, outage);
    m_fixture->connectNow();
    s_time->advance(20'100);
    gateway().answersPings = gateway().socket->answersPings = false;
    const qint64 begin = s_time->now();
    qint64 noticed = 0;
    connect(m_fixture->channel, &TwilsockChannel::stateChanged, this, [&](State to) {
        if (to == State::WaitAndReconnect && noticed == 0)
            noticed = s_time->now() - begin;
    });
    s_time->advance(outage);
    // What was sent before does not arrive any more: only a new attempt is answered.
    const int before = gateway().attempts;
    gateway().answersPings = true;
    if (gateway().socket && state() == State::Connected)
        gateway().socket->answersPings = true;
    const qint64 back = s_time->now();
    while (state() != State::Connected && s_time->now() - back < 30'000) {
        s_time->advance(10);
        if (state() == State::Connecting && gateway().attempts > before) {
            gateway().accept();
            gateway().reply(gateway().last("init"));
        }
    }
    QCOMPARE_LE(noticed, 15'000);
    QCOMPARE_LE(s_time->now() - back, 2'000);
}

void tst_NetworkChanges::searchEndsWithAMinute()
{
    m_fixture->connectNow();
    s_time->advance(20'100);
    gateway().socket->answersPings = false;
    s_time->advance(15'000 + 60'000);
    const int attempts = gateway().attempts;
    QCOMPARE_GE(attempts, 30);
    QCOMPARE_LE(attempts, 45);
    s_time->advance(3'600'000); // each takes 20 s and its wait grows to two minutes
    QCOMPARE_LE(gateway().attempts - attempts, 45);
}

void tst_NetworkChanges::searchTakesTheTimeThatConnectingTakes()
{
    m_fixture->channel->open();
    s_time->advance(1'000); // a slow network
    gateway().accept();
    gateway().reply(gateway().last("init"));
    s_time->advance(20'100);
    gateway().socket->answersPings = false;
    s_time->advance(15'000);
    QCOMPARE(state(), State::Connecting);
    const int attempts = gateway().attempts;
    s_time->advance(8'500);
    QCOMPARE(gateway().attempts, attempts + 2); // 4 s and 250 ms each
}

void tst_NetworkChanges::answerEndsTheSearch()
{
    m_fixture->connectNow();
    s_time->advance(20'100);
    gateway().socket->answersPings = false;
    s_time->advance(30'000);
    while (state() != State::Connecting)
        s_time->advance(10);
    gateway().drop(); // refused: somebody is there
    const int attempts = gateway().attempts;
    s_time->advance(10'000);
    QCOMPARE(gateway().attempts, attempts + 1); // takes its 20 s again
    QCOMPARE(state(), State::Connecting);
}

void tst_NetworkChanges::nothingIsStartedByIt_data()
{
    QTest::addColumn<State>("state");
    for (const State state : { State::Disconnected, State::AwaitingToken, State::Denied, State::Failed })
        QTest::newRow(qPrintable(nameOf(state))) << state;
}

void tst_NetworkChanges::nothingIsStartedByIt()
{
    QFETCH(State, state);
    if (state == State::AwaitingToken) {
        m_fixture->channel->setToken({});
        m_fixture->channel->open();
    } else if (state == State::Denied) {
        m_fixture->initialize();
        gateway().reply(gateway().last("init"), R"({"code":401,"status":"UNAUTHORIZED"})");
    } else if (state == State::Failed) {
        m_fixture->channel->open();
        gateway().drop(SyncError(u"certificate"_s, 0, 0, true));
    }
    QCOMPARE(m_fixture->state(), state);
    const int attempts = gateway().attempts;
    m_fixture->channel->networkChanged();
    s_time->advance(60'000);
    QCOMPARE(m_fixture->state(), state);
    QCOMPARE(gateway().attempts, attempts);
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    tst_NetworkChanges::s_time = &application.time();
    tst_NetworkChanges test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_networkchanges.moc"
