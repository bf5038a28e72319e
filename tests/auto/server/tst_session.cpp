#include "server/net/gateway.h"
#include "server/net/session.h"
#include "shared/freshserver.h"
#include "shared/rawclient.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

using Frame = RawClient::Frame;

// Sessions and tokens as a client on the wire sees them: protocol.md, sections 3 to 6.
class tst_Session : public FreshServer
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"twilio.sync.server.warning=false"_s); }

    void initReplyCarriesWhatWasAskedFor();
    void storageIdGoesWithTheFile();
    void continuationTokenIsResumedOrReissued();
    void badTokenIsAnsweredAndTheSocketCloses();
    void messageBeforeInitIsRefused();
    void malformedFramesEndTheConnection_data();
    void malformedFramesEndTheConnection();
    void textMessagesEndTheConnection();
    void oversizeFramesEndTheConnection();
    void otherMethodsAreAnswered();
    void clientsCloseEndsTheSession();
    void pingsAreSentAndSilenceEndsTheConnection();
    void noInitEndsTheConnection();

    void tokenIsAnnouncedThenExpires();
    void updateProlongsTheSession();
    void updateForSomebodyElseIsRefused_data();
    void updateForSomebodyElseIsRefused();
};

void tst_Session::initReplyCarriesWhatWasAskedFor()
{
    RawClient client;
    QVERIFY(client.open(m_server->url()));
    const Frame reply =
            client.init(token(),
                        { { u"capabilities"_s,
                            QJsonArray { u"client_update"_s, u"telemetry.v1"_s, u"account_descriptor"_s,
                                         u"offline_storage"_s } },
                          { u"registrations"_s,
                            QJsonArray { QJsonObject {
                                    { u"product"_s, u"data_sync"_s },
                                    { u"type"_s, u"ers"_s },
                                    { u"message_types"_s, QJsonArray { u"twilio.sync.event"_s } } } } } });
    QCOMPARE(reply.status(), 200);
    QCOMPARE(reply.header.value("capabilities"_L1).toArray(),
             QJsonArray({ u"client_update"_s, u"offline_storage"_s, u"account_descriptor"_s }));
    QVERIFY(!reply.text(u"continuation_token"_s).isEmpty());
    const QJsonObject descriptor = reply.header.value("account_descriptor"_L1).toObject();
    QCOMPARE(descriptor.value("identity"_L1).toString(), u"alice"_s);
    QCOMPARE(descriptor.value("account_sid"_L1).toString(), QLatin1StringView(Server::defaultAccountSid));
    QCOMPARE(descriptor.value("instance_sids"_L1).toObject().value("data_sync"_L1).toString(),
             QLatin1StringView(Server::defaultServiceSid));
    QVERIFY(reply.header.value("offline_storage"_L1).toObject().contains("data_sync"_L1));
    QCOMPARE(reply.header.value("init_registrations"_L1).toArray().size(), 1);

    RawClient plain;
    QVERIFY(plain.open(m_server->url()));
    const Frame bare = plain.init(token());
    QCOMPARE(bare.header.value("capabilities"_L1).toArray(), QJsonArray());
    QVERIFY(!bare.header.contains("account_descriptor"_L1));
    QVERIFY(!bare.header.contains("offline_storage"_L1));
}

// Browser caches live as long as the data, whatever key signs tokens now.
void tst_Session::storageIdGoesWithTheFile()
{
    const QTemporaryDir dir;
    const auto storageIdOf = [&](const QString &file, const QString &identity) {
        LocalSyncServer server;
        server.setDatabasePath(dir.filePath(file));
        RawClient client;
        if (!server.listen() || !client.open(server.url()))
            return QString();
        const Frame reply = client.init(server.createToken(identity),
                                        { { u"capabilities"_s, QJsonArray { u"offline_storage"_s } } });
        return reply.header[u"offline_storage"][u"data_sync"][u"storage_id"].toString();
    };
    const QString id = storageIdOf(u"one"_s, u"alice"_s);
    QVERIFY(!id.isEmpty());
    QCOMPARE(storageIdOf(u"one"_s, u"alice"_s), id);
    QVERIFY(storageIdOf(u"one"_s, u"bob"_s) != id);
    QVERIFY(storageIdOf(u"other"_s, u"alice"_s) != id);
    QVERIFY(QFile::remove(dir.filePath(u"one"_s)));
    QVERIFY(storageIdOf(u"one"_s, u"alice"_s) != id);
}

