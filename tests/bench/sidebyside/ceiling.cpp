#include "bench/sidebyside/ceiling.h"

#include "shared/eventually.h"
#include "TwilioSync/protocol/clientmessage.h"

#include <QtWebSockets/qwebsocket.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace Bench {
namespace {

constexpr int pageSize = 100;
constexpr char reply[] = "\"method\":\"reply\"";

// The beginning of a frame: its header names what it is.
QByteArrayView headOf(const QByteArray &frame)
{
    return QByteArrayView(frame).first(std::min<qsizetype>(frame.size(), 300));
}

class BareClient
{
public:
    explicit BareClient(const Task &task) : m_task(task) { }

    QWebSocket socket;
    //! Each frame that comes once the session is there.
    std::function<void(const QByteArray &)> heard;

    bool open()
    {
        QObject::connect(&socket, &QWebSocket::binaryMessageReceived, &socket,
                         [this](const QByteArray &frame) {
                             if (heard)
                                 heard(frame);
                         });
        return connectAgain();
    }
    bool connectAgain()
    {
        socket.open(m_task.url);
        if (!eventually([this] { return socket.state() == QAbstractSocket::ConnectedState; }, patience))
            return false;
        return ask(Protocol::encodeInit(nextId(), { m_task.token, {}, "{}" }));
    }
    //! Sends \a request and waits for its reply.
    bool ask(const QByteArray &request)
    {
        bool isAnswered = false;
        answer.clear();
        heard = [&](const QByteArray &frame) {
            if (headOf(frame).contains(reply)) {
                answer = frame;
                isAnswered = true;
            }
        };
        socket.sendBinaryMessage(request);
        const bool ok = eventually([&] { return isAnswered; }, patience);
        heard = {};
        return ok && headOf(answer).contains("\"code\":200");
    }
    //! To what happens from now on: without an event's id nothing of before is told.
    bool subscribe(const std::vector<std::pair<QByteArray, QByteArray>> &objects)
    {
        QByteArray requests;
        for (const auto &[sid, kind] : objects)
            requests += (requests.isEmpty() ? "" : ",") + QByteArray(R"({"object_sid":")") + sid
                    + R"(","object_type":")" + kind + R"("})";
        const QByteArray body = R"({"event_protocol_version":4,"action":"establish","correlation_id":1,)"
                                R"("retried_requests":0,"ttl_in_s":-1,"requests":[)"
                + requests + "]}";
        bool isEstablished = false;
        bool isAnswered = false;
        const QByteArray call = request("POST", "/v4/Subscriptions", body);
        heard = [&](const QByteArray &frame) {
            isAnswered = isAnswered || headOf(frame).contains(reply);
            isEstablished = isEstablished || frame.contains("subscription_established");
        };
        socket.sendBinaryMessage(call);
        const bool ok = eventually([&] { return isAnswered && isEstablished; }, patience);
        heard = {};
        return ok;
    }
    //! A tunnelled call, ready to be sent.
    [[nodiscard]] QByteArray request(const char *method, const QByteArray &pathAndQuery,
                                     const QByteArray &body = {})
    {
        RestRequest rest { method, QUrl::fromEncoded("https://cds.us1.twilio.com" + pathAndQuery), {}, body };
        addServiceHeaders(rest);
        return Protocol::encodeMessage(nextId(), rest);
    }

    QByteArray answer;

private:
    [[nodiscard]] QByteArray nextId()
    {
        return "TM" + QByteArray::number(++m_lastId).rightJustified(32, '0');
    }

    const Task m_task;
    int m_lastId = 0;
};

class Ceiling
{
public:
    explicit Ceiling(const Task &task) : m_task(task), m_client(task) { }

