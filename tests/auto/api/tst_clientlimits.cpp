#include "shared/clientfixture.h"
#include "shared/rawpeer.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/core/synclimits.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

//! What a client may use up: SyncClient::limits().
class tst_ClientLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void rangesAreAsDocumented_data();
    void rangesAreAsDocumented();
    void wrongValueIsAnErrorAndChangesNothing();
    void textNamesEachOfThem();
    void tooManyRequestsFail();
    void requestsBeforeTheConnectionCount();
    void tooManyWritesFail();
    void messageTooLargeIsCutAndLater();
    void burstOfRequestsIsNotCut();
    void endlessMessageIsCutAndTriedAgainSlowly();

private:
    void change(int SyncLimits::*limit, int value)
    {
        SyncLimits limits = m_client->limits();
        limits.*limit = value;
        m_client->setLimits(limits);
    }
    QFuture<SyncDocument *> openDocument()
    {
        return m_client->document({ .id = u"ET1"_s, .mode = SyncClient::OpenMode::OpenExisting });
    }

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_ClientLimits::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_ClientLimits::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_ClientLimits::rangesAreAsDocumented_data()
{
    QTest::addColumn<int SyncLimits::*>("limit");
    QTest::addColumn<int>("value");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char *name, int SyncLimits::*limit, int least, int most, int first,
                        const QString &expected) {
        QTest::addRow("%s, at first", name) << limit << first << QString();
        QTest::addRow("%s, least", name) << limit << least << QString();
        QTest::addRow("%s, most", name) << limit << most << QString();
        for (const int wrong : { least - 1, most + 1, 0, -1 })
            QTest::addRow("%s, %d", name, wrong)
                    << limit << wrong
                    << u"limits.%1: expected %2, got %3"_s.arg(QLatin1StringView(name), expected).arg(wrong);
        SyncLimits atFirst;
        QCOMPARE(atFirst.*limit, first);
    };
    row("messageSize", &SyncLimits::messageSize, 65'536, 1'073'741'824, 67'108'864,
        u"65536 to 1073741824 bytes"_s);
    row("unsentBytes", &SyncLimits::unsentBytes, 65'536, 1'073'741'824, 16'777'216,
        u"65536 to 1073741824 bytes"_s);
    row("queuedRequests", &SyncLimits::queuedRequests, 1, 10'000'000, 100'000, u"1 to 10000000 requests"_s);
    row("pendingWrites", &SyncLimits::pendingWrites, 1, 10'000'000, 1'000'000, u"1 to 10000000 writes"_s);
    row("pageItems", &SyncLimits::pageItems, 2, 100, 100, u"2 to 100 items"_s);
    row("jsonDepth", &SyncLimits::jsonDepth, 1, 1'024, 1'024, u"1 to 1024 levels"_s);
}

void tst_ClientLimits::rangesAreAsDocumented()
{
    QFETCH(int SyncLimits::*, limit);
    QFETCH(int, value);
    QFETCH(QString, problem);
    SyncLimits limits;
    limits.*limit = value;
    QCOMPARE(limits.problem().message(), problem);
}