void tst_Session::continuationTokenIsResumedOrReissued()
{
    const auto connectWith = [this](const QString &offered, const QString &identity) {
        RawClient client;
        if (!client.open(m_server->url()))
            return Frame();
        return client.init(token(identity), { { u"continuation_token"_s, offered } });
    };
    const auto state = [](const Frame &frame) {
        const QJsonObject status = frame.header.value("continuation_token_status"_L1).toObject();
        return status.value("reissued"_L1).toBool() ? status.value("reissue_reason"_L1).toString()
                                                    : u"resumed"_s;
    };
    const Frame first = connectWith({}, u"alice"_s);
    QCOMPARE(state(first), u"MISSING"_s);
    const QString issued = first.text(u"continuation_token"_s);
    const Frame again = connectWith(issued, u"alice"_s);
    QCOMPARE(state(again), u"resumed"_s);
    QCOMPARE(again.text(u"continuation_token"_s), issued);
    const Frame other = connectWith(issued, u"bob"_s);
    QCOMPARE(state(other), u"DIFFERENT_IDENTITY"_s);
    QVERIFY(other.text(u"continuation_token"_s) != issued);
    QCOMPARE(state(connectWith(issued + u'x', u"alice"_s)), u"UNKNOWN_TOKEN"_s);
    QCOMPARE(state(connectWith(u"made up"_s, u"alice"_s)), u"UNKNOWN_TOKEN"_s);
}

void tst_Session::badTokenIsAnsweredAndTheSocketCloses()
{
    RawClient client;
    QVERIFY(client.open(m_server->url()));
    const Frame reply = client.init(u"INVALID_TOKEN"_s);
    QCOMPARE(reply.header.value("status"_L1).toObject(),
             QJsonObject({ { u"code"_s, 401 },
                           { u"status"_s, u"UNAUTHORIZED"_s },
                           { u"errorCode"_s, 20101 },
                           { u"description"_s, u"Invalid Access Token"_s } }));
    QVERIFY(client.waitForClosed());

    RawClient late;
    QVERIFY(late.open(m_server->url()));
    QCOMPARE(late.init(token(u"alice"_s, -1)).errorCode(), 20104);
    QVERIFY(late.waitForClosed());
}

void tst_Session::messageBeforeInitIsRefused()
{
    RawClient client;
    QVERIFY(client.open(m_server->url()));
    QCOMPARE(client.rest(u"POST"_s, u"/v3/Lists"_s, "{}").status(), 401);
    QCOMPARE(client.init(token()).status(), 200);
    QCOMPARE(client.rest(u"POST"_s, u"/v3/Lists"_s, "{}").httpStatus(), 201);
}

void tst_Session::malformedFramesEndTheConnection_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("no frame") << QByteArray("invalid message");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("header not JSON") << QByteArray("TWILSOCK V3.0 9\r\nnot json!\r\n");
    QTest::newRow("another version") << QByteArray("TWILSOCK V2.0 2\r\n{}\r\n");
    QTest::newRow("unknown method") << Protocol::encodeFrame(QByteArray(R"({"method":"jump","id":"1"})"));
}

void tst_Session::malformedFramesEndTheConnection()
{
    QFETCH(QByteArray, bytes);
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    client.sendBytes(bytes);
    const Frame close = client.nextOf(u"close"_s);
    QCOMPARE(close.header.value("status"_L1).toObject(),
             QJsonObject({ { u"code"_s, 406 },
                           { u"status"_s, u"NOT_ACCEPTABLE_MESSAGE"_s },
                           { u"errorCode"_s, 51214 },
                           { u"description"_s, u"Not acceptable message"_s } }));
    QVERIFY(client.waitForClosed());
}

void tst_Session::textMessagesEndTheConnection()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    client.socket().sendTextMessage(u"hello"_s);
    QCOMPARE(client.nextOf(u"close"_s).errorCode(), 51214);
    QVERIFY(client.waitForClosed());
}

void tst_Session::oversizeFramesEndTheConnection()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    client.sendBytes(QByteArray(2 * 1024 * 1024, 'x'));
    QVERIFY(client.waitForClosed());
    RawClient next;
    QVERIFY(next.open(m_server->url(), token()));
}

