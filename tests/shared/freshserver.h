#pragma once

#include "server/localsyncserver.h"
#include "server/net/token.h"

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

#include <memory>

//! A test with a server of its own for each function.
class FreshServer : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<Twilio::LocalSyncServer>();
        QVERIFY2(m_server->listen(), qPrintable(m_server->error().message()));
    }
    void cleanup() { m_server.reset(); }

protected:
    //! A token of any kind: one that is over, or for another service.
    [[nodiscard]] QString token(const QString &identity = QStringLiteral("alice"), qint64 ttlMs = 3'600'000,
                                const QString &service = {}) const
    {
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        Twilio::Server::TokenClaims claims;
        claims.identity = identity;
        claims.expiresAtMs = now + ttlMs;
        if (!service.isEmpty())
            claims.serviceSid = service;
        return Twilio::Server::makeToken(claims, m_server->secret().toUtf8(), now);
    }

    std::unique_ptr<Twilio::LocalSyncServer> m_server;
};
