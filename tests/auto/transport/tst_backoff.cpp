#include "TwilioSync/transport/backoff.h"
#include "TwilioSync/transport/endpoint.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

static bool isWithin20Percent(milliseconds wait, milliseconds expected)
{
    return wait >= expected * 8 / 10 && wait <= expected * 12 / 10;
}

class tst_Backoff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_seed = QRandomGenerator::global()->generate() | 1U;
        qInfo("seed %u", m_seed);
    }
    void con13_con39_firstAttemptIsImmediateThenWaitsDouble();
    void sameSeedSameSequence();
    void serverMinimumIsTheFirstWait();
    void smallerMinimumIsIgnoredLargerOneHolds();
    void minimumMayExceedTheCap();
    void serverRange_data();
    void serverRange();
    void rangeCountsAsAFailure();
    void resetForgetsAll();
    void endpoint_data();
    void endpoint();

private:
    quint32 m_seed = 1;
};

// protocol.md 5.6; the cases as J13 has them
void tst_Backoff::con13_con39_firstAttemptIsImmediateThenWaitsDouble()
{
    Backoff backoff(1s, 120s, m_seed);
    QCOMPARE(backoff.next(), 0ms);
    for (const auto expected : { 1s, 2s, 4s, 8s, 16s, 32s, 64s, 120s, 120s, 120s })
        QVERIFY(isWithin20Percent(backoff.next(), expected));
    for (int i = 0; i < 200; ++i)
        QVERIFY(isWithin20Percent(backoff.next(), 120s));
}

void tst_Backoff::sameSeedSameSequence()
{
    Backoff a(1s, 120s, m_seed);
    Backoff b(1s, 120s, m_seed);
    for (int i = 0; i < 10; ++i)
        QCOMPARE(a.next(), b.next());
}

void tst_Backoff::serverMinimumIsTheFirstWait()
{
    Backoff backoff(1s, 120s, m_seed);
    backoff.setMinimum(5s);
    for (const auto expected : { 5s, 10s, 20s, 40s, 80s, 120s }) {
        const milliseconds wait = backoff.next();
        QVERIFY(wait >= 5s);
        QVERIFY(isWithin20Percent(wait, expected));
    }
}

void tst_Backoff::smallerMinimumIsIgnoredLargerOneHolds()
{
    Backoff backoff(1s, 120s, m_seed);
    backoff.setMinimum(5s);
    backoff.setMinimum(2s);
    QVERIFY(backoff.next() >= 5s);
    backoff.setMinimum(50s);
    QVERIFY(isWithin20Percent(backoff.next(), 100s));
}

void tst_Backoff::minimumMayExceedTheCap()
{
    Backoff backoff(1s, 120s, m_seed);
    backoff.setMinimum(300s);
    for (int i = 0; i < 20; ++i) {
        const milliseconds wait = backoff.next();
        QVERIFY(wait >= 300s);
        QVERIFY(wait <= 360s);
    }
}

void tst_Backoff::serverRange_data()
{
    QTest::addColumn<int>("min");
    QTest::addColumn<int>("max");
    QTest::newRow("range") << 300 << 900;
    QTest::newRow("equal, as the defect 31 of protocol.md 16") << 300 << 300;
    QTest::newRow("upside down") << 900 << 300;
    QTest::newRow("zero") << 0 << 0;
}

void tst_Backoff::serverRange()
{
    QFETCH(int, min);
    QFETCH(int, max);
    Backoff backoff(1s, 120s, m_seed);
    for (int i = 0; i < 100; ++i) {
        const auto wait = int(backoff.next(milliseconds(min), milliseconds(max)).count());
        QVERIFY(wait >= min);
        QVERIFY(wait < qMax(max, min + 1));
    }
}

void tst_Backoff::rangeCountsAsAFailure()
{
    Backoff backoff(1s, 120s, m_seed);
    QVERIFY(backoff.next(300ms, 900ms) < 900ms);
    QVERIFY(isWithin20Percent(backoff.next(), 1s));
}

void tst_Backoff::resetForgetsAll()
{
    Backoff backoff(1s, 120s, m_seed);
    backoff.setMinimum(5s);
    std::ignore = backoff.next();
    backoff.reset();
    QCOMPARE(backoff.next(), 0ms);
    QVERIFY(isWithin20Percent(backoff.next(), 1s));
}

void tst_Backoff::endpoint_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("allowInsecure");
    QTest::addColumn<QString>("problem"); // a part of it
    QTest::newRow("the service") << u"wss://tsock.us1.twilio.com/v3/wsconnect"_s << false << QString();
    QTest::newRow("plain, IPv4 loopback") << u"ws://127.0.0.1:8470/v3/wsconnect"_s << false << QString();
    QTest::newRow("plain, other IPv4 loopback") << u"ws://127.8.9.1:8470/"_s << false << QString();
    QTest::newRow("plain, IPv6 loopback") << u"ws://[::1]:8470/"_s << false << QString();
    QTest::newRow("plain, localhost") << u"ws://LocalHost:8470/"_s << false << QString();
    QTest::newRow("plain, elsewhere") << u"ws://192.0.2.1/"_s << false << u"not encrypted"_s;
    QTest::newRow("plain, a name that starts like loopback")
            << u"ws://127.0.0.1.example.com/"_s << false << u"not encrypted"_s;
    QTest::newRow("plain, elsewhere, allowed") << u"ws://192.0.2.1/"_s << true << QString();
    QTest::newRow("http") << u"http://127.0.0.1/"_s << true << u"expected ws://"_s;
    QTest::newRow("no host") << u"wss:///v3"_s << false << u"expected ws://"_s;
    QTest::newRow("empty") << QString() << false << u"expected ws://"_s;
}

void tst_Backoff::endpoint()
{
    QFETCH(QString, url);
    QFETCH(bool, allowInsecure);
    QFETCH(QString, problem);
    const SyncError error = endpointProblem(QUrl(url), allowInsecure);
    QCOMPARE(error.isNull(), problem.isEmpty());
    QCOMPARE(error.isTerminal(), !problem.isEmpty());
    QVERIFY2(error.message().contains(problem), qPrintable(error.message()));
}

QTEST_GUILESS_MAIN(tst_Backoff)
#include "tst_backoff.moc"
