#include "TwilioSync/core/latencies.h"

#include <QtCore/qlist.h>
#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <cmath>

using namespace Twilio;
using namespace std::chrono_literals;

class tst_Latencies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothing();
    void percentiles_data();
    void percentiles();
    void onlyTheLatestCount();
};

void tst_Latencies::nothing()
{
    const Latencies none {};
    QVERIFY(none.isEmpty());
    QCOMPARE(none.percentile(0.5), 0us);
}

void tst_Latencies::percentiles_data()
{
    QTest::addColumn<int>("count");
    for (const int count : { 1, 2, 3, 10, 99, 100, 101, 999, 1'000 })
        QTest::addRow("%d", count) << count;
}

// As a sorted list says it: the smallest of which the share is not larger.
void tst_Latencies::percentiles()
{
    QFETCH(int, count);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    Latencies latencies;
    QList<int> sorted;
    for (int i = 0; i < count; ++i) {
        sorted.append(int(random.bounded(500)));
        latencies.add(Latencies::Microseconds(sorted.constLast()));
    }
    std::sort(sorted.begin(), sorted.end());
    for (const double share : { 0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0 }) {
        const auto rank = qMax<qsizetype>(qsizetype(std::ceil(share * count)), 1);
        QCOMPARE(latencies.percentile(share).count(), sorted.at(rank - 1));
    }
}

void tst_Latencies::onlyTheLatestCount()
{
    Latencies latencies;
    for (int i = 0; i < 700; ++i)
        latencies.add(9s);
    for (int i = 0; i < 1'000; ++i)
        latencies.add(1us * i);
    QCOMPARE(latencies.percentile(1), 999us);
    QCOMPARE(latencies.percentile(0), 0us);
}

QTEST_GUILESS_MAIN(tst_Latencies)
#include "tst_latencies.moc"
