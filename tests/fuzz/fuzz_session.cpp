// A whole client on a simulated network. Each byte is a step: what the service and the network do, what
// somebody else does, what is damaged on the way, which calls are made, how much time passes. Nothing may
// crash, leak or spin, and every call ends.
#include "check.h"
#include "shared/simulatedservice.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"
#include "TwilioSync/protocol/frame.h"

#include <algorithm>
#include <array>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

VirtualTime *virtualTime = nullptr;

//! The bytes of a run, one after the other; zeros once they are used up.
class Bytes
{
public:
    explicit Bytes(QByteArrayView bytes) : m_left(bytes) { }

    [[nodiscard]] bool isEmpty() const { return m_left.isEmpty(); }
    quint8 next()
    {
        const QByteArray one = take(1);
        return one.isEmpty() ? 0 : quint8(one.front());
    }
    //! Below \a end.
    std::size_t below(std::size_t end) { return next() % end; }
    QByteArray take(qsizetype count)
    {
        const QByteArray taken = m_left.first(std::min(count, m_left.size())).toByteArray();
        m_left = m_left.sliced(taken.size());
        return taken;
    }
    QByteArray text() { return take(next()); }

private:
    QByteArrayView m_left;
};

class Run
{
    Q_DISABLE_COPY_MOVE(Run)

public:
    explicit Run(QByteArrayView bytes) : m_bytes(bytes)
    {
        auto *const session = ClientPrivate::of(&m_client)->session.get();
        const SteadyClock clock = [] { return std::chrono::milliseconds(virtualTime->now()); };
        Outbox::Options writes;
        writes.clock = clock;
        session->setWriteOptions(writes);
        TwilsockChannel &channel = session->channel();
        channel.setTransportFactory([this, make = m_network.factory(0)] {
            ++m_attempts;
            return make();
        });
        TwilsockChannel::Options options = channel.options();
        options.clock = clock;
        options.seed = 1;
        channel.setOptions(options);
        m_service.fateOfReply = [this](const SimulatedLink &, const Server::RestRequest &) { return m_fate; };
        m_client.setUrl(QUrl(u"ws://127.0.0.1:1/v3/wsconnect"_s));
        m_client.setToken(u"token"_s);
        settle();
        m_network.deliverAll();
    }
    ~Run()
    {
        m_document.reset();
        m_list.reset();
        m_map.reset();
        m_stream.reset();
        settle();
    }

