#pragma once

#include "server/net/hooks.h"
#include "server/testing/eventdisturber.h"
#include "server/testing/faults.h"

#include <memory>

namespace Twilio::Server {

class Control;

/*!
    \brief Faults and other deeds for tests of clients, in this process and as \c /_control/<name> over HTTP.

    \code
    server.setHooks(&FaultInjector::make);
    server.listen();
    FaultInjector::of(*server.gateway()).faults().setDuplicate(1);
    \endcode
*/
class FaultInjector final : public Hooks
{
public:
    //! \a gateway and \a router outlive it.
    FaultInjector(Gateway &gateway, Router &router);
    ~FaultInjector() override;

    //! For LocalSyncServer::setHooks().
    [[nodiscard]] static std::unique_ptr<Hooks> make(Gateway &gateway, Router &router);
    //! That of \a gateway, which was made with it.
    [[nodiscard]] static FaultInjector &of(Gateway &gateway);

    [[nodiscard]] Gateway &gateway() { return m_gateway; }
    [[nodiscard]] Faults &faults() { return m_faults; }

    //! Refuses new connections for \a time.
    void refuseFor(std::chrono::milliseconds time);
    //! Deletes all data; browser caches and cursors stand for nothing any more.
    void wipe();
    //! Deletes all data, ends all faults, cuts all connections.
    void reset();
    //! Until it is handed null, changes become the frames of their events in \a frames and are told to
    //! nobody.
    void collectInto(QList<QByteArray> *frames) { m_collected = frames; }

    [[nodiscard]] bool isDown() const override;
    std::optional<AnswerInstead> takeAnswer(Stage stage, const HookedCall &call) override;
    Loss takeLoss(const HookedCall &call) override;
    [[nodiscard]] std::chrono::milliseconds answerDelay(const HookedCall &call) const override;
    std::optional<qsizetype> takeInterrupt(qsizetype available) override;
    bool takeChange(const Change &change) override;
    bool takeEvent(Session &session, const QByteArray &frame) override;
    std::unique_ptr<FrameStage> makeStage(Connection &connection) override;

private:
    Gateway &m_gateway;
    Faults m_faults;
    EventDisturber m_disturber { m_faults };
    QList<QByteArray> *m_collected = nullptr;
    const std::unique_ptr<Control> m_control;
};

} // namespace Twilio::Server
