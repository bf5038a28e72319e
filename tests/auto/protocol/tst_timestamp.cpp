#include "TwilioSync/protocol/timestamp.h"

#include <QtTest/qtest.h>

using namespace Twilio::Protocol;

class tst_Timestamp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void roundTrips_data();
    void roundTrips();
};

void tst_Timestamp::parses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("msecs"); // -1 = refused
    QTest::newRow("canonical") << QByteArray("2024-05-06T07:08:09.123Z") << qint64(1714979289123);
    QTest::newRow("epoch") << QByteArray("1970-01-01T00:00:00.000Z") << qint64(0);
    QTest::newRow("leap day") << QByteArray("2024-02-29T00:00:00.000Z") << qint64(1709164800000);
    QTest::newRow("no milliseconds") << QByteArray("2024-05-06T07:08:09Z") << qint64(1714979289000);
    QTest::newRow("offset") << QByteArray("2024-05-06T09:08:09+02:00") << qint64(1714979289000);
    QTest::newRow("no such day") << QByteArray("2023-02-29T00:00:00.000Z") << qint64(-1);
    QTest::newRow("hour 24") << QByteArray("2023-02-27T24:00:00.000Z") << qint64(-1);
    QTest::newRow("letters") << QByteArray("2024-05-06T07:08:xx.123Z") << qint64(-1);
    QTest::newRow("empty") << QByteArray() << qint64(-1);
}

void tst_Timestamp::parses()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, msecs);
    QCOMPARE(parseTimestamp(text).value_or(-1), msecs);
}

void tst_Timestamp::roundTrips_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("now-ish") << QByteArray("2026-11-24T23:59:59.999Z");
    QTest::newRow("epoch") << QByteArray("1970-01-01T00:00:00.000Z");
    QTest::newRow("before epoch") << QByteArray("1969-12-31T23:59:59.001Z");
}

void tst_Timestamp::roundTrips()
{
    QFETCH(QByteArray, text);
    QCOMPARE(formatTimestamp(parseTimestamp(text).value_or(0)), text);
}

QTEST_GUILESS_MAIN(tst_Timestamp)
#include "tst_timestamp.moc"
