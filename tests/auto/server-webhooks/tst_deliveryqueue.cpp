#include "server/webhooks/deliveryqueue.h"
#include "shared/virtualtime.h"

#include <QtTest/qtest.h>

#include <deque>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

using Outcome = DeliveryQueue::Outcome;

// Turns, waits and ends of deliveries, without a network and in virtual time.
class tst_DeliveryQueue : public QObject
{
    Q_OBJECT

public:
    explicit tst_DeliveryQueue(VirtualTime &time) : m_time(time) { }

private Q_SLOTS:
    void init();
    void oneLaneIsInOrder();
    void lanesDoNotWaitForEachOther();
    void onlySomeAtATime();
    void waitsDoubleAndEnd();
    void takenAfterFailureBeginsAnew();
    void whatIsClearedIsNotSent();
    void outboxIsBounded();
    void queueMayGoFirst();

private:
    void put(const QByteArray &lane, const QByteArray &what)
    {
        const auto serial = m_outbox->keep(lane, u"http://localhost/"_s, what);
        QVERIFY(serial);
        m_queue->add(*serial);
    }
    void end(Outcome outcome)
    {
        QVERIFY(!m_underWay.empty());
        const DeliveryQueue::Done done = m_underWay.front();
        m_underWay.pop_front();
        done(outcome);
    }

    VirtualTime &m_time;
    int m_touched = 0;
    std::unique_ptr<WebhookOutbox> m_outbox;
    std::unique_ptr<DeliveryQueue> m_queue;
    std::deque<DeliveryQueue::Done> m_underWay;
    QByteArrayList m_sent;
    QByteArrayList m_ids;
};

void tst_DeliveryQueue::init()
{
    m_underWay.clear();
    m_sent.clear();
    m_ids.clear();
    m_queue.reset();
    m_outbox = std::make_unique<WebhookOutbox>([this] { ++m_touched; });
    m_queue = std::make_unique<DeliveryQueue>(
            *m_outbox,
            [this](const Webhook &webhook, const DeliveryQueue::Done &done) {
                m_sent << webhook.form;
                m_ids << webhook.id;
                m_underWay.push_back(done);
            },
            DeliveryQueue::Pace());
}

void tst_DeliveryQueue::oneLaneIsInOrder()
{
    for (const char *const what : { "1", "2", "3" })
        put("a", what);
    QCOMPARE(m_sent, QByteArrayList { "1" });
    end(Outcome::Taken);
    QCOMPARE(m_sent, (QByteArrayList { "1", "2" }));
    end(Outcome::TryAgain);
    m_time.advance(500);
    QCOMPARE(m_sent.size(), 2); // the third does not overtake it
    m_time.advance(1'000);
    QCOMPARE(m_sent, (QByteArrayList { "1", "2", "2" }));
    QCOMPARE(m_ids[1], m_ids[2]);
    QVERIFY(m_ids[0] != m_ids[1]);
    QCOMPARE(m_outbox->all().size(), 2U);
    end(Outcome::Refused);
    QCOMPARE(m_sent.last(), QByteArray("3"));
    end(Outcome::Taken);
    QVERIFY(m_outbox->all().empty());
    QVERIFY(m_underWay.empty());
}

void tst_DeliveryQueue::lanesDoNotWaitForEachOther()
{
    put("a", "a1");
    put("a", "a2");
    end(Outcome::TryAgain);
    put("b", "b1");
    put("b", "b2");
    end(Outcome::Taken);
    end(Outcome::Taken);
    QCOMPARE(m_sent, (QByteArrayList { "a1", "b1", "b2" }));
    m_time.advance(2'000);
    QCOMPARE(m_sent.last(), QByteArray("a1"));
}

void tst_DeliveryQueue::onlySomeAtATime()
{
    for (int i = 0; i < 100; ++i)
        put("lane" + QByteArray::number(i), QByteArray::number(i));
    const int most = DeliveryQueue::Pace().atATime;
    QCOMPARE(int(m_underWay.size()), most);
    for (int i = 0; i < 100; ++i) {
        QVERIFY(int(m_underWay.size()) <= most);
        end(Outcome::Taken);
    }
    QCOMPARE(m_sent.size(), 100);
    QVERIFY(m_outbox->all().empty());
}

void tst_DeliveryQueue::waitsDoubleAndEnd()
{
    put("a", "1");
    put("a", "2");
    QList<qint64> waits;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"webhook .* to http://localhost/ given up after 10 attempts"_s));
    while (m_sent.last() == "1") {
        const qint64 failed = m_time.now();
        const qsizetype before = m_sent.size();
        end(Outcome::TryAgain);
        while (m_sent.size() == before)
            m_time.advance(10);
        if (m_sent.last() == "1")
            waits << m_time.now() - failed;
    }
    QCOMPARE(waits.size(), 9); // ten attempts
    qint64 expected = 1'000;
    for (const qint64 wait : std::as_const(waits)) {
        QVERIFY2(wait >= expected * 8 / 10 && wait <= expected * 12 / 10 + 10,
                 qPrintable(QString::number(wait)));
        expected = std::min<qint64>(60'000, expected * 2);
    }
    QCOMPARE(m_outbox->all().size(), 1U); // the next one has its ten attempts
}

void tst_DeliveryQueue::takenAfterFailureBeginsAnew()
{
    put("a", "1");
    put("a", "2");
    for (int i = 0; i < 5; ++i) {
        end(Outcome::TryAgain);
        m_time.advance(80'000);
    }
    end(Outcome::Taken);
    QCOMPARE(m_sent.last(), QByteArray("2"));
    end(Outcome::TryAgain);
    const qsizetype before = m_sent.size();
    m_time.advance(1'250);
    QCOMPARE(m_sent.size(), before + 1);
}

void tst_DeliveryQueue::whatIsClearedIsNotSent()
{
    put("a", "1");
    put("a", "2");
    put("b", "3");
    m_outbox->clear();
    end(Outcome::TryAgain);
    end(Outcome::Taken);
    m_time.advance(100'000);
    QCOMPARE(m_sent, (QByteArrayList { "1", "3" }));
    put("a", "4");
    QCOMPARE(m_sent.last(), QByteArray("4"));
}

void tst_DeliveryQueue::outboxIsBounded()
{
    m_outbox->setLimits({ 3, 1'000'000 });
    for (const char *const what : { "1", "2", "3" })
        put("a", what);
    QVERIFY(!m_outbox->keep("a", {}, "4"));
    end(Outcome::Taken);
    put("a", "5");
    QCOMPARE(m_outbox->all().size(), 3U);
    m_outbox->setLimits({ 1'000, 100'000 });
    int more = 0;
    while (m_outbox->keep("a", {}, QByteArray(1'000, 'x')))
        ++more;
    QVERIFY(more > 50 && more < 100);
    m_outbox->clear();
    QVERIFY(m_outbox->keep("a", {}, QByteArray(90'000, 'x')));
}

void tst_DeliveryQueue::queueMayGoFirst()
{
    put("a", "1");
    put("b", "2");
    end(Outcome::TryAgain);
    m_queue.reset();
    end(Outcome::Taken); // nobody is told
    m_time.advance(100'000);
    QCOMPARE(m_sent.size(), 2);
    QCOMPARE(m_outbox->all().size(), 2U);
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    tst_DeliveryQueue test(application.time());
    return QTest::qExec(&test, argc, argv);
}

#include "tst_deliveryqueue.moc"
