#include "registryfixture.h"
#include "virtualtime.h"

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EventType = Protocol::EventType;

// How the registry asks again: neither for what nobody wants, nor at full speed, nor for ever.
class tst_PatientSubscriptions : public QObject, private RegistryFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        restart();
    }
    void cleanup() { m_registry.reset(); }
    void sessionThatGoesOnAsksNothing();
    void throttledCancelDoesNotEndANewerSubscription();
    void throttledCancelIsRepeated();
    void delaysCountRounds();
    void refusedRequestFails();
    void serverTroubleDoesNotFail();
    void unreadableAnswersEndAfterBoundedTries();
    void interruptedReplaysWithoutProgressSlowDown();

private:
    void expectNoRequest()
    {
        const std::size_t before = m_requests.size();
        s_time->advance(3'600'000);
        QCOMPARE(m_requests.size(), before);
    }
    //! The request with this number, as soon as it comes; how long that took is added to m_waits.
    SubscriptionRequest awaited(int number)
    {
        const qint64 before = s_time->now();
        s_time->settle();
        while (int(m_requests.size()) <= number && s_time->nextTimer())
            s_time->advance(*s_time->nextTimer() - s_time->now());
        if (int(m_requests.size()) <= number)
            qFatal("request %d did not come", number);
        m_waits.append(s_time->now() - before);
        return m_requests[std::size_t(number)];
    }
    void established(int number)
    {
        outcome(EventType::SubscriptionEstablished, awaited(number).correlationId());
    }
    void add(const QByteArray &sid, LoggingSubscriber &object) { m_registry->add(sid, "list", &object); }

    QList<qint64> m_waits;

public:
    static inline VirtualTime *s_time = nullptr;
};

// A pause of throttling ends with "connected" although the session never ended.
void tst_PatientSubscriptions::sessionThatGoesOnAsksNothing()
{
    add("ES1", m_object);
    established(0);
    m_object.log.clear();
    m_registry->connected();
    expectNoRequest();
    QCOMPARE(m_object.log, QStringList());
}

void tst_PatientSubscriptions::throttledCancelDoesNotEndANewerSubscription()
{
    add("ES1", m_object);
    established(0);
    m_registry->remove("ES1");
    QCOMPARE(awaited(1).action(), u"cancel"_s);
    add("ES1", m_object);
    QCOMPARE(awaited(2).action(), u"establish"_s);
    awaited(1).done(SyncError(u"slow down"_s, 429));
    established(2);
    expectNoRequest();
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_PatientSubscriptions::throttledCancelIsRepeated()
{
    add("ES1", m_object);
    established(0);
    m_registry->remove("ES1");
    awaited(1).done(SyncError(u"slow down"_s, 429));
    QCOMPARE(awaited(2).action(), u"cancel"_s);
    QCOMPARE(awaited(2).sids(), QStringList { u"ES1"_s });
    awaited(2).done(RestReply { 200, "{}", {} });
    expectNoRequest();
}

// Forty batches that fail together are one failure: the next round comes after the first delay, not after the
// longest.
void tst_PatientSubscriptions::delaysCountRounds()
{
    m_registry = std::make_unique<SubscriptionRegistry>(
            [this](const QByteArray &body, Callback<RestReply> done) {
                m_requests.push_back({ QJsonDocument::fromJson(body).object(), std::move(done) });
            },
            SubscriptionRegistry::Options { .gathering = 5ms, .retryCap = 10min, .batchSize = 1 });
    m_registry->connected();
    constexpr int count = 40;
    std::vector<LoggingSubscriber> objects(count);
    for (int i = 0; i < count; ++i)
        add("ES" + QByteArray::number(i), objects[std::size_t(i)]);
    awaited(count - 1);
    for (int i = 0; i < count; ++i)
        awaited(i).done(SyncError(u"busy"_s, 503));
    m_waits.clear();
    awaited(2 * count - 1);
    QCOMPARE_LE(m_waits.constLast(), 12); // the first delay, 5 ms ±20 %, and the time to collect
    m_registry.reset();
}

void tst_PatientSubscriptions::refusedRequestFails()
{
    add("ES1", m_object);
    awaited(0).done(SyncError(u"not allowed"_s, 403, 20403));
    QCOMPARE(m_object.log.constLast(), u"Failed: not allowed"_s);
    expectNoRequest();
    m_registry->retryRefused(); // as with a new token
    established(1);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_PatientSubscriptions::serverTroubleDoesNotFail()
{
    add("ES1", m_object);
    for (int i = 0; i < 15; ++i)
        awaited(i).done(SyncError(u"down"_s, i % 2 ? 503 : 500));
    established(15);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_PatientSubscriptions::unreadableAnswersEndAfterBoundedTries()
{
    add("ES1", m_object);
    int tries = 0;
    m_waits.clear();
    while (!m_object.log.constLast().startsWith(u"Failed"_s) && tries < 50) {
        awaited(tries).done(RestReply { 200, "{\"estimated_delivery_in_ms\":1", {} }); // cut off
        ++tries;
        s_time->advance(5'000); // the delivery that is taken to be promised
    }
    QCOMPARE(tries, SubscriptionRegistry::Options().tries);
    QVERIFY2(m_object.log.constLast().size() > qsizetype(strlen("Failed: ")),
             qPrintable(m_object.log.constLast()));
}

void tst_PatientSubscriptions::interruptedReplaysWithoutProgressSlowDown()
{
    add("ES1", m_object);
    m_waits.clear();
    for (int i = 0; i < 6; ++i)
        outcome(EventType::SubscriptionEstablished, awaited(i).correlationId(), 0, true);
    awaited(6);
    // To collect; none; then the fixture's longest wait, 100 ms ±20 %, each time.
    QCOMPARE(m_waits.at(1), 0);
    for (int i = 2; i < 7; ++i)
        QVERIFY2(m_waits.at(i) >= 80 && m_waits.at(i) <= 120, qPrintable(QString::number(m_waits.at(i))));
    m_object.cursor = 17; // progress
    m_waits.clear();
    outcome(EventType::SubscriptionEstablished, awaited(6).correlationId(), 0, true);
    awaited(7);
    QCOMPARE(m_waits.constLast(), 0);
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    tst_PatientSubscriptions::s_time = &application.time();
    tst_PatientSubscriptions test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_patientsubscriptions.moc"
