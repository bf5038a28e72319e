#include "rawpeer.h"

#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/transport/twilsockchannel.h"
#include "TwilioSync/transport/websockettransport.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 mebi = 1024 * 1024;
// What a kernel may keep of a connection of this machine, in both directions.
constexpr qint64 inTheNetwork = 24 * mebi;

} // namespace

//! A server that sends without end, or reads nothing, does not fill our memory: it is cut with a reason.
class tst_TransportLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void endlessHandshakeIsCut_data();
    void endlessHandshakeIsCut();
    void largeHandshakeIsAccepted();
    void messageWithoutEndIsCut_data();
    void messageWithoutEndIsCut();
    void largestMessageIsTaken();
    void wrongFramesAreCut_data();
    void wrongFramesAreCut();
    void peerThatDoesNotReadIsCut_data();
    void peerThatDoesNotReadIsCut();
    void peerThatReadsMayPing();
    void oneLargeMessageMayWait();

private:
    static SyncLimits small()
    {
        SyncLimits limits;
        limits.messageSize = mebi;
        limits.unsentBytes = 256 * 1024;
        return limits;
    }
};

void tst_TransportLimits::endlessHandshakeIsCut_data()
{
    QTest::addColumn<QByteArray>("greeting");
    QTest::addColumn<QByteArray>("then");
    QTest::newRow("status line") << QByteArray("HTTP/1.1 101 ") << QByteArray(1000, 'x');
    QTest::newRow("no line at all") << QByteArray("x") << QByteArray(1000, 'x');
    QTest::newRow("header line") << QByteArray("HTTP/1.1 101 OK\r\nName: ") << QByteArray(1000, 'x');
    QTest::newRow("header lines") << QByteArray("HTTP/1.1 101 OK\r\n")
                                  << ("Name: " + QByteArray(1000, 'x') + "\r\n");
}

void tst_TransportLimits::endlessHandshakeIsCut()
{
    QFETCH(QByteArray, greeting);
    QFETCH(QByteArray, then);
    RawPeer peer;
    QVERIFY(peer.listen());
    peer.greeting = greeting;
    peer.next = [then] { return then; };
    WebSocketTransport transport;
    QSignalSpy closed(&transport, &Transport::closed);
    transport.open(peer.url());
    QVERIFY(closed.wait());
    const auto error = closed[0][0].value<SyncError>();
    QVERIFY2(!error.isTerminal()
                     && (error.message().contains("handshake"_L1)
                         || error.message() == u"Header is too large"_s), // Qt's
             qPrintable(error.message()));
    QVERIFY2(peer.sent() < inTheNetwork, qPrintable(QString::number(peer.sent())));
}

void tst_TransportLimits::largeHandshakeIsAccepted()
{
    RawPeer peer;
    QVERIFY(peer.listen());
    for (int i = 0; i < 8; ++i)
        peer.greeting.replace("\r\n\r\n", "\r\nX-Padding: " + QByteArray(6000, 'x') + "\r\n\r\n");
    WebSocketTransport transport;
    QSignalSpy opened(&transport, &Transport::opened);
    transport.open(peer.url());
    QVERIFY(opened.wait());
}

void tst_TransportLimits::messageWithoutEndIsCut_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("then");
    constexpr char binary = 2;
    constexpr char final = char(0x80);
    const QByteArray piece(64 * 1024, 'x');
    const QByteArray more = RawPeer::frame(0, piece, quint64(piece.size()));
    QTest::newRow("1 GiB in fragments, none final")
            << RawPeer::frame(binary, piece, quint64(piece.size())) << more;
    QTest::newRow("a frame of 1 GiB") << RawPeer::frame(binary | final, {}, 1 << 30) << piece;
    QTest::newRow("a fragment of 1 GiB") << RawPeer::frame(binary, {}, 1 << 30) << piece;
    QTest::newRow("a frame of 2^62 bytes") << RawPeer::frame(binary | final, {}, 1ULL << 62) << piece;
    QTest::newRow("a text in fragments") << RawPeer::frame(1, piece, quint64(piece.size())) << more;
}

