#include "server/testing/faultinjector.h"

#include "server/dialects/v3/events.h"
#include "server/net/connection.h"
#include "server/net/gateway.h"
#include "server/testing/control.h"
#include "server/testing/delaystage.h"

namespace Twilio::Server {

FaultInjector::FaultInjector(Gateway &gateway, Router &router)
    : m_gateway(gateway)
    , m_control(std::make_unique<Control>(*this))
{
    m_control->addRoutes(router);
}

FaultInjector::~FaultInjector() = default;

std::unique_ptr<Hooks> FaultInjector::make(Gateway &gateway, Router &router)
{
    return std::make_unique<FaultInjector>(gateway, router);
}

FaultInjector &FaultInjector::of(Gateway &gateway)
{
    return dynamic_cast<FaultInjector &>(gateway.hub().hooks());
}

void FaultInjector::refuseFor(std::chrono::milliseconds time)
{
    m_faults.setDownUntil(m_gateway.hub().now() + time.count());
}

void FaultInjector::wipe()
{
    m_gateway.hub().data().clear();
    m_gateway.credentials().setStorage(m_gateway.hub().data().storageId());
}

void FaultInjector::reset()
{
    m_faults.clear();
    m_gateway.kick({});
    wipe();
    m_gateway.credentials().forgetContinuations();
    m_gateway.hub().counters() = {};
}

bool FaultInjector::isDown() const { return m_faults.isDown(m_gateway.hub().now()); }

std::optional<AnswerInstead> FaultInjector::takeAnswer(Stage stage, const HookedCall &call)
{
    return m_faults.takeAnswer(stage, call);
}

Hooks::Loss FaultInjector::takeLoss(const HookedCall &call)
{
    const auto drop = m_faults.takeDrop(call);
    return !drop ? Loss::None : drop->close ? Loss::Connection : Loss::Reply;
}

std::chrono::milliseconds FaultInjector::answerDelay(const HookedCall &call) const
{
    return m_faults.delayOf(FrameKind::Reply, call.identity);
}

std::optional<qsizetype> FaultInjector::takeInterrupt(qsizetype available)
{
    return m_faults.takeInterrupt(available);
}

bool FaultInjector::takeChange(const Change &change)
{
    if (!m_collected)
        return false;
    m_collected->append(liveEventFrame(change.object.kind, V3::eventOf(change)));
    return true;
}

bool FaultInjector::takeEvent(Session &session, const QByteArray &frame)
{
    m_disturber.send(session, frame);
    return true;
}

std::unique_ptr<FrameStage> FaultInjector::makeStage(Connection &connection)
{
    return std::make_unique<DelayStage>(
            [this, &connection](FrameKind kind) { return m_faults.delayOf(kind, connection.identity()); },
            [this] { return m_gateway.hub().now(); });
}

} // namespace Twilio::Server
