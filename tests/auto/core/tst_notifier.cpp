#include "TwilioSync/core/notifier.h"
#include "TwilioSync/core/settle.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <memory>
#include <optional>
#include <tuple>

using namespace Twilio;

class tst_Notifier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void tellsInOrderAndNeverAtOnce();
    void whatIsPostedMeanwhileComesWithTheNextTurn();
    void tellsNobodyWhoIsGone();
    void goesOnInANestedEventLoop();
    void holdsWhileAModelChanges();
    void holdsInTheMiddleOfATurn();
    void holdOutlivesTheNotifier();
    void endsFuturesAtTheLatestWithItself();
    void leavesSignalsToTheEventLoopWhenItGoes();
    void survivesItsEndInsideASlot();
    void followsItsThread();

private:
    std::function<void()> note(const QString &word)
    {
        return [this, word] { m_told.append(word); };
    }
    QString told() { return std::exchange(m_told, {}).join(u' '); }
    static void turn() { QCoreApplication::processEvents(); }

    QStringList m_told;
};

void tst_Notifier::init()
{
    m_told.clear();
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void tst_Notifier::tellsInOrderAndNeverAtOnce()
{
    Notifier notifier;
    QObject a;
    QObject b;
    notifier.post(&a, note(QStringLiteral("a1")));
    notifier.post(&b, note(QStringLiteral("b1")));
    notifier.post(nullptr, note(QStringLiteral("future")));
    notifier.post(&a, note(QStringLiteral("a2")));
    QCOMPARE(told(), QString());
    turn();
    QCOMPARE(told(), QStringLiteral("a1 b1 future a2"));
    turn();
    QCOMPARE(told(), QString());
}

// An application whose slots go on posting still gets its other events.
void tst_Notifier::whatIsPostedMeanwhileComesWithTheNextTurn()
{
    Notifier notifier;
    QObject a;
    int rounds = 0;
    std::function<void()> again = [&] {
        m_told.append(QString::number(++rounds));
        QMetaObject::invokeMethod(&a, note(QStringLiteral("other")), Qt::QueuedConnection);
        if (rounds < 3)
            notifier.post(&a, again);
    };
    notifier.post(&a, again);
    QTRY_COMPARE(m_told.size(), 6);
    QCOMPARE(told(), QStringLiteral("1 other 2 other 3 other"));
}

void tst_Notifier::tellsNobodyWhoIsGone()
{
    Notifier notifier;
    auto before = std::make_unique<QObject>();
    auto meanwhile = std::make_unique<QObject>();
    QObject stays;
    notifier.post(before.get(), note(QStringLiteral("before")));
    notifier.post(&stays, [&] {
        m_told.append(QStringLiteral("stays"));
        meanwhile.reset();
    });
    notifier.post(meanwhile.get(), note(QStringLiteral("meanwhile")));
    notifier.post(nullptr, note(QStringLiteral("future")));
    before.reset();
    turn();
    QCOMPARE(told(), QStringLiteral("stays future"));
}

void tst_Notifier::goesOnInANestedEventLoop()
{
    Notifier notifier;
    QObject a;
    QEventLoop box;
    notifier.post(&a, [&] {
        m_told.append(QStringLiteral("open"));
        notifier.post(&a, note(QStringLiteral("later")));
        box.exec(); // a message box
        m_told.append(QStringLiteral("closed"));
    });
    notifier.post(&a, note(QStringLiteral("second")));
    notifier.post(nullptr, note(QStringLiteral("third")));
    notifier.post(&a, [&] {
        QMetaObject::invokeMethod(
                &box,
                [&] {
                    notifier.post(&a, note(QStringLiteral("fourth")));
                    notifier.post(&a, [&] { box.quit(); });
                    notifier.post(&a, note(QStringLiteral("fifth")));
                },
                Qt::QueuedConnection);
    });
    turn();
    turn();
    QCOMPARE(told(), QStringLiteral("open second third later fourth fifth closed"));
}

void tst_Notifier::holdsWhileAModelChanges()
{
    Notifier notifier;
    QObject a;
    notifier.post(&a, note(QStringLiteral("before")));
    std::optional<Notifier::Hold> outer(std::in_place, notifier);
    {
        const Notifier::Hold inner(notifier);
        notifier.post(&a, note(QStringLiteral("within")));
        turn();
    }
    turn();
    QCOMPARE(told(), QString());
    outer.reset();
    QCOMPARE(told(), QString());
    turn();
    QCOMPARE(told(), QStringLiteral("before within"));
}

void tst_Notifier::holdsInTheMiddleOfATurn()
{
    Notifier notifier;
    QObject a;
    std::optional<Notifier::Hold> hold;
    notifier.post(&a, [&] { hold.emplace(notifier); });
    notifier.post(&a, note(QStringLiteral("held")));
    turn();
    turn();
    QCOMPARE(told(), QString());
    hold.reset();
    turn();
    QCOMPARE(told(), QStringLiteral("held"));
}

void tst_Notifier::holdOutlivesTheNotifier()
{
    auto notifier = std::make_unique<Notifier>();
    const Notifier::Hold hold(*notifier);
    notifier->post(nullptr, note(QStringLiteral("future")));
    notifier.reset();
    QCOMPARE(told(), QStringLiteral("future"));
}

void tst_Notifier::endsFuturesAtTheLatestWithItself()
{
    auto notifier = std::make_unique<Notifier>();
    const auto [first, endFirst] = makeCall<int>();
    const auto [second, endSecond] = makeCall<int>();
    notifier->post(nullptr, [&, endFirst = endFirst, endSecond = endSecond] {
        endFirst(1);
        // the continuation of one posts another
        notifier->post(nullptr, [endSecond] { endSecond(SyncError(QStringLiteral("no"))); });
    });
    QVERIFY(!first.isFinished());
    delete notifier.get(); // found by the continuation until it is gone
    std::ignore = notifier.release();
    QCOMPARE(first.result(), 1);
    QVERIFY(second.isFinished());
    QVERIFY_THROWS_EXCEPTION(SyncException, QFuture<int>(second).waitForFinished());
}

void tst_Notifier::leavesSignalsToTheEventLoopWhenItGoes()
{
    auto notifier = std::make_unique<Notifier>();
    QObject stays;
    auto goes = std::make_unique<QObject>();
    notifier->post(&stays, note(QStringLiteral("closed")));
    notifier->post(goes.get(), note(QStringLiteral("gone")));
    notifier->post(&stays, note(QStringLiteral("client")));
    notifier.reset();
    QCOMPARE(told(), QString());
    goes.reset();
    turn();
    QCOMPARE(told(), QStringLiteral("closed client"));
}

void tst_Notifier::survivesItsEndInsideASlot()
{
    auto notifier = std::make_unique<Notifier>();
    QObject a;
    notifier->post(&a, [&] {
        m_told.append(QStringLiteral("end"));
        notifier.reset();
        m_told.append(QStringLiteral("ended"));
    });
    notifier->post(nullptr, note(QStringLiteral("future")));
    notifier->post(&a, note(QStringLiteral("signal")));
    turn();
    turn();
    QCOMPARE(told(), QStringLiteral("end future ended signal"));
}

void tst_Notifier::followsItsThread()
{
    QThread worker;
    auto *notifier = new Notifier;
    auto *who = new QObject;
    notifier->moveToThread(&worker);
    who->moveToThread(&worker);
    QThread *toldOn = nullptr;
    QObject::connect(&worker, &QThread::started, notifier, [&] {
        notifier->post(who, [&] {
            toldOn = QThread::currentThread();
            delete who;
            notifier->deleteLater();
            worker.quit();
        });
    });
    worker.start();
    QVERIFY(worker.wait());
    QCOMPARE(toldOn, &worker);
}

QTEST_GUILESS_MAIN(tst_Notifier)
#include "tst_notifier.moc"
