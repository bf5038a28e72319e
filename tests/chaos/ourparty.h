#pragma once

#include "ourwriter.h"
#include "party.h"

#include <memory>
#include <vector>

class TokenOffice;

//! Clients of this library, in this process.
class OurParty : public Party
{
    Q_OBJECT

public:
    //! \a office outlives it; \a now is the time of the run.
    OurParty(TokenOffice &office, std::uint64_t seed, std::function<qint64()> now);

    void open(const QList<QUrl> &urls) override;
    [[nodiscard]] bool isReady() const override;
    void startWriting() override;
    void stopWriting() override;
    void rotateToken(int client, const QString &token) override;
    [[nodiscard]] bool isAtRest() override;
    void judge(const ServiceState &state, Figures &figures) override;

private:
    TokenOffice &m_office;
    const std::uint64_t m_seed;
    const std::function<qint64()> m_now;
    std::vector<std::unique_ptr<OurClient>> m_clients;
    std::vector<std::unique_ptr<OurWriter>> m_writers;
};
