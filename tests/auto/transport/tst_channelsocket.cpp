#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/transport/twilsockchannel.h"

#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qtcpserver.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

using namespace Twilio;
using namespace Twilio::Protocol;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ChannelState;

namespace {

// Answers init and tunnelled requests; remembers what came.
class Gateway
{
public:
    explicit Gateway(QWebSocketServer::SslMode mode = QWebSocketServer::NonSecureMode)
        : server(u"gateway"_s, mode)
    {
        QObject::connect(&server, &QWebSocketServer::newConnection, &server, [this] {
            socket = server.nextPendingConnection();
            socket->setParent(&server);
            QObject::connect(socket, &QWebSocket::binaryMessageReceived, &server,
                             [this](const QByteArray &message) { handle(message); });
        });
    }

    void listen() { QVERIFY(server.listen(QHostAddress::LocalHost)); }
    QUrl url() const { return server.serverUrl(); }
    void send(const QByteArray &header, const QByteArray &payload = {})
    {
        socket->sendBinaryMessage(encodeFrame(header, payload));
    }

    QWebSocketServer server;
    QWebSocket *socket = nullptr;
    QList<QByteArray> received; // headers

private:
    void handle(const QByteArray &message)
    {
        const auto parts = splitFrame(message);
        QVERIFY(!errorOf(parts));
        const auto &frame = std::get<FrameParts>(parts);
        received.append(frame.header.toByteArray());
        const auto header = JsonObjectView::parse(frame.header);
        QVERIFY(header);
        const QByteArray method = header->value("method").toUtf8().value_or("");
        const QByteArray start = "{\"method\":\"reply\",\"id\":" + header->value("id").text().toByteArray()
                + ",\"status\":{\"code\":200,\"status\":\"OK\"}";
        if (method == "init") {
            send(start
                 + R"(,"capabilities":["client_update"],"continuation_token":"ct-1","account_descriptor":)"
                   R"({"account_sid":"AC1","instance_sids":{"data_sync":"IS1"},"identity":"alice"}})");
        } else if (method == "message") {
            send(start + R"(,"http_status":{"code":201,"status":"CREATED"},"http_headers":{"Retry-After":5}})",
                 header->value("http_request").text().toByteArray());
        }
    }
};

TwilsockChannel::Options optionsFor(const QUrl &url)
{
    TwilsockChannel::Options options;
    options.url = url;
    options.backoffInitial = 20ms;
    return options;
}

} // namespace

class tst_ChannelSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void connectsAsksAndCloses();
    void notificationIsAcknowledgedAndHandedOn();
    void reconnectsAtOnceWhenTheServerDropsTheSocket();
    void reconnectsWhenTheServerComesBack();
    void textMessageIsIgnored();
    void con06_selfSignedCertificateIsNotTrusted();
    void anotherUrlEndsFailure();
    void hangingHandshakeIsGivenUp();
    void deletedInASlotOfItsOwnSignal_data();
    void deletedInASlotOfItsOwnSignal();
};

void tst_ChannelSocket::connectsAsksAndCloses()
{
    Gateway gateway;
    gateway.listen();
    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    channel.setOptions(optionsFor(gateway.url()));
    channel.open();

    std::optional<SyncResult<RestReply>> result;
    channel.request(
            { "POST", QUrl(u"https://cds.us1.twilio.com/v3/Lists?PageSize=5"_s), {}, "{\"data\":{}}" },
            [&](const SyncResult<RestReply> &r) { result = r; });
    QTRY_VERIFY(result);
    QCOMPARE(channel.state(), State::Connected);
    const auto *reply = std::get_if<RestReply>(&*result);
    QVERIFY(reply);
    QCOMPARE(reply->status, 201);
    QCOMPARE(
            reply->body,
            R"({"host":"cds.us1.twilio.com","path":"/v3/Lists","method":"POST","params":{"PageSize":"5"},"headers":{}})");
    QCOMPARE(channel.account().accountSid, u"AC1"_s);
    QCOMPARE(channel.account().instanceSid, u"IS1"_s);
    QCOMPARE(channel.account().identity, u"alice"_s);

    const QSignalSpy peerGone(gateway.socket, &QWebSocket::disconnected);
    bool closed = false;
    channel.close([&](const SyncResult<Nothing> &r) { closed = !errorOf(r); });
    QCOMPARE(channel.state(), State::Disconnecting);
    QTRY_VERIFY(closed);
    QCOMPARE(channel.state(), State::Disconnected);
    QVERIFY(gateway.received.last().contains("\"method\":\"close\""));
    QTRY_COMPARE(peerGone.size(), 1);
}

