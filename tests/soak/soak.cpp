#include "bench/support/memory.h"
#include "bench/support/serverprocess.h"
#include "livingobjects.h"
#include "shared/eventually.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/synclists.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"
#include "TwilioSync/api/syncstreams.h"
#include "TwilioSync/store/collectionstore.h"
#include "TwilioSync/store/streamstore.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qelapsedtimer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

// In half an hour.
constexpr double reconnectsAMinute = 1'000 / 30.0;
// What is lost between two events that a reconnection finds in the log comes as one; a few more make up for
// it.
constexpr int eventsARound = 1'100;
constexpr qint64 eventsToTell = 1'000;
constexpr int items = 200;
// Memory at the end against that of the middle.
constexpr double mostGrowth = 1.02;
constexpr int patienceMs = 60'000;
// Sessions that are shorter are answered by growing pauses (protocol.md 5.6).
constexpr qint64 leastSessionMs = 1'100;
constexpr auto identity = "soak";

struct Sample
{
    double heapMiB = 0;
    double residentMiB = 0;
    double descriptors = 0;
    double objects = 0;
    double timers = 0;
};

struct Measure
{
    const char *name;
    double Sample::*value;
    double mostGrowth;
};

constexpr std::array measures {
    Measure { "heap, MiB", &Sample::heapMiB, mostGrowth },
    Measure { "resident, MiB", &Sample::residentMiB, mostGrowth },
    Measure { "descriptors", &Sample::descriptors, 1 },
    Measure { "objects", &Sample::objects, 1 },
    Measure { "timers", &Sample::timers, 1 },
};

Sample sampleNow()
{
    constexpr double mebi = 1024.0 * 1024;
    const LivingObjects living = livingObjects();
    return { double(Bench::heapBytes()) / mebi, Bench::processMemory("VmRSS:"),
             double(QDir(u"/proc/self/fd"_s).entryList(QDir::Files | QDir::System).size()),
             double(living.objects), double(living.timers) };
}

