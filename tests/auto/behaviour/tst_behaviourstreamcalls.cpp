#include "TwilioSync/api/syncstream.h"

#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Peer = ScriptedServer;

// Section "Stream" of tests/behaviour-cases.md: the calls behind a stream, answered by the test.
class tst_BehaviourStreamCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void str15_metadataIsUnchanged();
    void timeouts_data();
    void timeouts();
    void str17_createdStreamIsKnown();
    void str18_opensBySidWithOneGet();
    void str19_nameTakenMeanwhileIsOpened();
    void str20_otherErrorsOfCreatingEndIt();
    void str21_messagesOfThisStreamAlone();
    void createBodies_data();
    void createBodies();
    void str24_sidAloneIsEnough();
    void str25_publishRequest();

private:
    static OpenOptions existing(const QString &id)
    {
        return { .id = id, .mode = SyncClient::OpenMode::OpenExisting };
    }
    //! The stream \a sid; its GET is not among the calls.
    SyncStream *open(const QByteArray &sid) const
    {
        m_server->once("GET", "/v3/Streams/" + sid, Peer::ok(Peer::root(sid)));
        SyncStream *const stream = established(m_client->stream(existing(QString::fromLatin1(sid))));
        m_server->clear();
        return stream;
    }

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_BehaviourStreamCalls::init()
{
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_BehaviourStreamCalls::cleanup()
{
    m_client.reset();
    m_server.reset();
}

// No cache outlives the client; a second handle is the one that finds everything known.
void tst_BehaviourStreamCalls::str15_metadataIsUnchanged()
{
    m_server->once("GET", "/v3/Streams/TO000",
                   Peer::ok(Peer::root(
                           "TO000", ",\"unique_name\":\"x\",\"date_expires\":\"2025-01-02T03:04:05.000Z\"")));
    QVERIFY(established(m_client->stream(existing(u"TO000"_s))));
    const SyncStream *const stream = valueOfCall(m_client->stream(existing(u"x"_s)));
    QVERIFY(stream);
    QCOMPARE(stream->sid(), u"TO000"_s);
    QCOMPARE(stream->uniqueName(), u"x"_s);
    QCOMPARE(stream->dateExpires().toString(Qt::ISODateWithMs), u"2025-01-02T03:04:05.000Z"_s);
    QCOMPARE(m_server->lines(), QByteArrayList({ "GET /v3/Streams/TO000" }));
}

void tst_BehaviourStreamCalls::timeouts_data()
{
    QTest::addColumn<SyncClient::OpenMode>("mode");
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("STR-16 STR-24 opening")
            << SyncClient::OpenMode::OpenExisting << QByteArray("GET /v3/Streams/x");
    QTest::newRow("STR-16 STR-22 creating")
            << SyncClient::OpenMode::CreateNew << QByteArray("POST /v3/Streams {\"unique_name\":\"x\"}");
}

// The configured timeout, not some other, ends it.
void tst_BehaviourStreamCalls::timeouts()
{
    QFETCH(SyncClient::OpenMode, mode);
    QFETCH(QByteArray, line);
    QTRY_COMPARE(m_client->connectionState(), SyncClient::ConnectionState::Connected);
    changeChannel(*m_client, [](auto &options) { options.requestTimeout = 100ms; });
    m_server->always("GET", {}, Peer::lost());
    m_server->always("POST", {}, Peer::lost());
    QElapsedTimer timer;
    timer.start();
    const SyncError error = errorOfCall(m_client->stream({ .id = u"x"_s, .mode = mode }));
    QVERIFY2(timer.elapsed() >= 95, QByteArray::number(timer.elapsed()).constData());
    QVERIFY2(error.message().endsWith(u"timed out"_s), qPrintable(error.message()));
    QCOMPARE(error.status(), 0);
    QCOMPARE(m_server->lines(), QByteArrayList({ line }));
}

void tst_BehaviourStreamCalls::str17_createdStreamIsKnown()
{
    m_server->once("POST", "/v3/Streams", Peer::ok(Peer::root("TO000", ",\"unique_name\":\"x\""), 201));
    QVERIFY(established(m_client->stream({ .id = u"x"_s, .mode = SyncClient::OpenMode::CreateNew })));
    for (const QString &id : { u"x"_s, u"TO000"_s }) {
        const SyncStream *const again = valueOfCall(m_client->stream(id));
        QVERIFY(again);
        QCOMPARE(again->sid(), u"TO000"_s);
        QCOMPARE(again->uniqueName(), u"x"_s);
    }
    QCOMPARE(m_server->calls().size(), 1);
}

void tst_BehaviourStreamCalls::str18_opensBySidWithOneGet()
{
    m_server->always("GET", "/v3/Streams/TO000", Peer::ok(Peer::root("TO000")));
    QVERIFY(established(m_client->stream(u"TO000"_s)));
    QCOMPARE(m_server->lines(), QByteArrayList({ "GET /v3/Streams/TO000" }));
}

// J4: reads before creating and again after the conflict.
void tst_BehaviourStreamCalls::str19_nameTakenMeanwhileIsOpened()
{
    m_server->once("GET", "/v3/Streams/x", Peer::error(404, 54300, "Unique name not found"));
    m_server->always("POST", "/v3/Streams", Peer::error(409, 54301, "Unique name already exists"));
    m_server->once("GET", "/v3/Streams/x", Peer::ok(Peer::root("TO000", ",\"unique_name\":\"x\"")));
    const SyncStream *const stream = established(m_client->stream(u"x"_s));
    QVERIFY(stream);
    QCOMPARE(stream->sid(), u"TO000"_s);
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "GET /v3/Streams/x", "POST /v3/Streams {\"unique_name\":\"x\"}",
                              "GET /v3/Streams/x" }));
}