    bool run()
    {
        if (!m_client.open())
            return false;
        if (m_task.work == "ingest"_L1)
            return ingest();
        if (m_task.work == "latency"_L1)
            return latency();
        if (m_task.work == "load"_L1)
            return load();
        if (m_task.work == "pushes"_L1)
            return pushes();
        if (m_task.work == "push"_L1)
            return push();
        if (m_task.work == "make"_L1)
            return make();
        if (m_task.work == "open"_L1)
            return openObjects(false);
        return m_task.work == "reopen"_L1 && openObjects(true);
    }

private:
    bool subscribeToList(BareClient &client)
    {
        return client.subscribe({ { m_task.sid.toLatin1(), "list" } });
    }
    [[nodiscard]] QByteArray itemsPath() const { return "/v3/Lists/" + m_task.sid.toLatin1() + "/Items"; }

    // On as many connections as there are to be.
    bool ingest()
    {
        std::vector<std::unique_ptr<BareClient>> more;
        for (int i = 1; i < m_task.connections; ++i) {
            if (!more.emplace_back(std::make_unique<BareClient>(m_task))->open()
                || !subscribeToList(*more.back()))
                return false;
        }
        if (!subscribeToList(m_client))
            return false;
        qint64 events = 0;
        const auto count = [&](const QByteArray &frame) { events += frame.size() > m_task.bytes ? 1 : 0; };
        m_client.heard = count;
        for (const auto &client : more)
            client->heard = count;
        const Stopwatch watch;
        tellReady();
        if (!eventually([&] { return events >= m_task.count * m_task.connections; }, patience))
            return false;
        tellDone(watch);
        return true;
    }

    bool latency()
    {
        if (!subscribeToList(m_client))
            return false;
        QList<double> delays;
        m_client.heard = [&](const QByteArray &frame) {
            constexpr QByteArrayView name("\"t\":");
            if (const qsizetype at = frame.indexOf(name); at >= 0)
                delays.append(wallClock() - std::strtod(frame.constData() + at + name.size(), nullptr));
        };
        const Stopwatch watch;
        tellReady();
        if (!eventually([&] { return delays.size() >= m_task.count; }, patience))
            return false;
        tellDone(watch, quantiles(delays));
        return true;
    }

    // Each page is asked for when the one before has come.
    bool load()
    {
        std::vector<QByteArray> requests;
        for (qint64 from = 0; from < m_task.count; from += pageSize)
            requests.push_back(m_client.request("GET",
                                                itemsPath() + "?HideExpired=true&Order=asc&From="
                                                        + QByteArray::number(from) + "&PageSize=100"));
        std::size_t pages = 0;
        m_client.heard = [&](const QByteArray &) {
            if (++pages < requests.size())
                m_client.socket.sendBinaryMessage(requests[pages]);
        };
        tellReady();
        const Stopwatch watch;
        m_client.socket.sendBinaryMessage(requests[0]);
        if (!eventually([&] { return pages == requests.size(); }, patience))
            return false;
        tellDone(watch);
        return true;
    }

