#include "TwilioSync/api/syncdocument.h"

#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

// Section "Document" of tests/behaviour-cases.md: the calls behind a document, answered by the test.
class tst_BehaviourDocumentCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void doc16_lastHandleCancels();
    void doc23_knownDocumentOpensAsItIs();
    void doc24_storedValueIsWhatTheAnswerReports();
    void doc25_createdWithoutDataInTheAnswer();
    void doc26_openingFailsWithTheServersError();
    void doc27_opensBySidWithOneGet();
    void doc28_createsWithOnePost();
    void doc29_nameTakenMeanwhileIsOpened();
    void doc30_otherErrorsOfCreatingEndIt();
    void doc31_pushedUpdateIsTakenOver();
    void doc32_createRequest();
    void doc33_metadataIsUnchanged_data();
    void doc33_metadataIsUnchanged();
    void doc34_mutateIsConditional();
    void doc35_lostRaceIsRunAgain();
    void writeBodies_data();
    void writeBodies();

private:
    using Write = std::function<SyncError(SyncDocument &)>;

    //! ET000 with revision "0", event id 0 and {"n":0}, opened by its sid; its GET is not among the calls.
    SyncDocument *open() const
    {
        m_server->once("GET", "/v3/Documents/ET000", Peer::ok(Peer::root("ET000", ",\"data\":{\"n\":0}")));
        SyncDocument *const document = established(
                m_client->document({ .id = u"ET000"_s, .mode = SyncClient::OpenMode::OpenExisting }));
        m_server->clear();
        return document;
    }
    //! ET000 as the answer to its n-th write, without data as answers to writes are.
    static QByteArray written(int n, const QByteArray &members = {})
    {
        const QByteArray number = QByteArray::number(n);
        return Peer::root("ET000", ",\"revision\":\"" + number + "\",\"last_event_id\":" + number + members);
    }
    static QVariantMap number(int n) { return { { u"n"_s, n } }; }

    std::unique_ptr<Peer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_BehaviourDocumentCalls::init()
{
    m_server = std::make_unique<Peer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_BehaviourDocumentCalls::cleanup()
{
    m_client.reset();
    m_server.reset();
}

// J5: one subscription for all handles, given up by the last of them.
void tst_BehaviourDocumentCalls::doc16_lastHandleCancels()
{
    using Action = Twilio::Server::SubscriptionCall::Action;
    SyncDocument *const first = open();
    SyncDocument *const second = established(m_client->document(u"ET000"_s));
    QVERIFY(first && second);
    first->close();
    m_server->once("POST", "/v3/Documents/ET000", Peer::ok(written(1)));
    valueOfCall(second->set(number(1)));
    QCOMPARE(m_server->subscriptions().size(), 0); // since the first one was open
    second->close();
    QTRY_COMPARE(m_server->subscriptions().size(), 1);
    QCOMPARE(m_server->subscriptions().at(0).action, Action::Cancel);
    QCOMPARE(m_server->subscriptions().at(0).entries.at(0).objectSid, "ET000");
}

void tst_BehaviourDocumentCalls::doc23_knownDocumentOpensAsItIs()
{
    QVERIFY(open());
    const SyncDocument *const again = valueOfCall(m_client->document(u"ET000"_s));
    QVERIFY(again);
    QCOMPARE(again->value(), number(0));
    QVERIFY(m_server->roundTrip());
    QCOMPARE(m_server->lines(), QByteArrayList());
}

void tst_BehaviourDocumentCalls::doc24_storedValueIsWhatTheAnswerReports()
{
    SyncDocument *const document = open();
    QVERIFY(document);
    m_server->once("POST", "/v3/Documents/ET000",
                   Peer::ok(written(5, ",\"date_updated\":\"2024-05-06T07:09:00.000Z\"")));
    QCOMPARE(valueOfCall(document->set(number(1))), number(1));
    QCOMPARE(document->value(), number(1));
    QCOMPARE(document->revision(), u"5"_s);
    QCOMPARE(document->dateUpdated().toString(Qt::ISODateWithMs), u"2024-05-06T07:09:00.000Z"_s);

    // An answer that a later state has overtaken changes nothing.
    m_server->push("document_updated",
                   R"({"id":9,"document_sid":"ET000","document_revision":"9","document_data":{"n":9},)"
                   R"("date_created":"2024-05-06T07:10:00.000Z","date_expires":null})");
    QVERIFY(m_server->roundTrip());
    m_server->once("POST", "/v3/Documents/ET000", Peer::ok(written(8)));
    QVERIFY(errorOfCall(document->set(number(8))).isNull());
    QCOMPARE(document->value(), number(9));
    QTRY_COMPARE(document->revision(), u"9"_s);
}

void tst_BehaviourDocumentCalls::doc25_createdWithoutDataInTheAnswer()
{
    m_server->always("POST", "/v3/Documents", Peer::ok(Peer::root("ET000"), 201));
    const SyncDocument *const document = valueOfCall(m_client->document());
    QVERIFY(document);
    QCOMPARE(document->json(), "{}");
    // J7: what was sent with the creation is what there is.
    m_server->always("POST", "/v3/Documents", Peer::ok(Peer::root("ET001"), 201));
    const SyncDocument *const filled = valueOfCall(m_client->document({ .value = number(4) }));
    QVERIFY(filled);
    QCOMPARE(filled->json(), R"({"n":4})");
}

void tst_BehaviourDocumentCalls::doc26_openingFailsWithTheServersError()
{
    m_server->always("GET", "/v3/Documents/x", Peer::error(403, 54007, "Access forbidden for identity"));
    const QString expected = u"Access forbidden for identity (403, 54007)"_s;
    QCOMPARE(textOfError(errorOfCall(
                     m_client->document({ .id = u"x"_s, .mode = SyncClient::OpenMode::OpenExisting }))),
             expected);
    QCOMPARE(textOfError(errorOfCall(m_client->document(u"x"_s))), expected);
    QCOMPARE(m_server->lines(), QByteArrayList(2, "GET /v3/Documents/x"));
}

void tst_BehaviourDocumentCalls::doc27_opensBySidWithOneGet()
{
    m_server->always("GET", "/v3/Documents/ET000",
                     Peer::ok(Peer::root("ET000", ",\"unique_name\":\"settings\",\"data\":{\"n\":3}")));
    const SyncDocument *const document = established(m_client->document(u"ET000"_s));
    QVERIFY(document);
    QCOMPARE(document->uniqueName(), u"settings"_s);
    QCOMPARE(document->value(), number(3));
    const SyncDocument *const byName = valueOfCall(m_client->document(u"settings"_s));
    QVERIFY(byName);
    QCOMPARE(byName->sid(), u"ET000"_s);
    QCOMPARE(m_server->lines(), QByteArrayList({ "GET /v3/Documents/ET000" }));
}

// J4: reads first.
void tst_BehaviourDocumentCalls::doc28_createsWithOnePost()
{
    m_server->always("GET", "/v3/Documents/x", Peer::error(404, 54300, "Unique name not found"));
    m_server->always("POST", "/v3/Documents", Peer::ok(Peer::root("ET000", ",\"unique_name\":\"x\""), 201));
    const SyncDocument *const document = established(m_client->document({ .id = u"x"_s, .ttl = 3600 }));
    QVERIFY(document);
    QCOMPARE(document->value(), QVariantMap());
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "GET /v3/Documents/x",
                              "POST /v3/Documents {\"unique_name\":\"x\",\"ttl\":3600,\"data\":{}}" }));
}