void tst_TransportLimits::messageWithoutEndIsCut()
{
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, then);
    RawPeer peer;
    QVERIFY(peer.listen());
    qint64 offered = 0;
    peer.next = [&] {
        const QByteArray piece = offered == 0 ? first : then;
        offered += piece.size();
        return offered < 1024 * mebi ? piece : QByteArray();
    };
    WebSocketTransport transport({}, small());
    QSignalSpy closed(&transport, &Transport::closed);
    transport.open(peer.url());
    QVERIFY(closed.wait(20'000));
    const auto error = closed[0][0].value<SyncError>();
    QVERIFY2(!error.isTerminal() && error.message().contains("limits.messageSize"_L1),
             qPrintable(error.message()));
    QVERIFY2(peer.sent() < inTheNetwork, qPrintable(QString::number(peer.sent())));
    QTRY_VERIFY(!peer.socket()); // does not linger because the peer does not stop
}

void tst_TransportLimits::largestMessageIsTaken()
{
    RawPeer peer;
    QVERIFY(peer.listen());
    const QByteArray message(mebi, 'x');
    QByteArrayList frames { RawPeer::frame(char(0x82), message, quint64(message.size())) };
    for (int i = 0; i < 16; ++i) // and the same in pieces
        frames.append(RawPeer::frame(char((i == 0 ? 2 : 0) | (i == 15 ? 0x80 : 0)),
                                     message.first(message.size() / 16), quint64(message.size() / 16)));
    peer.next = [&] { return frames.isEmpty() ? QByteArray() : frames.takeFirst(); };
    WebSocketTransport transport({}, small());
    QSignalSpy received(&transport, &Transport::messageReceived);
    transport.open(peer.url());
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 2, 20'000);
    QCOMPARE(received[0][0].toByteArray(), message);
    QCOMPARE(received[1][0].toByteArray(), message);
}

void tst_TransportLimits::wrongFramesAreCut_data()
{
    QTest::addColumn<QByteArray>("frame");
    const auto row = [](const char *name, char first, const QByteArray &payload) {
        QTest::newRow(name) << RawPeer::frame(first, payload, quint64(payload.size()));
    };
    row("goes on with nothing", 0, "x");
    row("unknown kind of data", char(0x83), "x");
    row("unknown control", char(0x8b), "x");
    row("reserved bit", char(0xc2), "x");
    row("control in pieces", 9, "x");
    row("no text", char(0x81), "\xff\xfe");
    QTest::newRow("close without a whole code") << RawPeer::frame(char(0x88), "x", 1);
}

// And the peer goes on with them.
void tst_TransportLimits::wrongFramesAreCut()
{
    QFETCH(QByteArray, frame);
    RawPeer peer;
    QVERIFY(peer.listen());
    peer.next = [&] { return frame; };
    WebSocketTransport transport({}, small());
    QSignalSpy closed(&transport, &Transport::closed);
    transport.open(peer.url());
    QVERIFY(closed.wait());
    const auto error = closed[0][0].value<SyncError>();
    QVERIFY2(!error.isTerminal() && !error.message().isEmpty(), qPrintable(error.message()));
    QTRY_VERIFY(!peer.socket());
}

void tst_TransportLimits::peerThatDoesNotReadIsCut_data()
{
    QTest::addColumn<QByteArray>("flood");
    QTest::newRow("pings") << RawPeer::frame(char(0x89), QByteArray(125, 'x'), 125);
    const QByteArray event =
            Protocol::encodeFrame(QByteArray(R"({"method":"notification","id":"TM)" + QByteArray(100'000, 'x')
                                             + R"(","message_type":"x"})"),
                                  "{}");
    QTest::newRow("events to be acknowledged") << RawPeer::frame(char(0x82), event, quint64(event.size()));
}

void tst_TransportLimits::peerThatDoesNotReadIsCut()
{
    QFETCH(QByteArray, flood);
    RawPeer peer;
    QVERIFY(peer.listen());
    peer.reads = false;
    peer.next = [&] { return flood; };
    WebSocketTransport transport({}, small());
    // As the channel does.
    connect(&transport, &Transport::messageReceived, this,
            [&](const QByteArray &message) { transport.send(message); });
    QSignalSpy closed(&transport, &Transport::closed);
    transport.open(peer.url());
    QVERIFY(closed.wait(30'000));
    const auto error = closed[0][0].value<SyncError>();
    QVERIFY2(!error.isTerminal() && error.message().contains("limits.unsentBytes"_L1),
             qPrintable(error.message()));
    QVERIFY2(peer.sent() < 2 * inTheNetwork, qPrintable(QString::number(peer.sent())));
}

void tst_TransportLimits::peerThatReadsMayPing()
{
    RawPeer peer;
    QVERIFY(peer.listen());
    int pings = 0;
    peer.next = [&] {
        return ++pings < 100'000   ? RawPeer::frame(char(0x89), QByteArray(125, 'x'), 125)
                : pings == 100'000 ? RawPeer::frame(char(0x82), "end", 3)
                                   : QByteArray();
    };
    WebSocketTransport transport({}, small());
    const QSignalSpy closed(&transport, &Transport::closed);
    QSignalSpy received(&transport, &Transport::messageReceived);
    transport.open(peer.url());
    QVERIFY(received.wait(30'000));
    QCOMPARE(received[0][0].toByteArray(), "end");
    QCOMPARE(closed.size(), 0);
}

// The limit is for what piles up.
void tst_TransportLimits::oneLargeMessageMayWait()
{
    RawPeer peer;
    QVERIFY(peer.listen());
    WebSocketTransport transport({}, small());
    const QSignalSpy closed(&transport, &Transport::closed);
    QSignalSpy opened(&transport, &Transport::opened);
    QSignalSpy drained(&transport, &Transport::drained);
    transport.open(peer.url());
    QVERIFY(opened.wait());
    QVERIFY(transport.takesMore());
    transport.send(QByteArray(8 * mebi, 'x'));
    QVERIFY(!transport.takesMore());
    QVERIFY(drained.wait());
    QVERIFY(transport.takesMore());
    QCOMPARE(closed.size(), 0);
}

QTEST_GUILESS_MAIN(tst_TransportLimits)
#include "tst_transportlimits.moc"
