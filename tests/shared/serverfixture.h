#pragma once

#include "server/localsyncserver.h"
#include "server/net/token.h"
#include "server/testing/faultinjector.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qurl.h>

/*!
    \brief The server a test runs against: one of its own in this process, or the one TWILIO_SYNC_URL names.

    For another server TWILIO_SYNC_SECRET mints the tokens (TWILIO_SYNC_SERVICE and TWILIO_SYNC_ACCOUNT name
    the instance), or TWILIO_SYNC_TOKEN is the token, whatever the identity. Cases that need faults or a
    restart ask isEmbedded() and skip.
*/
class ServerFixture
{
public:
    ServerFixture()
    {
        m_server.setHooks(&Twilio::Server::FaultInjector::make);
        if (qEnvironmentVariableIsSet("TWILIO_SYNC_URL"))
            m_external = QUrl(qEnvironmentVariable("TWILIO_SYNC_URL"));
    }

    //! Starts the embedded server; nothing to do for another one. False with errorText() if it cannot.
    bool start() { return !isEmbedded() || m_server.listen(); }
    //! Ends all connections; start() takes the same port again and the data are still there.
    void stop()
    {
        const int port = m_server.port();
        m_server.close();
        m_server.setPort(port);
    }

    [[nodiscard]] bool isEmbedded() const { return m_external.isEmpty(); }
    [[nodiscard]] QString errorText() const { return m_server.error().message(); }
    //! Of no use if isEmbedded() is false.
    [[nodiscard]] Twilio::LocalSyncServer &server() { return m_server; }
    //! Of no use if isEmbedded() is false, or before start().
    [[nodiscard]] Twilio::Server::FaultInjector &injector()
    {
        return Twilio::Server::FaultInjector::of(*m_server.gateway());
    }
    //! Valid after start().
    [[nodiscard]] QUrl url() const { return isEmbedded() ? m_server.url() : m_external; }

    //! An access token for \a identity, good for \a ttlSeconds.
    [[nodiscard]] QString token(const QString &identity, qint64 ttlSeconds = 3600) const
    {
        if (isEmbedded())
            return m_server.createToken(identity, ttlSeconds);
        if (qEnvironmentVariableIsSet("TWILIO_SYNC_TOKEN"))
            return qEnvironmentVariable("TWILIO_SYNC_TOKEN");
        Twilio::Server::TokenClaims claims;
        claims.identity = identity;
        claims.serviceSid = qEnvironmentVariable("TWILIO_SYNC_SERVICE", claims.serviceSid);
        claims.accountSid = qEnvironmentVariable("TWILIO_SYNC_ACCOUNT", claims.accountSid);
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        claims.expiresAtMs = now + ttlSeconds * 1000;
        return Twilio::Server::makeToken(claims, qgetenv("TWILIO_SYNC_SECRET"), now);
    }

private:
    Twilio::LocalSyncServer m_server;
    QUrl m_external;
};
