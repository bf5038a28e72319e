#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"

using namespace Twilio;
using namespace Qt::StringLiterals;
using State = SyncClient::ConnectionState;

// What becomes of calls when the token expires: a provider will give another one, so they wait for it.
class tst_ExpiredToken : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void callsWaitForTheProvider_data();
    void callsWaitForTheProvider();
    void refusedTokenFailsCalls();
    void withoutProviderCallsFail();
    void callsFailWhenTheProviderGoes();
    void shutdownFailsCallsThatWait();

private:
    //! Each is another way to ask something of the client.
    enum class Ask : quint8 { Open, Set, Mutate };

    [[nodiscard]] QFuture<void> ask(Ask what) const;
    void provide();
    void giveToken()
    {
        m_promise.addResult(u"another"_s);
        m_promise.finish();
    }
    void expire() const
    {
        m_server->send(Server::closeFrame({ 410, "TOKEN_EXPIRED", 51207, "Token expired" }));
    }
    [[nodiscard]] bool isDenied() const { return m_client->connectionState() == State::Denied; }
    //! All that is due has happened.
    void turn() const
    {
        bool isOver = false;
        QTimer::singleShot(0, m_client.get(), [&isOver] { isOver = true; });
        QTRY_VERIFY(isOver);
    }

    static const QByteArray sid;

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<SyncClient> m_client;
    SyncDocument *m_document = nullptr;
    QPromise<QString> m_promise;
    bool m_isAsked = false;
};

const QByteArray tst_ExpiredToken::sid = "ET" + QByteArray(32, '0');

void tst_ExpiredToken::init()
{
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->listen());
    m_server->always("GET", {}, ScriptedServer::ok(ScriptedServer::root(sid, R"(,"data":{})")));
    m_server->always("POST", {},
                     ScriptedServer::ok(ScriptedServer::root(sid, R"(,"revision":"1","last_event_id":1)")));
    m_client = scriptedClient(*m_server);
    m_document = established(m_client->document(u"document"_s));
    QVERIFY(m_document);
    m_server->clear();
    m_promise = QPromise<QString>();
    m_promise.start();
    m_isAsked = false;
}

void tst_ExpiredToken::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_ExpiredToken::provide()
{
    m_client->setTokenProvider([this] {
        m_isAsked = true;
        return m_promise.future();
    });
}

QFuture<void> tst_ExpiredToken::ask(Ask what) const
{
    switch (what) {
    case Ask::Open:
        return QFuture<void>(m_client->document(u"another"_s));
    case Ask::Set:
        return QFuture<void>(m_document->set({ { u"n"_s, 1 } }));
    case Ask::Mutate:
        return QFuture<void>(m_document->mutate([](const SyncValue &value) { return value; }));
    }
    return {};
}

void tst_ExpiredToken::callsWaitForTheProvider_data()
{
    QTest::addColumn<Ask>("what");
    QTest::addColumn<bool>("isUnderWay");
    QTest::newRow("open") << Ask::Open << false;
    QTest::newRow("open, sent before") << Ask::Open << true;
    QTest::newRow("set") << Ask::Set << false;
    QTest::newRow("set, sent before") << Ask::Set << true;
    QTest::newRow("mutate") << Ask::Mutate << false;
    QTest::newRow("mutate, sent before") << Ask::Mutate << true;
}

void tst_ExpiredToken::callsWaitForTheProvider()
{
    QFETCH(Ask, what);
    QFETCH(bool, isUnderWay);
    provide();
    QFuture<void> call;
    if (isUnderWay) {
        m_server->once(what == Ask::Open ? "GET" : "POST", {}, ScriptedServer::lost());
        call = ask(what);
        QTRY_COMPARE(m_server->calls().size(), 1);
    }
    expire();
    QTRY_VERIFY(isDenied());
    if (!isUnderWay)
        call = ask(what);
    QTRY_VERIFY(m_isAsked);
    turn();
    QVERIFY(!call.isFinished());
    giveToken();
    QCOMPARE(textOfError(errorOfCall(call)), QString());
    QCOMPARE(m_server->frames("init").constLast().field("token"), QByteArray("another"));
}

void tst_ExpiredToken::refusedTokenFailsCalls()
{
    provide();
    m_server->send(Server::closeFrame({ 401, "UNAUTHORIZED", 20101, "Invalid Access Token" }));
    QTRY_VERIFY(isDenied());
    QCOMPARE(errorOfCall(ask(Ask::Set)).status(), 401);
    QVERIFY(!m_isAsked);
}

void tst_ExpiredToken::withoutProviderCallsFail()
{
    expire();
    QTRY_VERIFY(isDenied());
    QCOMPARE(errorOfCall(ask(Ask::Open)).status(), 410);
    QCOMPARE(errorOfCall(ask(Ask::Set)).status(), 410);
}

void tst_ExpiredToken::callsFailWhenTheProviderGoes()
{
    provide();
    expire();
    QTRY_VERIFY(m_isAsked);
    const auto opening = ask(Ask::Open);
    const auto setting = ask(Ask::Set);
    m_client->setTokenProvider({});
    QCOMPARE(errorOfCall(opening).status(), 410);
    QCOMPARE(errorOfCall(setting).status(), 410);
    m_promise.finish();
}

void tst_ExpiredToken::shutdownFailsCallsThatWait()
{
    provide();
    expire();
    QTRY_VERIFY(m_isAsked);
    const auto opening = ask(Ask::Open);
    const auto setting = ask(Ask::Set);
    QVERIFY(errorOfCall(m_client->shutdown()).isNull());
    QVERIFY(!errorOfCall(opening).isNull());
    QVERIFY(!errorOfCall(setting).isNull());
    m_promise.finish();
}

QTEST_GUILESS_MAIN(tst_ExpiredToken)
#include "tst_expiredtoken.moc"
