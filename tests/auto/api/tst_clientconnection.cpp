#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/connectionstate_p.h"
#include "TwilioSync/api/syncdocument.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>

#include <atomic>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = SyncClient::ConnectionState;

// The client's connection as an application sees it: tokens, providers, starting again, threads, event loops.
class tst_ClientConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void showsTheChannelsState_data();
    void showsTheChannelsState();
    void tokenOfTheTurnOfShutdownConnects_data();
    void tokenOfTheTurnOfShutdownConnects();
    void tokenGivenWhileDisconnectingConnects();
    void providersAnswerAfterShutdownIsIgnored_data();
    void providersAnswerAfterShutdownIsIgnored();
    void providerThatThrowsIsAnError();
    void expiredTokensAreAskedForLessAndLess();
    void connectsWithTheTokenOfASecondProvider();
    void tokenLeavesError_data();
    void tokenLeavesError();
    void correctedUrlLeavesError();
    void reconnectLeavesErrorDeniedAndDisconnected();
    void callAfterShutdownSaysSo();
    void caFileIsChecked();
    void nestedEventLoopInASlotStopsNothing_data();
    void nestedEventLoopInASlotStopsNothing();
    void mayBeMovedToAnotherThread_data();
    void mayBeMovedToAnotherThread();

private:
    [[nodiscard]] QByteArrayList tokens() const
    {
        QByteArrayList sent;
        const auto frames = m_server->frames("init");
        for (const ScriptedServer::Frame &frame : frames)
            sent.append(frame.field("token"));
        return sent;
    }
    [[nodiscard]] bool isConnected() const { return m_client->connectionState() == State::Connected; }
    static QFuture<QString> ready(const QString &token) { return QtFuture::makeReadyFuture(token); }
    static QString messageOf(const QSignalSpy &errors, int number)
    {
        return errors.at(number).at(0).value<SyncError>().message();
    }
    void fastKeeper() const
    {
        ClientPrivate::of(m_client.get())->tokens.setOptions({ .initialDelay = 40ms, .delayCap = 10s });
    }

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_ClientConnection::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_ClientConnection::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_ClientConnection::showsTheChannelsState_data()
{
    QTest::addColumn<ChannelState>("state");
    QTest::addColumn<State>("seen");
    QTest::newRow("Disconnected") << ChannelState::Disconnected << State::Disconnected;
    QTest::newRow("AwaitingToken") << ChannelState::AwaitingToken << State::Connecting;
    QTest::newRow("Connecting") << ChannelState::Connecting << State::Connecting;
    QTest::newRow("Initializing") << ChannelState::Initializing << State::Connecting;
    QTest::newRow("Connected") << ChannelState::Connected << State::Connected;
    QTest::newRow("Throttling") << ChannelState::Throttling << State::Connected;
    QTest::newRow("WaitAndReconnect") << ChannelState::WaitAndReconnect << State::Connecting;
    QTest::newRow("Disconnecting") << ChannelState::Disconnecting << State::Disconnecting;
    QTest::newRow("Denied") << ChannelState::Denied << State::Denied;
    QTest::newRow("Failed") << ChannelState::Failed << State::Error;
    QTest::newRow("Offline") << ChannelState::Offline << State::Disconnected;
}

void tst_ClientConnection::showsTheChannelsState()
{
    QFETCH(ChannelState, state);
    QFETCH(State, seen);
    QCOMPARE(connectionStateOf(state), seen);
}

void tst_ClientConnection::tokenOfTheTurnOfShutdownConnects_data()
{
    QTest::addColumn<QString>("token");
    QTest::newRow("another") << u"other"_s;
    QTest::newRow("the same") << u"token"_s;
}

void tst_ClientConnection::tokenOfTheTurnOfShutdownConnects()
{
    QFETCH(QString, token);
    QTRY_VERIFY(isConnected());
    const auto done = m_client->shutdown();
    m_client->setToken(token);
    QTRY_COMPARE(tokens(), QByteArrayList({ "token", token.toUtf8() }));
    QTRY_VERIFY(isConnected());
    QVERIFY(errorOfCall(done).isNull());
}