void tst_BehaviourStreamCalls::str20_otherErrorsOfCreatingEndIt()
{
    m_server->always("GET", "/v3/Streams/x", Peer::error(404, 54300, "Unique name not found"));
    m_server->always("POST", "/v3/Streams", Peer::error(400, 54011, "Invalid TTL"));
    QCOMPARE(textOfError(errorOfCall(m_client->stream(u"x"_s))), u"Invalid TTL (400, 54011)"_s);
    QVERIFY(m_server->roundTrip());
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "GET /v3/Streams/x", "POST /v3/Streams {\"unique_name\":\"x\"}" }));
}

void tst_BehaviourStreamCalls::str21_messagesOfThisStreamAlone()
{
    SyncStream *const stream = open("TO000");
    SyncStream *const other = open("TO001");
    QVERIFY(stream && other);
    QSignalSpy published(stream, &SyncStream::messagePublished);
    QSignalSpy publishedThere(other, &SyncStream::messagePublished);
    const auto push = [&](const QByteArray &streamSid, const QByteArray &messageSid) {
        m_server->push("stream_message_published",
                       "{\"stream_sid\":\"" + streamSid + "\",\"message_sid\":\"" + messageSid
                               + "\",\"message_data\":{\"of\":\"" + messageSid + "\"}}");
    };
    push("TO001", "TZ001");
    push("TO002", "TZ002"); // nobody's
    push("TO000", "TZ000");
    QVERIFY(m_server->roundTrip());
    QCOMPARE(published.size(), 1);
    const auto message = published.at(0).at(0).value<SyncStreamMessage>();
    QCOMPARE(message.sid(), u"TZ000"_s);
    QCOMPARE(message.json(), R"({"of":"TZ000"})");
    QCOMPARE(published.at(0).at(1).toBool(), false);
    QCOMPARE(publishedThere.size(), 1);
    QCOMPARE(publishedThere.at(0).at(0).value<SyncStreamMessage>().sid(), u"TZ001"_s);
    QCOMPARE(m_server->lines(), QByteArrayList());
}

void tst_BehaviourStreamCalls::createBodies_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<qint64>("ttl");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("STR-22 name and ttl")
            << u"x"_s << qint64(600) << QByteArray(R"({"unique_name":"x","ttl":600})");
    QTest::newRow("STR-23 ttl alone") << QString() << qint64(600) << QByteArray(R"({"ttl":600})");
    // J7: a ttl that was not given is not sent.
    QTest::newRow("STR-23 nothing") << QString() << qint64(-1) << QByteArray("{}");
    QTest::newRow("STR-23 ttl 0 is sent") << QString() << qint64(0) << QByteArray(R"({"ttl":0})");
}

void tst_BehaviourStreamCalls::createBodies()
{
    QFETCH(QString, name);
    QFETCH(qint64, ttl);
    QFETCH(QByteArray, body);
    m_server->always("POST", "/v3/Streams", Peer::ok(Peer::root("TO000"), 201));
    OpenOptions options { .id = name, .mode = SyncClient::OpenMode::CreateNew };
    if (ttl >= 0)
        options.ttl = ttl;
    QVERIFY(established(m_client->stream(options)));
    QCOMPARE(m_server->lines(), QByteArrayList({ "POST /v3/Streams " + body }));
}

void tst_BehaviourStreamCalls::str24_sidAloneIsEnough()
{
    m_server->always("GET", "/v3/Streams/TO000", Peer::ok("{\"sid\":\"TO000\"}"));
    SyncStream *const stream = established(m_client->stream(existing(u"TO000"_s)));
    QVERIFY(stream);
    QCOMPARE(stream->sid(), u"TO000"_s);
    QCOMPARE(stream->uniqueName(), QString());
    QVERIFY(!stream->dateExpires().isValid());
    // Without links and url, the addresses are those of the endpoint table (protocol.md 7.2).
    m_server->always("POST", {}, Peer::ok("{\"sid\":\"TZ000\"}", 201));
    valueOfCall(stream->publishMessage({}));
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "GET /v3/Streams/TO000", "POST /v3/Streams/TO000/Messages {\"data\":{}}" }));
}

void tst_BehaviourStreamCalls::str25_publishRequest()
{
    SyncStream *const stream = open("TO000");
    QVERIFY(stream);
    m_server->always("POST", "/v3/Streams/TO000/Messages", Peer::ok("{\"sid\":\"TZ000\"}", 201));
    const auto message = valueOfCall(stream->publishMessage({ { u"data"_s, u"value"_s } }));
    QCOMPARE(message.sid(), u"TZ000"_s);
    QCOMPARE(message.json(), R"({"data":"value"})");
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "POST /v3/Streams/TO000/Messages {\"data\":{\"data\":\"value\"}}" }));
}

QTEST_GUILESS_MAIN(tst_BehaviourStreamCalls)
#include "tst_behaviourstreamcalls.moc"
