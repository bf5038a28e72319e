// What orderedWrites costs: pushes a second to one list, all asked for at once, with it and without, on a
// line of no delay and on a long one. Prints figures; fails on pushes that do, and on ordered ones that are
// out of order.
#include "bench/support/delayedlink.h"
#include "bench/support/serverprocess.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfuture.h>
#include <QtCore/quuid.h>

#include <algorithm>
#include <cstdio>
#include <optional>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

// Pushes a second of \a count; nothing if any of them fails.
std::optional<double> pushes(SyncClient &client, bool isOrdered, int count)
{
    SyncList list;
    list.setOrderedWrites(isOrdered);
    list.setUniqueName(QUuid::createUuid().toString(QUuid::Id128));
    list.setClient(&client);
    if (!Bench::runUntil([&] { return list.subscriptionState() == Sync::SubscriptionState::Established; }))
        return {};
    QList<QFuture<SyncListItem>> calls;
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < count; ++i)
        calls.append(
                list.push(QVariantMap { { u"n"_s, i }, { u"title"_s, u"an item of some fifty bytes"_s } }));
    const bool isDone = Bench::runUntil([&] {
        return std::all_of(calls.cbegin(), calls.cend(), [](const auto &call) { return call.isFinished(); });
    });
    const double seconds = double(timer.nsecsElapsed()) / 1e9;
    if (!isDone)
        return {};
    qint64 last = -1;
    for (const auto &call : std::as_const(calls)) {
        if (call.isCanceled() || call.resultCount() == 0)
            return {};
        const qint64 index = call.result().index();
        if (isOrdered && index <= last)
            return {};
        last = index;
    }
    return double(count) / seconds;
}

bool compare(const Bench::ServerProcess &server, std::chrono::milliseconds roundTrip, int overlapping,
             int ordered)
{
    std::optional<Bench::DelayedLink> link;
    if (roundTrip.count() > 0)
        link.emplace(server.url(), roundTrip);
    SyncClient client;
    client.setPaceWrites(false);
    client.setUrl(link ? link->url() : server.url());
    client.setToken(server.token(u"bench"_s));
    const auto without = pushes(client, false, overlapping);
    const auto with = pushes(client, true, ordered);
    if (!without || !with)
        return false;
    std::printf(
            "round trip %2lld ms more: %7.0f pushes/s, ordered %6.0f pushes/s: %.1f times as many without\n",
            static_cast<long long>(roundTrip.count()), *without, *with, *without / *with);
    std::fflush(stdout);
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"pushes"_s, u"Pushes of each part, a tenth of them on a long line in order."_s,
                          u"N"_s, u"5000"_s } });
    parser.process(app);
    const int count = std::max(10, parser.value(u"pushes"_s).toInt());

    Bench::ServerProcess server;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)))
        return 1;
    using namespace std::chrono_literals;
    if (compare(server, 0ms, count, count) && compare(server, 20ms, count, count / 10))
        return 0;
    std::printf("not all pushes came about in order\n");
    return 1;
}