// J4: reads before creating and again after the conflict.
void tst_BehaviourDocumentCalls::doc29_nameTakenMeanwhileIsOpened()
{
    m_server->once("GET", "/v3/Documents/x", Peer::error(404, 54300, "Unique name not found"));
    m_server->always("POST", "/v3/Documents", Peer::error(409, 54301, "Unique name already exists"));
    m_server->once("GET", "/v3/Documents/x",
                   Peer::ok(Peer::root("ET000", ",\"unique_name\":\"x\",\"data\":{\"n\":2}")));
    const SyncDocument *const document = established(m_client->document(u"x"_s));
    QVERIFY(document);
    QCOMPARE(document->sid(), u"ET000"_s);
    QCOMPARE(document->value(), number(2));
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "GET /v3/Documents/x", "POST /v3/Documents {\"unique_name\":\"x\",\"data\":{}}",
                              "GET /v3/Documents/x" }));
}

void tst_BehaviourDocumentCalls::doc30_otherErrorsOfCreatingEndIt()
{
    m_server->always("GET", "/v3/Documents/x", Peer::error(404, 54300, "Unique name not found"));
    m_server->always("POST", "/v3/Documents", Peer::error(400, 54011, "Invalid TTL"));
    QCOMPARE(textOfError(errorOfCall(m_client->document(u"x"_s))), u"Invalid TTL (400, 54011)"_s);
    QVERIFY(m_server->roundTrip());
    QCOMPARE(m_server->lines(),
             QByteArrayList(
                     { "GET /v3/Documents/x", "POST /v3/Documents {\"unique_name\":\"x\",\"data\":{}}" }));
}

