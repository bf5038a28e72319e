#include "faultplan.h"

#include "shared/eventually.h"

using namespace Qt::StringLiterals;

namespace {

struct Choice
{
    int weight;
    Fault fault;
};

// A dead path takes a client out for a quarter of a minute, and a kill takes out all.
constexpr std::array choices {
    Choice { 20, Fault::CutUp },         Choice { 20, Fault::CutDown },
    Choice { 6, Fault::Stall },          Choice { 2, Fault::DeadUp },
    Choice { 2, Fault::DeadDown },       Choice { 5, Fault::LateUp },
    Choice { 4, Fault::Trickle },        Choice { 6, Fault::LostReply },
    Choice { 4, Fault::DoubledReply },   Choice { 4, Fault::DoubledEvent },
    Choice { 4, Fault::OvertakenEvent }, Choice { 3, Fault::InterruptedReplay },
    Choice { 4, Fault::Throttled },      Choice { 4, Fault::Unavailable },
    Choice { 3, Fault::RefusedInit },    Choice { 3, Fault::Offloaded },
    Choice { 2, Fault::RevokedToken },   Choice { 2, Fault::ShortToken },
    Choice { 3, Fault::RotatedToken },   Choice { 2, Fault::BadProvider },
    Choice { 2, Fault::KilledService },  Choice { 2, Fault::ClockJump },
};

constexpr qint64 hourMs = 3'600'000;

} // namespace

FaultPlan::FaultPlan(Service &service, TokenOffice &office, Party &party, const Proxies &proxies,
                     FaultLog &log, std::uint64_t seed)
    : m_service(service)
    , m_office(office)
    , m_party(party)
    , m_proxies(proxies)
    , m_log(log)
    , m_random(seed)
    , m_position(m_random.below(1000))
{ }

int FaultPlan::pause() { return m_random.between(20, 280); }

int FaultPlan::someClient() { return m_random.below(Party::clients); }

void FaultPlan::strike()
{
    int total = 0;
    for (const Choice &choice : choices)
        total += choice.weight;
    int at = m_random.below(total);
    Fault fault = Fault::CutUp;
    for (const Choice &choice : choices) {
        fault = choice.fault;
        at -= choice.weight;
        if (at < 0)
            break;
    }
    const int client = someClient();
    switch (fault) {
    case Fault::CutUp:
    case Fault::CutDown:
        cut(client, fault == Fault::CutUp ? Way::Up : Way::Down, m_random.below(4));
        break;
    case Fault::Stall:
    case Fault::DeadUp:
    case Fault::DeadDown:
    case Fault::LateUp:
    case Fault::Trickle:
        if (!disturbLink(fault, proxy(client).openLink(), client))
            cut(client, Way::Down, m_random.below(3)); // while it connects
        break;
    case Fault::LostReply:
    case Fault::DoubledReply:
    case Fault::DoubledEvent:
    case Fault::OvertakenEvent:
        disturbMessages(fault, proxy(client).orders());
        break;
    case Fault::InterruptedReplay:
    case Fault::Throttled:
    case Fault::Unavailable:
    case Fault::RefusedInit:
    case Fault::Offloaded:
        disturbService(fault, client);
        break;
    case Fault::RevokedToken:
    case Fault::ShortToken:
    case Fault::RotatedToken:
    case Fault::BadProvider:
        disturbToken(fault, client);
        break;
    case Fault::KilledService:
        killService();
        break;
    case Fault::ClockJump:
        m_service.setClockAhead(m_random.between(-2, 4) * hourMs / 2);
        for (int i = 0; i < Party::clients; ++i)
            m_log.strike(fault, i, proxy(i).link(), false);
        break;
    }
}

// Each cut is one byte further on than the one before it.
void FaultPlan::cut(int client, Way way, int skip)
{
    proxy(client).orders().cuts[std::size_t(way)] = { skip, m_position++, m_random.chance(50) };
}

