#pragma once

#include "convergence/random.h"
#include "faultproxy.h"
#include "party.h"
#include "service.h"
#include "tokenoffice.h"

#include <memory>
#include <vector>

using Proxies = std::vector<std::unique_ptr<FaultProxy>>;

/*!
    \brief Which fault strikes whom, and when: one after the other, by chance.
*/
class FaultPlan
{
public:
    //! All outlive it.
    FaultPlan(Service &service, TokenOffice &office, Party &party, const Proxies &proxies, FaultLog &log,
              std::uint64_t seed);

    //! Makes one fault.
    void strike();
    //! Milliseconds until the next.
    [[nodiscard]] int pause();
    //! From now on all is well; what was broken stays so until somebody notices.
    void heal();

private:
    [[nodiscard]] int someClient();
    [[nodiscard]] FaultProxy &proxy(int client) const { return *m_proxies[std::size_t(client)]; }
    void cut(int client, Way way, int skip);
    //! So that it makes another connection.
    void cutAtOnce(int client) { cut(client, m_random.chance(50) ? Way::Up : Way::Down, 0); }
    [[nodiscard]] bool disturbLink(Fault fault, Link *link, int client);
    void disturbMessages(Fault fault, Orders &orders);
    void disturbService(Fault fault, int client);
    void disturbToken(Fault fault, int client);
    void killService();

    Service &m_service;
    TokenOffice &m_office;
    Party &m_party;
    const Proxies &m_proxies;
    FaultLog &m_log;
    Random m_random;
    qsizetype m_position;
};
