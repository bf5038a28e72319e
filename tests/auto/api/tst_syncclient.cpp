#include "TwilioSync/api/syncclient.h"

#include "server/net/gateway.h"
#include "shared/clientfixture.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using State = SyncClient::ConnectionState;

class tst_SyncClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void startsDisconnected();
    void connectsWithAToken();
    void wrongTokenIsDenied();
    void newTokenRevivesADeniedClient();
    void insecureAddressIsRefused();
    void updateTokenKeepsTheConnection();
    void tokenProviderIsAsked();
    void shutdownEndsAndATokenStartsAgain();
    void callsWithoutATokenReject();
    void logLevels();
    void destroyedClientFailsPendingCalls();
    void destroyedHandleFailsPendingCalls();
    void clientDestroyedInItsOwnSlot();
    void catchesUpAfterTheServerWasAway();

private:
    ServerFixture m_server;
};

void tst_SyncClient::initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

void tst_SyncClient::startsDisconnected()
{
    const SyncClient client;
    QCOMPARE(client.connectionState(), State::Disconnected);
    QCOMPARE(client.connectionStateName(), u"disconnected"_s);
    QCOMPARE(client.url(), QUrl(u"wss://tsock.us1.twilio.com/v3/wsconnect"_s));
    QVERIFY(client.error().isNull());
    QVERIFY(!SyncClient::version().isEmpty());
}

void tst_SyncClient::connectsWithAToken()
{
    SyncClient client;
    QSignalSpy states(&client, &SyncClient::connectionStateChanged);
    client.setToken(m_server.token(u"alice"_s));
    QCOMPARE(client.connectionState(), State::Disconnected); // url still may be set
    client.setUrl(m_server.url());
    QTRY_COMPARE(client.connectionState(), State::Connected);
    QCOMPARE(states.size(), 2);
    QCOMPARE(states.at(0).at(0).value<State>(), State::Connecting);
}

void tst_SyncClient::wrongTokenIsDenied()
{
    SyncClient client;
    QSignalSpy errors(&client, &SyncClient::connectionError);
    client.setUrl(m_server.url());
    client.setToken(u"nonsense"_s);
    const auto list = client.list(freshName());
    QTRY_COMPARE(client.connectionState(), State::Denied);
    QCOMPARE(errors.size(), 1);
    QCOMPARE(client.error().status(), 401);
    QCOMPARE(client.error().code(), 20101);
    QVERIFY(client.error().isTerminal());
    QVERIFY(!errorOfCall(list).isNull());
    QVERIFY(!errorOfCall(client.list(freshName())).isNull());
}

void tst_SyncClient::newTokenRevivesADeniedClient()
{
    SyncClient client;
    SyncList list;
    list.setClient(&client);
    list.setUniqueName(freshName());
    client.setUrl(m_server.url());
    client.setToken(u"nonsense"_s);
    QTRY_COMPARE(client.connectionState(), State::Denied);
    QTRY_COMPARE(list.status(), Sync::Status::Failed);
    client.setToken(m_server.token(u"alice"_s));
    QTRY_COMPARE(client.connectionState(), State::Connected);
    QVERIFY(client.error().isNull());
    QTRY_COMPARE(list.status(), Sync::Status::Ready);
    QVERIFY(list.error().isNull());
}

void tst_SyncClient::insecureAddressIsRefused()
{
    SyncClient client;
    client.setUrl(QUrl(u"ws://192.0.2.1/v3/wsconnect"_s));
    client.setToken(m_server.token(u"alice"_s));
    QTRY_COMPARE(client.connectionState(), State::Error);
    QVERIFY2(client.error().message().contains(u"allowInsecure"_s), qPrintable(client.error().message()));
}

void tst_SyncClient::updateTokenKeepsTheConnection()
{
    const auto client = makeClient(m_server);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QSignalSpy states(client.get(), &SyncClient::connectionStateChanged);
    const QString token = m_server.token(u"alice"_s, 7200);
    QVERIFY(errorOfCall(client->updateToken(token)).isNull());
    QCOMPARE(client->token(), token);
    QCOMPARE(states.size(), 0);
    QVERIFY(errorOfCall(client->updateToken({})).message().startsWith(u"token:"_s));
    QCOMPARE(errorOfCall(client->updateToken(u"nonsense"_s)).code(), 51130);
    QTRY_COMPARE(client->connectionState(), State::Denied);
}

void tst_SyncClient::tokenProviderIsAsked()
{
    SyncClient client;
    client.setUrl(m_server.url());
    int asked = 0;
    client.setTokenProvider([&] {
        ++asked;
        return QtFuture::makeReadyFuture(m_server.token(u"alice"_s));
    });
    const auto list = client.list(freshName());
    QVERIFY(valueOfCall(list));
    QCOMPARE(client.connectionState(), State::Connected);
    QCOMPARE(asked, 1);
}