void tst_ChannelSocket::notificationIsAcknowledgedAndHandedOn()
{
    Gateway gateway;
    gateway.listen();
    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    QSignalSpy notified(&channel, &TwilsockChannel::notificationReceived);
    channel.setOptions(optionsFor(gateway.url()));
    channel.open();
    QTRY_COMPARE(channel.state(), State::Connected);
    gateway.send(R"({"method":"notification","id":"TM1","message_type":"twilio.sync.event"})", "{\"a\":1}");
    QTRY_COMPARE(notified.size(), 1);
    const auto notification = notified[0][0].value<ChannelNotification>();
    QCOMPARE(notification.messageType, "twilio.sync.event");
    QCOMPARE(notification.payload, "{\"a\":1}");
    QTRY_COMPARE(gateway.received.last(),
                 R"({"method":"reply","id":"TM1","status":{"code":200,"status":"ok"}})");
}

void tst_ChannelSocket::reconnectsAtOnceWhenTheServerDropsTheSocket()
{
    Gateway gateway;
    gateway.listen();
    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    QSignalSpy states(&channel, &TwilsockChannel::stateChanged);
    auto options = optionsFor(gateway.url());
    options.backoffInitial = 1h; // the first attempt has no wait
    channel.setOptions(options);
    channel.open();
    QTRY_COMPARE(channel.state(), State::Connected);
    gateway.socket->abort();
    QTRY_COMPARE(states.size(), 7); // up, lost, up
    QCOMPARE(channel.state(), State::Connected);
    QVERIFY(gateway.received.last().contains("\"continuation_token\":\"ct-1\""));
}

void tst_ChannelSocket::reconnectsWhenTheServerComesBack()
{
    Gateway gateway;
    gateway.listen();
    const QUrl url = gateway.url();
    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    channel.setOptions(optionsFor(url));
    channel.open();
    QTRY_COMPARE(channel.state(), State::Connected);
    QSignalSpy errors(&channel, &TwilsockChannel::errorOccurred);
    gateway.server.close();
    gateway.socket->abort();
    QTRY_VERIFY(errors.size() >= 3);
    QVERIFY(gateway.server.listen(QHostAddress::LocalHost, quint16(url.port())));
    QTRY_COMPARE(channel.state(), State::Connected);
}

void tst_ChannelSocket::textMessageIsIgnored()
{
    Gateway gateway;
    gateway.listen();
    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    channel.setOptions(optionsFor(gateway.url()));
    channel.open();
    QTRY_COMPARE(channel.state(), State::Connected);
    QSignalSpy expiring(&channel, &TwilsockChannel::tokenAboutToExpire);
    gateway.socket->sendTextMessage(u"TWILSOCK V3.0 2\r\n{}"_s);
    gateway.send(R"({"method":"client_update","id":"TM2","client_update_type":"token_about_to_expire"})");
    QTRY_COMPARE(expiring.size(), 1);
    QCOMPARE(channel.state(), State::Connected);
}

void tst_ChannelSocket::con06_selfSignedCertificateIsNotTrusted()
{
    Gateway gateway(QWebSocketServer::SecureMode);
    QFile pem(u"" SELF_SIGNED_PEM ""_s);
    QVERIFY(pem.open(QIODevice::ReadOnly));
    const QByteArray text = pem.readAll();
    QSslConfiguration configuration;
    configuration.setLocalCertificate(QSslCertificate(text));
    configuration.setPrivateKey(QSslKey(text, QSsl::Ec));
    gateway.server.setSslConfiguration(configuration);
    gateway.listen();

    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    QSignalSpy errors(&channel, &TwilsockChannel::errorOccurred);
    channel.setOptions(optionsFor(gateway.url()));
    channel.open();
    QTRY_COMPARE(channel.state(), State::Failed);
    QCOMPARE(errors.size(), 1);
    const auto error = errors[0][0].value<SyncError>();
    QVERIFY(error.isTerminal());
    QVERIFY2(error.message().contains("certificate"_L1), qPrintable(error.message()));
}

