// What a call, an event and an item of a page cost: how often they ask for memory, how often for so much that
// the JSON text fits, which are copies of it, and how many instructions they take, as callgrind counts them.
// From the public class to the bytes of the socket and back; the socket itself is not there. With --baseline
// it fails if any of them has grown.
#include "bench/support/costs.h"
#include "bench/support/allocations.h"
#include "bench/support/instructions.h"
#include "shared/scriptedtransport.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>

#include <cstdio>
#include <functional>
#include <vector>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

//! A client and its service, which answers as the benchmark says; nothing of the service's is counted.
class Scene
{
public:
    //! What is found goes to \a costs; instructions if this runs under callgrind, which writes to \a
    //! countsFile.
    Scene(qsizetype textSize, Bench::Costs &costs, const QString &countsFile)
        : m_text("{\"t\":\"" + QByteArray(textSize - 8, 'x') + "\"}")
        , m_costs(costs)
        , m_countsFile(countsFile)
    {
        ClientPrivate::of(&m_client)->session->channel().setTransportFactory(m_gateway.factory());
        m_client.setUrl(QUrl(u"ws://127.0.0.1:1/v3/wsconnect"_s));
        m_client.setToken(u"token"_s);
        open(document, "ET1");
        open(list, "ES1");
        open(map, "MP1");
        open(stream, "TO1");
    }

    //! False if an object does not open.
    bool start()
    {
        wait([this] { return !m_gateway.socket.isNull(); });
        if (!m_gateway.socket)
            return false;
        m_gateway.accept();
        m_gateway.reply(m_gateway.last("init"));
        return wait([this] {
            answer();
            return isOpen(document) && isOpen(list) && isOpen(map) && isOpen(stream);
        });
    }

    //! \a count runs of \a once, each of which is \a many of what is measured, and what the application's
    //! event loop does about them.
    void measure(const char *name, qint64 count, const std::function<void()> &once, int many = 1)
    {
        for (int i = 0; i < 16; ++i) // what is allocated only at first
            run(once);
        Bench::AllocationCount counting(m_text.size());
        Bench::startCounting();
        m_counting = &counting;
        for (qint64 i = 0; i < count; ++i)
            run(once);
        m_counting = nullptr;
        counting.pause();
        note(name, counting.result(), count * many);
    }
    //! A call, until its answer has come.
    template <typename Call>
    void measureCall(const char *name, qint64 count, Call call)
    {
        measure(name, count, [this, call] {
            auto future = call();
            wait([&] {
                answer();
                return future.isFinished();
            });
        });
    }
    //! An event, from its frame on.
    void measureEvent(const char *name, qint64 count, const std::function<QByteArray(qint64 id)> &payload)
    {
        measure(name, count, [this, payload] {
            QByteArray frame;
            uncounted([&] { frame = eventFrame(payload(++m_eventId)); });
            m_gateway.receiveRaw(frame);
            QCoreApplication::processEvents();
            uncounted([&] { m_gateway.messages.clear(); });
        });
    }
    //! Events that arrive together, before the event loop goes on.
    void measureBurst(const char *name, qint64 count, const std::function<QByteArray(qint64 id)> &payload)
    {
        constexpr int together = 100;
        measure(
                name, qMax<qint64>(1, count / together),
                [this, payload] {
                    std::vector<QByteArray> frames;
                    uncounted([&] {
                        for (int i = 0; i < together; ++i)
                            frames.push_back(eventFrame(payload(++m_eventId)));
                    });
                    for (const QByteArray &frame : frames)
                        m_gateway.receiveRaw(frame);
                    QCoreApplication::processEvents();
                    uncounted([&] {
                        m_gateway.messages.clear();
                        frames = {};
                    });
                },
                together);
    }
    //! Items of a second page of a hundred, in a list that is opened for it.
    void measurePage(qint64 pages)
    {
        qint64 items = 0;
        Bench::AllocationCount counting(m_text.size());
        counting.pause();
        Bench::startCounting();
        Bench::pauseCounting();
        for (qint64 i = 0; i < pages; ++i) {
            SyncList another;
            another.setPageSize(rowsPerPage);
            m_nextPage = "\"second\"";
            open(another, "ES2");
            wait([&] {
                answer();
                return isOpen(another) && another.rowCount() == rowsPerPage;
            });
            m_nextPage = "null";
            m_counting = &counting;
            resume();
            another.fetchMore({});
            wait([&] {
                answer();
                return another.rowCount() > rowsPerPage;
            });
            pause();
            m_counting = nullptr;
            items += another.rowCount() - rowsPerPage;
            another.close();
        }
        note("item of a page", counting.result(), items);
    }

    [[nodiscard]] const QByteArray &text() const { return m_text; }
    [[nodiscard]] SyncValue value() const { return SyncValue::fromCheckedJson(m_text); }