// Of the \a third (0 to 2) of the samples.
double medianOf(const std::vector<Sample> &samples, double Sample::*value, std::size_t third)
{
    const std::size_t size = samples.size() / 3;
    std::vector<double> values;
    for (std::size_t i = third * size; i < (third + 1) * size; ++i)
        values.push_back(samples[i].*value);
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

/*!
    \brief A client with one object of each kind that is told many events and loses its connection again and
   again, and a server in another process.
*/
class Soak
{
public:
    Soak();

    //! False, with the reason on the standard output, if something never comes.
    [[nodiscard]] bool open();
    //! What is remembered of removed items and of messages has a bound: from there on memory stands still.
    [[nodiscard]] bool fillMemories();
    //! Events, a write of each kind, a lost connection, and all is as before.
    [[nodiscard]] bool round(int number);
    [[nodiscard]] qint64 told() const { return m_told; }
    [[nodiscard]] int reconnects() const { return m_connections - 1; }

private:
    [[nodiscard]] bool waitFor(const char *what, const std::function<bool()> &condition) const;
    [[nodiscard]] bool isLive() const;
    void hear(SyncCollection &collection, const SyncItem &item);
    //! True once \a collection has told of its newest event.
    [[nodiscard]] bool hasHeard(const SyncCollection &collection, qint64 eventId) const
    {
        return m_newest.value(&collection) >= eventId;
    }
    void kick();

    Bench::ServerProcess m_server;
    QHash<const SyncCollection *, qint64> m_newest;
    qint64 m_told = 0;
    int m_connections = 0;
    QElapsedTimer m_sinceChange; // of the connection's state
    int m_writes = 0;
    SyncClient m_client;
    SyncList m_list;
    SyncMap m_map;
    SyncDocument m_document;
    SyncStream m_stream;
};

Soak::Soak()
{
    QObject::connect(&m_client, &SyncClient::connectionStateChanged, &m_client, [this](auto state) {
        m_connections += state == SyncClient::ConnectionState::Connected ? 1 : 0;
        m_sinceChange.start();
    });
    QObject::connect(&m_list, &SyncList::itemUpdated, &m_list,
                     [this](const SyncListItem &item) { hear(m_list, item); });
    QObject::connect(&m_map, &SyncMap::itemUpdated, &m_map,
                     [this](const SyncMapItem &item) { hear(m_map, item); });
}

void Soak::hear(SyncCollection &collection, const SyncItem &item)
{
    constexpr int hexadecimal = 16;
    ++m_told;
    qint64 &newest = m_newest[&collection];
    newest = std::max(newest, item.revision().toLongLong(nullptr, hexadecimal));
}

bool Soak::waitFor(const char *what, const std::function<bool()> &condition) const
{
    const bool came = eventually(condition, patienceMs);
    if (!came)
        std::printf("waited in vain: %s; %s, subscriptions %d %d %d %d, complete %d %d, connections %d\n",
                    what, qPrintable(m_client.connectionStateName()), int(m_list.subscriptionState()),
                    int(m_map.subscriptionState()), int(m_document.subscriptionState()),
                    int(m_stream.subscriptionState()), m_list.isComplete(), m_map.isComplete(),
                    m_connections);
    return came;
}

bool Soak::isLive() const
{
    const auto follows = [](const auto &object) {
        return object.subscriptionState() == Sync::SubscriptionState::Established;
    };
    return m_client.connectionState() == SyncClient::ConnectionState::Connected && follows(m_list)
            && follows(m_map) && follows(m_document) && follows(m_stream) && m_list.isComplete()
            && m_map.isComplete();
}

bool Soak::open()
{
    if (!m_server.start(QStringLiteral(SERVER_EXECUTABLE)))
        return false;
    for (const char *kind : { "list", "map" })
        m_server.control(u"seed"_s,
                         { { u"kind"_s, QString::fromLatin1(kind) },
                           { u"uniqueName"_s, QString::fromLatin1(kind) },
                           { u"count"_s, items } });
    const auto openAs = [this](auto &object, const QString &name) {
        object.setClient(&m_client);
        object.setUniqueName(name);
    };
    m_list.setLoadAll(true);
    m_map.setLoadAll(true);
    openAs(m_list, u"list"_s);
    openAs(m_map, u"map"_s);
    openAs(m_document, u"document"_s);
    openAs(m_stream, u"stream"_s);
    m_client.setUrl(m_server.url());
    m_client.setToken(m_server.token(QString::fromLatin1(identity)));
    return waitFor("everything opens", [this] { return isLive(); });
}

bool Soak::fillMemories()
{
    constexpr qsizetype itemCount = 2 * CollectionStore::eventsRemembered + 100;
    constexpr qsizetype messageCount = StreamStore::messagesRemembered + 100;
    SyncClient writer;
    writer.setPaceWrites(false);
    writer.setUrl(m_server.url());
    writer.setToken(m_server.token(u"writer"_s));
    qsizetype removed = 0;
    for (qsizetype i = 0; i < itemCount; ++i)
        writer.lists()->push(u"list"_s, { { u"n"_s, i } }).then(&writer, [&](const SyncListItem &item) {
            writer.lists()->removeItem(u"list"_s, item.index()).then(&writer, [&] { ++removed; });
        });
    qsizetype published = 0;
    for (qsizetype i = 0; i < messageCount; ++i)
        writer.streams()
                ->publishMessage(u"stream"_s, { { u"n"_s, i } })
                .then(&writer, [&](const SyncStreamMessage &) { ++published; });
    return waitFor("items that come and go, and messages", [&] {
        return removed == itemCount && published == messageCount && m_list.count() == items;
    });
}

void Soak::kick() { m_server.control(u"kick"_s, { { u"identity"_s, QString::fromLatin1(identity) } }); }

bool Soak::round(int number)
{
    constexpr int longestMs = 60;
    SyncCollection &collection = number % 2 == 0 ? static_cast<SyncCollection &>(m_list) : m_map;
    [[maybe_unused]] const bool isOldEnough =
            eventually([this] { return m_sinceChange.hasExpired(leastSessionMs); }, int(leastSessionMs));
    const int before = m_connections;
    const bool isAmid = number % 4 >= 2; // the events, not behind them
    if (isAmid)
        QTimer::singleShot(number % longestMs, &m_client, [this] { kick(); });
    const QJsonObject burst = m_server.control(
            u"publish-burst"_s,
            { { u"sid"_s, collection.sid() }, { u"count"_s, eventsARound }, { u"kind"_s, u"update"_s } });
    const int writes = m_writes;
    const auto written = [this](const auto &) { ++m_writes; };
    m_list.push({ { u"n"_s, number } }).then(&m_client, [this](const SyncListItem &item) {
        m_list.remove(item.index()).then(&m_client, [this] { ++m_writes; });
    });
    m_document.set({ { u"n"_s, number } }).then(&m_client, written);
    m_stream.publishMessage({ { u"n"_s, number } }).then(&m_client, written);
    constexpr int writesARound = 3;
    if (!isAmid) {
        if (!waitFor("writes", [&] { return m_writes == writes + writesARound; }))
            return false;
        kick();
    }
    return waitFor("the next connection", [&] { return m_connections > before && isLive(); })
            && waitFor("the newest event",
                       [&] { return hasHeard(collection, burst.value("lastEventId"_L1).toInteger(-1)); })
            && waitFor("writes", [this] { return m_client.pendingWrites() == 0; });
}

bool isFlat(const std::vector<Sample> &samples)
{
    bool isFlat = true;
    std::printf("\n%-16s%12s%12s%12s\n", "", "first third", "second", "last");
    for (const Measure &measure : measures) {
        const auto median = [&](std::size_t third) { return medianOf(samples, measure.value, third); };
        const bool grows = median(2) > median(1) * measure.mostGrowth;
        isFlat = isFlat && !grows;
        std::printf("%-16s%12.2f%12.2f%12.2f%s\n", measure.name, median(0), median(1), median(2),
                    grows ? "  GROWS" : "");
    }
    return isFlat;
}

} // namespace