void tst_SyncClient::shutdownEndsAndATokenStartsAgain()
{
    const auto client = makeClient(m_server);
    QVERIFY(valueOfCall(client->list(freshName())));
    QVERIFY(errorOfCall(client->shutdown()).isNull());
    QCOMPARE(client->connectionState(), State::Disconnected);
    QCOMPARE(errorOfCall(client->list(freshName())).message(), u"client: shut down"_s);
    client->setToken(m_server.token(u"alice"_s));
    QVERIFY(valueOfCall(client->list(freshName())));
}

void tst_SyncClient::callsWithoutATokenReject()
{
    SyncClient client;
    const auto list = client.list(freshName());
    QVERIFY(list.isFinished());
    QCOMPARE(errorOfCall(list).message(), u"client: no token has been set"_s);
}

void tst_SyncClient::logLevels()
{
    SyncClient client;
    QCOMPARE(client.logLevel(), SyncClient::LogLevel::LogError);
    QVERIFY(client.setLogLevelName(u"debug"_s));
    QCOMPARE(client.logLevel(), SyncClient::LogLevel::LogDebug);
    QVERIFY(!client.setLogLevelName(u"loud"_s));
    client.setLogLevel(SyncClient::LogLevel::LogError);
}

void tst_SyncClient::destroyedClientFailsPendingCalls()
{
    auto client = makeClient(m_server);
    const QPointer list(valueOfCall(client->list(freshName())));
    SyncList declared;
    declared.setClient(client.get());
    declared.setUniqueName(freshName());
    QTRY_COMPARE(declared.status(), Sync::Status::Ready);
    const auto opening = client->list(freshName());
    const auto push = list->push({});
    const auto late = declared.push({});
    client.reset();
    QVERIFY(!list);
    for (const auto &error : { errorOfCall(push), errorOfCall(late), errorOfCall(opening) })
        QCOMPARE(error.message(), u"client destroyed"_s);
    QCOMPARE(declared.status(), Sync::Status::Closed);
    QCOMPARE(declared.client(), nullptr);
    QCOMPARE(errorOfCall(declared.push({})).message(), u"client destroyed"_s);
}

void tst_SyncClient::destroyedHandleFailsPendingCalls()
{
    const auto client = makeClient(m_server);
    SyncList *const list = valueOfCall(client->list(freshName()));
    const auto push = list->push({});
    delete list;
    QCOMPARE(errorOfCall(push).message(), u"handle closed"_s);
    QTRY_COMPARE(client->pendingWrites(), 0);
}

void tst_SyncClient::clientDestroyedInItsOwnSlot()
{
    auto *client = makeClient(m_server).release();
    const QPointer guard(client);
    connect(client, &SyncClient::connectionStateChanged, this, [client](State state) {
        if (state == State::Connected)
            client->deleteLater();
    });
    QTRY_VERIFY(!guard);

    // Inside an event of the list, plainly.
    client = makeClient(m_server).release();
    SyncList *const list = valueOfCall(client->list(freshName()));
    connect(list, &SyncList::itemAdded, this, [client] { delete client; });
    const QPointer second(client);
    const auto push = list->push({});
    QTRY_VERIFY(!second);
    QCOMPARE(errorOfCall(push).message(), QString()); // its outcome was known
}

void tst_SyncClient::catchesUpAfterTheServerWasAway()
{
    if (!m_server.isEmbedded())
        QSKIP("needs to cut connections, which only the embedded server lets us");
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncList *const list = valueOfCall(alice->list(freshName()));
    const QAbstractItemModelTester tester(list, QAbstractItemModelTester::FailureReportingMode::Fatal);
    SyncList *const other = valueOfCall(bob->list(list->sid()));
    valueOfCall(other->push({ { u"n"_s, 0 } }));
    QTRY_COMPARE(list->count(), 1);
    QTRY_COMPARE(list->subscriptionState(), Sync::SubscriptionState::Established);
    QSignalSpy added(list, &SyncList::itemAdded);
    QSignalSpy states(alice.get(), &SyncClient::connectionStateChanged);

    m_server.injector().refuseFor(std::chrono::milliseconds(300));
    QCOMPARE(m_server.server().gateway()->kick({ .identity = u"alice"_s }), 1);
    QTRY_COMPARE(alice->connectionState(), State::Connecting);
    QTRY_COMPARE(list->subscriptionState(), Sync::SubscriptionState::Pending);
    for (int i = 1; i <= 3; ++i)
        valueOfCall(other->push({ { u"n"_s, i } }));
    QTRY_COMPARE_WITH_TIMEOUT(list->count(), 4, wireTimeout);
    QTRY_COMPARE(list->subscriptionState(), Sync::SubscriptionState::Established);
    QTRY_COMPARE(added.size(), 3);
    QCOMPARE(alice->connectionState(), State::Connected);
}

QTEST_GUILESS_MAIN(tst_SyncClient)
#include "tst_syncclient.moc"