void tst_ClientLimits::wrongValueIsAnErrorAndChangesNothing()
{
    const QSignalSpy changed(m_client.get(), &SyncClient::limitsChanged);
    QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    change(&SyncLimits::messageSize, 5);
    QCOMPARE(m_client->limits(), SyncLimits());
    QTRY_COMPARE(errors.size(), 1);
    QCOMPARE(errors[0][0].value<SyncError>().message(),
             u"limits.messageSize: expected 65536 to 1073741824 bytes, got 5"_s);
    change(&SyncLimits::messageSize, 100'000);
    QCOMPARE(m_client->limits().messageSize, 100'000);
    change(&SyncLimits::messageSize, 100'000);
    QCOMPARE(changed.size(), 1);
}

void tst_ClientLimits::textNamesEachOfThem()
{
    QString text;
    QDebug(&text) << SyncLimits();
    QCOMPARE(text.trimmed(),
             u"SyncLimits(messageSize 67108864, unsentBytes 16777216, queuedRequests 100000, pendingWrites "
             "1000000, pageItems 100, jsonDepth 1024)"_s);
}

void tst_ClientLimits::tooManyRequestsFail()
{
    QTRY_COMPARE(m_client->connectionState(), SyncClient::ConnectionState::Connected);
    change(&SyncLimits::queuedRequests, 3);
    m_server->always("GET", "/v3/Documents/ET1", Peer::lost());
    QList<QFuture<SyncDocument *>> opening;
    for (int i = 0; i < 5; ++i)
        opening.append(openDocument());
    for (int i = 3; i < 5; ++i)
        QCOMPARE(textOfError(errorOfCall(opening.at(i))),
                 u"too many requests: limits.queuedRequests is 3 (0, 0)"_s);
    QTRY_COMPARE(m_server->calls().size(), 3);
    opening[0].cancel();
    QTRY_COMPARE(m_client->metrics().requestsInFlight, 2);
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{})")));
    QTRY_VERIFY(errorOfCall(openDocument()).isNull()); // there is room again, in this turn or the next
    QVERIFY(!opening.at(1).isFinished());
}

void tst_ClientLimits::requestsBeforeTheConnectionCount()
{
    change(&SyncLimits::queuedRequests, 1);
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{})")));
    const auto first = openDocument(); // waits for the turn that connects
    const auto second = openDocument();
    QCOMPARE(textOfError(errorOfCall(second)), u"too many requests: limits.queuedRequests is 1 (0, 0)"_s);
    QVERIFY(valueOfCall(first));
    QCOMPARE(m_server->calls().size(), 1);
}

void tst_ClientLimits::tooManyWritesFail()
{
    m_server->always("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{})")));
    SyncDocument *const document = valueOfCall(openDocument());
    QVERIFY(document);
    change(&SyncLimits::pendingWrites, 2);
    m_server->always("POST", "/v3/Documents/ET1", Peer::lost());
    const auto mutation = [](const SyncValue &value) { return std::optional(value); };
    const auto first = document->mutate(mutation);
    const auto second = document->mutate(mutation);
    QCOMPARE(m_client->pendingWrites(), 2);
    const QString expected = u"too many writes: limits.pendingWrites is 2 (0, 0)"_s;
    QCOMPARE(textOfError(errorOfCall(document->mutate(mutation))), expected);
    QVERIFY(!first.isFinished() && !second.isFinished());
    change(&SyncLimits::pendingWrites, 3);
    const auto third = document->mutate(mutation);
    QCOMPARE(m_client->pendingWrites(), 3);
    QCOMPARE(textOfError(errorOfCall(document->mutate(mutation))),
             u"too many writes: limits.pendingWrites is 3 (0, 0)"_s);
    QVERIFY(!third.isFinished());
}

void tst_ClientLimits::messageTooLargeIsCutAndLater()
{
    change(&SyncLimits::messageSize, 65'536); // before the first turn: of the first connection already
    m_server->once("GET", "/v3/Documents/ET1",
                   Peer::ok(Peer::root("ET1", R"(,"data":{"text":")" + QByteArray(70'000, 'x') + R"("})")));
    m_server->once("GET", "/v3/Documents/ET1", Peer::ok(Peer::root("ET1", R"(,"data":{})")));
    QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    QVERIFY(valueOfCall(openDocument())); // asked once more, on the next connection
    QCOMPARE(errors.size(), 1);
    const QString message = errors[0][0].value<SyncError>().message();
    QVERIFY2(message.endsWith(u"limits.messageSize is 65536 bytes"_s), qPrintable(message));
    QCOMPARE(m_server->connections(), 2);
}

void tst_ClientLimits::burstOfRequestsIsNotCut()
{
    change(&SyncLimits::unsentBytes, 65'536);
    QTRY_COMPARE(m_client->connectionState(), SyncClient::ConnectionState::Connected);
    m_server->always("POST", "/v3/Documents", Peer::error(400, 1, "no"));
    const QVariantMap value { { u"text"_s, QString(5'000, u'x') } };
    QList<QFuture<SyncDocument *>> creating;
    for (int i = 0; i < 1000; ++i)
        creating.append(m_client->document({ .mode = SyncClient::OpenMode::CreateNew, .value = value }));
    for (const auto &creation : std::as_const(creating))
        QCOMPARE(errorOfCall(creation).status(), 400);
    QCOMPARE(m_server->connections(), 1);
}

void tst_ClientLimits::endlessMessageIsCutAndTriedAgainSlowly()
{
    RawPeer peer;
    QVERIFY(peer.listen());
    const QByteArray piece = RawPeer::frame(0, QByteArray(64 * 1024, 'x'), 64 * 1024);
    int begun = 0; // so many connections
    peer.next = [&] {
        return std::exchange(begun, peer.connections()) < peer.connections() ? "\2" + piece.sliced(1) : piece;
    };
    change(&SyncLimits::messageSize, 1024 * 1024);
    m_client->setUrl(peer.url());
    QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    QTRY_VERIFY_WITH_TIMEOUT(errors.size() >= 4, 20'000); // at once, 10 ms, 20 ms
    for (const auto &error : std::as_const(errors)) {
        const QString message = error[0].value<SyncError>().message();
        QVERIFY2(message.endsWith(u"limits.messageSize is 1048576 bytes"_s), qPrintable(message));
    }
}

QTEST_GUILESS_MAIN(tst_ClientLimits)
#include "tst_clientlimits.moc"
