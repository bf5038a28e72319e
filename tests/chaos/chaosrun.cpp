#include "chaosrun.h"

#include "convergence/handle.h"
#include "shared/rawclient.h"

#include <QtCore/qjsonarray.h>

using namespace Qt::StringLiterals;

namespace {

// Longer than any timeout of the clients: a lost reply is given up after 30 s, a dead path after 15 s, the
// pause between two attempts may have grown meanwhile.
constexpr int longestRestMs = 120'000;
constexpr int longestOpeningMs = 30'000;
constexpr int counters = 3;
constexpr auto zero = R"({"data":{"count":0}})";

QString uniqueNameOf(Target target)
{
    return target == Target::List   ? RemoteObject { Kind::List }.name()
            : target == Target::Map ? RemoteObject { Kind::Map }.name()
                                    : nameOf(target);
}

QString pathOf(Target target)
{
    static const QStringList roots { u"Lists"_s, u"Maps"_s, u"Documents"_s, u"Streams"_s };
    return u"/v3/"_s + roots.at(int(target));
}

QString pathOfObject(Target target) { return pathOf(target) + u'/' + uniqueNameOf(target); }

// All items, page by page.
QMap<QString, ServiceState::Item> itemsOf(RawClient &client, Target target)
{
    const QString keyName = target == Target::List ? u"index"_s : u"key"_s;
    QMap<QString, ServiceState::Item> items;
    for (QJsonObject params { { u"PageSize"_s, u"100"_s } };;) {
        const auto reply = client.rest(u"GET"_s, pathOfObject(target) + u"/Items"_s, {}, params);
        const QJsonArray page = reply.body.value("items"_L1).toArray();
        for (const auto &item : page)
            items.insert(item[keyName].toVariant().toString(),
                         { item[u"revision"_s].toString(), item[u"data"_s].toObject() });
        if (page.isEmpty() || reply.body.value("meta"_L1)["next_token"_L1].isNull())
            return items;
        params.insert(u"From"_s, page.last()[keyName].toVariant().toString());
        params.insert(u"Bounds"_s, u"exclusive"_s);
    }
}

} // namespace

ChaosRun::ChaosRun(const MakeParty &makeParty, std::uint64_t seed)
    : m_office(m_service, Party::clients)
    , m_proxies([this] {
        Proxies proxies;
        for (int i = 0; i < Party::clients; ++i)
            proxies.push_back(std::make_unique<FaultProxy>(i, m_log));
        return proxies;
    }())
    , m_party(makeParty(m_office, [this] { return m_log.now(); }))
    , m_plan(m_service, m_office, *m_party, m_proxies, m_log, seed)
    , m_observer([this] { return m_service.url(); },
                 [this] { return m_service.token(u"observer"_s, 86'400'000); },
                 [this] { return m_log.now(); })
{ }

ChaosRun::~ChaosRun() = default;

QString ChaosRun::createObjects()
{
    RawClient client;
    if (!client.open(m_service.url(), m_service.token(u"maker"_s, 60'000)))
        return u"the service cannot be reached"_s;
    QHash<Target, QString> sids;
    for (const Target target : { Target::List, Target::Map, Target::Document, Target::Stream }) {
        const QByteArray body = "{\"unique_name\":\"" + uniqueNameOf(target).toUtf8() + "\"}";
        sids.insert(target, client.rest(u"POST"_s, pathOf(target), body).body.value("sid"_L1).toString());
        if (sids.value(target).isEmpty())
            return u"the service has made no "_s + nameOf(target);
    }
    for (int i = 0; i < counters; ++i) {
        client.rest(u"POST"_s, pathOfObject(Target::List) + u"/Items"_s, zero);
        client.rest(u"PUT"_s, pathOfObject(Target::Map) + u"/Items/counter%1"_s.arg(i), zero);
    }
    m_observer.watch(sids);
    return eventually([this] { return m_observer.isListening(); }) ? QString() : u"nobody can listen"_s;
}

ServiceState ChaosRun::state()
{
    RawClient client;
    if (!client.open(m_service.url(), m_service.token(u"judge"_s, 60'000)))
        return {};
    const QJsonObject document = client.rest(u"GET"_s, pathOfObject(Target::Document)).body;
    return { itemsOf(client, Target::List),
             itemsOf(client, Target::Map),
             { document.value("revision"_L1).toString(), document.value("data"_L1).toObject() } };
}

Figures ChaosRun::run(int seconds)
{
    Figures figures;
    if (!m_service.start()) {
        figures.find(figures.stuck, u"the service does not start"_s);
        return figures;
    }
    if (const QString failure = createObjects(); !failure.isEmpty()) {
        figures.find(figures.stuck, failure);
        return figures;
    }
    QList<QUrl> urls;
    for (const auto &proxy : m_proxies) {
        proxy->setTarget(quint16(m_service.url().port()));
        urls.append(proxy->url());
    }
    m_party->open(urls);
    if (eventually([this] { return m_party->isReady(); }, longestOpeningMs)) {
        m_party->startWriting();
        const qint64 end = m_log.now() + seconds * Q_INT64_C(1000);
        while (m_log.now() < end) {
            m_plan.strike();
            [[maybe_unused]] const bool never = eventually([] { return false; }, m_plan.pause());
        }
    }
    comeToRest();
    const ServiceState last = state();
    m_party->judge(last, figures);
    m_party->ledger().judge(last, m_observer.heard(), figures);
    for (const auto &proxy : m_proxies) {
        for (int i = 0; i < proxy->strays(); ++i)
            figures.find(figures.strays, u"a message over a connection that had a successor"_s);
    }
    return figures;
}

void ChaosRun::comeToRest()
{
    m_plan.heal();
    m_party->stopWriting();
    const qint64 since = m_log.now();
    const auto isOver = [&] { return m_log.now() > since + longestRestMs; };
    for (bool isDone = false; !isDone && !isOver();) {
        isDone = eventually([this] { return m_observer.isListening() && m_party->isAtRest(); }, 1'000);
        Figures figures; // the last events may still be under way
        if (isDone)
            m_party->judge(state(), figures);
        isDone = isDone && figures.diverged + figures.stuck == 0;
        [[maybe_unused]] const bool never = isDone || eventually([] { return false; }, 200);
    }
    m_restMs = m_log.now() - since;
}