    [[nodiscard]] QByteArray pushRequest(BareClient &client) const
    {
        const QByteArray pad(std::max(0, m_task.bytes - 16), 'x');
        return client.request("POST", itemsPath(), R"({"data":{"n":1,"pad":")" + pad + "\"}}");
    }
    // By as many connections as there are to be, each of which has a hundred under way.
    bool pushes()
    {
        struct Pusher
        {
            std::unique_ptr<BareClient> client;
            std::vector<QByteArray> requests;
            std::size_t sent = 0;
            std::size_t answered = 0;
        };
        std::vector<Pusher> pushers;
        for (int i = 0; i < m_task.connections; ++i) {
            Pusher &pusher = pushers.emplace_back(Pusher { std::make_unique<BareClient>(m_task), {} });
            if (!pusher.client->open() || (i == 0 && !subscribeToList(*pusher.client)))
                return false;
            for (qint64 n = i; n < m_task.count; n += m_task.connections)
                pusher.requests.push_back(pushRequest(*pusher.client));
        }
        constexpr std::size_t window = 100;
        const auto sendMore = [](Pusher &pusher) {
            while (pusher.sent < pusher.requests.size() && pusher.sent < pusher.answered + window)
                pusher.client->socket.sendBinaryMessage(pusher.requests[pusher.sent++]);
        };
        qint64 answered = 0;
        for (Pusher &pusher : pushers)
            pusher.client->heard = [&answered, &pusher, sendMore](const QByteArray &frame) {
                if (!headOf(frame).contains(reply))
                    return;
                ++answered;
                ++pusher.answered;
                sendMore(pusher);
            };
        tellReady();
        const Stopwatch watch;
        for (Pusher &pusher : pushers)
            sendMore(pusher);
        if (!eventually([&] { return answered == m_task.count; }, patience))
            return false;
        tellDone(watch);
        return true;
    }
    bool push()
    {
        if (!subscribeToList(m_client))
            return false;
        const QByteArray request = pushRequest(m_client);
        bool isAnswered = false;
        m_client.heard = [&](const QByteArray &frame) {
            isAnswered = isAnswered || headOf(frame).contains(reply);
        };
        tellReady();
        const Stopwatch watch;
        QList<double> delays;
        for (qint64 i = 0; i < m_task.count; ++i) {
            const double before = wallClock();
            isAnswered = false;
            m_client.socket.sendBinaryMessage(request);
            if (!eventually([&] { return isAnswered; }, patience))
                return false;
            delays.append(wallClock() - before);
        }
        tellDone(watch, quantiles(delays));
        return true;
    }

    // Sends all of \a requests at once; gives the replies.
    std::optional<QList<QByteArray>> askAll(const std::vector<QByteArray> &requests)
    {
        QList<QByteArray> replies;
        m_client.heard = [&](const QByteArray &frame) {
            if (headOf(frame).contains(reply))
                replies.append(frame);
        };
        for (const QByteArray &request : requests)
            m_client.socket.sendBinaryMessage(request);
        const bool ok = eventually([&] { return std::size_t(replies.size()) == requests.size(); }, patience);
        m_client.heard = {};
        return ok ? std::optional(replies) : std::nullopt;
    }
    [[nodiscard]] QByteArray nameOf(qint64 number) const
    {
        return m_task.prefix.toLatin1() + QByteArray::number(number);
    }
    // Documents for those that open them.
    bool make()
    {
        std::vector<QByteArray> requests;
        for (qint64 i = 0; i < m_task.count; ++i)
            requests.push_back(m_client.request("POST", "/v3/Documents",
                                                R"({"unique_name":")" + nameOf(i) + R"(","data":{"n":1}})"));
        tellReady();
        const Stopwatch watch;
        if (!askAll(requests))
            return false;
        tellDone(watch);
        return true;
    }
    bool openObjects(bool again)
    {
        std::vector<QByteArray> requests;
        for (qint64 i = 0; i < m_task.count; ++i)
            requests.push_back(m_client.request("GET", "/v3/Documents/" + nameOf(i)));
        if (!again)
            tellReady();
        Stopwatch watch;
        const auto replies = askAll(requests);
        if (!replies)
            return false;
        const double opened = watch.milliseconds();
        std::vector<std::pair<QByteArray, QByteArray>> objects;
        for (const QByteArray &each : *replies) {
            constexpr QByteArrayView name("\"sid\":\"");
            objects.emplace_back(each.mid(each.indexOf(name) + name.size(), 34), "document");
        }
        if (!m_client.subscribe(objects))
            return false;
        if (again) {
            tellReady();
            const auto isLost = [this] { return m_client.socket.state() != QAbstractSocket::ConnectedState; };
            if (!eventually(isLost, patience) || !m_client.connectAgain())
                return false;
            watch = Stopwatch();
            if (!m_client.subscribe(objects))
                return false;
        }
        tellDone(watch, { { u"opened"_s, opened } });
        return true;
    }

    const Task m_task;
    BareClient m_client;
};

} // namespace

bool runCeiling(const Task &task) { return Ceiling(task).run(); }

} // namespace Bench
