#include "simulatedservice.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// What brings nothing is asked for again: later each time, and at once after a reconnection.
class tst_AskingAgain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void failedPageIsAskedForAgainAndLoadAllGoesOn();
    void failedPageIsAskedForAfterEachReconnection();
    void anInterruptedReplayWithoutProgress();
    void nothingIsAskedForAtLineSpeed_data();
    void nothingIsAskedForAtLineSpeed();

private:
    //! Lets \a milliseconds pass, all frames arriving at once.
    void pass(qint64 milliseconds)
    {
        const qint64 end = s_time->now() + milliseconds;
        for (;;) {
            s_time->settle();
            if (m_network->deliverAll())
                continue;
            const auto next = s_time->nextTimer();
            if (!next || *next > end)
                break;
            s_time->advance(std::max<qint64>(0, *next - s_time->now()));
        }
        s_time->advance(end - s_time->now());
    }
    //! A list of five items whose rows come by two.
    void openList()
    {
        m_service->call("POST", "/v3/Lists", R"({"unique_name":"l"})");
        addItems(5);
        m_list = std::make_unique<SyncList>();
        m_list->setPageSize(2);
        m_list->setClient(m_client.get());
        m_list->setUniqueName(u"l"_s);
        pass(1'000);
        QCOMPARE(m_list->subscriptionState(), Sync::SubscriptionState::Established);
        QCOMPARE(m_list->count(), 2);
    }
    void addItems(int count)
    {
        for (int i = 0; i < count; ++i)
            m_service->call("POST", "/v3/Lists/l/Items", R"({"data":{}})");
    }
    //! What is asked of paths that end in \a end gets \a reply, and is noted in m_asked.
    void answer(const QByteArray &end, const std::optional<Server::RestReply> &reply)
    {
        m_asked.clear();
        m_service->refusal = [this, end,
                              reply](const Server::RestRequest &request) -> std::optional<Server::RestReply> {
            if (!request.path.endsWith(end))
                return std::nullopt;
            m_asked.append(s_time->now());
            return reply;
        };
    }

    std::unique_ptr<SimulatedNetwork> m_network;
    std::unique_ptr<SimulatedService> m_service;
    std::unique_ptr<SyncClient> m_client;
    std::unique_ptr<SyncList> m_list;
    //! When it was asked for what is refused.
    QList<qint64> m_asked;

public:
    static inline VirtualTime *s_time = nullptr;
};

void tst_AskingAgain::init()
{
    m_network = std::make_unique<SimulatedNetwork>();
    m_service = std::make_unique<SimulatedService>(*s_time, *m_network);
    m_client = std::make_unique<SyncClient>();
    TwilsockChannel &channel = ClientPrivate::of(m_client.get())->session->channel();
    channel.setTransportFactory(m_network->factory(0));
    auto options = channel.options();
    options.clock = [] { return std::chrono::milliseconds(s_time->now()); };
    channel.setOptions(options);
    m_client->setUrl(QUrl(u"ws://127.0.0.1:1/v3/wsconnect"_s));
    m_client->setToken(u"token"_s);
}

void tst_AskingAgain::cleanup()
{
    m_list.reset();
    m_client.reset();
    s_time->settle();
    m_service.reset();
    m_network.reset();
}

void tst_AskingAgain::failedPageIsAskedForAgainAndLoadAllGoesOn()
{
    openList();
    answer("/Items", Server::RestReply { 500, R"({"status":500,"code":0,"message":"no"})", {} });
    m_list->setLoadAll(true);
    pass(0);
    QCOMPARE(m_asked.size(), 1);
    QCOMPARE(m_list->error().status(), 500);
    answer("/Items", std::nullopt);
    pass(700);
    QCOMPARE(m_asked.size(), 0);
    pass(600); // a second ±20 % since it failed
    QCOMPARE(m_list->count(), 5);
    QVERIFY(m_list->isComplete());
    QVERIFY(m_list->error().isNull());
}

void tst_AskingAgain::failedPageIsAskedForAfterEachReconnection()
{
    openList();
    answer("/Items", Server::RestReply { 500, R"({"status":500,"code":0,"message":"no"})", {} });
    m_list->setLoadAll(true);
    for (int i = 0; i < 3; ++i) {
        pass(600'000);
        QVERIFY(!m_list->isComplete());
        pass(m_asked.constLast() - s_time->now() + 60'000 + 48'000); // the longest wait has begun
        m_network->cutAll();
        m_asked.clear();
        pass(10'000);
        QCOMPARE(m_list->subscriptionState(), Sync::SubscriptionState::Established);
        QVERIFY2(!m_asked.isEmpty(), "it waits out its delay");
    }
    m_network->cutAll();
    answer("/Items", std::nullopt);
    pass(10'000);
    QCOMPARE(m_list->count(), 5);
}

// What comes of nothing is compared instead.
void tst_AskingAgain::anInterruptedReplayWithoutProgress()
{
    openList();
    answer("/Subscriptions", std::nullopt);
    m_service->replayLimit = 0;
    m_network->cutAll();
    addItems(1);
    m_list->setLoadAll(true);
    pass(60'000);
    QCOMPARE(m_list->subscriptionState(), Sync::SubscriptionState::Established);
    QCOMPARE(m_list->count(), 6);
    QVERIFY2(m_asked.size() <= 10, qPrintable(QString::number(m_asked.size())));
}

void tst_AskingAgain::nothingIsAskedForAtLineSpeed_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isThrottled");
    QTest::newRow("an empty page with a next token")
            << QByteArray("/Items")
            << QByteArray(R"({"items":[],"meta":{"previous_token":null,"next_token":"n"}})") << false;
    QTest::newRow("Retry-After: 0") << QByteArray("/Items")
                                    << QByteArray(R"({"status":429,"code":54009,"message":"no"})") << true;
}

void tst_AskingAgain::nothingIsAskedForAtLineSpeed()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    QFETCH(bool, isThrottled);
    openList();
    if (isThrottled) {
        answer(path, Server::RestReply { 429, body, { { "retry-after", "0" } } });
    } else {
        answer(path, Server::RestReply { 200, body, {} });
    }
    m_list->setLoadAll(true);
    pass(3'600'000);
    QVERIFY2(m_asked.size() >= 20, "it has given up");
    QVERIFY2(m_asked.size() <= 200, qPrintable(QString::number(m_asked.size())));
    for (int i = 3; i < 7; ++i) { // the first may come at once
        const qint64 before = m_asked.at(i) - m_asked.at(i - 1);
        const qint64 wait = m_asked.at(i + 1) - m_asked.at(i);
        QVERIFY2(wait > before, qPrintable(u"%1 ms, then %2"_s.arg(before).arg(wait)));
    }
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    tst_AskingAgain::s_time = &application.time();
    tst_AskingAgain test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_askingagain.moc"