    void play()
    {
        constexpr int mostSteps = 400; // a longer run finds nothing that a shorter one does not
        for (int i = 0; i < mostSteps && !m_bytes.isEmpty(); ++i) {
            const qint64 sent = bytesSent();
            const qint64 begin = virtualTime->now();
            const int attempts = m_attempts;
            step();
            settle();
            // Rule 5: without progress the pace falls.
            const qint64 seconds = (virtualTime->now() - begin) / 1'000;
            check(bytesSent() - sent <= (20 + 3 * m_calls + (4 + m_calls) * seconds) * 2'000);
            check(m_attempts - attempts <= 5 + seconds);
        }
        finish();
    }

private:
    using Step = void (Run::*)();

    static void settle() { virtualTime->settle(); }
    [[nodiscard]] qint64 bytesSent()
    {
        return ClientPrivate::of(&m_client)->session->channel().counters().bytesSent;
    }

    void step()
    {
        static constexpr std::array<Step, 20> steps {
            &Run::deliverAll, &Run::deliverAll,  &Run::deliverUp, &Run::deliverDown,     &Run::damage,
            &Run::repeat,     &Run::inject,      &Run::cut,       &Run::refuseForAWhile, &Run::passTime,
            &Run::passTime,   &Run::useDocument, &Run::useList,   &Run::useMap,          &Run::useStream,
            &Run::elsewhere,  &Run::elsewhere,   &Run::useClient, &Run::loseReplies,     &Run::cancel,
        };
        (this->*steps[m_bytes.below(steps.size())])();
    }

    // The network.

    void deliverAll() { m_network.deliverAll(); }
    void deliverUp()
    {
        const auto link = m_network.linkOf(0);
        if (link && !link->isOpen)
            m_network.accept(link);
        else if (link && !link->up.empty())
            m_network.deliverUp(link);
    }
    void deliverDown()
    {
        const auto link = m_network.linkOf(0);
        if (link && link->isOpen && !link->down.empty())
            m_network.deliverDown(link, m_bytes.below(link->down.size()));
    }
    void damage()
    {
        const auto link = m_network.linkOf(0);
        if (!link || link->down.empty())
            return;
        QByteArray &frame = link->down[m_bytes.below(link->down.size())].bytes;
        const qsizetype at = frame.isEmpty() ? 0 : (m_bytes.next() << 8 | m_bytes.next()) % frame.size();
        switch (m_bytes.below(4)) {
        case 0:
            frame.truncate(at);
            break;
        case 1:
            frame.insert(at, m_bytes.text());
            break;
        case 2:
            frame.remove(at, m_bytes.next());
            break;
        default:
            if (!frame.isEmpty())
                frame[at] = char(m_bytes.next());
        }
    }
    void repeat()
    {
        const auto link = m_network.linkOf(0);
        if (link && !link->down.empty())
            link->down.push_back(link->down[m_bytes.below(link->down.size())]);
    }
    void inject()
    {
        static constexpr std::array headers {
            R"({"method":"ping","id":"TM1"})",
            R"({"method":"close","id":"TM2","status":{"code":308}})",
            R"({"method":"close","id":"TM3","status":{"code":410,"status":"TOKEN_EXPIRED"}})",
            R"({"method":"close","id":"TM4","status":{"code":406}})",
            R"({"method":"close","status":{"code":429}})",
            R"({"method":"client_update","id":"TM5","client_update_type":"token_about_to_expire"})",
            R"({"method":"notification","id":"TM6","message_type":"twilio.sync.event"})",
            R"({"method":"notification","id":"TM7","message_type":"com.twilio.rtd.cds.list"})"
        };
        const auto link = m_network.linkOf(0);
        const QByteArray header = headers[m_bytes.below(headers.size())];
        const QByteArray payload = m_bytes.text();
        if (link && link->isOpen)
            link->down.push_back({ Protocol::encodeFrame(header, payload), false });
    }
    void cut()
    {
        m_network.isDown = m_bytes.next() & 1;
        m_network.cutAll();
    }

    // The service.

    void refuseForAWhile()
    {
        static constexpr std::array statuses { 0, 400, 401, 403, 404, 409, 412, 429, 500, 503 };
        const int status = statuses[m_bytes.below(statuses.size())];
        const QByteArray body = m_bytes.next() & 1
                ? m_bytes.text()
                : QByteArray(R"({"status":400,"code":54000,"message":"no"})");
        const bool isOfGateway = m_bytes.next() & 1;
        m_service.throttle = nullptr;
        m_service.refusal = nullptr;
        if (status != 0 && isOfGateway)
            m_service.throttle = [] { return Server::BackoffPolicy {}; };
        else if (status != 0)
            m_service.refusal = [status, body](const Server::RestRequest &) {
                return std::optional(Server::RestReply { status, body, { { "Retry-After", "0" } } });
            };
    }
    void loseReplies()
    {
        using Fate = SimulatedService::Fate;
        static constexpr std::array fates { Fate::Sent, Fate::Lost, Fate::LostWithConnection };
        m_fate = fates[m_bytes.below(fates.size())];
    }
    void elsewhere()
    {
        static constexpr std::array<std::array<const char *, 2>, 10> calls { {
                { "POST", "/v3/Documents/d" },
                { "DELETE", "/v3/Documents/d" },
                { "POST", "/v3/Lists/l/Items" },
                { "POST", "/v3/Lists/l/Items/0" },
                { "DELETE", "/v3/Lists/l/Items/1" },
                { "DELETE", "/v3/Lists/l" },
                { "PUT", "/v3/Maps/m/Items/a" },
                { "DELETE", "/v3/Maps/m/Items/b" },
                { "DELETE", "/v3/Maps/m" },
                { "POST", "/v3/Streams/s/Messages" },
        } };
        const auto &[method, path] = calls[m_bytes.below(calls.size())];
        m_service.call(method, path, "{\"data\":{\"n\":" + QByteArray::number(m_bytes.next()) + "}}");
    }

    // The application.

    template <typename T>
    void keep(QFuture<T> future)
    {
        ++m_calls;
        m_futures.push_back(
                { [future] { return future.isFinished(); }, [future]() mutable { future.cancel(); } });
    }
    SyncValue value() { return { { u"n"_s, int(m_bytes.next()) } }; }
    template <typename Handle>
    Handle &opened(std::unique_ptr<Handle> &handle, const QString &name)
    {
        if (!handle) {
            ++m_calls;
            handle = std::make_unique<Handle>();
            handle->setClient(&m_client);
            handle->setUniqueName(name);
        }
        return *handle;
    }
    static Mutator counting()
    {
        return [](const SyncValue &) { return std::optional(SyncValue({ { u"m"_s, 1 } })); };
    }

    void useDocument()
    {
        SyncDocument &document = opened(m_document, u"d"_s);
        switch (m_bytes.below(7)) {
        case 0:
            keep(document.set(value()));
            break;
        case 1:
            keep(document.update(value()));
            break;
        case 2:
            keep(document.mutate(counting()));
            break;
        case 3:
            keep(document.removeDocument());
            break;
        case 4:
            keep(document.setTtl(m_bytes.next()));
            break;
        case 5:
            document.setOrderedWrites(m_bytes.next() & 1);
            break;
        default:
            m_document.reset();
        }
    }
    void useRows(SyncCollection &rows)
    {
        switch (m_bytes.below(6)) {
        case 0:
            rows.setOrder(m_bytes.next() & 1 ? Qt::DescendingOrder : Qt::AscendingOrder);
            break;
        case 1:
            rows.setPageSize(1 + int(m_bytes.below(3)));
            break;
        case 2:
            rows.setLoadAll(m_bytes.next() & 1);
            break;
        case 3:
            rows.setMaximumCount(int(m_bytes.below(4)));
            break;
        case 4:
            rows.fetchMore();
            break;
        default:
            rows.setOrderedWrites(m_bytes.next() & 1);
        }
    }
    void useList()
    {
        SyncList &list = opened(m_list, u"l"_s);
        const auto index = qint64(m_bytes.below(4));
        switch (m_bytes.below(9)) {
        case 0:
            keep(list.push(value()));
            break;
        case 1:
            keep(list.set(index, value()));
            break;
        case 2:
            keep(list.mutate(index, counting()));
            break;
        case 3:
            keep(list.remove(index));
            break;
        case 4:
            keep(list.get(index));
            break;
        case 5:
            keep(list.getItems());
            break;
        case 6:
            keep(list.removeList());
            break;
        case 7:
            useRows(list);
            break;
        default:
            m_list.reset();
        }
    }
    void useMap()
    {
        SyncMap &map = opened(m_map, u"m"_s);
        const QString key(QChar(char16_t(u'a' + m_bytes.below(3))));
        switch (m_bytes.below(8)) {
        case 0:
            keep(map.set(key, value()));
            break;
        case 1:
            keep(map.update(key, value()));
            break;
        case 2:
            keep(map.remove(key));
            break;
        case 3:
            keep(map.get(key));
            break;
        case 4:
            keep(map.setItemTtl(key, m_bytes.next()));
            break;
        case 5:
            keep(map.removeMap());
            break;
        case 6:
            useRows(map);
            break;
        default:
            m_map.reset();
        }
    }
    void useStream()
    {
        SyncStream &stream = opened(m_stream, u"s"_s);
        switch (m_bytes.below(3)) {
        case 0:
            keep(stream.publishMessage(value()));
            break;
        case 1:
            keep(stream.removeStream());
            break;
        default:
            m_stream.reset();
        }
    }
    void useClient()
    {
        switch (m_bytes.below(6)) {
        case 0:
            keep(m_client.updateToken(u"token "_s + QString::number(m_bytes.next())));
            break;
        case 1:
            m_client.setToken(u"other "_s + QString::number(m_bytes.next()));
            break;
        case 2:
            keep(m_client.shutdown());
            break;
        case 3:
            m_client.reconnect();
            break;
        case 4:
            ClientPrivate::of(&m_client)->session->channel().networkChanged();
            break;
        default:
            keep(m_client.document({ .id = u"d"_s, .mode = SyncClient::OpenMode::OpenExisting }));
        }
    }
    void cancel()
    {
        if (!m_futures.empty())
            m_futures[m_bytes.below(m_futures.size())].cancel();
    }
    void passTime()
    {
        static constexpr std::array times { 0, 1, 50, 500, 1'500, 10'000, 45'000, 200'000 };
        virtualTime->advance(times[m_bytes.below(times.size())]);
    }

    //! The service and the network are well again: every call ends by itself.
    void finish()
    {
        m_service.refusal = nullptr;
        m_service.throttle = nullptr;
        m_fate = SimulatedService::Fate::Sent;
        m_network.isDown = false;
        for (int minutes = 0; minutes < 60 && !isDone(); ++minutes) {
            for (int i = 0; i < 60 && !isDone(); ++i) {
                m_network.deliverAll();
                virtualTime->advance(1'000);
            }
        }
        check(isDone());
    }
    [[nodiscard]] bool isDone() const
    {
        return std::all_of(m_futures.cbegin(), m_futures.cend(),
                           [](const Future &future) { return future.isFinished(); });
    }

    struct Future
    {
        std::function<bool()> isFinished;
        std::function<void()> cancel;
    };

    Bytes m_bytes;
    SimulatedNetwork m_network;
    SimulatedService m_service { *virtualTime, m_network };
    SimulatedService::Fate m_fate = SimulatedService::Fate::Sent;
    SyncClient m_client;
    std::unique_ptr<SyncDocument> m_document;
    std::unique_ptr<SyncList> m_list;
    std::unique_ptr<SyncMap> m_map;
    std::unique_ptr<SyncStream> m_stream;
    std::vector<Future> m_futures;
    int m_calls = 0;
    int m_attempts = 0;
};

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const VirtualTimeApplication application(*argc, *argv);
    virtualTime = &application.time();
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &, const QString &) {
        check(type != QtFatalMsg); // the service cannot read what we have sent
    });
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    Run(QByteArrayView(bytes, qsizetype(size))).play();
    return 0;
}
