#include "chaos/faultproxy.h"
#include "shared/eventually.h"
#include "TwilioSync/protocol/frame.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

using namespace Qt::StringLiterals;

// A proxy that made no faults would let every run pass.
class tst_FaultProxy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void passesFramesOfEverySize_data();
    void passesFramesOfEverySize();
    void cutsAtEveryByte_data();
    void cutsAtEveryByte();
    void losesReplies();
    void doublesRepliesAndEvents();
    void letsEventsBeOvertaken();
    void dies_data();
    void dies();
    void deliversLate();
    void stalls();
    void losesWhatAStalledClientLeavesBehind();
    void countsStrays();

private:
    [[nodiscard]] bool connectClient(QWebSocket &client);
    void send(const QByteArray &header);
    //! The ids of what the client has received.
    [[nodiscard]] QByteArray ids() const;
    [[nodiscard]] bool clientHas(qsizetype count)
    {
        return eventually([&] { return m_received.size() >= count; });
    }

    static const QByteArray opening;
    static const QByteArray reply;
    static const QByteArray event;
    static const QByteArray next;

    std::unique_ptr<FaultLog> m_log;
    std::unique_ptr<FaultProxy> m_proxy;
    std::unique_ptr<QWebSocketServer> m_server;
    std::unique_ptr<QWebSocket> m_peer; // the service's end of the newest connection
    QList<QByteArray> m_arrived; // at the service
    QList<QByteArray> m_received; // by the client
};

const QByteArray tst_FaultProxy::opening = R"({"method":"reply","id":"1","status":{"code":200}})";
const QByteArray tst_FaultProxy::reply =
        R"({"method":"reply","id":"2","status":{"code":200},"http_status":{"code":200}})";
const QByteArray tst_FaultProxy::event =
        R"({"method":"notification","id":"3","message_type":"com.twilio.rtd.cds.list"})";
const QByteArray tst_FaultProxy::next =
        R"({"method":"notification","id":"4","message_type":"twilio.sync.event"})";

void tst_FaultProxy::init()
{
    m_log = std::make_unique<FaultLog>();
    m_proxy = std::make_unique<FaultProxy>(0, *m_log);
    m_server = std::make_unique<QWebSocketServer>(u"service"_s, QWebSocketServer::NonSecureMode);
    m_arrived.clear();
    m_received.clear();
    connect(m_server.get(), &QWebSocketServer::newConnection, this, [this] {
        m_peer.reset(m_server->nextPendingConnection());
        connect(m_peer.get(), &QWebSocket::binaryMessageReceived, this,
                [this](const QByteArray &message) { m_arrived.append(message); });
    });
    QVERIFY(m_server->listen(QHostAddress::LocalHost));
    m_proxy->setTarget(m_server->serverPort());
}

void tst_FaultProxy::cleanup()
{
    m_peer.reset();
    m_server.reset();
    m_proxy.reset();
    m_log.reset();
}

bool tst_FaultProxy::connectClient(QWebSocket &client)
{
    connect(&client, &QWebSocket::binaryMessageReceived, this,
            [this](const QByteArray &message) { m_received.append(message); });
    const QWebSocket *const before = m_peer.get();
    client.open(m_proxy->url());
    return eventually([&] { return client.isValid() && m_peer && m_peer.get() != before; });
}

void tst_FaultProxy::send(const QByteArray &header)
{
    m_peer->sendBinaryMessage(Twilio::Protocol::encodeFrame(header));
}

QByteArray tst_FaultProxy::ids() const
{
    constexpr char before[] = R"("id":")";
    QByteArray ids;
    for (const QByteArray &message : m_received)
        ids += message.at(message.indexOf(before) + qsizetype(qstrlen(before)));
    return ids;
}

