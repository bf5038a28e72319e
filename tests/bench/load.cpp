// What twilio-sync-server bears: events a second to many subscribers, how long a write takes meanwhile, what
// connections and subscriptions cost in memory, and whether a thousand connections hold over minutes. Prints
// figures; fails on events that are lost or misplaced, on connections that end and on memory that grows.
#include "bench/support/listsubscriber.h"
#include "bench/support/memory.h"
#include "bench/support/probe.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>

#include <cstdio>
#include <memory>
#include <vector>

#include <sys/resource.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Bench::ListSubscriber;
using Bench::ServerProcess;

namespace {

// Calls of the writer that are under way at a time.
constexpr int window = 16;

using Subscribers = std::vector<std::unique_ptr<ListSubscriber>>;

// Writes items of one map, as fast as it is answered or when it is told to.
class Writer
{
public:
    bool open(const ServerProcess &server)
    {
        if (!m_client.open(server.url(), server.token(u"writer"_s)))
            return false;
        m_sid = m_client.rest(u"POST"_s, u"/v3/Maps"_s, "{}").body.value("sid"_L1).toString();
        // Replies only.
        m_client.socket().disconnect(&m_client);
        QObject::connect(&m_client.socket(), &QWebSocket::binaryMessageReceived, &m_client,
                         [this](const QByteArray &message) {
                             if (!message.contains("\"http_status\":{\"code\":20"))
                                 return;
                             ++m_answered;
                             if (m_sent < m_count)
                                 writeOne();
                         });
        return !m_sid.isEmpty();
    }
    void start(qint64 count)
    {
        m_count = m_sent + count;
        while (m_sent < m_count && m_sent < m_answered + window)
            writeOne();
    }
    // The items are few: what is held must not grow.
    void writeOne()
    {
        m_client.sendFrame(
                { { u"method"_s, u"message"_s },
                  { u"id"_s, u"W%1"_s.arg(m_sent) },
                  { u"http_request"_s,
                    QJsonObject {
                            { u"method"_s, u"PUT"_s },
                            { u"path"_s, u"/v3/Maps/%1/Items/k%2"_s.arg(m_sid).arg(m_sent % 100) } } } },
                "{\"data\":{\"n\":" + QByteArray::number(m_sent)
                        + ",\"title\":\"an item of some fifty bytes or so\"}}");
        ++m_sent;
    }
    [[nodiscard]] QByteArray sid() const { return m_sid.toLatin1(); }
    [[nodiscard]] qint64 sent() const { return m_sent; }
    [[nodiscard]] bool isAnswered() const { return m_answered == m_sent; }

private:
    RawClient m_client;
    QString m_sid;
    qint64 m_sent = 0;
    qint64 m_count = 0;
    qint64 m_answered = 0;
};

bool open(Subscribers &subscribers, const ServerProcess &server, int count)
{
    for (int i = 0; i < count; ++i) {
        subscribers.push_back(std::make_unique<ListSubscriber>());
        if (!subscribers.back()->open(server, u"reader %1"_s.arg(i)))
            return false;
    }
    return true;
}

bool subscribe(const Subscribers &subscribers, const QByteArray &sid)
{
    return std::all_of(subscribers.cbegin(), subscribers.cend(),
                       [&](const auto &subscriber) { return subscriber->subscribe(sid, "map"); });
}

bool haveAll(const Subscribers &subscribers, qint64 events)
{
    return std::all_of(subscribers.cbegin(), subscribers.cend(),
                       [&](const auto &subscriber) { return subscriber->seen() >= events; });
}

// Prints what went wrong; true if nothing did.
bool isWhole(const Subscribers &subscribers, qint64 events)
{
    qint64 lost = 0;
    qint64 misplaced = 0;
    qint64 ended = 0;
    for (const auto &subscriber : subscribers) {
        lost += events - subscriber->seen();
        misplaced += subscriber->misplaced();
        ended += subscriber->isLost() ? 1 : 0;
    }
    std::printf("    events lost %lld, misplaced %lld, connections ended %lld\n",
                static_cast<long long>(lost), static_cast<long long>(misplaced),
                static_cast<long long>(ended));
    return lost == 0 && misplaced == 0 && ended == 0;
}

bool fanOut(int subscriberCount, qint64 deliveries)
{
    ServerProcess server;
    Writer writer;
    Subscribers subscribers;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)) || !writer.open(server)
        || !open(subscribers, server, subscriberCount) || !subscribe(subscribers, writer.sid()))
        return false;
    const qint64 events = std::clamp<qint64>(deliveries / subscriberCount, 20, 40'000);
    Bench::Probe probe(server);
    probe.start();
    const double workBefore = Bench::processWork(server.pid());
    QElapsedTimer timer;
    timer.start();
    writer.start(events);
    Bench::runUntil([&] { return writer.isAnswered() && haveAll(subscribers, events); });
    const double seconds = double(timer.elapsed()) / 1000;
    const double work = Bench::processWork(server.pid()) - workBefore;
    probe.finish();
    std::printf("%d subscribers: %.0f events/s, %.0f deliveries/s (%.1f us of the server's work each); a "
                "write meanwhile: median %.1f ms, p99 %.1f "
                "ms of %lld\n",
                subscriberCount, double(events) / seconds, double(events) * subscriberCount / seconds,
                work * 1e6 / (double(events) * subscriberCount), probe.quantile(0.5), probe.quantile(0.99),
                static_cast<long long>(probe.count()));
    return isWhole(subscribers, events);
}

