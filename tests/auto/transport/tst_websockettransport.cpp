#include "TwilioSync/transport/websockettransport.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Slices of what a real socket brings, on ws and wss.
class tst_WebSocketTransport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void allSizesArriveInOrder_data();
    void allSizesArriveInOrder();
    void aBurstIsTakenInSlices_data();
    void aBurstIsTakenInSlices();
    void mayBeDeletedWithinASlice();
    void slotWithAnEventLoopGetsTheNextMessages();
    void answersPings();
    void largeMessageOnASlowPathProgresses();
    void whatIsHeldComesLater_data();
    void whatIsHeldComesLater();
    void whatIsHeldIsBounded();
    void troubleWithTlsIsNotFinal_data();
    void troubleWithTlsIsNotFinal();
    void plainTextToATlsPortIsExplained();
    void ownAuthorityIsTrusted();
    void refusingProxyIsNamed_data();
    void refusingProxyIsNamed();

private:
    void schemes() const
    {
        QTest::addColumn<bool>("secure");
        QTest::newRow("ws") << false;
        QTest::newRow("wss") << true;
    }
    //! Opens \a transport to \a server and gives the server's side of it.
    QWebSocket *connectTo(QWebSocketServer &server, Transport &transport)
    {
        if (server.secureMode() == QWebSocketServer::SecureMode)
            server.setSslConfiguration(m_serverTls);
        if (!server.listen(QHostAddress::LocalHost))
            return nullptr;
        QSignalSpy opened(&transport, &Transport::opened);
        QUrl url = server.serverUrl();
        url.setHost(u"localhost"_s); // what the certificate is for
        transport.open(url);
        if (opened.isEmpty() && !opened.wait())
            return nullptr;
        if (!server.hasPendingConnections() && !QSignalSpy(&server, &QWebSocketServer::newConnection).wait())
            return nullptr;
        QWebSocket *const peer = server.nextPendingConnection();
        peer->setParent(&server);
        return peer;
    }

    QSslConfiguration m_serverTls;
    QSslConfiguration m_defaults;
};

void tst_WebSocketTransport::initTestCase()
{
    const auto certificates = QSslCertificate::fromPath(u"" TLS_DIRECTORY "/ec.pem"_s);
    QVERIFY(!certificates.isEmpty());
    QFile key(u"" TLS_DIRECTORY "/ec.key"_s);
    QVERIFY(key.open(QFile::ReadOnly));
    m_defaults = QSslConfiguration::defaultConfiguration();
    m_serverTls = m_defaults;
    m_serverTls.setLocalCertificate(certificates.constFirst());
    m_serverTls.setPrivateKey(QSslKey(&key, QSsl::Ec));
    QSslConfiguration trusting = m_defaults;
    trusting.addCaCertificates(certificates);
    QSslConfiguration::setDefaultConfiguration(trusting);
}

void tst_WebSocketTransport::cleanupTestCase() { QSslConfiguration::setDefaultConfiguration(m_defaults); }

void tst_WebSocketTransport::allSizesArriveInOrder_data() { schemes(); }

