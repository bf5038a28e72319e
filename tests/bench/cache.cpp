// What the cache on the disk is worth, and what it costs: start to the first row and to all rows from it and
// from the service, events with and without one, bytes of the file for each item. Each figure beside its
// counterpart, taken in turn.
#include "bench/support/measure.h"
#include "bench/support/serverprocess.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synccollection_p.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtemporarydir.h>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

constexpr int valueBytes = 300;

// Says how far the events have come.
class WatchedList : public SyncList
{
public:
    [[nodiscard]] qint64 lastEventId() const { return collection()->collection()->root().lastEventId; }
};

double median(QList<double> values)
{
    std::sort(values.begin(), values.end());
    return values.value(values.size() / 2);
}

//! A client of the server, with a cache in \a folder unless that is empty, and its list.
struct Side
{
    Side(const Bench::ServerProcess &server, const QString &sid, const QString &folder)
    {
        client.setUrl(server.url());
        client.setCachePath(folder);
        client.setToken(server.token(u"bench"_s));
        list.setPageSize(100);
        list.setLoadAll(true);
        list.setMode(SyncClient::OpenMode::OpenExisting);
        list.setSid(sid);
        list.setClient(&client);
    }
    [[nodiscard]] bool isReady(qint64 count) const
    {
        return list.isComplete() && list.rowCount() == count
                && list.subscriptionState() == Sync::SubscriptionState::Established;
    }

    SyncClient client;
    WatchedList list;
};

QString seed(Bench::ServerProcess &server, qint64 count)
{
    return server
            .control(u"seed"_s,
                     { { u"kind"_s, u"list"_s }, { u"count"_s, count }, { u"bytes"_s, valueBytes } })
            .value("sid"_L1)
            .toString();
}

//! Milliseconds to the first row, and to all of them.
std::pair<double, double> start(const Bench::ServerProcess &server, const QString &sid, const QString &folder,
                                qint64 count)
{
    QElapsedTimer elapsed;
    elapsed.start();
    const auto passed = [&elapsed] { return double(elapsed.nsecsElapsed()) / 1e6; };
    Side side(server, sid, folder);
    Bench::runUntil([&] { return side.list.rowCount() > 0; });
    const double first = passed();
    Bench::runUntil([&] { return side.list.rowCount() == count; });
    return { first, passed() };
}

bool measureStart(qint64 count, int rounds)
{
    Bench::ServerProcess server;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)))
        return false;
    const QTemporaryDir folder;
    const QString sid = seed(server, count);
    qint64 size = 0;
    {
        Side side(server, sid, folder.path());
        if (!Bench::runUntil([&] { return side.isReady(count); }))
            return false;
    }
    QList<double> cachedFirst;
    QList<double> cachedAll;
    QList<double> servedFirst;
    QList<double> servedAll;
    for (int round = 0; round < rounds; ++round) {
        const auto [first, all] = start(server, sid, folder.path(), count);
        cachedFirst << first;
        cachedAll << all;
        const auto [firstOfServer, allOfServer] = start(server, sid, {}, count);
        servedFirst << firstOfServer;
        servedAll << allOfServer;
    }
    {
        Side side(server, sid, folder.path());
        Bench::runUntil([&] { return side.client.cacheSize() > 0; });
        size = side.client.cacheSize();
    }
    std::printf("start, %8lld items: first row %8.1f ms from the cache, %8.1f from the service (%.2f x); "
                "all rows %9.1f, %9.1f (%.2f x); file %.0f bytes an item of %d\n",
                static_cast<long long>(count), median(cachedFirst), median(servedFirst),
                median(servedFirst) / median(cachedFirst), median(cachedAll), median(servedAll),
                median(servedAll) / median(cachedAll), double(size) / double(count), valueBytes);
    std::fflush(stdout);
    return true;
}

//! Seconds for \a events updates of a list's items.
double ingest(Bench::ServerProcess &server, const QString &folder, qint64 events)
{
    const QString sid = seed(server, 1000);
    Side side(server, sid, folder);
    if (!Bench::runUntil([&] { return side.isReady(1000); }))
        return 0;
    const qint64 before = side.list.lastEventId();
    QElapsedTimer elapsed;
    QObject::connect(&side.list, &SyncList::dataChanged, &side.client, [&elapsed] {
        if (!elapsed.isValid())
            elapsed.start(); // the server prepares the burst
    });
    server.control(u"publish-burst"_s,
                   { { u"sid"_s, sid },
                     { u"kind"_s, u"update"_s },
                     { u"count"_s, events },
                     { u"bytes"_s, valueBytes },
                     { u"prepared"_s, true } });
    Bench::runUntil([&] { return side.list.lastEventId() >= before + events; });
    return double(elapsed.nsecsElapsed()) / 1e9;
}

bool measureEvents(qint64 events, int rounds)
{
    Bench::ServerProcess server;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)))
        return false;
    QList<double> with;
    QList<double> without;
    for (int round = 0; round < rounds; ++round) {
        const QTemporaryDir folder;
        with << ingest(server, folder.path(), events);
        without << ingest(server, {}, events);
    }
    std::printf("events, %lld updates of %d bytes: %.0f a second with a cache, %.0f without (%.2f x)\n",
                static_cast<long long>(events), valueBytes, double(events) / median(with),
                double(events) / median(without), median(without) / median(with));
    return median(with) > 0 && median(without) > 0;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"most"_s, u"Items of the largest list."_s, u"N"_s, u"1000000"_s },
                        { u"events"_s, u"Events of a burst."_s, u"N"_s, u"100000"_s },
                        { u"rounds"_s, u"Of each figure, which is their median."_s, u"N"_s, u"5"_s } });
    parser.process(app);
    const int rounds = parser.value(u"rounds"_s).toInt();
    bool ok = measureEvents(parser.value(u"events"_s).toLongLong(), rounds);
    for (qint64 count = 1000; ok && count <= parser.value(u"most"_s).toLongLong(); count *= 10)
        ok = measureStart(count, count >= 1'000'000 ? 1 : rounds);
    return ok ? 0 : 1;
}
