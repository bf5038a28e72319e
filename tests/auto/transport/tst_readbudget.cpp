#include "TwilioSync/transport/readbudget.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace std::chrono_literals;

class tst_ReadBudget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void turns_data();
    void turns();
    void settlesWhereATurnTakesItsTarget();
    void messageLargerThanTheBudgetGetsThrough();
};

void tst_ReadBudget::turns_data()
{
    using Budget = ReadBudget;
    QTest::addColumn<qint64>("taken");
    QTest::addColumn<qint64>("microseconds");
    QTest::addColumn<qint64>("left");
    QTest::addColumn<qint64>("then");
    const auto row = [](const char *name, qint64 taken, std::chrono::microseconds time, qint64 left,
                        qint64 then) {
        QTest::newRow(name) << taken << qint64(time.count()) << left << then;
    };
    row("nothing came", 0, 0us, 0, Budget::atFirst);
    row("quick and full: more", Budget::atFirst, 100us, 0, 2 * Budget::atFirst);
    row("quick but not full: no reason", Budget::atFirst / 4, 100us, 0, Budget::atFirst);
    row("about right", Budget::atFirst, 3ms, 0, Budget::atFirst);
    row("twice as long as it may: half", Budget::atFirst, 8ms, 0, Budget::atFirst / 2);
    row("far too long: the least", Budget::atFirst, 4s, 0, Budget::least);
    row("too long, but a message has begun", Budget::atFirst, 4s, 20'000, 40'000);
    row("a message does not fit", 0, 0us, Budget::atFirst, 2 * Budget::atFirst);
    row("a message does not fit, others did", 10'000, 9ms, Budget::atFirst, 2 * Budget::atFirst);
}

void tst_ReadBudget::turns()
{
    QFETCH(qint64, taken);
    QFETCH(qint64, microseconds);
    QFETCH(qint64, left);
    QFETCH(qint64, then);
    ReadBudget budget;
    budget.turnEnded(taken, std::chrono::microseconds(microseconds), left);
    QCOMPARE(budget.bytes(), then);
}

void tst_ReadBudget::settlesWhereATurnTakesItsTarget()
{
    for (const qint64 nanosecondsPerByte : { 1, 20, 500 }) {
        ReadBudget budget;
        for (int turn = 0; turn < 50; ++turn)
            budget.turnEnded(budget.bytes(), std::chrono::nanoseconds(budget.bytes() * nanosecondsPerByte),
                             0);
        const auto turnTakes = std::chrono::nanoseconds(budget.bytes() * nanosecondsPerByte);
        QVERIFY(turnTakes <= ReadBudget::target || budget.bytes() == ReadBudget::least);
        QVERIFY(turnTakes > ReadBudget::target / 4 || budget.bytes() == ReadBudget::most);
    }
}

void tst_ReadBudget::messageLargerThanTheBudgetGetsThrough()
{
    constexpr qint64 message = 20 * 1024 * 1024;
    ReadBudget budget;
    int turns = 0;
    for (; budget.bytes() < message && turns < 20; ++turns)
        budget.turnEnded(0, 0ns, budget.bytes()); // the buffer is full of it
    QVERIFY(turns < 12);
    budget.turnEnded(message, 1ms, 0);
    QVERIFY(budget.bytes() <= ReadBudget::most);
}

QTEST_APPLESS_MAIN(tst_ReadBudget)
#include "tst_readbudget.moc"
