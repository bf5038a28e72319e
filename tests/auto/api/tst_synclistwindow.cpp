#include "TwilioSync/api/synclist.h"

#include "shared/clientfixture.h"
#include "TwilioSync/api/syncclient_p.h"

#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

//! The window of a list of 10 items, indexes 0 to 9, with pages of 4.
class tst_SyncListWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void growsByPages_data();
    void growsByPages();
    void remoteChangesAgainstTheWindow_data();
    void remoteChangesAgainstTheWindow();
    void edgeItemsMayGo();
    void emptiedWindowTakesTheNextPage();
    void loadsAllByItself();
    void pageThatFailsOfflineIsReadAgain();
    void orderStartsAgain();
    void twoHandlesTwoWindows();
    void burstOfUpdatesIsOneRange();

private:
    static QList<int> indexes(const SyncList &list)
    {
        QList<int> all;
        for (int row = 0; row < list.count(); ++row)
            all.append(list.data(list.index(row), SyncList::ItemIndexRole).toInt());
        return all;
    }
    //! A handle with pages of 4 that has its first page and its subscription.
    std::unique_ptr<SyncList> window(Qt::SortOrder order, int pageSize = 4)
    {
        auto list = std::make_unique<SyncList>();
        new ModelCheck(list.get());
        list->setOrder(order);
        list->setPageSize(pageSize);
        list->setClient(m_alice.get());
        list->setUniqueName(m_name);
        waitFor([&] {
            return list->count() > 0 && list->subscriptionState() == Sync::SubscriptionState::Established;
        });
        return list;
    }

    ServerFixture m_server;
    std::unique_ptr<SyncClient> m_alice;
    std::unique_ptr<SyncClient> m_bob;
    QString m_name;
    SyncList *m_other = nullptr;
};

void tst_SyncListWindow::initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

void tst_SyncListWindow::init()
{
    m_alice = makeClient(m_server);
    m_bob = makeClient(m_server, u"bob"_s);
    m_name = freshName();
    m_other = valueOfCall(m_bob->list(m_name));
    QVERIFY(m_other);
    for (int i = 0; i < 10; ++i)
        valueOfCall(m_other->push({ { u"n"_s, i } }));
}

