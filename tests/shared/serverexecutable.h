#pragma once

#include "eventually.h"
#include "server/net/token.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qlist.h>
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

    //! For what start() starts, besides the environment of this process.
    void setEnvironment(const QList<std::pair<QString, QString>> &variables)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const auto &[name, value] : variables)
            environment.insert(name, value);
        m_process.setProcessEnvironment(environment);
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
        return token(identity, QDateTime::currentMSecsSinceEpoch(), 3'600'000);
    }
    //! Issued at \a nowMs.
    [[nodiscard]] static QString token(const QString &identity, qint64 nowMs, qint64 ttlMs)
    {
        Twilio::Server::TokenClaims claims;
        claims.identity = identity;
        claims.expiresAtMs = nowMs + ttlMs;
        return Twilio::Server::makeToken(claims, secret, nowMs);
    }

private:
    static constexpr char secret[] = "a secret of tests that send signals";

    QProcess m_process;
    QUrl m_url;
};
