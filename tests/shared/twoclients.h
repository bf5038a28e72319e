#pragma once

#include "shared/clientfixture.h"

#include <QtCore/qregularexpression.h>

/*!
    \brief A test in which Alice and Bob, new for each function, are clients of one server; a warning that is
   not expected fails it.
*/
class TwoClients : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_alice = makeClient(m_server);
        m_bob = makeClient(m_server, QStringLiteral("bob"));
    }
    void cleanup()
    {
        m_alice.reset();
        m_bob.reset();
    }

protected:
    ServerFixture m_server;
    std::unique_ptr<Twilio::SyncClient> m_alice;
    std::unique_ptr<Twilio::SyncClient> m_bob;
};