void tst_WebSocketTransport::allSizesArriveInOrder()
{
    QFETCH(bool, secure);
    const auto seed = QRandomGenerator::global()->generate();
    qInfo() << "seed" << seed;
    QRandomGenerator random(seed);
    QList<QByteArray> messages;
    const auto add = [&](qsizetype size) {
        messages.append(QByteArray(size, char('a' + random.bounded(26))));
    };
    for (int i = 0; i < 300; ++i)
        add(random.bounded(1, 3000));
    // Around the budget at first, at least and at most, and far beyond.
    for (const qint64 size :
         { ReadBudget::least, ReadBudget::atFirst, ReadBudget::most, 5 * ReadBudget::most }) {
        for (const qint64 more : { -20, -1, 0, 1, 20 })
            add(qsizetype(size + more));
        for (int i = 0; i < 20; ++i)
            add(random.bounded(1, 3000));
    }

    QWebSocketServer server(u"peer"_s,
                            secure ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode);
    WebSocketTransport transport;
    QWebSocket *const peer = connectTo(server, transport);
    QVERIFY(peer);
    qsizetype arrived = 0;
    connect(&transport, &Transport::messageReceived, this, [&](const QByteArray &message) {
        QVERIFY(arrived < messages.size());
        QVERIFY2(message == messages.at(arrived), qPrintable(u"message %1"_s.arg(arrived)));
        ++arrived;
    });
    for (const QByteArray &message : std::as_const(messages))
        peer->sendBinaryMessage(message);
    QTRY_COMPARE_WITH_TIMEOUT(arrived, messages.size(), 30'000);
}

void tst_WebSocketTransport::aBurstIsTakenInSlices_data()
{
    QTest::addColumn<bool>("secure");
    QTest::addColumn<int>("most");
    // 32 KiB at first, then what fits into 4 ms.
    QTest::newRow("ws") << false << 40;
    // TLS hands over several of its records in a turn.
    QTest::newRow("wss") << true << 120;
}

void tst_WebSocketTransport::aBurstIsTakenInSlices()
{
    QFETCH(bool, secure);
    QFETCH(int, most);
    constexpr int count = 3000;
    constexpr qsizetype size = 1000;
    QWebSocketServer server(u"peer"_s,
                            secure ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode);
    WebSocketTransport transport;
    QWebSocket *const peer = connectTo(server, transport);
    QVERIFY(peer);

    int arrived = 0;
    int inTurn = 0;
    int longest = 0;
    connect(&transport, &Transport::messageReceived, this, [&](const QByteArray &) {
        QElapsedTimer work;
        work.start();
        while (work.nsecsElapsed() < 200'000) { } // what a view may do with it
        ++arrived;
        longest = std::max(longest, ++inTurn);
    });
    QTimer turn;
    connect(&turn, &QTimer::timeout, this, [&] { inTurn = 0; });
    turn.start(0);
    for (int i = 0; i < count; ++i)
        peer->sendBinaryMessage(QByteArray(size, 'x'));
    QTRY_COMPARE_WITH_TIMEOUT(arrived, count, 30'000);
    QVERIFY2(longest <= most, qPrintable(u"%1 messages in one turn"_s.arg(longest)));
}

void tst_WebSocketTransport::mayBeDeletedWithinASlice()
{
    QWebSocketServer server(u"peer"_s, QWebSocketServer::NonSecureMode);
    auto transport = std::make_unique<WebSocketTransport>();
    QWebSocket *const peer = connectTo(server, *transport);
    QVERIFY(peer);
    int arrived = 0;
    connect(transport.get(), &Transport::messageReceived, this, [&](const QByteArray &) {
        if (++arrived == 3)
            transport.reset();
    });
    QSignalSpy gone(peer, &QWebSocket::disconnected);
    for (int i = 0; i < 10; ++i)
        peer->sendBinaryMessage("message");
    QVERIFY(gone.wait());
    QCOMPARE(arrived, 3);
}

// The socket's own signal is not on the stack, so it reads on.
void tst_WebSocketTransport::slotWithAnEventLoopGetsTheNextMessages()
{
    QWebSocketServer server(u"peer"_s, QWebSocketServer::NonSecureMode);
    WebSocketTransport transport;
    QWebSocket *const peer = connectTo(server, transport);
    QVERIFY(peer);
    QByteArrayList arrived;
    QByteArrayList inside;
    connect(&transport, &Transport::messageReceived, this, [&](const QByteArray &message) {
        arrived.append(message);
        if (message != "first")
            return;
        peer->sendBinaryMessage("third"); // after what is there already
        QEventLoop loop;
        connect(&transport, &Transport::messageReceived, &loop, [&](const QByteArray &next) {
            if (next == "third")
                loop.quit();
        });
        QTimer::singleShot(10'000, &loop, &QEventLoop::quit);
        loop.exec();
        inside = arrived;
    });
    peer->sendBinaryMessage("first");
    peer->sendBinaryMessage("second");
    QTRY_COMPARE_WITH_TIMEOUT(inside, QByteArrayList({ "first", "second", "third" }), 20'000);
    QCOMPARE(arrived, inside);
}

void tst_WebSocketTransport::answersPings()
{
    QWebSocketServer server(u"peer"_s, QWebSocketServer::NonSecureMode);
    WebSocketTransport transport;
    QVERIFY(connectTo(server, transport));
    QSignalSpy ponged(&transport, &Transport::ponged);
    transport.ping();
    QVERIFY(ponged.wait());
}

void tst_WebSocketTransport::largeMessageOnASlowPathProgresses()
{
    QWebSocketServer server(u"peer"_s, QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpServer proxy;
    QVERIFY(proxy.listen(QHostAddress::LocalHost));
    QTimer trickle;
    connect(&proxy, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *const near = proxy.nextPendingConnection();
        auto *const far = new QTcpSocket(near);
        far->connectToHost(QHostAddress::LocalHost, server.serverPort());
        connect(near, &QTcpSocket::readyRead, far, [near, far] { far->write(near->readAll()); });
        connect(far, &QTcpSocket::connected, near, [near, far] { far->write(near->readAll()); });
        connect(&trickle, &QTimer::timeout, near, [near, far] { near->write(far->read(10'000)); });
    });
    trickle.start(1);
    WebSocketTransport transport;
    QSignalSpy progressed(&transport, &Transport::messageProgressed);
    QSignalSpy received(&transport, &Transport::messageReceived);
    transport.open(QUrl(u"ws://127.0.0.1:%1/"_s.arg(proxy.serverPort())));
    QTRY_VERIFY(server.hasPendingConnections());
    const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
    peer->sendBinaryMessage("small");
    QTRY_COMPARE(received.size(), 1);
    QCOMPARE(progressed.size(), 0);
    peer->sendBinaryMessage(QByteArray(400'000, 'x'));
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 2, 30'000);
    QVERIFY2(progressed.size() > 3, qPrintable(QString::number(progressed.size())));
}

void tst_WebSocketTransport::whatIsHeldComesLater_data()
{
    QTest::addColumn<bool>("secure");
    QTest::newRow("ws") << false;
    QTest::newRow("wss") << true;
}

void tst_WebSocketTransport::whatIsHeldComesLater()
{
    QFETCH(bool, secure);
    QWebSocketServer server(u"peer"_s,
                            secure ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode);
    WebSocketTransport transport;
    QWebSocket *const peer = connectTo(server, transport);
    QVERIFY(peer);
    const QSignalSpy received(&transport, &Transport::messageReceived);
    const QSignalSpy closed(&transport, &Transport::closed);
    QSignalSpy progressed(&transport, &Transport::messageProgressed);
    transport.setHeld(true);
    const QByteArrayList messages { "a", QByteArray(100'000, 'b'), "c" };
    for (const QByteArray &message : messages)
        peer->sendBinaryMessage(message);
    QVERIFY(progressed.wait()); // the second one does not fit
    QCOMPARE(received.size(), 0);
    transport.setHeld(false);
    QTRY_COMPARE(received.size(), messages.size());
    transport.setHeld(true);
    peer->sendBinaryMessage("d");
    peer->close();
    QTRY_COMPARE(peer->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(received.size(), messages.size());
    QCOMPARE(closed.size(), 0);
    transport.setHeld(false);
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(received.size(), messages.size() + 1);
    QCOMPARE(received.last()[0].toByteArray(), "d");
}

void tst_WebSocketTransport::whatIsHeldIsBounded()
{
    QWebSocketServer server(u"peer"_s, QWebSocketServer::NonSecureMode);
    SyncLimits limits;
    limits.messageSize = 64 * 1024;
    WebSocketTransport transport({}, limits);
    QWebSocket *const peer = connectTo(server, transport);
    QVERIFY(peer);
    QSignalSpy closed(&transport, &Transport::closed);
    transport.setHeld(true);
    for (int i = 0; i < 200; ++i)
        peer->sendBinaryMessage(QByteArray(1'000, 'x'));
    QTRY_COMPARE(peer->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(closed.size(), 0);
    transport.setHeld(false);
    QTRY_COMPARE(closed.size(), 1);
    const auto error = closed[0][0].value<SyncError>();
    QVERIFY2(!error.isTerminal() && error.message().contains("limits.messageSize"_L1),
             qPrintable(error.message()));
}

void tst_WebSocketTransport::troubleWithTlsIsNotFinal_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("plain HTTP 503") << QByteArray(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    const auto alert = [](char level, char description) {
        return QByteArray("\x15\x03\x03\x00\x02", 5) + level + description;
    };
    QTest::newRow("internal_error") << alert(2, 80);
    QTest::newRow("handshake_failure") << alert(2, 40);
    QTest::newRow("close_notify") << alert(1, 0);
    QTest::newRow("nothing") << QByteArray();
}

void tst_WebSocketTransport::troubleWithTlsIsNotFinal()
{
    QFETCH(QByteArray, answer);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *const peer = server.nextPendingConnection();
        connect(peer, &QTcpSocket::readyRead, peer, [peer, answer] {
            peer->readAll();
            peer->write(answer);
            peer->disconnectFromHost();
        });
    });
    WebSocketTransport transport;
    QSignalSpy closed(&transport, &Transport::closed);
    transport.open(QUrl(u"wss://127.0.0.1:%1/"_s.arg(server.serverPort())));
    QVERIFY(closed.wait());
    const auto error = closed[0][0].value<SyncError>();
    QVERIFY2(!error.isNull() && !error.isTerminal(), qPrintable(error.message()));
}

void tst_WebSocketTransport::plainTextToATlsPortIsExplained()
{
    QTcpServer server; // hangs up on what is no TLS, as servers do
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *const peer = server.nextPendingConnection();
        connect(peer, &QTcpSocket::readyRead, peer, &QTcpSocket::disconnectFromHost);
    });
    WebSocketTransport transport;
    QSignalSpy closed(&transport, &Transport::closed);
    transport.open(QUrl(u"ws://127.0.0.1:%1/"_s.arg(server.serverPort())));
    QVERIFY(closed.wait());
    const auto error = closed[0][0].value<SyncError>();
    QVERIFY2(error.message().contains("wss://"_L1), qPrintable(error.message()));
}

void tst_WebSocketTransport::ownAuthorityIsTrusted()
{
    const QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
    QSslConfiguration::setDefaultConfiguration(m_defaults);
    const auto restore = qScopeGuard([&] { QSslConfiguration::setDefaultConfiguration(trusting); });
    QWebSocketServer server(u"peer"_s, QWebSocketServer::SecureMode);
    WebSocketTransport transport(trusting);
    QVERIFY(connectTo(server, transport));
    WebSocketTransport stranger;
    QSignalSpy closed(&stranger, &Transport::closed);
    QUrl url = server.serverUrl();
    url.setHost(u"localhost"_s);
    stranger.open(url);
    QVERIFY(closed.wait());
    QVERIFY(closed[0][0].value<SyncError>().isTerminal());
}

void tst_WebSocketTransport::refusingProxyIsNamed_data()
{
    QTest::addColumn<QByteArray>("answer"); // empty: the proxy is not there
    QTest::newRow("forbidden") << QByteArray("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    QTest::newRow("wants a password")
            << QByteArray("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic "
                          "realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
    QTest::newRow("hangs up") << QByteArray("hang up");
    QTest::newRow("not there") << QByteArray();
}

void tst_WebSocketTransport::refusingProxyIsNamed()
{
    QFETCH(QByteArray, answer);
    QTcpServer proxy;
    QVERIFY(proxy.listen(QHostAddress::LocalHost));
    const quint16 port = proxy.serverPort();
    connect(&proxy, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *const socket = proxy.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, this, [socket, answer] {
            if (answer.startsWith("HTTP"))
                socket->write(answer);
            socket->disconnectFromHost();
        });
    });
    if (answer.isEmpty())
        proxy.close();
    QNetworkProxy::setApplicationProxy(
            { QNetworkProxy::HttpProxy, u"127.0.0.1"_s, port, u"user"_s, u"secret"_s });
    const auto direct = qScopeGuard([] { QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy); });
    WebSocketTransport transport;
    QSignalSpy closed(&transport, &Transport::closed);
    transport.open(QUrl(u"ws://sync.example/v3/wsconnect"_s));
    QTRY_COMPARE(closed.size(), 1);
    const QString message = closed.at(0).at(0).value<SyncError>().message();
    QVERIFY2(message.endsWith(u" (proxy 127.0.0.1:%1)"_s.arg(port)), qPrintable(message));
    QVERIFY(!message.contains(u"secret"));
}

QTEST_GUILESS_MAIN(tst_WebSocketTransport)
#include "tst_websockettransport.moc"
