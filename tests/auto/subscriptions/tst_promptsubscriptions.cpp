#include "registryfixture.h"
#include "virtualtime.h"

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EventType = Protocol::EventType;

// When the registry asks: at once where nothing can join, together where something can, and never in floods.
class tst_PromptSubscriptions : public QObject, private RegistryFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void init()
    {
        restart();
        s_time->advance(1'000);
        m_requests.clear();
        m_seen = 0;
    }
    void cleanup() { m_registry.reset(); }
    void oneTurnIsOneRequest();
    void takenBackInTheTurnAsksNothing();
    void leavingIsAsPrompt();
    void gathersUntilTheAnswer();
    void gathersNoLongerThan_data();
    void gathersNoLongerThan();
    void reconnectAsksForAllAtOnce();
    void newTokenAsksAtOnce();
    void oneByOneIsNoFlood_data();
    void oneByOneIsNoFlood();
    void burstIsAllowedAgain();
    void troubleIsNotHurried();
    void failedOnesKeepTheirPause();
    void pausedReplayIsNotHurried();
    void pauseEndsWithTheConnection();

private:
    static QByteArray sid(int number) { return "ES" + QByteArray::number(number); }
    void add(int number)
    {
        m_objects.resize(qMax(m_objects.size(), std::size_t(number) + 1));
        auto &object = m_objects[std::size_t(number)];
        object = std::make_unique<LoggingSubscriber>();
        m_registry->add(sid(number), "list", object.get());
    }
    //! The answer and the outcomes of request \a number, which is out.
    void succeed(std::size_t number)
    {
        const SubscriptionRequest sent = m_requests.at(number);
        sent.done(RestReply { 200, "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":10}", {} });
        const QStringList sids = sent.sids();
        for (const QString &each : sids)
            outcome(EventType::SubscriptionEstablished, sent.correlationId(), 0, false, each.toUtf8());
    }
    //! What has been asked for since this was called last.
    QList<QStringList> asked()
    {
        s_time->settle();
        QList<QStringList> all;
        for (; m_seen < m_requests.size(); ++m_seen)
            all.append(m_requests[m_seen].sids());
        return all;
    }

    std::vector<std::unique_ptr<LoggingSubscriber>> m_objects;
    std::size_t m_seen = 0;

public:
    static inline VirtualTime *s_time = nullptr;
};

void tst_PromptSubscriptions::oneTurnIsOneRequest()
{
    for (int i = 0; i < 3; ++i)
        add(i);
    QVERIFY(m_requests.empty()); // others may join
    QCOMPARE(asked(), QList<QStringList>({ { u"ES0"_s, u"ES1"_s, u"ES2"_s } }));
}

void tst_PromptSubscriptions::takenBackInTheTurnAsksNothing()
{
    add(0);
    m_registry->remove(sid(0));
    s_time->advance(3'600'000);
    QCOMPARE(asked(), QList<QStringList>());
}

void tst_PromptSubscriptions::leavingIsAsPrompt()
{
    add(0);
    (void)asked();
    succeed(0);
    m_registry->remove(sid(0));
    QCOMPARE(asked(), QList<QStringList>({ { u"ES0"_s } }));
    QCOMPARE(m_requests.back().action(), u"cancel"_s);
}

void tst_PromptSubscriptions::gathersUntilTheAnswer()
{
    add(0);
    QCOMPARE(asked().size(), 1);
    add(1);
    s_time->advance(1);
    add(2);
    s_time->advance(1);
    QCOMPARE(asked(), QList<QStringList>());
    succeed(0);
    QCOMPARE(asked(), QList<QStringList>({ { u"ES1"_s, u"ES2"_s } }));
}

void tst_PromptSubscriptions::gathersNoLongerThan_data()
{
    QTest::addColumn<bool>("isRefused");
    QTest::newRow("no answer") << false;
    QTest::newRow("an error") << true;
}

// The fixture's time of gathering is 5 ms.
void tst_PromptSubscriptions::gathersNoLongerThan()
{
    QFETCH(const bool, isRefused);
    add(0);
    QCOMPARE(asked().size(), 1);
    add(1);
    s_time->advance(4);
    QCOMPARE(asked(), QList<QStringList>());
    if (isRefused) {
        m_requests[0].done(SyncError(u"busy"_s, 503));
        QCOMPARE(asked(), QList<QStringList>());
    }
    s_time->advance(1);
    QCOMPARE(asked(), QList<QStringList>({ { u"ES1"_s } }));
}

void tst_PromptSubscriptions::reconnectAsksForAllAtOnce()
{
    for (int i = 100; i < 125; ++i)
        add(i);
    QCOMPARE(asked().size(), 3);
    for (std::size_t i = 0; i < 3; ++i)
        succeed(i);
    m_registry->disconnected();
    s_time->advance(10'000);
    QCOMPARE(asked(), QList<QStringList>());
    const qint64 before = s_time->now();
    m_registry->connected();
    const auto again = asked();
    QCOMPARE(s_time->now(), before);
    QCOMPARE(again.size(), 3);
    QCOMPARE(again.constLast().size(), 5);
    s_time->advance(1'000); // none of them twice
    QCOMPARE(asked(), QList<QStringList>());
}

void tst_PromptSubscriptions::newTokenAsksAtOnce()
{
    add(0);
    (void)asked();
    m_requests[0].done(SyncError(u"no"_s, 403));
    s_time->advance(1'000);
    m_registry->retryRefused();
    QCOMPARE(asked(), QList<QStringList>({ { u"ES0"_s } }));
}

void tst_PromptSubscriptions::oneByOneIsNoFlood_data()
{
    QTest::addColumn<int>("pause");
    QTest::newRow("one a millisecond") << 1;
    QTest::newRow("as soon as the last is there") << 0;
}

// Each is answered before the next: nothing gathers, but ten at most go at once.
void tst_PromptSubscriptions::oneByOneIsNoFlood()
{
    QFETCH(const int, pause);
    const qint64 start = s_time->now();
    for (int i = 0; i < 1'000; ++i) {
        add(i);
        s_time->settle();
        while (m_seen < m_requests.size())
            succeed(m_seen++);
        s_time->advance(pause);
    }
    s_time->advance(5);
    while (m_seen < m_requests.size())
        succeed(m_seen++);
    s_time->advance(5);
    while (m_seen < m_requests.size())
        succeed(m_seen++);
    const qint64 rounds = 10 + (s_time->now() - start) / 5;
    QStringList all;
    for (const SubscriptionRequest &sent : m_requests)
        all += sent.sids();
    QCOMPARE(all.size(), 1'000);
    QVERIFY(m_requests.size() >= 10);
    // A round is as many requests as its objects need, ten in each.
    QCOMPARE_LE(qint64(m_requests.size()), rounds + 1'000 / 10);
}

void tst_PromptSubscriptions::burstIsAllowedAgain()
{
    int number = 0;
    const auto promptOnes = [&] {
        int prompt = 0;
        for (int i = 0; i < 20; ++i) {
            add(++number);
            const auto sent = asked();
            for (qsizetype j = 0; j < sent.size(); ++j)
                succeed(m_seen - std::size_t(sent.size() - j));
            prompt += sent.isEmpty() ? 0 : 1;
        }
        return prompt;
    };
    QCOMPARE(promptOnes(), 10);
    s_time->advance(1'000);
    (void)asked();
    for (std::size_t i = 10; i < m_requests.size(); ++i)
        succeed(i);
    s_time->advance(1'000);
    QCOMPARE(promptOnes(), 10);
    QVERIFY(s_time->nextTimer());
    s_time->advance(1'000'000);
    m_registry->disconnected();
    QVERIFY(!s_time->nextTimer()); // nothing ticks while nothing happens
}

// Until something succeeds all gathers.
void tst_PromptSubscriptions::troubleIsNotHurried()
{
    add(0);
    (void)asked();
    m_requests[0].done(SyncError(u"busy"_s, 503));
    add(1);
    s_time->advance(3);
    QCOMPARE(asked(), QList<QStringList>());
    s_time->advance(2);
    const auto sent = asked();
    QVERIFY(!sent.isEmpty());
    succeed(m_seen - 1);
    s_time->advance(1'000);
    (void)asked();
    for (std::size_t i = 1; i < m_requests.size(); ++i)
        succeed(i);
    s_time->advance(1'000);
    add(2);
    QCOMPARE(asked(), QList<QStringList>({ { u"ES2"_s } }));
}

void tst_PromptSubscriptions::failedOnesKeepTheirPause()
{
    add(0);
    for (std::size_t i = 0; i < 8; ++i) { // the pauses have reached the fixture's cap, 100 ms
        s_time->advance(i == 0 ? 0 : 200);
        QCOMPARE(asked(), QList<QStringList>({ { u"ES0"_s } }));
        m_requests[i].done(SyncError(u"busy"_s, 503));
    }
    add(1);
    s_time->advance(6);
    QCOMPARE(asked(), QList<QStringList>({ { u"ES1"_s } }));
    s_time->advance(70);
    QCOMPARE(asked(), QList<QStringList>());
    s_time->advance(50);
    QCOMPARE(asked(), QList<QStringList>({ { u"ES0"_s } }));
}

void tst_PromptSubscriptions::pausedReplayIsNotHurried()
{
    add(0);
    QCOMPARE(asked().size(), 1);
    for (std::size_t i = 0; i < 2; ++i) { // at once, then after 100 ms, the fixture's longest
        m_requests[i].done(
                RestReply { 200, "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":10}", {} });
        outcome(EventType::SubscriptionEstablished, m_requests[i].correlationId(), 0, true, sid(0));
        QCOMPARE(asked().size(), i == 0 ? 1 : 0);
    }
    add(1);
    QCOMPARE(asked(), QList<QStringList>({ { u"ES1"_s } }));
    s_time->advance(121);
    QCOMPARE(asked(), QList<QStringList>({ { u"ES0"_s } }));
}

// Whoever is asked for anew is not asked for once more when an old pause is over.
void tst_PromptSubscriptions::pauseEndsWithTheConnection()
{
    add(0);
    (void)asked();
    m_requests[0].done(SyncError(u"busy"_s, 503));
    m_registry->disconnected();
    m_registry->connected();
    QCOMPARE(asked(), QList<QStringList>({ { u"ES0"_s } }));
    succeed(1);
    s_time->advance(1'000);
    QCOMPARE(asked(), QList<QStringList>());
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    tst_PromptSubscriptions::s_time = &application.time();
    tst_PromptSubscriptions test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_promptsubscriptions.moc"