void tst_ChannelSocket::anotherUrlEndsFailure()
{
    Gateway gateway;
    gateway.listen();
    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    channel.setOptions(
            optionsFor(QUrl(u"ws://192.0.2.1/v3/wsconnect"_s))); // would send the token in the clear
    channel.open();
    QCOMPARE(channel.state(), State::Failed);
    channel.open();
    QCOMPARE(channel.state(), State::Failed);
    channel.setUrl(gateway.url());
    channel.open();
    QTRY_COMPARE(channel.state(), State::Connected);
}

void tst_ChannelSocket::hangingHandshakeIsGivenUp()
{
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    TwilsockChannel channel;
    channel.setToken(u"secret"_s);
    QSignalSpy errors(&channel, &TwilsockChannel::errorOccurred);
    auto options = optionsFor(QUrl(u"ws://127.0.0.1:%1/v3/wsconnect"_s.arg(silent.serverPort())));
    options.connectTimeout = 30ms;
    channel.setOptions(options);
    channel.open();
    QTRY_VERIFY(errors.size() >= 2);
    QCOMPARE(errors[0][0].value<SyncError>().message(), u"no connection within 30 ms"_s);
}

void tst_ChannelSocket::deletedInASlotOfItsOwnSignal_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("stateChanged to Connecting") << 0;
    QTest::newRow("stateChanged to Connected") << 1;
    QTest::newRow("notificationReceived") << 2;
    QTest::newRow("tokenExpired") << 3;
    QTest::newRow("errorOccurred") << 4;
    QTest::newRow("stateChanged to WaitAndReconnect") << 5;
    QTest::newRow("a request's reply") << 6;
}

void tst_ChannelSocket::deletedInASlotOfItsOwnSignal()
{
    QFETCH(int, signal);
    Gateway gateway;
    gateway.listen();
    QPointer<TwilsockChannel> channel = new TwilsockChannel;
    channel->setToken(u"secret"_s);
    const auto destroy = [&](int from) {
        if (from == signal)
            delete channel.data();
    };
    const auto onState = [&](State wanted, int from) {
        connect(channel, &TwilsockChannel::stateChanged, this, [=](State state) {
            if (state == wanted)
                destroy(from);
        });
    };
    onState(State::Connecting, 0);
    onState(State::Connected, 1);
    onState(State::WaitAndReconnect, 5);
    connect(channel, &TwilsockChannel::notificationReceived, this, [&] { destroy(2); });
    connect(channel, &TwilsockChannel::tokenExpired, this, [&] { destroy(3); });
    connect(channel, &TwilsockChannel::errorOccurred, this, [&] { destroy(4); });
    channel->setOptions(optionsFor(gateway.url()));
    channel->open();
    int replies = 0;
    if (channel) {
        channel->request({ "GET", QUrl(u"https://h/p"_s), {}, {} }, [&](const SyncResult<RestReply> &) {
            ++replies;
            destroy(6);
        });
        QTRY_VERIFY(!channel || replies == 1);
        QTRY_COMPARE(replies, 1);
    }
    if (channel) {
        gateway.send(R"({"method":"notification","id":"TM1","message_type":"x"})", "{}");
        if (signal == 2) {
            QTRY_VERIFY(!channel);
        } else if (signal == 3 || signal == 4) {
            gateway.send(R"({"method":"close","id":"TM2","status":{"code":410,"status":"TOKEN_EXPIRED"}})");
        } else {
            gateway.socket->abort();
        }
    }
    QTRY_VERIFY(!channel);
}

QTEST_GUILESS_MAIN(tst_ChannelSocket)
#include "tst_channelsocket.moc"