    SyncDocument document;
    SyncList list;
    SyncMap map;
    SyncStream stream;

private:
    static constexpr int rowsPerPage = 100;

    template <typename Handle>
    void open(Handle &handle, const char *sid)
    {
        handle.setMode(SyncClient::OpenMode::OpenExisting);
        handle.setSid(QString::fromLatin1(sid));
        handle.setClient(&m_client);
    }
    template <typename Handle>
    [[nodiscard]] static bool isOpen(const Handle &handle)
    {
        return handle.subscriptionState() == Sync::SubscriptionState::Established;
    }
    template <typename Condition>
    static bool wait(Condition condition)
    {
        QElapsedTimer timer;
        timer.start();
        while (!condition()) {
            if (timer.hasExpired(10'000))
                return false;
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 1);
        }
        return true;
    }
    template <typename Action>
    void uncounted(Action action)
    {
        pause();
        action();
        resume();
    }
    void pause()
    {
        if (!m_counting)
            return;
        m_counting->pause();
        Bench::pauseCounting();
    }
    void resume()
    {
        if (!m_counting)
            return;
        m_counting->resume();
        Bench::resumeCounting();
    }
    [[nodiscard]] static QByteArray eventFrame(const QByteArray &payload)
    {
        return Protocol::encodeFrame(
                R"({"method":"notification","id":"TM1","message_type":"twilio.sync.event"})", payload);
    }
    void run(const std::function<void()> &once)
    {
        once();
        QCoreApplication::processEvents();
    }

    void note(const char *name, const Bench::Allocations &found, qint64 count)
    {
        const auto share = [count](auto sum) { return double(sum) / double(count); };
        m_costs.append({ .operation = QString::fromLatin1(name),
                         .allocations = share(found.count),
                         .copies = share(found.large),
                         .bytes = share(found.bytes) });
        if (Bench::isCounting())
            m_costs.last().instructions = share(Bench::stopCounting(m_countsFile));
    }

    //! Answers what was asked; only the arrival of the replies is counted.
    void answer()
    {
        uncounted([&] {
            const auto frames = m_gateway.sent("message");
            m_gateway.messages.clear();
            for (const SentFrame &frame : frames)
                answer(frame);
        });
    }
    void answer(const SentFrame &frame)
    {
        int status = 200;
        const QByteArray body = bodyFor(frame, status);
        const QByteArray reply = Protocol::encodeFrame(
                R"({"method":"reply","id":")" + frame.field("id")
                        + R"(","status":{"code":200,"status":"OK"},"http_status":{"code":)"
                        + QByteArray::number(status) + R"(,"status":"OK"}})",
                body);
        resume();
        m_gateway.receiveRaw(reply);
        pause();
        if (frame.header.contains("/v4/Subscriptions"))
            establish(frame.payload);
    }
    [[nodiscard]] QByteArray itemJson(const QByteArray &name, qint64 id) const
    {
        return '{' + name + ",\"revision\":\"1\",\"last_event_id\":" + QByteArray::number(id)
                + R"(,"date_created":"2024-05-06T07:12:00.000Z","date_updated":"2024-05-06T07:12:00.000Z",)"
                  R"("date_expires":null)";
    }
    [[nodiscard]] QByteArray bodyFor(const SentFrame &frame, int &status)
    {
        const bool isWrite = !frame.header.contains("\"method\":\"GET\"");
        if (frame.header.contains("/v4/Subscriptions"))
            return "{}";
        for (const char *sid : { "ET1", "ES1", "ES2", "MP1", "TO1" }) {
            if (!frame.header.contains(sid))
                continue;
            if (frame.header.contains("/Messages")) {
                status = 201;
                return "{\"sid\":\"TZ" + QByteArray::number(++m_eventId) + "\"}";
            }
            if (!frame.header.contains("/Items"))
                return itemJson("\"sid\":\"" + QByteArray(sid) + '"', isWrite ? ++m_eventId : 0)
                        + (isWrite ? "}" : ",\"data\":{}}");
            if (isWrite) {
                status = sid[0] == 'E' ? 201 : 200;
                return itemJson(sid[0] == 'E' ? "\"index\":" + QByteArray::number(m_index++)
                                              : QByteArray("\"key\":\"k\""),
                                ++m_eventId)
                        + '}';
            }
            QByteArray items;
            const bool isLarge = frame.header.contains("ES2");
            const int first = frame.header.contains("\"From\"") ? rowsPerPage : 0;
            for (int i = 0; i < (isLarge ? rowsPerPage : 0); ++i)
                items += (i > 0 ? "," : "") + itemJson("\"index\":" + QByteArray::number(first + i), 0)
                        + ",\"data\":" + m_text + '}';
            return "{\"items\":[" + items + R"(],"meta":{"next_token":)" + (isLarge ? m_nextPage : "null")
                    + R"(,"previous_token":null}})";
        }
        status = 404;
        return "{}";
    }
    void establish(const QByteArray &payload)
    {
        const auto body = Protocol::JsonObjectView::parse(payload);
        const auto entries = Protocol::parseJsonArray(body->value("requests").text());
        for (const Protocol::JsonSlice &entry : *entries)
            m_gateway.receive(
                    R"({"method":"notification","id":"TM1","message_type":"twilio.sync.event"})",
                    R"({"event_type":"subscription_established","correlation_id":)"
                            + body->value("correlation_id").text().toByteArray()
                            + R"(,"events":[{"object_sid":)"
                            + Protocol::findJsonMember(entry.text(), "object_sid").text().toByteArray()
                            + R"(,"replay_status":"completed","last_event_id":0}]})");
    }

