#include "shared/clientfixture.h"

#include <QtCore/qmetaobject.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using State = SyncClient::ConnectionState;

// The live CON cases. What they say of the Kotlin SDK's notices shows as connectionState, connectionError and
// the token signals.
class tst_BehaviourConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void con04_con07_con14_connectsAndDisconnects();
    void con05_invalidTokenIsDenied();
    void con09_newTokenOfTheSameIdentity();
    void con10_updateToAnInvalidToken();
    void con11_updateToAnExpiredToken();

private:
    //! Writes down the states of a client from now on.
    static std::shared_ptr<QStringList> logStates(SyncClient &client)
    {
        auto log = std::make_shared<QStringList>();
        connect(&client, &SyncClient::connectionStateChanged, &client,
                [&client, log] { log->append(client.connectionStateName()); });
        return log;
    }

    ServerFixture m_server;
};

void tst_BehaviourConnection::con04_con07_con14_connectsAndDisconnects()
{
    const auto client = makeClient(m_server, u"TwilsockTest"_s);
    const auto states = logStates(*client);
    QSignalSpy errors(client.get(), &SyncClient::connectionError);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QCOMPARE(*states, QStringList({ u"connecting"_s, u"connected"_s }));
    states->clear();
    QVERIFY(errorOfCall(client->shutdown()).isNull());
    QCOMPARE(*states, QStringList({ u"disconnecting"_s, u"disconnected"_s }));
    QCOMPARE(errors.size(), 0);
}

void tst_BehaviourConnection::con05_invalidTokenIsDenied()
{
    SyncClient client;
    const auto states = logStates(client);
    QSignalSpy errors(&client, &SyncClient::connectionError);
    client.setUrl(m_server.url());
    client.setToken(u"invalid_test_token"_s);
    QTRY_COMPARE(client.connectionState(), State::Denied);
    QCOMPARE(*states, QStringList({ u"connecting"_s, u"denied"_s }));
    QCOMPARE(errors.size(), 1);
    QCOMPARE(textOfError(client.error()), u"Connection error: Invalid Access Token (401, 20101)"_s);
    QVERIFY(client.error().isTerminal());
}

void tst_BehaviourConnection::con09_newTokenOfTheSameIdentity()
{
    const auto client = makeClient(m_server);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    const auto states = logStates(*client);
    const QString token = m_server.token(u"alice"_s, 7200);
    QVERIFY(errorOfCall(client->updateToken(token)).isNull());
    QCOMPARE(client->token(), token);
    QCOMPARE(*states, QStringList());
}

void tst_BehaviourConnection::con10_updateToAnInvalidToken()
{
    const auto client = makeClient(m_server);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QSignalSpy errors(client.get(), &SyncClient::connectionError);
    QSignalSpy expired(client.get(), &SyncClient::tokenExpired);
    QCOMPARE(textOfError(errorOfCall(client->updateToken(u"invalid token"_s))),
             u"Updated token was rejected by server (400, 51130)"_s);
    QCOMPARE(client->connectionState(), State::Denied);
    QCOMPARE(errors.size(), 1);
    QCOMPARE(textOfError(client->error()), u"Connection error: Invalid Access Token (401, 20101)"_s);
    QVERIFY(client->error().isTerminal());
    QCOMPARE(expired.size(), 0);
}

void tst_BehaviourConnection::con11_updateToAnExpiredToken()
{
    const auto client = makeClient(m_server);
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QSignalSpy errors(client.get(), &SyncClient::connectionError);
    QSignalSpy expired(client.get(), &SyncClient::tokenExpired);
    const QString token = m_server.token(u"alice"_s, -3600);
    if (token == client->token())
        QSKIP("needs TWILIO_SYNC_SECRET to mint a token that has expired");
    QCOMPARE(textOfError(errorOfCall(client->updateToken(token))),
             u"Updated token was rejected by server (400, 51130)"_s);
    QCOMPARE(client->connectionState(), State::Denied);
    QTRY_COMPARE(expired.size(), 1);
    QCOMPARE(textOfError(client->error()),
             u"Connection error: Access Token expired or expiration date invalid (401, 20104)"_s);
    // The socket is gone and nothing else comes: a new session is the next thing that happens.
    client->setToken(m_server.token(u"alice"_s));
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QCOMPARE(errors.size(), 1);
    QCOMPARE(expired.size(), 1);
}

QTEST_GUILESS_MAIN(tst_BehaviourConnection)
#include "tst_behaviourconnection.moc"