void tst_Session::otherMethodsAreAnswered()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    client.sendFrame(
            { { u"method"_s, u"telemetry.v1"_s }, { u"id"_s, u"TMt"_s }, { u"events"_s, QJsonArray() } });
    for (const QString &method : { u"put_notification_ctx"_s, u"delete_notification_ctx"_s, u"ping"_s })
        QCOMPARE(client.call({ { u"method"_s, method } }).status(), 200);
    const Frame reply =
            client.rest(u"GET"_s, u"/v3/Nonsense"_s, {}, {}, { { u"Twilio-Request-Id"_s, u"RQ7"_s } });
    QCOMPARE(reply.status(), 200);
    QCOMPARE(reply.httpStatus(), 404);
    QCOMPARE(reply.body.value("status"_L1).toInt(), 404);
    QCOMPARE(reply.header.value("http_headers"_L1).toObject().value("twilio-request-id"_L1).toString(),
             u"RQ7"_s);
}

void tst_Session::clientsCloseEndsTheSession()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    client.sendFrame({ { u"method"_s, u"close"_s }, { u"id"_s, u"TMc"_s } });
    QVERIFY(client.waitForClosed());
    QTRY_VERIFY(m_server->gateway()->sessions().isEmpty());
}

void tst_Session::pingsAreSentAndSilenceEndsTheConnection()
{
    m_server->close();
    Server::ServerOptions options;
    options.pingInterval = 100ms;
    options.unansweredPings = 2;
    m_server->setOptions(options);
    QVERIFY(m_server->listen());
    RawClient lively;
    RawClient silent;
    silent.setAcknowledging(false);
    QVERIFY(lively.open(m_server->url(), token()));
    QVERIFY(silent.open(m_server->url(), token()));
    QVERIFY(silent.waitForClosed());
    QCOMPARE(lively.nextOf(u"ping"_s).text(u"method"_s), u"ping"_s);
    QCOMPARE(lively.socket().state(), QAbstractSocket::ConnectedState);
}

void tst_Session::noInitEndsTheConnection()
{
    m_server->close();
    Server::ServerOptions options;
    options.initTimeout = 20ms;
    m_server->setOptions(options);
    QVERIFY(m_server->listen());
    RawClient client;
    QVERIFY(client.open(m_server->url()));
    QVERIFY(client.waitForClosed());
}

void tst_Session::tokenIsAnnouncedThenExpires()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token(u"alice"_s, 1999)));
    const Frame warning = client.nextOf(u"client_update"_s);
    QCOMPARE(warning.text(u"client_update_type"_s), u"token_about_to_expire"_s);
    const Frame close = client.nextOf(u"close"_s);
    QCOMPARE(close.status(), 410);
    QCOMPARE(close.errorCode(), 51207);
    QCOMPARE(close.header.value("status"_L1).toObject().value("status"_L1).toString(), u"TOKEN_EXPIRED"_s);
    QVERIFY(client.waitForClosed());
}

void tst_Session::updateProlongsTheSession()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token(u"alice"_s, 1999)));
    QCOMPARE(client.call({ { u"method"_s, u"update"_s }, { u"token"_s, u"x"_s } }).errorCode(), 20101);
    QCOMPARE(client.call({ { u"method"_s, u"update"_s }, { u"token"_s, token() } }).status(), 200);
    // The first token's end passes.
    QElapsedTimer elapsed;
    elapsed.start();
    QTRY_VERIFY_WITH_TIMEOUT(elapsed.hasExpired(2200), 5000);
    QCOMPARE(client.rest(u"GET"_s, u"/v3/Configuration"_s).status(), 200);
}

void tst_Session::updateForSomebodyElseIsRefused_data()
{
    QTest::addColumn<QString>("identity");
    QTest::addColumn<QString>("service");
    QTest::addColumn<bool>("closes");
    QTest::newRow("identity") << u"bob"_s << QString() << false;
    QTest::newRow("instance") << u"alice"_s << u"IS00000000000000000000000000000002"_s << true;
}

void tst_Session::updateForSomebodyElseIsRefused()
{
    QFETCH(QString, identity);
    QFETCH(QString, service);
    QFETCH(bool, closes);
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    const QString other = token(identity, 3'600'000, service);
    const Frame reply = client.call({ { u"method"_s, u"update"_s }, { u"token"_s, other } });
    QCOMPARE(reply.status(), 401);
    QCOMPARE(reply.errorCode(), 51215);
    if (closes) {
        const Frame close = client.nextOf(u"close"_s);
        QCOMPARE(close.status(), 308);
        QCOMPARE(close.errorCode(), 51232);
        QVERIFY(client.waitForClosed());
    } else {
        QCOMPARE(client.rest(u"GET"_s, u"/v3/Configuration"_s).status(), 200);
    }
}

QTEST_GUILESS_MAIN(tst_Session)
#include "tst_session.moc"
