#pragma once

#include "eventually.h"
#include "server/net/token.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qprocess.h>
#include <QtCore/qurl.h>
#include <QtTest/qtest.h>

#include <csignal>

/*!
    \brief twilio-sync-server in a process of its own, for tests that send signals to it. SERVER_EXECUTABLE
   names it.
*/
class ServerExecutable
{
public:
    ~ServerExecutable()
    {
        if (m_process.state() != QProcess::NotRunning)
            kill();
    }

    //! True once it listens, with \a options besides its port and key.
    bool start(const QStringList &options)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(SERVER_EXECUTABLE),
                        QStringList { QStringLiteral("--port"), QStringLiteral("0"),
                                      QStringLiteral("--secret"), QString::fromLatin1(secret) }
                                + options);
        if (!eventually([this] { return m_process.canReadLine(); }, 20'000))
            return false;
        m_url = QUrl(QString::fromLatin1(m_process.readLine()).trimmed().section(u' ', 1));
        return m_url.isValid();
    }
    void signal(int number) { ::kill(pid_t(m_process.processId()), number); }
    void waitForFinished() { m_process.waitForFinished(10'000); }
    void kill()
    {
        signal(SIGKILL);
        waitForFinished();
    }
    [[nodiscard]] const QUrl &url() const { return m_url; }
    [[nodiscard]] static QString token(const QString &identity)
    {
        Twilio::Server::TokenClaims claims;
        claims.identity = identity;
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        claims.expiresAtMs = now + 3'600'000;
        return Twilio::Server::makeToken(claims, secret, now);
    }

private:
    static constexpr char secret[] = "a secret of tests that send signals";

    QProcess m_process;
    QUrl m_url;
};
