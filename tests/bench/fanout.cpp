// One writer, many subscribers of one list on twilio-sync-server: is every event delivered, in order, how
// fast, and what does it cost the server in memory? Prints figures; fails only on a lost or misplaced event.
#include "bench/support/listsubscriber.h"
#include "bench/support/memory.h"
#include "bench/support/serverprocess.h"
#include "shared/eventually.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>

#include <cstdio>
#include <vector>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

// Calls of the writer that are under way at a time.
constexpr int window = 64;

struct Figures
{
    double seconds = 0;
    qint64 delivered = 0;
    qint64 misplaced = 0;
};

std::optional<Figures> run(const Bench::ServerProcess &server, int subscriberCount, int eventCount)
{
    RawClient writer;
    if (!writer.open(server.url(), server.token(u"writer"_s)))
        return std::nullopt;
    const QString sid = writer.rest(u"POST"_s, u"/v3/Lists"_s, "{}").body.value("sid"_L1).toString();
    std::vector<std::unique_ptr<Bench::ListSubscriber>> subscribers;
    for (int i = 0; i < subscriberCount; ++i) {
        subscribers.push_back(std::make_unique<Bench::ListSubscriber>());
        if (!subscribers.back()->open(server, u"reader %1"_s.arg(i))
            || !subscribers.back()->subscribe(sid.toLatin1(), "list"))
            return std::nullopt;
    }

    QElapsedTimer timer;
    timer.start();
    int sent = 0;
    int answered = 0;
    const auto sendOne = [&] {
        writer.sendFrame({ { u"method"_s, u"message"_s },
                           { u"id"_s, u"W%1"_s.arg(sent) },
                           { u"http_request"_s,
                             QJsonObject { { u"method"_s, u"POST"_s },
                                           { u"path"_s, u"/v3/Lists/%1/Items"_s.arg(sid) } } } },
                         "{\"data\":{\"n\":" + QByteArray::number(sent)
                                 + ",\"title\":\"an item of some fifty bytes or so\"}}");
        ++sent;
    };
    QObject::connect(&writer, &RawClient::received, &writer, [&](const QByteArray &message) {
        if (!message.contains("\"method\":\"reply\""))
            return;
        ++answered;
        if (sent < eventCount)
            sendOne();
    });
    for (int i = 0; i < std::min(window, eventCount); ++i)
        sendOne();

    Figures figures;
    const auto all = [&] {
        figures.delivered = 0;
        for (const auto &subscriber : subscribers)
            figures.delivered += subscriber->seen();
        return answered == eventCount && figures.delivered == qint64(eventCount) * subscriberCount;
    };
    const bool done = eventually(all, 600'000);
    figures.seconds = double(timer.elapsed()) / 1000;
    for (const auto &subscriber : subscribers)
        figures.misplaced += subscriber->misplaced();
    if (!done)
        std::printf("not all came: %d of %d calls answered\n", answered, eventCount);
    return figures;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"subscribers"_s, u"Clients subscribed to the list."_s, u"N"_s, u"100"_s },
                        { u"events"_s, u"Items the writer adds."_s, u"N"_s, u"20000"_s } });
    parser.process(app);
    const int subscriberCount = parser.value(u"subscribers"_s).toInt();
    const int eventCount = parser.value(u"events"_s).toInt();

    Bench::ServerProcess server;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)))
        return 1;
    const double before = Bench::processMemory("VmRSS:", server.pid());
    const auto figures = run(server, subscriberCount, eventCount);
    const double after = Bench::processMemory("VmRSS:", server.pid());
    const double peak = Bench::processMemory("VmHWM:", server.pid());
    if (!figures) {
        std::printf("the clients do not get in\n");
        return 1;
    }

    const qint64 expected = qint64(eventCount) * subscriberCount;
    std::printf("subscribers          %d\n", subscriberCount);
    std::printf("events               %d\n", eventCount);
    std::printf("delivered            %lld of %lld\n", static_cast<long long>(figures->delivered),
                static_cast<long long>(expected));
    std::printf("out of order         %lld\n", static_cast<long long>(figures->misplaced));
    std::printf("time                 %.2f s\n", figures->seconds);
    std::printf("events/s             %.0f\n", eventCount / figures->seconds);
    std::printf("deliveries/s         %.0f\n", double(figures->delivered) / figures->seconds);
    std::printf("server memory        %.1f MiB before, %.1f after, %.1f at most\n", before, after, peak);
    return figures->delivered == expected && figures->misplaced == 0 ? 0 : 1;
}
