// How long is the event loop of an application held while events arrive as fast as they can, and does a
// ListView still scroll smoothly? The server has a process of its own.
#include "bench/support/memory.h"
#include "bench/support/pacedwriter.h"
#include "bench/support/scene.h"
#include "bench/support/serverprocess.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synccollection_p.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qelapsedtimer.h>
#include <QtGui/qguiapplication.h>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

constexpr int valueBytes = 120;

// Says how far the events have come.
class WatchedList : public SyncList
{
public:
    [[nodiscard]] qint64 lastEventId() const { return collection()->collection()->root().lastEventId; }
};

enum class Change : quint8 { Add, Update, Mixed };

// As publish-burst calls it.
QString kindOf(Change change)
{
    return change == Change::Add ? u"add"_s : change == Change::Update ? u"update"_s : u"mixed"_s;
}

struct Scenario
{
    const char *name;
    Change changes;
    Qt::SortOrder order;
    bool isShown;
};

class HoldBench
{
public:
    HoldBench(Bench::ServerProcess &server, SyncClient &client) : m_server(server), m_client(client) { }

    //! False if anything does not come about.
    bool burst(const Scenario &scenario, qint64 events)
    {
        WatchedList list;
        const auto scene = open(list, scenario.order, scenario.isShown);
        if (!list.isComplete() || (scenario.isShown && !scene))
            return false;
        Bench::HoldMeter meter;
        // The server takes its time to prepare the burst; what counts begins with the first change.
        const auto begin = [&] {
            meter.start();
            if (scene)
                scene->frames().start();
        };
        if (scenario.changes == Change::Update)
            QObject::connect(&list, &WatchedList::dataChanged, &meter, begin, Qt::SingleShotConnection);
        else
            QObject::connect(&list, &WatchedList::rowsInserted, &meter, begin, Qt::SingleShotConnection);
        const qint64 before = list.lastEventId();
        const QJsonObject answer = m_server.control(u"publish-burst"_s,
                                                    { { u"sid"_s, list.sid() },
                                                      { u"kind"_s, kindOf(scenario.changes) },
                                                      { u"count"_s, events },
                                                      { u"bytes"_s, valueBytes },
                                                      { u"prepared"_s, true } });
        const bool done = Bench::runUntil([&] { return list.lastEventId() >= before + events; });
        meter.stop();
        const double startedMs = answer.value("started"_L1).toDouble();
        const double seconds = (double(QDateTime::currentMSecsSinceEpoch()) - startedMs) / 1000;
        std::printf("%-34s%9.0f events/s  hold %s", scenario.name, double(events) / seconds,
                    meter.gaps().text().constData());
        if (scene)
            std::printf("  frames %s", scene->frames().text().constData());
        std::printf("\n");
        std::fflush(stdout);
        return done;
    }

    //! Events at a steady rate while the view is flung up and down.
    bool fling(qint64 eventsPerSecond, Change changes, int seconds)
    {
        WatchedList list;
        const auto scene = open(list, Qt::AscendingOrder, true);
        if (!scene)
            return false;
        Bench::PacedWriter writer(
                m_server.controlUrl(u"publish-burst"_s),
                { { u"sid"_s, list.sid() }, { u"kind"_s, kindOf(changes) }, { u"bytes"_s, valueBytes } },
                eventsPerSecond);
        const qint64 before = list.lastEventId();
        Bench::HoldMeter meter;
        scene->setFlinging(true);
        scene->frames().start();
        meter.start();
        QElapsedTimer elapsed;
        elapsed.start();
        Bench::runUntil([&] { return elapsed.elapsed() >= seconds * 1000; });
        const double took = double(elapsed.elapsed()) / 1000;
        meter.stop();
        const Bench::Intervals frames = scene->frames();
        scene->setFlinging(false);
        std::printf("flung, %5lld %-22s%9.0f events/s  hold %s  frames %s, %.1f a second\n",
                    static_cast<long long>(eventsPerSecond), qPrintable(kindOf(changes)),
                    double(list.lastEventId() - before) / took, meter.gaps().text().constData(),
                    frames.text().constData(), double(frames.count()) / took);
        std::fflush(stdout);
        return true;
    }

private:
    // A list of a thousand items, all of them loaded; and a window on it if it is to be shown.
    std::unique_ptr<Bench::Scene> open(WatchedList &list, Qt::SortOrder order, bool isShown)
    {
        const QJsonObject seeded = m_server.control(
                u"seed"_s, { { u"kind"_s, u"list"_s }, { u"count"_s, 1000 }, { u"bytes"_s, valueBytes } });
        list.setValueRoles(Bench::sceneFields());
        list.setOrder(order);
        list.setPageSize(100);
        list.setLoadAll(true);
        list.setMode(SyncClient::OpenMode::OpenExisting);
        list.setSid(seeded.value("sid"_L1).toString());
        list.setClient(&m_client);
        const bool isOpen = Bench::runUntil([&] {
            return list.status() == Sync::Status::Failed
                    || (list.isComplete()
                        && list.subscriptionState() == Sync::SubscriptionState::Established);
        });
        if (!isOpen || !list.isComplete()) {
            std::printf("the list does not open: %s\n", qPrintable(list.error().message()));
            return nullptr;
        }
        return isShown ? Bench::Scene::show(QStringLiteral(SCENE_FILE), &list) : nullptr;
    }

    Bench::ServerProcess &m_server;
    SyncClient &m_client;
};

bool run(Bench::ServerProcess &server, qint64 events, qint64 rate, int seconds)
{
    SyncClient client;
    client.setUrl(server.url());
    client.setToken(server.token(u"bench"_s));
    HoldBench bench(server, client);
    static constexpr std::array scenarios {
        Scenario { "added, no view", Change::Add, Qt::AscendingOrder, false },
        Scenario { "added, below what is shown", Change::Add, Qt::AscendingOrder, true },
        Scenario { "added, newest first", Change::Add, Qt::DescendingOrder, true },
        Scenario { "updated, no view", Change::Update, Qt::AscendingOrder, false },
        Scenario { "updated, shown", Change::Update, Qt::AscendingOrder, true },
        Scenario { "added and updated in turn, shown", Change::Mixed, Qt::AscendingOrder, true },
    };
    std::printf("%lld events at full speed\n", static_cast<long long>(events));
    for (const Scenario &scenario : scenarios) {
        if (!bench.burst(scenario, events))
            return false;
    }
    std::printf("flung up and down for %d s\n", seconds);
    return bench.fling(0, Change::Add, seconds) && bench.fling(rate, Change::Add, seconds)
            && bench.fling(rate, Change::Update, seconds);
}

} // namespace

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"events"_s, u"Events of a burst."_s, u"N"_s, u"100000"_s },
                        { u"rate"_s, u"Events a second while the view is flung."_s, u"N"_s, u"20000"_s },
                        { u"seconds"_s, u"How long it is flung."_s, u"N"_s, u"5"_s } });
    parser.process(app);

    Bench::ServerProcess server;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)))
        return 1;
    if (!run(server, parser.value(u"events"_s).toLongLong(), parser.value(u"rate"_s).toLongLong(),
             parser.value(u"seconds"_s).toInt())) {
        std::printf("not all came\n");
        return 1;
    }
    std::printf("client memory %.0f MiB, at most %.0f\n", Bench::processMemory("VmRSS:"),
                Bench::processMemory("VmHWM:"));
    return 0;
}
