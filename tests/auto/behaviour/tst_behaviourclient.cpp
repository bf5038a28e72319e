#include "TwilioSync/api/syncclient.h"

#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"

#include <QtCore/qset.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = SyncClient::ConnectionState;

// Section "Client" of tests/behaviour-cases.md.
class tst_BehaviourClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cli01_shutdownReturnsNormally();
    void cli02_unusableTokenIsDenied();
    void cli03_shutDownClientOpensNothing();
    void cli05_shutdownInTheMiddleOfAFlood();
    void cli06_connectsByItself();
    void cli07_stateIsKnownWithoutASignal();
    void cli08_stateSequence();
    void cli08_deniedToken();
    void cli09_passingErrorIsReportedAsItIs();
    void cli10_retriesEndWithTheirBudget_data();
    void cli10_retriesEndWithTheirBudget();
    void cli11_retriesUntilAnAnswer();
    void cli12_callerGetsTheResultOfTheOneRequest();
    void cli13_everyCallGetsItsOwnResult();

private:
    static OpenOptions existing(const QString &id)
    {
        return { .id = id, .mode = SyncClient::OpenMode::OpenExisting };
    }
    //! The names of what connectionState was at each of its signals, read back from the property.
    static void collect(SyncClient &client, QStringList &states)
    {
        connect(&client, &SyncClient::connectionStateChanged, &client, [&](State state) {
            QCOMPARE(client.connectionState(), state);
            states.append(client.connectionStateName());
        });
    }

    ServerFixture m_server;
};

void tst_BehaviourClient::initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

void tst_BehaviourClient::cli01_shutdownReturnsNormally()
{
    const auto client = makeClient(m_server);
    QSignalSpy errors(client.get(), &SyncClient::connectionError);
    QTRY_COMPARE_WITH_TIMEOUT(client->connectionState(), State::Connected, wireTimeout);
    QVERIFY(errorOfCall(client->shutdown()).isNull());
    QCOMPARE(client->connectionState(), State::Disconnected);
    QCOMPARE(errors.size(), 0);
}

// J8: the client exists and is Denied.
void tst_BehaviourClient::cli02_unusableTokenIsDenied()
{
    SyncClient client;
    QSignalSpy errors(&client, &SyncClient::connectionError);
    client.setUrl(m_server.url());
    client.setTokenProvider([] { return QtFuture::makeReadyFuture(u"INVALID_TOKEN"_s); });
    QTRY_COMPARE_WITH_TIMEOUT(client.connectionState(), State::Denied, wireTimeout);
    QCOMPARE(client.connectionStateName(), u"denied"_s);
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors.at(0).at(0).value<SyncError>(),
             SyncError(u"Connection error: Invalid Access Token"_s, 401, 20101, true));
}

void tst_BehaviourClient::cli03_shutDownClientOpensNothing()
{
    const auto client = makeClient(m_server);
    QTRY_COMPARE_WITH_TIMEOUT(client->connectionState(), State::Connected, wireTimeout);
    QVERIFY(errorOfCall(client->shutdown()).isNull());
    QCOMPARE(errorOfCall(client->document(freshName())).message(), u"client: shut down"_s);
}

