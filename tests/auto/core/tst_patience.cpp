#include "TwilioSync/core/patience.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <tuple>

using namespace Twilio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

static bool isWithin20Percent(milliseconds wait, milliseconds expected)
{
    return wait >= expected * 8 / 10 && wait <= expected * 12 / 10;
}

class tst_Patience : public QObject
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
    void progressForgetsAll();
    void namedWaitsAreClamped();
    void namedWaitsOfZeroGrowWithoutProgress();
    void endsAfterItsTries();
    void withoutAFreeFirstAttempt();

private:
    quint32 m_seed = 1;
};

// protocol.md 5.6; the cases as J13 has them
void tst_Patience::con13_con39_firstAttemptIsImmediateThenWaitsDouble()
{
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    QCOMPARE(patience.next(), 0ms);
    for (const auto expected : { 1s, 2s, 4s, 8s, 16s, 32s, 64s, 120s, 120s, 120s })
        QVERIFY(isWithin20Percent(patience.next(), expected));
    for (int i = 0; i < 200; ++i)
        QVERIFY(isWithin20Percent(patience.next(), 120s));
}

void tst_Patience::sameSeedSameSequence()
{
    Patience a({ .isFirstAtOnce = true }, m_seed);
    Patience b({ .isFirstAtOnce = true }, m_seed);
    for (int i = 0; i < 10; ++i)
        QCOMPARE(a.next(), b.next());
}

void tst_Patience::serverMinimumIsTheFirstWait()
{
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    patience.setMinimum(5s);
    for (const auto expected : { 5s, 10s, 20s, 40s, 80s, 120s }) {
        const milliseconds wait = patience.next();
        QVERIFY(wait >= 5s);
        QVERIFY(isWithin20Percent(wait, expected));
    }
}

void tst_Patience::smallerMinimumIsIgnoredLargerOneHolds()
{
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    patience.setMinimum(5s);
    patience.setMinimum(2s);
    QVERIFY(patience.next() >= 5s);
    patience.setMinimum(50s);
    QVERIFY(isWithin20Percent(patience.next(), 100s));
}

void tst_Patience::minimumMayExceedTheCap()
{
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    patience.setMinimum(300s);
    for (int i = 0; i < 20; ++i) {
        const milliseconds wait = patience.next();
        QVERIFY(wait >= 300s);
        QVERIFY(wait <= 360s);
    }
}

void tst_Patience::serverRange_data()
{
    QTest::addColumn<int>("min");
    QTest::addColumn<int>("max");
    QTest::newRow("range") << 300 << 900;
    QTest::newRow("equal, as the defect 31 of protocol.md 16") << 300 << 300;
    QTest::newRow("upside down") << 900 << 300;
    QTest::newRow("zero") << 0 << 0;
}

void tst_Patience::serverRange()
{
    QFETCH(int, min);
    QFETCH(int, max);
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    for (int i = 0; i < 100; ++i) {
        patience.progressed();
        const auto wait = int(patience.next(milliseconds(min), milliseconds(max)).count());
        QVERIFY(wait >= min);
        QVERIFY(wait < qMax(max, min + 1));
    }
}

void tst_Patience::rangeCountsAsAFailure()
{
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    QVERIFY(patience.next(300ms, 900ms) < 900ms);
    QVERIFY(isWithin20Percent(patience.next(), 1s));
}

void tst_Patience::progressForgetsAll()
{
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    patience.setMinimum(5s);
    std::ignore = patience.next();
    patience.progressed();
    QCOMPARE(patience.next(), 0ms);
    QVERIFY(isWithin20Percent(patience.next(), 1s));
}

void tst_Patience::namedWaitsAreClamped()
{
    const auto ages = std::chrono::hours(24 * 365);
    Patience patience({ .isFirstAtOnce = true }, m_seed);
    QCOMPARE(patience.next(ages, ages), milliseconds(Patience::longestNamed));
    for (int i = 0; i < 20; ++i)
        QVERIFY(patience.next(0ms, ages) <= Patience::longestNamed);
    QVERIFY(patience.next(-1s, -1s) >= 0ms);
    patience.progressed();
    patience.setMinimum(ages);
    QCOMPARE_GE(patience.next(), milliseconds(Patience::longestNamed));
    QCOMPARE_LE(patience.next(), Patience::longestNamed * 12 / 10);
}

// "Retry-After: 0" for ever must not become a busy loop.
void tst_Patience::namedWaitsOfZeroGrowWithoutProgress()
{
    Patience patience({ .first = 1s, .cap = 8s }, m_seed);
    QCOMPARE(patience.next(0ms, 0ms), 0ms);
    for (const milliseconds expected : { 250ms, 500ms, 1000ms, 2000ms, 4000ms, 8000ms, 8000ms })
        QCOMPARE(patience.next(0ms, 0ms), expected);
    patience.progressed();
    QCOMPARE(patience.next(0ms, 0ms), 0ms);
}

void tst_Patience::endsAfterItsTries()
{
    Patience patience({ .tries = 3 }, m_seed);
    for (int i = 0; i < 3; ++i) {
        QVERIFY(!patience.isExhausted());
        std::ignore = patience.next();
    }
    QVERIFY(patience.isExhausted());
    patience.progressed();
    QVERIFY(!patience.isExhausted());
    Patience endless({}, m_seed);
    for (int i = 0; i < 1000; ++i)
        std::ignore = endless.next();
    QVERIFY(!endless.isExhausted());
}

void tst_Patience::withoutAFreeFirstAttempt()
{
    Patience patience({ .first = 1s, .cap = 4s }, m_seed);
    for (const auto expected : { 1s, 2s, 4s, 4s })
        QVERIFY(isWithin20Percent(patience.next(), expected));
}

QTEST_GUILESS_MAIN(tst_Patience)
#include "tst_patience.moc"