int main(int argc, char **argv)
{
    watchLivingObjects();
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A client under a stream of events that loses its connection every "
                                     u"other second: memory, descriptors, "
                                     "objects and timers must stay what they are."_s);
    parser.addHelpOption();
    parser.addOption({ u"minutes"_s, u"For how long, 30 if not given."_s, u"N"_s, u"30"_s });
    parser.process(application);
    const double minutes = parser.value(u"minutes"_s).toDouble();
    const int rounds = int(std::lround(minutes * reconnectsAMinute));
    constexpr int leastRounds = 12;
    if (rounds < leastRounds) {
        std::fputs("expected a number of minutes: --minutes N, 0.4 or more\n", stderr);
        return 2;
    }
    Soak soak;
    if (!soak.open() || !soak.fillMemories())
        return 1;
    const qint64 interval = std::lround(minutes * 60'000 / rounds);
    std::vector<Sample> samples;
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer begun;
        begun.start();
        if (!soak.round(i)) {
            std::printf("in round %d\n", i);
            return 1;
        }
        // One that took long is not made up for: in a faster row more would be under way at the end of each.
        [[maybe_unused]] const bool never =
                eventually([] { return false; }, int(std::max<qint64>(1, interval - begun.elapsed())));
        samples.push_back(sampleNow());
    }
    std::printf("%d reconnections, %lld events in %.1f minutes\n", soak.reconnects(),
                static_cast<long long>(soak.told()), double(clock.elapsed()) / 60'000);
    const bool wasFlat = isFlat(samples);
    const bool wasEnough = soak.reconnects() >= rounds && soak.told() >= rounds * eventsToTell;
    if (!wasEnough)
        std::printf("fewer than %d reconnections or %lld events\n", rounds,
                    static_cast<long long>(rounds * eventsToTell));
    return wasFlat && wasEnough ? 0 : 1;
}