    const QByteArray m_text;
    Bench::Costs &m_costs;
    const QString m_countsFile;
    ScriptedGateway m_gateway;
    SyncClient m_client;
    Bench::AllocationCount *m_counting = nullptr;
    qint64 m_eventId = 0;
    qint64 m_index = 0;
    //! JSON.
    QByteArray m_nextPage = "null";
};

bool measureAll(qint64 count, qsizetype size, Bench::Costs &costs, const QString &countsFile)
{
    Scene scene(size, costs, countsFile);
    if (!scene.start()) {
        std::printf("the objects did not open\n");
        return false;
    }
    const SyncValue value = scene.value();
    scene.measureCall("push", count, [&] { return scene.list.push(value); });
    scene.measureCall("map set", count, [&] { return scene.map.set(u"k"_s, value); });
    scene.measureCall("document set", count, [&] { return scene.document.set(value); });
    scene.measureCall("publish", count, [&] { return scene.stream.publishMessage(value); });
    const QByteArray rest =
            R"(,"date_created":"2024-05-06T07:12:00.000Z","date_expires":null,"item_revision":"1")";
    qint64 index = 1'000'000;
    scene.measureEvent("event: item added", count, [&](qint64 id) {
        return R"({"event_type":"list_item_added","event":{"id":)" + QByteArray::number(id)
                + R"(,"list_sid":"ES1","list_revision":"1","item_index":)" + QByteArray::number(++index)
                + ",\"item_data\":" + scene.text() + rest + "}}";
    });
    const auto update = [&](qint64 id) {
        return R"({"event_type":"list_item_updated","event":{"id":)" + QByteArray::number(id)
                + R"(,"list_sid":"ES1","list_revision":"1","item_index":)" + QByteArray::number(index)
                + ",\"item_data\":" + scene.text() + rest + "}}";
    };
    scene.measureEvent("event: item updated", count, update);
    scene.measureBurst("event: item updated, 100 together", count, update);
    scene.measureEvent("event: document updated", count, [&](qint64 id) {
        return R"({"event_type":"document_updated","event":{"id":)" + QByteArray::number(id)
                + R"(,"document_sid":"ET1","document_revision":"1","document_data":)" + scene.text() + rest
                + "}}";
    });
    scene.measureEvent("event: message", count, [&](qint64 id) {
        return R"({"event_type":"stream_message_published","event":{"stream_sid":"TO1","message_sid":"TZx)"
                + QByteArray::number(id) + R"(","message_data":)" + scene.text() + "}}";
    });
    scene.measurePage(qMax<qint64>(1, count / 100));
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"operations"_s, u"Operations of each kind."_s, u"N"_s, u"1000"_s },
                        { u"size"_s, u"Bytes of the JSON text."_s, u"N"_s, u"4096"_s },
                        { u"baseline"_s, u"Fails if anything has grown beyond what FILE says."_s, u"FILE"_s },
                        { u"write"_s, u"Writes such a file."_s, u"FILE"_s },
                        { u"counts"_s, u"Prints JSON; callgrind writes to FILE."_s, u"FILE"_s } });
    parser.process(app);
    const qint64 count = parser.value(u"operations"_s).toLongLong();
    const qsizetype size = qMax<qsizetype>(4096, parser.value(u"size"_s).toLongLong());

    Bench::Costs costs;
    if (!measureAll(count, size, costs, parser.value(u"counts"_s)))
        return 1;
    if (parser.isSet(u"counts"_s)) {
        Bench::printJson(costs);
        return 0;
    }
    // Instructions are the same for each of them.
    if (Bench::canCount()
        && !Bench::addInstructions(costs, { u"--operations=100"_s, u"--size=%1"_s.arg(size) }))
        return 1;
    Bench::print(costs, size);
    if (parser.isSet(u"write"_s) && !Bench::write(costs, parser.value(u"write"_s)))
        return 1;
    return parser.isSet(u"baseline"_s) && !Bench::keepsTo(parser.value(u"baseline"_s), costs) ? 1 : 0;
}