void tst_ClientConnection::tokenGivenWhileDisconnectingConnects()
{
    QTRY_VERIFY(isConnected());
    connect(m_client.get(), &SyncClient::connectionStateChanged, this, [this](State state) {
        if (state == State::Disconnecting)
            m_client->setToken(u"other"_s);
    });
    m_client->shutdown();
    QTRY_COMPARE(tokens(), QByteArrayList({ "token", "other" }));
    QTRY_VERIFY(isConnected());
}

void tst_ClientConnection::providersAnswerAfterShutdownIsIgnored_data()
{
    QTest::addColumn<bool>("atStart");
    QTest::newRow("asked at the start") << true;
    QTest::newRow("asked when the token expires") << false;
}

void tst_ClientConnection::providersAnswerAfterShutdownIsIgnored()
{
    QFETCH(bool, atStart);
    QPromise<QString> promise;
    promise.start();
    bool isAsked = false;
    if (atStart)
        m_client->setToken({});
    else
        QTRY_VERIFY(isConnected());
    m_client->setTokenProvider([&] {
        isAsked = true;
        return promise.future();
    });
    if (!atStart)
        m_server->send(Server::tokenAboutToExpireFrame(1000));
    QTRY_VERIFY(isAsked);
    QVERIFY(errorOfCall(m_client->shutdown()).isNull());
    const qsizetype before = tokens().size();
    promise.addResult(u"late"_s);
    promise.finish();
    // An answer that counts would have been used by then.
    bool isTold = false;
    QMetaObject::invokeMethod(
            m_client.get(), [&isTold] { isTold = true; }, Qt::QueuedConnection);
    QTRY_VERIFY(isTold);
    QCOMPARE(m_client->connectionState(), State::Disconnected);
    QCOMPARE(tokens().size(), before);
}

void tst_ClientConnection::providerThatThrowsIsAnError()
{
    fastKeeper();
    const QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    m_client->setToken({});
    int asked = 0;
    m_client->setTokenProvider([&asked]() -> QFuture<QString> {
        if (++asked == 1)
            throw SyncException(SyncError(u"not today"_s));
        return ready(u"given"_s);
    });
    QTRY_VERIFY(isConnected());
    QCOMPARE(errors.size(), 1);
    QCOMPARE(messageOf(errors, 0), u"tokenProvider: not today"_s);
    QCOMPARE(asked, 2);
    QVERIFY(m_client->error().isNull());
}

void tst_ClientConnection::expiredTokensAreAskedForLessAndLess()
{
    fastKeeper();
    m_client->setToken({});
    QElapsedTimer timer;
    int asked = 0;
    for (int i = 0; i < 5; ++i)
        m_server->refuse("init", { 401, "UNAUTHORIZED", 20104, "Access Token expired" });
    const QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    timer.start();
    m_client->setTokenProvider([&asked] { return ready(u"token %1"_s.arg(++asked)); });
    QTRY_VERIFY(isConnected());
    QCOMPARE(asked, 6);
    QCOMPARE(errors.size(), 5);
    QCOMPARE_GE(timer.elapsed(), (40 + 80 + 160 + 320 + 640) * 8 / 10);
}

void tst_ClientConnection::connectsWithTheTokenOfASecondProvider()
{
    m_client->setToken({});
    bool isAsked = false;
    QPromise<QString> never;
    never.start();
    m_client->setTokenProvider([&] {
        isAsked = true;
        return never.future();
    });
    QTRY_VERIFY(isAsked);
    QCOMPARE(m_client->connectionState(), State::Connecting);
    m_client->setTokenProvider([] { return ready(u"second"_s); });
    QTRY_VERIFY(isConnected());
    QCOMPARE(tokens(), QByteArrayList { "second" });
    never.finish();
}

void tst_ClientConnection::tokenLeavesError_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("way");
    for (const int code : { 406, 417 }) {
        for (const char *way : { "setToken", "the same token", "updateToken", "shutdown" })
            QTest::addRow("%d, %s", code, way) << code << QString::fromLatin1(way);
    }
}