void tst_BehaviourDocumentCalls::doc31_pushedUpdateIsTakenOver()
{
    SyncDocument *const document = open();
    QVERIFY(document);
    QSignalSpy updated(document, &SyncDocument::updated);
    const auto push = [&](const QByteArray &id, const QByteArray &n) {
        m_server->push("document_updated",
                       "{\"id\":" + id + ",\"document_sid\":\"ET000\",\"document_unique_name\":null,"
                               + "\"document_revision\":\"" + n + "\",\"document_data\":{\"n\":" + n
                               + "},\"date_created\":\"2024-05-06T07:20:00.000Z\",\"date_expires\":null}");
    };
    push("1", "1");
    QTRY_COMPARE(document->revision(), u"1"_s);
    QCOMPARE(document->value(), number(1));
    QCOMPARE(document->dateUpdated().toString(Qt::ISODateWithMs), u"2024-05-06T07:20:00.000Z"_s);
    QTRY_COMPARE(updated, QList<QVariantList>({ { number(1), false, number(0) } }));

    push("1", "7"); // the last event id is 1 now: known
    QVERIFY(m_server->roundTrip());
    QCOMPARE(document->value(), number(1));
    QCOMPARE(updated.size(), 1);
    // ... and it is what a new connection asks to go on from.
    m_server->hangUp();
    QTRY_COMPARE(m_server->subscriptions().size(), 1);
    QCOMPARE(m_server->subscriptions().at(0).entries.at(0).cursor, std::optional<qint64>(1));
}

// J7: data is always sent.
void tst_BehaviourDocumentCalls::doc32_createRequest()
{
    m_server->always("POST", "/v3/Documents", Peer::ok(Peer::root("ET000"), 201));
    QVERIFY(valueOfCall(m_client->document(
            { .id = u"the name"_s, .mode = SyncClient::OpenMode::CreateNew, .ttl = 600 })));
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "POST /v3/Documents {\"unique_name\":\"the name\",\"ttl\":600,\"data\":{}}" }));
    const QByteArray requestId = m_server->calls().at(0).header("twilio-request-id");
    QVERIFY2(requestId.startsWith("RQ") && requestId.size() == 34, requestId.constData());
}

void tst_BehaviourDocumentCalls::doc33_metadataIsUnchanged_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<SyncClient::OpenMode>("mode");
    QTest::newRow("DOC-33 of a GET") << QByteArray("GET") << SyncClient::OpenMode::OpenExisting;
    QTest::newRow("DOC-33 of a POST") << QByteArray("POST") << SyncClient::OpenMode::CreateNew;
}

void tst_BehaviourDocumentCalls::doc33_metadataIsUnchanged()
{
    QFETCH(QByteArray, method);
    QFETCH(SyncClient::OpenMode, mode);
    m_server->always(method, {},
                     Peer::ok(R"({"sid":"ET0123","unique_name":"x","revision":"1a","last_event_id":26,)"
                              R"("url":"https://cds.us1.twilio.com/v3/Documents/ET0123","data":{},)"
                              R"("date_created":"2024-05-06T07:08:09.123Z",)"
                              R"("date_updated":"2024-06-07T08:09:10.456Z",)"
                              R"("date_expires":"2025-01-02T03:04:05.000Z"})"));
    const SyncDocument *const document = established(m_client->document({ .id = u"x"_s, .mode = mode }));
    QVERIFY(document);
    QCOMPARE(document->sid(), u"ET0123"_s);
    QCOMPARE(document->uniqueName(), u"x"_s);
    QCOMPARE(document->revision(), u"1a"_s);
    QCOMPARE(document->dateCreated().toString(Qt::ISODateWithMs), u"2024-05-06T07:08:09.123Z"_s);
    QCOMPARE(document->dateUpdated().toString(Qt::ISODateWithMs), u"2024-06-07T08:09:10.456Z"_s);
    QCOMPARE(document->dateExpires().toString(Qt::ISODateWithMs), u"2025-01-02T03:04:05.000Z"_s);
    QCOMPARE(m_server->subscriptions().at(0).entries.at(0).cursor, std::optional<qint64>(26));
}

