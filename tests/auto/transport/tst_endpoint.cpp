#include "TwilioSync/transport/endpoint.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

class tst_Endpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endpoint_data();
    void endpoint();
};

void tst_Endpoint::endpoint_data()
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

void tst_Endpoint::endpoint()
{
    QFETCH(QString, url);
    QFETCH(bool, allowInsecure);
    QFETCH(QString, problem);
    const SyncError error = endpointProblem(QUrl(url), allowInsecure);
    QCOMPARE(error.isNull(), problem.isEmpty());
    QCOMPARE(error.isTerminal(), !problem.isEmpty());
    QVERIFY2(error.message().contains(problem), qPrintable(error.message()));
}

QTEST_GUILESS_MAIN(tst_Endpoint)
#include "tst_endpoint.moc"
