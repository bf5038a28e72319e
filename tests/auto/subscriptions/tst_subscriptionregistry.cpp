#include "registryfixture.h"

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_SubscriptionRegistry : public QObject, private RegistryFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { restart(); }
    void cleanup() { m_registry.reset(); }
    void asksAndIsEstablished();
    void sub08_asksInBatches();
    void sub12_takenBackInTimeAsksNothing();
    void outcomeMayComeBeforeTheReply();
    void lateOutcomesAreIgnored();
    void missingOutcomesAreAskedForAgain();
    void failedRequestsAreRepeated();
    void reconnectAsksAgainFromTheCursor();
    void timeLimitAsksAgain();
    void defect24_refusedIsRetried();
    void sub04_missingObjectIsGone();
    void sub10_defect24_revocationEndsIt();
    void interruptedReplayGoesOn();
    void lastOutCancels();
    void renewsFromTheCursor();
    void reconnectsWhileAReplayIsTold();
    void reconnectsWhileTheEndIsTold();
};

void tst_SubscriptionRegistry::asksAndIsEstablished()
{
    m_registry->add("ES1", "list", &m_object);
    const SubscriptionRequest sent = request(0);
    QCOMPARE(sent.action(), u"establish"_s);
    QCOMPARE(sent.first(),
             QJsonObject({ { u"object_sid"_s, u"ES1"_s },
                           { u"object_type"_s, u"list"_s },
                           { u"last_event_id"_s, 4 } }));
    QVERIFY(!sent.body.contains(u"reason"_s));
    reply(0);
    establish(0);
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
    QCOMPARE(m_object.cursor, std::optional<qint64>(9));
}

void tst_SubscriptionRegistry::sub08_asksInBatches()
{
    std::vector<LoggingSubscriber> objects(25);
    const auto add = [&](int i) {
        m_registry->add("ES" + QByteArray::number(100 + i), "list", &objects[std::size_t(i)]);
    };
    for (int i = 0; i < 15; ++i)
        add(i);
    QCOMPARE(request(1).sids().size(), 5);
    QCOMPARE(request(0).sids().size(), 10);
    reply(0, "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":3}");
    for (int i = 15; i < 25; ++i)
        add(i);
    QCOMPARE(request(5).sids().size(), 1);
    QCOMPARE(request(4).sids().size(), 3);
    QCOMPARE(m_requests.size(), std::size_t(6));
    for (const SubscriptionRequest &sent : m_requests) {
        for (const QString &sid : sent.sids())
            outcome(EventType::SubscriptionEstablished, sent.correlationId(), 0, false, sid.toUtf8());
    }
    for (const LoggingSubscriber &object : objects)
        QCOMPARE(object.log.constLast(), u"Established"_s);
    m_registry.reset();
}

void tst_SubscriptionRegistry::sub12_takenBackInTimeAsksNothing()
{
    LoggingSubscriber other;
    m_registry->add("ES1", "list", &m_object);
    m_registry->remove("ES1");
    m_registry->add("ES2", "list", &other);
    QCOMPARE(request(0).sids(), QStringList({ u"ES2"_s }));
    m_registry.reset();
}

void tst_SubscriptionRegistry::outcomeMayComeBeforeTheReply()
{
    LoggingSubscriber other;
    m_registry->add("ES1", "list", &m_object);
    establish(0);
    reply(0, "{\"estimated_delivery_in_ms\":1,\"max_batch_size\":10}");
    m_registry->add("ES2", "list", &other);
    QCOMPARE(request(1).sids(), QStringList({ u"ES2"_s }));
    m_registry.reset();
}

void tst_SubscriptionRegistry::lateOutcomesAreIgnored()
{
    m_registry->add("ES1", "list", &m_object);
    request(0);
    outcome(EventType::SubscriptionEstablished, 1);
    outcome(EventType::SubscriptionFailed, 1, 404);
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s, u"Subscribing"_s }));
}