void tst_ClientConnection::tokenLeavesError()
{
    QFETCH(int, code);
    QFETCH(QString, way);
    QTRY_VERIFY(isConnected());
    m_server->send(Server::closeFrame({ code, "NO" }));
    QTRY_COMPARE(m_client->connectionState(), State::Error);
    const QString token = way == "the same token"_L1 ? u"token"_s : u"other"_s;
    if (way == "updateToken"_L1) {
        QVERIFY(errorOfCall(m_client->updateToken(token)).isNull());
    } else {
        if (way == "shutdown"_L1)
            m_client->shutdown();
        m_client->setToken(token);
    }
    QTRY_VERIFY(isConnected());
    QCOMPARE(tokens().constLast(), token.toUtf8());
}

void tst_ClientConnection::correctedUrlLeavesError()
{
    QTRY_VERIFY(isConnected());
    const QUrl good = m_client->url();
    m_client->shutdown();
    m_client->setUrl(QUrl(u"ws://192.0.2.1/v3/wsconnect"_s));
    m_client->setToken(u"other"_s);
    QTRY_COMPARE(m_client->connectionState(), State::Error);
    m_client->setUrl(good);
    QTRY_VERIFY(isConnected());
    QVERIFY(m_client->error().isNull());
}

void tst_ClientConnection::reconnectLeavesErrorDeniedAndDisconnected()
{
    QTRY_VERIFY(isConnected());
    m_client->reconnect(); // nothing to do
    m_server->send(Server::closeFrame({ 406, "NO" }));
    QTRY_COMPARE(m_client->connectionState(), State::Error);
    m_client->reconnect();
    QTRY_VERIFY(isConnected());
    m_server->send(Server::closeFrame({ 401, "NO" }));
    QTRY_COMPARE(m_client->connectionState(), State::Denied);
    m_client->reconnect();
    QTRY_VERIFY(isConnected());
    QVERIFY(errorOfCall(m_client->shutdown()).isNull());
    QCOMPARE(m_client->connectionState(), State::Disconnected);
    m_client->reconnect();
    QTRY_VERIFY(isConnected());
    QCOMPARE(m_server->connections(), 4);
}

void tst_ClientConnection::callAfterShutdownSaysSo()
{
    QTRY_VERIFY(isConnected());
    const auto opening = m_client->document(u"ET1"_s);
    m_client->shutdown();
    QVERIFY2(errorOfCall(opening).message().contains("shut down"_L1),
             qPrintable(errorOfCall(opening).message()));
    const SyncError later = errorOfCall(m_client->document(u"ET1"_s));
    QVERIFY2(later.message().contains("shut down"_L1), qPrintable(later.message()));
}

void tst_ClientConnection::caFileIsChecked()
{
    const QSignalSpy errors(m_client.get(), &SyncClient::connectionError);
    m_client->setCaFile(u"/nowhere/ca.pem"_s);
    QTRY_COMPARE(errors.size(), 1);
    QVERIFY2(messageOf(errors, 0).startsWith(u"caFile: expected a PEM file, '/nowhere/ca.pem': "_s),
             qPrintable(messageOf(errors, 0)));
    QTemporaryDir directory;
    QFile file(directory.filePath(u"empty.pem"_s));
    QVERIFY(file.open(QFile::WriteOnly));
    file.write("nothing here");
    file.close();
    m_client->setCaFile(file.fileName());
    QTRY_COMPARE(errors.size(), 2);
    QVERIFY2(messageOf(errors, 1).endsWith(u"no certificate in it"_s), qPrintable(messageOf(errors, 1)));
}

void tst_ClientConnection::nestedEventLoopInASlotStopsNothing_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::newRow("connectionStateChanged") << QByteArray("state");
    QTest::newRow("connectionError") << QByteArray("error");
    QTest::newRow("tokenAboutToExpire") << QByteArray("expiring");
    QTest::newRow("a document's update") << QByteArray("updated");
}