void tst_BehaviourDocumentCalls::doc34_mutateIsConditional()
{
    SyncDocument *const document = open();
    QVERIFY(document);
    m_server->once("POST", "/v3/Documents/ET000", Peer::ok(written(1)));
    QList<QVariantMap> seen;
    const auto mutator = [&](const SyncValue &current) {
        seen.append(current.toVariantMap());
        return SyncValue(number(1));
    };
    QCOMPARE(valueOfCall(document->mutate(mutator, { .ttl = 60 })), number(1));
    QCOMPARE(seen, QList<QVariantMap>({ number(0) }));
    QCOMPARE(document->value(), number(1));
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "POST /v3/Documents/ET000 If-Match: 0 {\"data\":{\"n\":1},\"ttl\":60}" }));
}

void tst_BehaviourDocumentCalls::doc35_lostRaceIsRunAgain()
{
    SyncDocument *const document = open();
    QVERIFY(document);
    m_server->once("POST", "/v3/Documents/ET000", Peer::error(412, 54103, "Document revision mismatch"));
    m_server->once("GET", "/v3/Documents/ET000", Peer::ok(written(1, ",\"data\":{\"n\":10}")));
    m_server->once("POST", "/v3/Documents/ET000", Peer::ok(written(2)));
    QList<QVariantMap> seen;
    const auto addOne = [&](const SyncValue &current) {
        seen.append(current.toVariantMap());
        return SyncValue(number(current.toVariantMap().value(u"n"_s).toInt() + 1));
    };
    QCOMPARE(valueOfCall(document->mutate(addOne, { .ttl = 60 })), number(11));
    QCOMPARE(seen, QList<QVariantMap>({ number(0), number(10) }));
    QCOMPARE(document->value(), number(11));
    // J11: the ttl stays.
    QCOMPARE(m_server->lines(),
             QByteArrayList({ "POST /v3/Documents/ET000 If-Match: 0 {\"data\":{\"n\":1},\"ttl\":60}",
                              "GET /v3/Documents/ET000",
                              "POST /v3/Documents/ET000 If-Match: 1 {\"data\":{\"n\":11},\"ttl\":60}" }));
}

void tst_BehaviourDocumentCalls::writeBodies_data()
{
    QTest::addColumn<Write>("write");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("DOC-36 value and ttl") << Write([](SyncDocument &document) {
        return errorOfCall(document.set(number(1), { .ttl = 60 }));
    }) << QByteArray(R"({"data":{"n":1},"ttl":60})");
    QTest::newRow("DOC-36 value alone")
            << Write([](SyncDocument &document) { return errorOfCall(document.set(number(1))); })
            << QByteArray(R"({"data":{"n":1}})");
    QTest::newRow("DOC-36 ttl alone")
            << Write([](SyncDocument &document) { return errorOfCall(document.setTtl(60)); })
            << QByteArray(R"({"ttl":60})");
}

void tst_BehaviourDocumentCalls::writeBodies()
{
    QFETCH(Write, write);
    QFETCH(QByteArray, body);
    SyncDocument *const document = open();
    QVERIFY(document);
    m_server->once("POST", "/v3/Documents/ET000", Peer::ok(written(1)));
    QVERIFY(write(*document).isNull());
    QCOMPARE(m_server->lines(), QByteArrayList({ "POST /v3/Documents/ET000 " + body }));
}

QTEST_GUILESS_MAIN(tst_BehaviourDocumentCalls)
#include "tst_behaviourdocumentcalls.moc"