void tst_FaultProxy::passesFramesOfEverySize_data()
{
    QTest::addColumn<int>("size");
    for (const int size : { 0, 1, 125, 126, 65'535, 65'536, 300'000 })
        QTest::addRow("%d", size) << size;
}

void tst_FaultProxy::passesFramesOfEverySize()
{
    QFETCH(int, size);
    QWebSocket client;
    QVERIFY(connectClient(client));
    const QByteArray message(size, 'x');
    client.sendBinaryMessage(message);
    m_peer->sendBinaryMessage(message);
    client.sendBinaryMessage("end");
    m_peer->sendBinaryMessage("end");
    QVERIFY(eventually([this] { return m_arrived.size() == 2 && m_received.size() == 2; }));
    QCOMPARE(m_arrived, (QList<QByteArray> { message, "end" }));
    QCOMPARE(m_received, m_arrived);
}

void tst_FaultProxy::cutsAtEveryByte_data()
{
    QTest::addColumn<Way>("way");
    QTest::addColumn<bool>("isAbrupt");
    QTest::newRow("up") << Way::Up << false;
    QTest::newRow("down") << Way::Down << false;
    QTest::newRow("up, reset") << Way::Up << true;
    QTest::newRow("down, reset") << Way::Down << true;
}

void tst_FaultProxy::cutsAtEveryByte()
{
    QFETCH(Way, way);
    QFETCH(bool, isAbrupt);
    const QByteArray message = "twelve bytes";
    const qsizetype frame = message.size() + (way == Way::Up ? 6 : 2);
    for (qsizetype position = 0; position <= frame; ++position) {
        m_arrived.clear();
        m_received.clear();
        QWebSocket client;
        QVERIFY(connectClient(client));
        m_proxy->orders().cuts[std::size_t(way)] = { 1, position, isAbrupt };
        QWebSocket &sender = way == Way::Up ? client : *m_peer;
        sender.sendBinaryMessage("before");
        sender.sendBinaryMessage(message);
        QVERIFY(eventually([&] {
            return client.state() == QAbstractSocket::UnconnectedState
                    && m_peer->state() == QAbstractSocket::UnconnectedState;
        }));
        const QList<QByteArray> &came = way == Way::Up ? m_arrived : m_received;
        const QList<QByteArray> part { "before" };
        const QList<QByteArray> all { "before", message };
        // What a reset overtakes is lost with it.
        if (isAbrupt)
            QVERIFY(came.size() <= (position == frame ? 2 : 1));
        else
            QCOMPARE(came, position == frame ? all : part);
    }
    QCOMPARE(m_log->cutPositions(), frame + 1);
    QCOMPARE(m_log->row(way == Way::Up ? Fault::CutUp : Fault::CutDown).struck, int(frame) + 1);
}

void tst_FaultProxy::losesReplies()
{
    QWebSocket client;
    QVERIFY(connectClient(client));
    m_proxy->orders().lostReplies = 1;
    for (const QByteArray &header : { opening, reply, reply, next })
        send(header);
    QVERIFY(clientHas(3));
    QCOMPARE(ids(), "124");
    QCOMPARE(m_log->row(Fault::LostReply).struck, 1);
    QCOMPARE(m_log->row(Fault::LostReply).survived, 1);
}

void tst_FaultProxy::doublesRepliesAndEvents()
{
    QWebSocket client;
    QVERIFY(connectClient(client));
    m_proxy->orders().doubledReplies = 1;
    m_proxy->orders().doubledEvents = 1;
    for (const QByteArray &header : { opening, reply, event, next })
        send(header);
    QVERIFY(clientHas(6));
    QCOMPARE(ids(), "122334");
}

void tst_FaultProxy::letsEventsBeOvertaken()
{
    QWebSocket client;
    QVERIFY(connectClient(client));
    m_proxy->orders().overtakenEvents = 1;
    send(event);
    send(reply);
    QVERIFY(clientHas(2));
    QCOMPARE(ids(), "23");
    m_proxy->orders().overtakenEvents = 1;
    send(event);
    QVERIFY(clientHas(3)); // though nothing overtakes it
}

void tst_FaultProxy::dies_data()
{
    QTest::addColumn<Way>("way");
    QTest::newRow("up") << Way::Up;
    QTest::newRow("down") << Way::Down;
}

void tst_FaultProxy::dies()
{
    QFETCH(Way, way);
    QWebSocket client;
    QVERIFY(connectClient(client));
    send(opening);
    QVERIFY(clientHas(1));
    QVERIFY(m_proxy->openLink());
    m_proxy->openLink()->die(way);
    client.sendBinaryMessage("up");
    send(next);
    QVERIFY(way == Way::Up ? clientHas(2) : eventually([this] { return m_arrived.size() == 1; }));
    QVERIFY(client.isValid());
    QCOMPARE(m_received.size(), way == Way::Up ? 2 : 1);
    QCOMPARE(m_arrived.size(), way == Way::Up ? 0 : 1);
    client.abort();
    QWebSocket again;
    QVERIFY(connectClient(again));
    again.sendBinaryMessage("again");
    QVERIFY(eventually([this] { return m_arrived.contains("again"); }));
}

void tst_FaultProxy::deliversLate()
{
    QWebSocket client;
    QVERIFY(connectClient(client));
    send(opening);
    QVERIFY(clientHas(1));
    const std::unique_ptr<QWebSocket> old = std::move(m_peer);
    m_proxy->openLink()->deliverLate(300);
    client.sendBinaryMessage("late");
    QVERIFY(eventually([&] { return client.state() == QAbstractSocket::UnconnectedState; }));
    QWebSocket again;
    QVERIFY(connectClient(again));
    again.sendBinaryMessage("first");
    QVERIFY(eventually([this] { return m_arrived.size() == 2; }));
    QCOMPARE(m_arrived, (QList<QByteArray> { "first", "late" }));
}

void tst_FaultProxy::stalls()
{
    constexpr qint64 ms = 200;
    QWebSocket client;
    QVERIFY(connectClient(client));
    send(opening);
    QVERIFY(clientHas(1));
    QElapsedTimer clock;
    clock.start();
    m_proxy->openLink()->stall(ms);
    send(next);
    client.sendBinaryMessage("up");
    QVERIFY(clientHas(2));
    QVERIFY(clock.elapsed() >= ms - ms / 20); // a coarse timer may be so much early
    QVERIFY(eventually([this] { return m_arrived.size() == 1; }));
}

void tst_FaultProxy::losesWhatAStalledClientLeavesBehind()
{
    QWebSocket client;
    QVERIFY(connectClient(client));
    send(opening);
    QVERIFY(clientHas(1));
    const std::unique_ptr<QWebSocket> old = std::move(m_peer);
    const QSignalSpy over(old.get(), &QWebSocket::disconnected);
    m_proxy->openLink()->stall(200);
    client.sendBinaryMessage("late");
    QVERIFY(eventually([&] { return client.bytesToWrite() == 0; }));
    client.abort();
    QVERIFY(eventually([&] { return over.size() == 1; }));
    QCOMPARE(m_arrived.size(), 0);
}

void tst_FaultProxy::countsStrays()
{
    QWebSocket old;
    QVERIFY(connectClient(old));
    const std::unique_ptr<QWebSocket> oldPeer = std::move(m_peer);
    QWebSocket client;
    QVERIFY(connectClient(client));
    send(opening);
    QVERIFY(clientHas(1));
    QVERIFY(eventually(
            [&] {
                old.sendBinaryMessage("stray");
                return m_proxy->strays() > 0;
            },
            10'000));
}

QTEST_GUILESS_MAIN(tst_FaultProxy)
#include "tst_faultproxy.moc"
