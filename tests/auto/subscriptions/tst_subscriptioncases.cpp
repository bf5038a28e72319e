#include "registryfixture.h"

using namespace Twilio;
using namespace Qt::StringLiterals;

// The SUB cases that name single requests and their outcomes.
class tst_SubscriptionCases : public QObject, private RegistryFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { restart(); }
    void cleanup() { m_registry.reset(); }
    void sub03_moreThanOneRequest();
    void sub07_everyState();
    void sub09_timeoutThenSilence();
    void sub13_cancelInsteadOfAnotherEstablish();
    void sub14_wantedAgainDuringCancel();
    void defect23_replyLeavesTheNextRunAlone();

private:
    static constexpr auto patient = "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":1000}";
    static constexpr auto halfASecond = "{\"estimated_delivery_in_ms\":500,\"max_batch_size\":1000}";
};

void tst_SubscriptionCases::sub03_moreThanOneRequest()
{
    restart(5);
    std::vector<LoggingSubscriber> objects(10);
    QStringList sids;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        sids.append(u"ET%1"_s.arg(i));
        m_registry->add(sids.constLast().toUtf8(), "document", &objects[i]);
    }
    QCOMPARE(request(1).sids(), sids.mid(5));
    QCOMPARE(request(0).sids(), sids.mid(0, 5));
    reply(0, "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":5}");
    reply(1, "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":5}");
    establishAll(0);
    establishAll(1);
    for (const LoggingSubscriber &object : objects)
        QCOMPARE(object.log, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));

    for (const QString &sid : std::as_const(sids))
        m_registry->remove(sid.toUtf8());
    QCOMPARE(request(3).action(), u"cancel"_s);
    QCOMPARE(request(2).sids() + request(3).sids(), sids);
}

void tst_SubscriptionCases::sub07_everyState()
{
    m_registry->add("ES1", "list", &m_object);
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s }));
    const SubscriptionRequest establishing = request(0);
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s, u"Subscribing"_s }));
    reply(0, "{\"estimated_delivery_in_ms\":10000,\"max_batch_size\":1000}");
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s, u"Subscribing"_s }));
    establish(0);
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));

    m_registry->remove("ES1");
    const SubscriptionRequest cancelling = request(1);
    QCOMPARE(cancelling.action(), u"cancel"_s);
    QVERIFY(cancelling.correlationId() > establishing.correlationId());
    QCOMPARE(cancelling.first(),
             QJsonObject({ { u"object_sid"_s, u"ES1"_s }, { u"object_type"_s, u"list"_s } }));
    reply(1);
    outcome(EventType::SubscriptionCanceled, cancelling.correlationId());
    QCOMPARE(m_object.log.size(), 3); // whoever left is told nothing
    QCOMPARE(m_requests.size(), std::size_t(2));
}

void tst_SubscriptionCases::sub09_timeoutThenSilence()
{
    m_registry->add("ES1", "list", &m_object);
    request(0).done(SyncError(u"timed out"_s));
    reply(1, halfASecond);
    reply(2, patient);
    QCOMPARE(m_object.log,
             QStringList({ u"Pending"_s, u"Subscribing"_s, u"Pending"_s, u"Subscribing"_s, u"Pending"_s,
                           u"Subscribing"_s }));
    establish(1); // too late
    QCOMPARE(m_object.log.constLast(), u"Subscribing"_s);
    establish(2);
    QCOMPARE(m_object.log.constLast(), u"Established"_s);
    QCOMPARE(m_requests.size(), std::size_t(3));
}

void tst_SubscriptionCases::sub13_cancelInsteadOfAnotherEstablish()
{
    m_registry->add("ES1", "list", &m_object);
    reply(0, halfASecond);
    m_registry->remove("ES1");
    const SubscriptionRequest next = request(1);
    QCOMPARE(next.action(), u"cancel"_s);
    QCOMPARE(next.sids(), QStringList({ u"ES1"_s }));

    // Another object that waits as long in vain is asked for again: by then the first one's time is over.
    LoggingSubscriber other;
    m_registry->add("ES2", "list", &other);
    reply(2, halfASecond);
    QCOMPARE(request(3).sids(), QStringList({ u"ES2"_s }));
    outcome(EventType::SubscriptionCanceled, next.correlationId());
    QCOMPARE(m_object.log, QStringList({ u"Pending"_s, u"Subscribing"_s }));
    m_registry.reset();
}

void tst_SubscriptionCases::sub14_wantedAgainDuringCancel()
{
    m_registry->add("ES1", "list", &m_object);
    reply(0);
    establish(0);
    m_registry->remove("ES1");
    const SubscriptionRequest cancelling = request(1);
    LoggingSubscriber again;
    m_registry->add("ES1", "list", &again);
    outcome(EventType::SubscriptionCanceled, cancelling.correlationId());
    QCOMPARE(request(2).action(), u"establish"_s);
    establish(2);
    QCOMPARE(again.log, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
    QCOMPARE(m_requests.size(), std::size_t(3));
    m_registry.reset();
}

void tst_SubscriptionCases::defect23_replyLeavesTheNextRunAlone()
{
    LoggingSubscriber other;
    m_registry->add("ES1", "list", &m_object);
    establish(0);
    m_registry->add("ES2", "list", &other); // its request is due when the reply to the first one comes
    reply(0);
    QCOMPARE(request(1).sids(), QStringList({ u"ES2"_s }));
    establishAll(1);
    QCOMPARE(other.log, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
    m_registry.reset();
}

QTEST_GUILESS_MAIN(tst_SubscriptionCases)
#include "tst_subscriptioncases.moc"
