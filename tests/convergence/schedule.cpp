#include "schedule.h"

#include "server/dialects/v3/bodies.h"
#include "TwilioSync/core/randomsource.h"

#include <QtCore/qeventloop.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

using namespace Twilio;
using namespace Qt::StringLiterals;

Schedule::Schedule(VirtualTime &time, std::uint64_t seed, bool isVerbose)
    : m_random(seed)
    , m_isVerbose(isVerbose)
    , m_world(time)
    , m_writers(m_world.truth, m_random, m_world.ledger)
{
    randomSource().seed(quint32(seed));
    m_world.inSlot = [this](const Handle *telling) { runNestedLoop(telling); };
    m_writers.inMutator = [this] { runNestedLoop(nullptr); };
}

void Schedule::print(const QString &line) { std::printf("%s\n", qUtf8Printable(line)); }

QString Schedule::run()
{
    makeWorld();
    const int steps = m_random.between(20, 120);
    for (int i = 0; i < steps && m_world.failure().isEmpty(); ++i)
        step();
    say([] { return u"heal"_s; });
    m_nests = false;
    m_world.comeToRest();
    say([] { return u"fetch everything"_s; });
    m_world.fetchEverything();
    return m_world.failure();
}

void Schedule::makeWorld()
{
    const int which = m_random.below(5);
    for (int i = m_random.between(1, 2); which < 3 && i > 0; --i)
        m_objects.push_back({ Kind::List, i });
    for (int i = m_random.between(1, 2); which > 1 && i > 0; --i)
        m_objects.push_back({ Kind::Map, i });
    for (const RemoteObject &object : m_objects) {
        m_world.truth.create(object);
        for (int i = m_random.below(15); i > 0; --i)
            m_writers.writeRaw(object);
    }
    m_endsObjects = m_random.chance(5);
    m_restarts = m_random.chance(40);
    m_nests = m_random.chance(30);
    const int clientCount = m_random.between(1, 3);
    for (int i = 0; i < clientCount; ++i) {
        const bool isCalm = !m_restarts && m_random.chance(30);
        const bool isOrdered = m_random.chance(25);
        const auto mostUnseen =
                m_random.chance(40) ? std::optional<qsizetype>(m_random.between(0, 4)) : std::nullopt;
        m_world.addClient(isCalm, isOrdered, m_random.chance(40), mostUnseen);
        World::Client &client = *m_world.clients.back();
        client.isPersistent = client.isCaching && m_random.chance(60);
        client.isOptimistic = m_random.chance(50);
        if (m_random.chance(60))
            client.pieces = { .first = m_random.between(1, 4),
                              .later = m_random.between(1, 4),
                              .pause = std::chrono::milliseconds(m_random.between(0, 1)
                                                                 * m_random.between(1, 400)) };
        client.api->setPersistentWrites(client.isPersistent);
    }
    for (const auto &client : m_world.clients) {
        for (const RemoteObject &object : m_objects) {
            for (int i = m_random.between(1, 2); i > 0; --i)
                m_world.addHandle(*client, object, someView());
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
        Choice { 50, &Schedule::deliver },      Choice { 4, &Schedule::repeatEvent },
        Choice { 20, &Schedule::writeRaw },     Choice { 16, &Schedule::callOwn },
        Choice { 8, &Schedule::fetchMore },     Choice { 16, &Schedule::letTimePass },
        Choice { 3, &Schedule::cut },           Choice { 1, &Schedule::restart },
        Choice { 3, &Schedule::openHandle },    Choice { 3, &Schedule::closeHandle },
        Choice { 1, &Schedule::turnOrder },     Choice { 1, &Schedule::refuseCalls },
        Choice { 1, &Schedule::limitReplays },  Choice { 1, &Schedule::endObject },
        Choice { 2, &Schedule::throttle },      Choice { 4, &Schedule::loseReplies },
        Choice { 3, &Schedule::point },         Choice { 2, &Schedule::swap },
        Choice { 5, &Schedule::restartClient },
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
    std::vector<Handle *> possible;
    for (const auto &handle : someClient().handles) {
        if (!isTelling(handle.get()))
            possible.push_back(handle.get());
    }
    return possible.empty() ? nullptr : m_random.oneOf(possible);
}

bool Schedule::isTelling(const Handle *handle) const
{
    return std::find(m_telling.begin(), m_telling.end(), handle) != m_telling.end();
}

RemoteObject Schedule::someObject() { return m_random.oneOf(m_objects); }

RemoteObject Schedule::someObject(Kind kind)
{
    std::vector<RemoteObject> possible;
    std::copy_if(m_objects.begin(), m_objects.end(), std::back_inserter(possible),
                 [kind](const RemoteObject &object) { return object.kind == kind; });
    return m_random.oneOf(possible);
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
    const QString done = m_writers.writeRaw(someObject());
    say([&] { return u"raw: "_s + done; });
}

void Schedule::callOwn()
{
    const auto client = m_random.below(int(m_world.clients.size()));
    const auto &handles = m_world.clients[std::size_t(client)]->handles;
    if (handles.empty())
        return;
    Handle &handle = *m_random.oneOf(handles);
    if (handle.isPointed())
        return;
    const QString done = m_writers.callOwn(handle, client);
    say([&] { return u"client %1, %2: "_s.arg(client).arg(handle.object().name()) + done; });
}

void Schedule::fetchMore()
{
    Handle *const handle = someHandle();
    if (!handle || !handle->model().canFetchMore())
        return;
    say([&] { return u"fetch more of a %1"_s.arg(handle->object().name()); });
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
    if (client.handles.size() >= 6)
        return;
    const RemoteObject object = someObject();
    say([&] { return u"open a %1"_s.arg(object.name()); });
    m_world.addHandle(client, object, someView());
}

void Schedule::closeHandle()
{
    World::Client &client = someClient();
    if (client.handles.empty())
        return;
    const auto number = std::size_t(m_random.below(int(client.handles.size())));
    if (isTelling(client.handles[number].get()))
        return;
    say([&] { return u"close a %1"_s.arg(client.handles[number]->object().name()); });
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
    const RemoteObject object = someObject();
    say([&] { return u"the %1 ends"_s.arg(object.name()); });
    if (m_random.chance(50))
        m_world.service.call("DELETE", object.path());
    else
        m_world.service.call("POST", object.path(), "{\"ttl\":1}");
}

void Schedule::throttle()
{
    const int count = m_random.between(1, 4);
    if (m_random.chance(40)) {
        say([&] { return u"the gateway throttles %1 times"_s.arg(count); });
        const qint64 wait = m_random.between(0, 1500);
        m_world.service.throttle = [left = count, wait]() mutable {
            return left-- > 0 ? std::optional(Server::BackoffPolicy { wait, wait + 500 }) : std::nullopt;
        };
        return;
    }
    say([&] { return u"the next %1 calls are answered 429"_s.arg(count); });
    Server::RestReply reply = Server::V3::errorReply(SyncError(u"Rate limit exceeded"_s, 429, 54009));
    if (m_random.chance(70))
        reply.headers.append({ "retry-after", QByteArray::number(m_random.below(3)) });
    m_world.service.refusal = [left = count, reply](const auto &) mutable {
        return left-- > 0 ? std::optional(reply) : std::nullopt;
    };
}

void Schedule::loseReplies()
{
    using Fate = SimulatedService::Fate;
    const int count = m_random.between(1, 2);
    const bool cuts = m_random.chance(60);
    say([&] {
        return u"the next %1 replies to writes are lost%2"_s.arg(count).arg(cuts ? u", connections too"_s
                                                                                 : u""_s);
    });
    m_world.service.fateOfReply = [this, left = count, cuts](const SimulatedLink &link,
                                                             const Server::RestRequest &request) mutable {
        const bool isCalm = m_world.clients[std::size_t(link.client)]->isCalm;
        if (request.method == "GET" || left == 0)
            return Fate::Sent;
        --left;
        return cuts && !isCalm ? Fate::LostWithConnection : Fate::Lost;
    };
}

void Schedule::point()
{
    Handle *const handle = someHandle();
    if (!handle)
        return;
    const RemoteObject object = someObject(handle->kind());
    const bool bySid = m_random.chance(30);
    say([&] { return u"point a %1 at %2"_s.arg(handle->object().name(), object.name()); });
    pointTo(*handle, object, bySid ? m_world.truth.sid(object) : QString());
}

// Nothing may close it in a slot's event loop while it is at it.
void Schedule::pointTo(Handle &handle, const RemoteObject &object, const QString &sid)
{
    m_telling.push_back(&handle);
    handle.point(object, sid);
    m_telling.pop_back();
}

// In one turn of the event loop.
void Schedule::swap()
{
    Handle *const first = someHandle();
    Handle *const second = someHandle();
    if (!first || !second || first->kind() != second->kind())
        return;
    say([&] { return u"swap a %1 and a %2"_s.arg(first->object().name(), second->object().name()); });
    const RemoteObject object = first->object();
    pointTo(*first, second->object());
    const auto all = m_world.handles(); // a nested loop may have closed it, and opened another in its place
    if (std::find(all.begin(), all.end(), second) != all.end() && second->kind() == first->kind())
        pointTo(*second, object);
}

void Schedule::restartClient()
{
    World::Client &client = someClient();
    if (!client.isCaching || client.isCalm)
        return;
    // Most writes end soon: some are to be on their way.
    for (int i = m_random.between(0, 4); i > 0 && !client.handles.empty(); --i) {
        Handle &handle = *m_random.oneOf(client.handles);
        if (handle.isPointed())
            continue;
        const QString done = m_writers.callOwn(handle, client.number);
        say([&] { return u"client %1: "_s.arg(client.number) + done; });
    }
    for (int i = m_random.below(3); i > 0; --i)
        deliver();
    const bool isKilled = m_random.chance(60);
    say([&] { return u"client %1 %2"_s.arg(client.number).arg(isKilled ? u"is killed"_s : u"ends"_s); });
    m_world.restartClient(client, isKilled);
    for (int i = m_random.between(1, 3); i > 0; --i)
        m_world.addHandle(client, someObject(), someView());
}

void Schedule::runNestedLoop(const Handle *telling)
{
    constexpr int deepest = 2;
    if (!m_nests || m_telling.size() >= deepest || !m_random.chance(8))
        return;
    say([] { return u"a slot runs an event loop"_s; });
    m_telling.push_back(telling);
    ++m_world.nestedLoops;
    QEventLoop loop;
    QMetaObject::invokeMethod(
            &loop,
            [this, &loop] {
                for (int i = m_random.between(1, 4); i > 0; --i)
                    stepNested();
                loop.quit();
            },
            Qt::QueuedConnection);
    loop.exec();
    --m_world.nestedLoops;
    m_telling.pop_back();
    say([] { return u"the event loop ends"_s; });
}

void Schedule::stepNested()
{
    static constexpr std::array choices { &Schedule::deliver,    &Schedule::deliver,   &Schedule::deliver,
                                          &Schedule::writeRaw,   &Schedule::callOwn,   &Schedule::letTimePass,
                                          &Schedule::openHandle, &Schedule::fetchMore, &Schedule::closeHandle,
                                          &Schedule::point,      &Schedule::cut };
    (this->*m_random.oneOf(choices))();
    m_world.time.settle();
}