void tst_BehaviourClient::cli05_shutdownInTheMiddleOfAFlood()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    const QString name = freshName();
    SyncDocument *const listening =
            established(alice->document({ .id = name, .ttl = 3600, .value = { { u"value"_s, 0 } } }));
    SyncDocument *const written = established(bob->document(name));
    QVERIFY(listening && written);

    // Ten writers on one object take turns; each begins again when its last write is done.
    bool goOn = true;
    const std::function<void()> write = [&] {
        if (!goOn)
            return;
        written->mutate([](const SyncValue &current) -> std::optional<SyncValue> {
                   return SyncValue({ { u"value"_s, current.toVariantMap().value(u"value"_s).toInt() + 1 } });
               })
                .then(this, [&](const QVariantMap &) { write(); });
    };
    struct Shutdown
    {
        bool begun = false;
        QFuture<void> future;
        int late = 0;
    } end;
    connect(listening, &SyncDocument::updated, this,
            [end = &end, client = alice.get()](const QVariantMap &value) {
                end->late += end->begun && end->future.isFinished() ? 1 : 0;
                if (!end->begun && value.value(u"value"_s).toInt() >= 50) {
                    end->begun = true;
                    end->future = client->shutdown();
                }
            });
    for (int i = 0; i < 10; ++i)
        write();
    QTRY_VERIFY_WITH_TIMEOUT(end.begun, wireTimeout);
    QVERIFY(errorOfCall(end.future).isNull());
    QCOMPARE(alice->connectionState(), State::Disconnected);
    const int reached = written->value().value(u"value"_s).toInt();
    QTRY_VERIFY_WITH_TIMEOUT(written->value().value(u"value"_s).toInt() > reached + 10, wireTimeout);
    QCOMPARE(end.late, 0);
    goOn = false;
    QTRY_COMPARE_WITH_TIMEOUT(bob->pendingWrites(), 0, wireTimeout);
}

void tst_BehaviourClient::cli06_connectsByItself()
{
    const auto client = makeClient(m_server);
    QTRY_COMPARE_WITH_TIMEOUT(client->connectionState(), State::Connected, wireTimeout);
}

// Our connection belongs to its client: the late one is the reader.
void tst_BehaviourClient::cli07_stateIsKnownWithoutASignal()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    const auto client = scriptedClient(server);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QSignalSpy states(client.get(), &SyncClient::connectionStateChanged);
    QVERIFY(server.roundTrip());
    QCOMPARE(client->connectionState(), State::Connected);
    QCOMPARE(client->connectionStateName(), u"connected"_s);
    QCOMPARE(states.size(), 0);
}

// J17: the service's names; an error that passes is Connecting, one that does not is Error.
void tst_BehaviourClient::cli08_stateSequence()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    const auto client = scriptedClient(server);
    QStringList states { client->connectionStateName() };
    collect(*client, states);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    server.hangUp();
    QTRY_COMPARE(states.size(), 5);
    QVERIFY(errorOfCall(client->shutdown()).isNull());
    client->setToken(u"another token"_s);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    server.send(Server::closeFrame({ 406, "NOT_ACCEPTABLE_MESSAGE", 51214, "Not acceptable message" }));
    QTRY_COMPARE(client->connectionState(), State::Error);
    QVERIFY(client->error().isTerminal());
    QCOMPARE(states,
             QStringList({ u"disconnected"_s, u"connecting"_s, u"connected"_s, u"connecting"_s,
                           u"connected"_s, u"disconnecting"_s, u"disconnected"_s, u"connecting"_s,
                           u"connected"_s, u"error"_s }));
}

void tst_BehaviourClient::cli08_deniedToken()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    server.refuse("init", { 401, "UNAUTHORIZED", 20101, "Invalid Access Token" });
    const auto client = scriptedClient(server);
    QStringList states { client->connectionStateName() };
    collect(*client, states);
    QTRY_COMPARE(client->connectionState(), State::Denied);
    QCOMPARE(states, QStringList({ u"disconnected"_s, u"connecting"_s, u"denied"_s }));
}

void tst_BehaviourClient::cli09_passingErrorIsReportedAsItIs()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    server.setAnswering(false);
    const auto client = scriptedClient(server);
    changeChannel(*client, [](auto &options) { options.initTimeout = 50ms; });
    SyncError shown;
    connect(client.get(), &SyncClient::connectionError, client.get(), [&] {
        shown = client->error();
        server.setAnswering(true);
    });
    QSignalSpy errors(client.get(), &SyncClient::connectionError);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QCOMPARE(errors.size(), 1);
    const auto error = errors.at(0).at(0).value<SyncError>();
    QCOMPARE(error, SyncError(u"no reply to init within 50 ms"_s));
    QCOMPARE(shown, error);
    QVERIFY(client->error().isNull());
}