bool FaultPlan::disturbLink(Fault fault, Link *link, int client)
{
    if (!link)
        return false;
    const qint64 ms = fault == Fault::Stall ? m_random.between(200, 6'000)
            : fault == Fault::Trickle       ? m_random.between(1'000, 5'000)
            : fault == Fault::LateUp        ? m_random.between(500, 3'000)
                                            : 0;
    const bool isFatal = fault != Fault::Stall && fault != Fault::Trickle;
    m_log.strike(fault, client, link->number(), isFatal, isFatal ? 0 : ms);
    if (fault == Fault::Stall)
        link->stall(ms);
    else if (fault == Fault::Trickle)
        link->trickle(m_random.between(200, 2'000), ms);
    else if (fault == Fault::LateUp)
        link->deliverLate(ms);
    else
        link->die(fault == Fault::DeadUp ? Way::Up : Way::Down);
    return true;
}

void FaultPlan::disturbMessages(Fault fault, Orders &orders)
{
    switch (fault) {
    case Fault::LostReply:
        orders.lostReplies = m_random.between(1, 2);
        orders.cutAfterLossMs = m_random.chance(80) ? m_random.between(0, 2'000) : -1;
        break;
    case Fault::DoubledReply:
        orders.doubledReplies = m_random.between(1, 3);
        break;
    case Fault::DoubledEvent:
        orders.doubledEvents = m_random.between(1, 5);
        break;
    default:
        orders.overtakenEvents = m_random.between(1, 5);
        break;
    }
}

void FaultPlan::disturbService(Fault fault, int client)
{
    const QString identity = TokenOffice::identity(client);
    const QJsonObject backoff { { u"reconnect_min_ms"_s, m_random.between(0, 500) },
                                { u"reconnect_max_ms"_s, m_random.between(501, 1'500) } };
    const int count = m_random.between(1, 3);
    const bool endsConnection =
            fault == Fault::InterruptedReplay || fault == Fault::RefusedInit || fault == Fault::Offloaded;
    m_log.strike(fault, client, proxy(client).link(), endsConnection);
    switch (fault) {
    case Fault::InterruptedReplay:
        m_service.control("interrupt-replay",
                          { { u"count"_s, count }, { u"after"_s, m_random.between(1, 5) } });
        cutAtOnce(client);
        break;
    case Fault::Throttled:
        m_service.control("throttle",
                          { { u"scope"_s, m_random.chance(70) ? u"http"_s : u"transport"_s },
                            { u"count"_s, count },
                            { u"retryAfter"_s, m_random.below(2) },
                            { u"backoff"_s, backoff },
                            { u"identity"_s, identity } });
        break;
    case Fault::Unavailable:
        m_service.control("fail",
                          { { u"status"_s, m_random.between(502, 504) },
                            { u"count"_s, count },
                            { u"identity"_s, identity } });
        break;
    case Fault::RefusedInit:
        m_service.control("throttle",
                          { { u"scope"_s, u"init"_s },
                            { u"status"_s, m_random.chance(50) ? 429 : 503 },
                            { u"count"_s, count },
                            { u"backoff"_s, backoff },
                            { u"identity"_s, identity } });
        cutAtOnce(client);
        break;
    default:
        m_service.control(
                "restart",
                { { u"mode"_s, u"offload"_s }, { u"backoff"_s, backoff }, { u"identity"_s, identity } });
        break;
    }
}

void FaultPlan::disturbToken(Fault fault, int client)
{
    using Mood = TokenOffice::Mood;
    const QJsonObject whom { { u"identity"_s, TokenOffice::identity(client) } };
    m_log.strike(fault, client, proxy(client).link(), fault == Fault::RevokedToken);
    switch (fault) {
    case Fault::RotatedToken:
        m_party.rotateToken(client, m_office.token(client));
        break;
    case Fault::ShortToken:
        m_office.setMood(client, Mood::Short);
        m_service.control("token-about-to-expire", whom);
        break;
    case Fault::BadProvider: {
        static constexpr std::array moods { Mood::Late, Mood::Stale, Mood::Failing };
        m_office.setMood(client, m_random.oneOf(moods));
        m_service.control(m_random.chance(50) ? "token-expired" : "token-about-to-expire", whom);
        break;
    }
    default:
        m_service.control("token-expired", whom);
        break;
    }
}

void FaultPlan::killService()
{
    for (int i = 0; i < Party::clients; ++i)
        m_log.strike(Fault::KilledService, i, proxy(i).link(), true);
    m_service.kill();
    [[maybe_unused]] const bool never = eventually([] { return false; }, m_random.between(1, 2'000));
    if (!m_service.start())
        qFatal("the service does not start again");
}

void FaultPlan::heal()
{
    for (const auto &proxy : m_proxies)
        proxy->orders() = {};
    for (int i = 0; i < Party::clients; ++i)
        m_office.setMood(i, TokenOffice::Mood::Good);
    m_service.control("clear-faults", {});
}
