#include "schedule.h"

#include "server/dialects/v3/bodies.h"

#include <cstdio>

using namespace Twilio;
using namespace Qt::StringLiterals;

Schedule::Schedule(VirtualTime &time, std::uint64_t seed, bool isVerbose)
    : m_random(seed)
    , m_isVerbose(isVerbose)
    , m_world(time)
    , m_writers(m_world.truth, m_random, m_world.calls)
{ }

void Schedule::print(const QString &line) { std::printf("%s\n", qUtf8Printable(line)); }

QString Schedule::run()
{
    makeWorld();
    const int steps = m_random.between(20, 120);
    for (int i = 0; i < steps && m_world.failure().isEmpty(); ++i)
        step();
    say([] { return u"heal"_s; });
    m_world.comeToRest();
    say([] { return u"fetch everything"_s; });
    m_world.fetchEverything();
    return m_world.failure();
}

void Schedule::makeWorld()
{
    const int which = m_random.below(5);
    if (which < 3)
        m_kinds.push_back(Kind::List);
    if (which > 1)
        m_kinds.push_back(Kind::Map);
    for (const Kind kind : m_kinds) {
        m_world.truth.create(kind);
        for (int i = m_random.below(15); i > 0; --i)
            m_writers.writeRaw(kind);
    }
    m_endsObjects = m_random.chance(5);
    m_restarts = m_random.chance(40);
    const int clientCount = m_random.between(1, 3);
    for (int i = 0; i < clientCount; ++i)
        m_world.addClient(!m_restarts && m_random.chance(30));
    for (const auto &client : m_world.clients) {
        for (const Kind kind : m_kinds) {
            for (int i = m_random.between(1, 2); i > 0; --i)
                m_world.addHandle(*client, kind, someView());
        }
    }
}

View Schedule::someView()
{
    return { m_random.chance(50) ? Qt::AscendingOrder : Qt::DescendingOrder, m_random.between(1, 7),
             m_random.chance(40), m_random.chance(30) ? m_random.between(1, 9) : 0 };
}

void Schedule::step()
{
    struct Choice
    {
        int weight;
        void (Schedule::*make)();
    };
    static constexpr std::array choices {
        Choice { 50, &Schedule::deliver },     Choice { 4, &Schedule::repeatEvent },
        Choice { 20, &Schedule::writeRaw },    Choice { 16, &Schedule::callOwn },
        Choice { 8, &Schedule::fetchMore },    Choice { 16, &Schedule::letTimePass },
        Choice { 3, &Schedule::cut },          Choice { 1, &Schedule::restart },
        Choice { 3, &Schedule::openHandle },   Choice { 3, &Schedule::closeHandle },
        Choice { 1, &Schedule::turnOrder },    Choice { 1, &Schedule::refuseCalls },
        Choice { 1, &Schedule::limitReplays }, Choice { 1, &Schedule::endObject },
    };
    static constexpr int total = [] {
        int sum = 0;
        for (const Choice &choice : choices)
            sum += choice.weight;
        return sum;
    }();
    if (m_stepsDown > 0 && --m_stepsDown == 0)
        m_world.network.isDown = false;
    int at = m_random.below(total);
    for (const Choice &choice : choices) {
        at -= choice.weight;
        if (at >= 0)
            continue;
        (this->*choice.make)();
        break;
    }
    m_world.settle();
}

World::Client &Schedule::someClient() { return *m_random.oneOf(m_world.clients); }

Handle *Schedule::someHandle()
{
    World::Client &client = someClient();
    return client.handles.empty() ? nullptr : m_random.oneOf(client.handles).get();
}

void Schedule::deliver()
{
    for (int i = m_random.between(1, 12); i > 0; --i) {
        std::vector<SimulatedLinkPtr> busy;
        for (const SimulatedLinkPtr &link : m_world.network.links()) {
            if (link->hasWork())
                busy.push_back(link);
        }
        if (busy.empty())
            return;
        deliverOne(m_random.oneOf(busy));
        if (m_random.chance(50))
            m_world.settle();
    }
}