bool memory(int connections, int objects)
{
    ServerProcess server;
    RawClient maker;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE))
        || !maker.open(server.url(), server.token(u"maker"_s)))
        return false;
    QByteArray requests;
    for (int i = 0; i < objects; ++i) {
        const QString sid = maker.rest(u"POST"_s, u"/v3/Documents"_s, "{}").body.value("sid"_L1).toString();
        requests += (i > 0 ? "," : "") + QByteArray(R"({"object_sid":")") + sid.toLatin1()
                + R"(","object_type":"document"})";
    }
    const auto resident = [&] { return Bench::processMemory("VmRSS:", server.pid()) * 1024; };
    const double before = resident();
    Subscribers clients;
    if (!open(clients, server, connections))
        return false;
    const double open = resident();
    for (const auto &client : clients) {
        if (!client->ask(R"({"action":"establish","correlation_id":1,"requests":[)" + requests + "]}")
            || client->client().notification(u"subscription_established"_s).payload.isEmpty())
            return false;
    }
    const double subscribed = resident();
    std::printf("memory: %.1f KiB a connection that is idle (%d of them), %.0f bytes a subscription (%d)\n",
                (open - before) / connections, connections,
                (subscribed - open) * 1024 / (double(connections) * objects), connections * objects);
    return true;
}

// All connections are held and told of ten events a second.
bool hold(int connections, double minutes)
{
    ServerProcess server;
    Writer writer;
    Subscribers subscribers;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)) || !writer.open(server)
        || !open(subscribers, server, connections) || !subscribe(subscribers, writer.sid()))
        return false;
    QTimer pace;
    QObject::connect(&pace, &QTimer::timeout, &pace, [&] { writer.writeOne(); });
    pace.start(100ms);
    QElapsedTimer timer;
    timer.start();
    const qint64 whole = qint64(minutes * 60'000);
    const auto resident = [&] { return Bench::processMemory("VmRSS:", server.pid()); };
    QList<double> samples; // of every tenth part
    QTimer sample;
    QObject::connect(&sample, &QTimer::timeout, &sample, [&] {
        samples.append(resident());
        std::printf("    after %.1f min: %.1f MiB, %lld events\n", double(timer.elapsed()) / 60'000,
                    samples.last(), static_cast<long long>(writer.sent()));
        std::fflush(stdout);
    });
    std::printf("%d connections for %.1f minutes:\n", connections, minutes);
    sample.start(int(whole / 10));
    QEventLoop loop;
    QTimer::singleShot(int(whole + whole / 20), &loop, &QEventLoop::quit);
    loop.exec();
    pace.stop();
    sample.stop();
    Bench::runUntil([&] { return writer.isAnswered() && haveAll(subscribers, writer.sent()); });
    // The log of the map is full after the first part of a long run.
    const double growth = samples.isEmpty() ? 0 : samples.last() - samples.value(samples.size() / 2);
    const bool isFlat = growth < 1 + 0.02 * samples.value(0);
    std::printf("    memory in the second half: %+.1f MiB, %s\n", growth, isFlat ? "flat" : "GROWING");
    return isWhole(subscribers, writer.sent()) && isFlat;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"deliveries"_s, u"Events times subscribers of each part."_s, u"N"_s, u"400000"_s },
                        { u"connections"_s, u"Connections that are counted and held."_s, u"N"_s, u"1000"_s },
                        { u"minutes"_s, u"How long they are held; 0 leaves that out."_s, u"N"_s, u"0"_s } });
    parser.process(app);
    rlimit files = {};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }

    const qint64 deliveries = parser.value(u"deliveries"_s).toLongLong();
    const int connections = parser.value(u"connections"_s).toInt();
    const double minutes = parser.value(u"minutes"_s).toDouble();
    bool ok = true;
    for (const int subscribers : { 1, 100, 1000 }) {
        if (subscribers <= connections)
            ok = fanOut(subscribers, deliveries) && ok;
        std::fflush(stdout);
    }
    ok = memory(connections, 100) && ok;
    if (minutes > 0)
        ok = hold(connections, minutes) && ok;
    return ok ? 0 : 1;
}