// A message box: in a slot that does not return, pings are answered, calls too, and a lost connection is made
// again.
void tst_ClientConnection::nestedEventLoopInASlotStopsNothing()
{
    QFETCH(QByteArray, signal);
    m_server->always("GET", "/v3/Documents/ET1",
                     ScriptedServer::ok(ScriptedServer::root("ET1", ",\"data\":{}")));
    QTRY_VERIFY(isConnected());
    SyncDocument *const document = established(m_client->document(u"ET1"_s));
    QVERIFY(document);

    QStringList seen;
    bool entered = false;
    const auto nest = [&] {
        if (std::exchange(entered, true))
            return;
        QEventLoop loop;
        // The checks run inside of loop, from a timer, as the application's world does in a message box.
        QTimer::singleShot(0, &loop, [&] {
            const auto end = qScopeGuard([&loop] { loop.quit(); });
            waitFor([&] { return isConnected(); });
            seen << (m_server->roundTrip() ? u"pong"_s : u"deaf"_s);
            const int connections = m_server->connections();
            m_server->hangUp();
            waitFor([&] { return m_server->connections() > connections && isConnected(); });
            seen << (isConnected() ? u"reconnected"_s : u"lost"_s);
            seen << (m_server->roundTrip() ? u"pong"_s : u"deaf"_s);
            m_server->always("POST", "/v3/Documents/ET1",
                             ScriptedServer::ok(ScriptedServer::root("ET1", ",\"revision\":\"1\"")));
            seen << errorOfCall(document->setTtl(1)).message();
        });
        loop.exec();
        seen << u"returned"_s;
    };
    if (signal == "state") {
        connect(m_client.get(), &SyncClient::connectionStateChanged, this, nest);
        m_server->hangUp();
    } else if (signal == "error") {
        connect(m_client.get(), &SyncClient::connectionError, this, nest);
        m_server->hangUp();
    } else if (signal == "expiring") {
        connect(m_client.get(), &SyncClient::tokenAboutToExpire, this, nest);
        m_server->send(Server::tokenAboutToExpireFrame(1000));
    } else {
        connect(document, &SyncDocument::updated, this, nest);
        m_server->push("document_updated",
                       R"({"document_sid":"ET1","id":1,"document_revision":"1","document_data":{"a":1},)"
                       R"("date_created":"2024-05-06T07:08:09.123Z"})");
    }
    QTRY_VERIFY_WITH_TIMEOUT(seen.contains(u"returned"_s), 30'000);
    QCOMPARE(seen, QStringList({ u"pong"_s, u"reconnected"_s, u"pong"_s, QString(), u"returned"_s }));
}

void tst_ClientConnection::mayBeMovedToAnotherThread_data()
{
    QTest::addColumn<QString>("when");
    for (const char *when : { "before the token", "with the token", "while connected" })
        QTest::newRow(when) << QString::fromLatin1(when);
}

// Two clients on two threads.
void tst_ClientConnection::mayBeMovedToAnotherThread()
{
    QFETCH(QString, when);
    QTRY_VERIFY(isConnected());
    auto *const mover = new SyncClient;
    mover->setUrl(m_server->url());
    if (when != "before the token"_L1)
        mover->setToken(u"worker"_s);
    if (when == "while connected"_L1)
        QTRY_COMPARE(mover->connectionState(), State::Connected);
    QThread worker;
    worker.start();
    mover->moveToThread(&worker);
    struct Seen
    {
        std::atomic<bool> isUp = false;
        std::atomic<bool> isWrongThread = false;
    };
    const auto seen = std::make_shared<Seen>();
    QObject *const there = &worker;
    connect(
            mover, &SyncClient::connectionStateChanged, mover,
            [seen, there](State state) {
                if (QThread::currentThread() != there)
                    seen->isWrongThread = true;
                seen->isUp = state == State::Connected;
            },
            Qt::DirectConnection);
    QMetaObject::invokeMethod(mover, [seen, mover, when] {
        if (when == "before the token"_L1)
            mover->setToken(u"worker"_s);
        seen->isUp = mover->connectionState() == State::Connected;
    });
    QTRY_VERIFY(seen->isUp);
    QVERIFY(!seen->isWrongThread);
    QVERIFY(tokens().contains("worker"));
    QMetaObject::invokeMethod(mover, &QObject::deleteLater);
    worker.quit();
    QVERIFY(worker.wait(10'000));
    QVERIFY(isConnected());
}

QTEST_GUILESS_MAIN(tst_ClientConnection)
#include "tst_clientconnection.moc"