void Schedule::deliverOne(const SimulatedLinkPtr &link)
{
    SimulatedNetwork &network = m_world.network;
    const auto who = [&] { return u"client %1: "_s.arg(link->client); };
    if (!link->isOpen) {
        say([&] { return who() + u"answer the handshake"_s; });
        network.accept(link);
        return;
    }
    if (!link->up.empty() && (link->down.empty() || m_random.chance(50))) {
        say([&] { return who() + u"up   "_s + QString::fromUtf8(link->up.front()).section(u"\r\n"_s, 1); });
        network.deliverUp(link);
        return;
    }
    std::size_t index = 0;
    if (!m_world.clients[std::size_t(link->client)]->isCalm && m_random.chance(40)) {
        // A live event may come before or after anything; the other frames keep their order.
        std::vector<std::size_t> possible;
        bool isFirstInOrder = true;
        for (std::size_t i = 0; i < link->down.size(); ++i) {
            const bool isLive = link->down[i].isLive;
            if (isLive || std::exchange(isFirstInOrder, false))
                possible.push_back(i);
        }
        index = m_random.oneOf(possible);
    }
    say([&] {
        return who() + u"down "_s + QString::fromUtf8(link->down[index].bytes).section(u"\r\n"_s, 1);
    });
    network.deliverDown(link, index);
}

void Schedule::repeatEvent()
{
    const auto link = m_world.network.linkOf(m_random.below(int(m_world.clients.size())));
    if (!link || link->down.empty() || m_world.clients[std::size_t(link->client)]->isCalm)
        return;
    const SimulatedLink::Frame frame = m_random.oneOf(link->down);
    if (!frame.isLive)
        return;
    say([] { return u"an event goes twice"_s; });
    link->down.push_back(frame);
}

void Schedule::writeRaw()
{
    const QString done = m_writers.writeRaw(m_random.oneOf(m_kinds));
    say([&] { return u"raw: "_s + done; });
}

void Schedule::callOwn()
{
    Handle *const handle = someHandle();
    if (!handle)
        return;
    const QString done = m_writers.callOwn(*handle);
    say([&] { return u"%1 of a client: "_s.arg(nameOf(handle->kind())) + done; });
}

void Schedule::fetchMore()
{
    Handle *const handle = someHandle();
    if (!handle || !handle->model().canFetchMore())
        return;
    say([&] { return u"fetch more of a %1"_s.arg(nameOf(handle->kind())); });
    handle->model().fetchMore();
}

void Schedule::letTimePass()
{
    const int milliseconds = m_random.chance(80) ? m_random.between(1, 200) : m_random.between(1, 6) * 1000;
    say([&] { return u"%1 ms pass"_s.arg(milliseconds); });
    m_world.time.advance(milliseconds);
}

void Schedule::cut()
{
    const auto link = m_world.network.linkOf(m_random.below(int(m_world.clients.size())));
    if (!link || m_world.clients[std::size_t(link->client)]->isCalm)
        return;
    say([&] { return u"client %1: cut, %2 frames are lost"_s.arg(link->client).arg(link->down.size()); });
    m_world.network.cut(link);
}

void Schedule::restart()
{
    if (!m_restarts)
        return;
    say([] { return u"the service restarts"_s; });
    m_stepsDown = m_random.between(1, 6);
    m_world.network.isDown = true;
    m_world.network.cutAll();
}

void Schedule::openHandle()
{
    World::Client &client = someClient();
    if (client.handles.size() >= 5)
        return;
    const Kind kind = m_random.oneOf(m_kinds);
    say([&] { return u"open a %1"_s.arg(nameOf(kind)); });
    m_world.addHandle(client, kind, someView());
}

void Schedule::closeHandle()
{
    World::Client &client = someClient();
    if (client.handles.empty())
        return;
    const auto number = std::size_t(m_random.below(int(client.handles.size())));
    say([&] { return u"close a %1"_s.arg(nameOf(client.handles[number]->kind())); });
    m_world.dropHandle(client, number);
}

void Schedule::turnOrder()
{
    Handle *const handle = someHandle();
    if (!handle)
        return;
    say([] { return u"turn the order of a handle"_s; });
    const bool ascending = handle->model().order() == Qt::AscendingOrder;
    handle->model().setOrder(ascending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

void Schedule::refuseCalls()
{
    say([] { return u"the next calls are answered 503"_s; });
    m_world.service.refusal = [left = m_random.between(1, 3)](const auto &) mutable {
        return left-- > 0 ? std::optional(Server::V3::errorReply(SyncError(u"Service Unavailable"_s, 503)))
                          : std::nullopt;
    };
}

void Schedule::limitReplays()
{
    m_world.service.replayLimit = m_random.between(1, 3);
    say([&] { return u"replays stop after %1 events"_s.arg(m_world.service.replayLimit); });
}

void Schedule::endObject()
{
    if (!m_endsObjects)
        return;
    const Kind kind = m_random.oneOf(m_kinds);
    say([&] { return u"the %1 ends"_s.arg(nameOf(kind)); });
    if (m_random.chance(50))
        m_world.service.call("DELETE", pathOf(kind));
    else
        m_world.service.call("POST", pathOf(kind), "{\"ttl\":1}");
}