void tst_SubscriptionRegistry::missingOutcomesAreAskedForAgain()
{
    m_registry->add("ES1", "list", &m_object);
    reply(0, "{\"estimated_delivery_in_ms\":1,\"max_batch_size\":10}");
    QCOMPARE(request(1).body.value(u"retried_requests"_s).toInt(), 1);
    establish(1);
    QCOMPARE(m_object.log,
             QStringList(
                     { u"Pending"_s, u"Subscribing"_s, u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
}

void tst_SubscriptionRegistry::failedRequestsAreRepeated()
{
    m_registry->add("ES1", "list", &m_object);
    request(0).done(SyncError(u"busy"_s, 503));
    request(1).done(SyncError(u"busy"_s, 503));
    reply(2);
    establish(2);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_SubscriptionRegistry::reconnectAsksAgainFromTheCursor()
{
    m_registry->add("ES1", "list", &m_object);
    establish(0);
    m_registry->disconnected();
    QCOMPARE(m_object.log.constLast(), u"Pending"_s);
    m_object.cursor = 17;
    m_registry->connected();
    QCOMPARE(request(1).first().value(u"last_event_id"_s).toInt(), 17);
    outcome(EventType::SubscriptionEstablished, request(0).correlationId()); // of the old connection
    QCOMPARE(m_object.log.constLast(), u"Subscribing"_s);
    establish(1);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_SubscriptionRegistry::timeLimitAsksAgain()
{
    m_registry->add("ES1", "list", &m_object);
    reply(0, "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":10,\"ttl_in_s\":1}");
    establish(0);
    QCOMPARE(request(1).body.value(u"reason"_s).toString(), u"ttl"_s);
    establish(1);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_SubscriptionRegistry::defect24_refusedIsRetried()
{
    m_registry->add("ES1", "list", &m_object);
    outcome(EventType::SubscriptionFailed, request(0).correlationId(), 403);
    QCOMPARE(m_object.log.constLast(), u"Failed: no"_s);
    m_registry->retryRefused();
    outcome(EventType::SubscriptionFailed, request(1).correlationId(), 403);
    m_registry->disconnected();
    m_registry->connected();
    establish(2);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_SubscriptionRegistry::sub04_missingObjectIsGone()
{
    m_registry->add("ES1", "list", &m_object);
    outcome(EventType::SubscriptionFailed, request(0).correlationId(), 404);
    QCOMPARE(m_object.log.constLast(), u"gone"_s);
}

void tst_SubscriptionRegistry::sub10_defect24_revocationEndsIt()
{
    m_registry->add("ES1", "list", &m_object);
    establish(0);
    outcome(EventType::SubscriptionCanceled, std::nullopt);
    QCOMPARE(m_object.log.constLast(), u"Unsubscribed"_s);
    m_registry->remove("ES1");
    m_registry->add("ES1", "list", &m_object);
    establish(1);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_SubscriptionRegistry::interruptedReplayGoesOn()
{
    m_registry->add("ES1", "list", &m_object);
    request(0);
    m_object.cursor = 6; // what the events of the replay have moved it to
    outcome(EventType::SubscriptionEstablished, request(0).correlationId(), 0, true);
    QCOMPARE(request(1).first().value(u"last_event_id"_s).toInt(), 6);
    establish(1);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

void tst_SubscriptionRegistry::lastOutCancels()
{
    m_registry->add("ES1", "list", &m_object);
    establish(0);
    m_registry->remove("ES1");
    QCOMPARE(request(1).action(), u"cancel"_s);
    QCOMPARE(request(1).sids(), QStringList({ u"ES1"_s }));
    m_registry->add("ES1", "list", &m_object);
    QCOMPARE(request(2).action(), u"establish"_s);
    outcome(EventType::SubscriptionCanceled, request(1).correlationId());
    establish(2);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
}

//! What could not be read is asked for again, and an outcome that would skip it does not count.
void tst_SubscriptionRegistry::renewsFromTheCursor()
{
    m_registry->add("ES1", "list", &m_object);
    m_registry->renew("ES1"); // it is asked for anyway
    (void)request(0);
    m_registry->renew("ES1");
    establish(0);
    QCOMPARE(m_object.cursor, std::optional<qint64>(4));
    QCOMPARE(request(1).first().value(u"last_event_id"_s).toInteger(), 4);
    establish(1);
    QCOMPARE(m_object.cursor, std::optional<qint64>(9));
    m_object.log.clear();
    m_registry->renew("ES1");
    QCOMPARE(request(2).first().value(u"last_event_id"_s).toInteger(), 9);
    establish(2);
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
    m_registry->renew("ES2");
}

//! The replay shows rows, a slot of which runs an event loop, where the connection is cut and comes back.
void tst_SubscriptionRegistry::reconnectsWhileAReplayIsTold()
{
    m_object.onReplayed = [this] {
        m_registry->disconnected();
        m_registry->connected();
    };
    m_registry->add("ES1", "list", &m_object);
    establish(0);
    establish(1);
    QCOMPARE(m_object.log,
             QStringList(
                     { u"Pending"_s, u"Subscribing"_s, u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
}

//! One that is told of the connection's end waits for the next one, for which all are asked for.
void tst_SubscriptionRegistry::reconnectsWhileTheEndIsTold()
{
    LoggingSubscriber other;
    m_registry->add("ES1", "list", &m_object);
    m_registry->add("ES2", "list", &other);
    establishAll(0);
    const auto reconnect = [this] {
        m_registry->connected();
        (void)request(1);
    };
    m_object.onPending = reconnect;
    m_registry->disconnected();
    QCOMPARE(request(1).sids(), QStringList({ u"ES1"_s, u"ES2"_s }));
    establishAll(1);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
    QCOMPARE(other.log.constLast(), u"Established"_s);
    m_registry.reset();
}

QTEST_GUILESS_MAIN(tst_SubscriptionRegistry)
#include "tst_subscriptionregistry.moc"
