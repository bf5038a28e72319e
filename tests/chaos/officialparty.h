#pragma once

#include "party.h"

#include <QtCore/qhash.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qprocess.h>

#include <functional>

class TokenOffice;

//! Clients of the official SDK, in a process of Node: official.mjs.
class OfficialParty : public Party
{
    Q_OBJECT

public:
    //! \a office outlives it; \a now is the time of the run.
    OfficialParty(TokenOffice &office, std::uint64_t seed, std::function<qint64()> now);
    ~OfficialParty() override;

    void open(const QList<QUrl> &urls) override;
    [[nodiscard]] bool isReady() const override { return m_isReady; }
    void startWriting() override { send({ { QStringLiteral("do"), QStringLiteral("write") } }); }
    void stopWriting() override { send({ { QStringLiteral("do"), QStringLiteral("stop") } }); }
    void rotateToken(int client, const QString &token) override;
    [[nodiscard]] bool isAtRest() override;
    void judge(const ServiceState &state, Figures &figures) override;

private:
    void send(const QJsonObject &message);
    void receive(const QJsonObject &message);
    void ask(int client);

    TokenOffice &m_office;
    const std::uint64_t m_seed;
    const std::function<qint64()> m_now;
    QHash<int, int> m_places; // in the ledger, by the number of the call
    QHash<int, QString> m_connections;
    QJsonArray m_states;
    bool m_isReady = false;
    QProcess m_process;
};
