#pragma once

#include <TwilioSync/SyncClient>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>

//! The command line of our half of a suite: where the server is, the token, and what else it is told.
class ClientOptions
{
public:
    ClientOptions(const QCoreApplication &application, const QList<QCommandLineOption> &others)
    {
        m_parser.addOptions(
                { { QStringLiteral("url"), QStringLiteral("The server."), QStringLiteral("url") },
                  { QStringLiteral("token"), QStringLiteral("Access token."), QStringLiteral("token") } });
        m_parser.addOptions(others);
        m_parser.process(application);
    }

    [[nodiscard]] QString value(const QString &name) const { return m_parser.value(name); }
    void connect(Twilio::SyncClient &client) const
    {
        client.setUrl(QUrl(value(QStringLiteral("url"))));
        client.setToken(value(QStringLiteral("token")));
    }

private:
    QCommandLineParser m_parser;
};