void tst_BehaviourClient::cli10_retriesEndWithTheirBudget_data()
{
    QTest::addColumn<bool>("isLost");
    QTest::addColumn<int>("requests");
    QTest::addColumn<QString>("error");
    // J10: waits of 200 and 400 ms, ±20 %, fit into the budget, 800 ms do not; the last error is kept.
    QTest::newRow("CLI-10 the service is unavailable") << false << 3 << u"busy (503, 0)"_s;
    // protocol.md 6.3: what got no reply in time may have been done, so it is not repeated.
    QTest::newRow("CLI-10 every request times out")
            << true << 1 << u"request 'GET' to 'cds.us1.twilio.com' timed out (0, 0)"_s;
}

void tst_BehaviourClient::cli10_retriesEndWithTheirBudget()
{
    QFETCH(bool, isLost);
    QFETCH(int, requests);
    QFETCH(QString, error);
    ScriptedServer server;
    QVERIFY(server.listen());
    server.always("GET", "/v3/Documents/x",
                  isLost ? ScriptedServer::lost() : ScriptedServer::error(503, 0, "busy"));
    const auto client = scriptedClient(server);
    ClientPrivate::of(client.get())
            ->session->requests()
            .setOptions({ .initialDelay = 200ms, .delayCap = 2s, .budget = 1100ms });
    if (isLost)
        changeChannel(*client, [](auto &options) { options.requestTimeout = 100ms; });
    QTRY_COMPARE(client->connectionState(), State::Connected); // the budget counts from the call
    QCOMPARE(textOfError(errorOfCall(client->document(existing(u"x"_s)))), error);
    QCOMPARE(server.calls().size(), requests);
}

void tst_BehaviourClient::cli11_retriesUntilAnAnswer()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    for (const int status : { 503, 504, 502, 429 })
        server.once("GET", "/v3/Documents/x", ScriptedServer::error(status, 0, "later"));
    server.once("GET", "/v3/Documents/x", ScriptedServer::error(404, 54300, "Unique name not found"));
    const auto client = scriptedClient(server);
    QCOMPARE(textOfError(errorOfCall(client->document(existing(u"x"_s)))),
             u"Unique name not found (404, 54300)"_s);
    QCOMPARE(server.lines(), QByteArrayList(5, "GET /v3/Documents/x"));
}

void tst_BehaviourClient::cli12_callerGetsTheResultOfTheOneRequest()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    server.always("GET", "/v3/Documents/x",
                  ScriptedServer::ok(ScriptedServer::root("ET000", ",\"data\":{\"n\":7}")));
    const auto client = scriptedClient(server);
    SyncDocument *const document = valueOfCall(client->document(existing(u"x"_s)));
    QVERIFY(document);
    QCOMPARE(document->sid(), u"ET000"_s);
    QCOMPARE(document->json(), R"({"n":7})");
    QVERIFY(server.roundTrip());
    QCOMPARE(server.lines(), QByteArrayList({ "GET /v3/Documents/x" }));
}

// No limit of ours holds calls back, only the service's rates do (Pacer): all start, none is mixed up.
void tst_BehaviourClient::cli13_everyCallGetsItsOwnResult()
{
    constexpr int calls = 1001;
    ScriptedServer server;
    QVERIFY(server.listen());
    server.always("GET", {}, ScriptedServer::lost());
    const auto client = scriptedClient(server);
    QList<QFuture<SyncDocument *>> openings;
    for (int i = 0; i < calls; ++i)
        openings.append(client->document(existing(u"x%1"_s.arg(i))));
    QTRY_COMPARE_WITH_TIMEOUT(server.calls().size(), calls, wireTimeout);
    const auto sidOf = [](int i) { return "ET" + QByteArray::number(i).rightJustified(32, '0'); };
    for (int i = calls - 1; i >= 0; --i)
        server.answer(server.calls().at(i), ScriptedServer::ok(ScriptedServer::root(sidOf(i))));
    for (int i = 0; i < calls; ++i) {
        SyncDocument *const document = valueOfCall(openings.at(i));
        QVERIFY(document);
        QCOMPARE(document->sid(), QString::fromLatin1(sidOf(i)));
    }
    QCOMPARE(server.calls().size(), calls);
}

QTEST_GUILESS_MAIN(tst_BehaviourClient)
#include "tst_behaviourclient.moc"
