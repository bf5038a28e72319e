#pragma once

#include "faultplan.h"
#include "observer.h"

#include <functional>

/*!
    \brief One run: a service, a party behind its proxies, faults for a while, then rest, then the judgement.
*/
class ChaosRun
{
public:
    using MakeParty =
            std::function<std::unique_ptr<Party>(TokenOffice &office, const std::function<qint64()> &now)>;

    ChaosRun(const MakeParty &makeParty, std::uint64_t seed);
    ~ChaosRun();
    Q_DISABLE_COPY_MOVE(ChaosRun)

    //! Faults for \a seconds; what came of it.
    [[nodiscard]] Figures run(int seconds);
    [[nodiscard]] const FaultLog &log() const { return m_log; }
    //! How long it took after the last fault until all was as it should be.
    [[nodiscard]] qint64 restMs() const { return m_restMs; }

private:
    [[nodiscard]] QString createObjects();
    [[nodiscard]] ServiceState state();
    [[nodiscard]] QUrl url() const { return m_service.url(); }
    void comeToRest();

    FaultLog m_log;
    Service m_service;
    TokenOffice m_office;
    Proxies m_proxies;
    std::unique_ptr<Party> m_party;
    FaultPlan m_plan;
    Observer m_observer;
    qint64 m_restMs = 0;
};