void tst_SyncListWindow::growsByPages_data()
{
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::addColumn<QList<int>>("first");
    QTest::addColumn<QList<int>>("all");
    QTest::newRow("ascending") << Qt::AscendingOrder << QList<int> { 0, 1, 2, 3 }
                               << QList<int> { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    QTest::newRow("descending") << Qt::DescendingOrder << QList<int> { 9, 8, 7, 6 }
                                << QList<int> { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 };
}

void tst_SyncListWindow::growsByPages()
{
    QFETCH(Qt::SortOrder, order);
    QFETCH(QList<int>, first);
    QFETCH(QList<int>, all);
    const auto list = window(order);
    QCOMPARE(indexes(*list), first);
    QVERIFY(!list->isComplete() && list->canFetchMore());
    const ModelLog log(list.get());
    list->fetchMore();
    QVERIFY(!list->canFetchMore()); // one page at a time
    QTRY_COMPARE(list->count(), 8);
    list->fetchMore();
    QTRY_VERIFY(list->isComplete());
    QCOMPARE(indexes(*list), all);
    QVERIFY(!list->canFetchMore());
    QCOMPARE(log.lines(), QStringList({ u"inserted 4-7"_s, u"inserted 8-9"_s }));
}

void tst_SyncListWindow::remoteChangesAgainstTheWindow_data()
{
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::addColumn<bool>("complete");
    QTest::addColumn<QStringList>("expected");
    // Bob changes 2 and 8, removes 1 and 9, and pushes 10.
    QTest::newRow("ascending, incomplete")
            << Qt::AscendingOrder << false
            << QStringList { u"changed 2-2 [dateUpdated revision value]"_s, u"removed 1-1"_s };
    QTest::newRow("ascending, complete")
            << Qt::AscendingOrder << true
            << QStringList { u"changed 2-2 [dateUpdated revision value]"_s,
                             u"changed 8-8 [dateUpdated revision value]"_s, u"removed 1-1"_s,
                             u"removed 8-8"_s, u"inserted 8-8"_s };
    QTest::newRow("descending, incomplete") << Qt::DescendingOrder << false
                                            << QStringList { u"changed 1-1 [dateUpdated revision value]"_s,
                                                             u"removed 0-0"_s, u"inserted 0-0"_s };
    QTest::newRow("descending, complete")
            << Qt::DescendingOrder << true
            << QStringList { u"changed 7-7 [dateUpdated revision value]"_s,
                             u"changed 1-1 [dateUpdated revision value]"_s, u"removed 8-8"_s,
                             u"removed 0-0"_s, u"inserted 0-0"_s };
}

void tst_SyncListWindow::remoteChangesAgainstTheWindow()
{
    QFETCH(Qt::SortOrder, order);
    QFETCH(bool, complete);
    QFETCH(QStringList, expected);
    const auto list = window(order, complete ? 50 : 4);
    QCOMPARE(list->isComplete(), complete);
    const ModelLog log(list.get());
    QSignalSpy updated(list.get(), &SyncList::itemUpdated);
    QSignalSpy removed(list.get(), &SyncList::itemRemoved);
    QSignalSpy added(list.get(), &SyncList::itemAdded);
    passAMillisecond();
    valueOfCall(m_other->set(2, { { u"n"_s, 22 } }));
    QTRY_COMPARE(updated.size(), 1);
    valueOfCall(m_other->set(8, { { u"n"_s, 88 } }));
    QVERIFY(errorOfCall(m_other->remove(1)).isNull());
    QVERIFY(errorOfCall(m_other->remove(9)).isNull());
    valueOfCall(m_other->push({ { u"n"_s, 10 } }));
    QTRY_COMPARE(added.size(), 1);
    QCOMPARE(updated.size(), 2);
    QCOMPARE(removed.size(), 2);
    QCoreApplication::processEvents();
    QCOMPARE(log.lines(), expected);
    // What lies beyond comes with its page, as it is now.
    while (!list->isComplete()) {
        const int before = list->count();
        list->fetchMore();
        QTRY_VERIFY(list->count() > before || list->isComplete());
    }
    const QList<int> ascending { 0, 2, 3, 4, 5, 6, 7, 8, 10 };
    QCOMPARE(indexes(*list),
             order == Qt::AscendingOrder ? ascending : QList<int>(ascending.rbegin(), ascending.rend()));
    QCOMPARE(list->valueAt(list->rowOf(8)).toMap().value(u"n"_s).toInt(), 88);
}

void tst_SyncListWindow::edgeItemsMayGo()
{
    const auto list = window(Qt::AscendingOrder);
    QVERIFY(errorOfCall(m_other->remove(3)).isNull());
    QVERIFY(errorOfCall(m_other->remove(4)).isNull());
    QTRY_COMPARE(indexes(*list), QList<int>({ 0, 1, 2 }));
    list->fetchMore();
    QTRY_COMPARE(indexes(*list), QList<int>({ 0, 1, 2, 5, 6, 7, 8 }));
    list->fetchMore();
    QTRY_COMPARE(indexes(*list), QList<int>({ 0, 1, 2, 5, 6, 7, 8, 9 }));
    QVERIFY(list->isComplete());
}

void tst_SyncListWindow::emptiedWindowTakesTheNextPage()
{
    const auto list = window(Qt::AscendingOrder);
    for (int i = 0; i < 4; ++i)
        QVERIFY(errorOfCall(m_other->remove(i)).isNull());
    QTRY_COMPARE(indexes(*list), QList<int>({ 4, 5, 6, 7 }));
    QVERIFY(!list->isComplete());
    for (int i = 4; i < 10; ++i)
        QVERIFY(errorOfCall(m_other->remove(i)).isNull());
    QTRY_VERIFY(list->isComplete() && list->count() == 0);
}

void tst_SyncListWindow::loadsAllByItself()
{
    const auto list = window(Qt::AscendingOrder);
    list->setLoadAll(true);
    QTRY_VERIFY(list->isComplete());
    QCOMPARE(list->count(), 10);
}

void tst_SyncListWindow::pageThatFailsOfflineIsReadAgain()
{
    if (!m_server.isEmbedded())
        QSKIP("stops the server");
    const auto list = window(Qt::AscendingOrder);
    TwilsockChannel &channel = ClientPrivate::of(m_alice.get())->session->channel();
    TwilsockChannel::Options options = channel.options();
    options.queueTimeout = 50ms;
    channel.setOptions(options);
    m_server.stop();
    QTRY_COMPARE(m_alice->connectionState(), SyncClient::ConnectionState::Connecting);
    list->setLoadAll(true);
    QTRY_VERIFY(!list->error().isNull());
    QCOMPARE(list->count(), 4);
    options.queueTimeout = 20s;
    channel.setOptions(options);
    QVERIFY(m_server.start());
    QTRY_VERIFY_WITH_TIMEOUT(list->isComplete(), wireTimeout);
    QCOMPARE(list->count(), 10);
    QVERIFY(list->error().isNull());
}

void tst_SyncListWindow::orderStartsAgain()
{
    const auto list = window(Qt::AscendingOrder);
    const ModelLog log(list.get());
    list->setOrder(Qt::DescendingOrder);
    QTRY_COMPARE(indexes(*list), QList<int>({ 9, 8, 7, 6 }));
    QCOMPARE(log.lines(), QStringList({ u"reset"_s, u"inserted 0-3"_s }));
}

void tst_SyncListWindow::twoHandlesTwoWindows()
{
    const auto up = window(Qt::AscendingOrder);
    const auto down = window(Qt::DescendingOrder);
    const auto whole = window(Qt::AscendingOrder, 100);
    QTRY_VERIFY(whole->isComplete());
    QCOMPARE(indexes(*up), QList<int>({ 0, 1, 2, 3 }));
    const ModelLog upLog(up.get());
    const ModelLog downLog(down.get());
    const ModelLog wholeLog(whole.get());
    valueOfCall(up->push({ { u"n"_s, 10 } }));
    QVERIFY(errorOfCall(up->remove(0)).isNull());
    QTRY_COMPARE(wholeLog.lines(), QStringList({ u"inserted 10-10"_s, u"removed 0-0"_s }));
    QCOMPARE(upLog.lines(), QStringList({ u"removed 0-0"_s }));
    QCOMPARE(downLog.lines(), QStringList({ u"inserted 0-0"_s }));
    up->fetchMore();
    QTRY_COMPARE(indexes(*up), QList<int>({ 1, 2, 3, 4, 5, 6, 7 }));
    QCOMPARE(wholeLog.lines().size(), 2);
}

void tst_SyncListWindow::burstOfUpdatesIsOneRange()
{
    const auto list = window(Qt::AscendingOrder, 100);
    const ModelLog log(list.get());
    QSignalSpy updated(list.get(), &SyncList::itemUpdated);
    for (int i = 0; i < 10; ++i)
        m_other->set(i, { { u"n"_s, -i } });
    QTRY_COMPARE(updated.size(), 10);
    QCoreApplication::processEvents();
    int rows = 0;
    for (const QString &line : log.lines()) {
        const QStringList range = line.section(u' ', 1, 1).split(u'-');
        rows += range.at(1).toInt() - range.at(0).toInt() + 1;
    }
    QCOMPARE(rows, 10);
}

QTEST_GUILESS_MAIN(tst_SyncListWindow)
#include "tst_synclistwindow.moc"
