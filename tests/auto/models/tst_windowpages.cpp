#include "TwilioSync/api/synclist.h"

#include "shared/twoclients.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/session/collectionentity.h"

#include <QtCore/qeventloop.h>

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Where a window goes on reading.
class tst_WindowPages : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void goesOnAtEitherSideOfAKey_data();
    void goesOnAtEitherSideOfAKey();
    void waitsWhileRowsChange();
    void keepsRowsThatComeWhileItLetsGo();
    void asksForTheNextPageMeanwhile_data();
    void asksForTheNextPageMeanwhile();
};

void tst_WindowPages::goesOnAtEitherSideOfAKey_data()
{
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::newRow("ascending") << Qt::AscendingOrder;
    QTest::newRow("descending") << Qt::DescendingOrder;
}

// What is known ends in front of an item, not behind one, if it was read from the other end.
void tst_WindowPages::goesOnAtEitherSideOfAKey()
{
    QFETCH(Qt::SortOrder, order);
    const bool ascending = order == Qt::AscendingOrder;
    const Qt::SortOrder opposite = ascending ? Qt::DescendingOrder : Qt::AscendingOrder;
    SyncList *const theirs = established(m_bob->list());
    QVERIFY(theirs);
    for (int n = 0; n < 6; ++n)
        valueOfCall(theirs->push({ { u"n"_s, n } }));

    SyncList other;
    const ModelCheck otherCheck(&other);
    other.setOrder(opposite);
    other.setPageSize(1);
    other.setClient(m_alice.get());
    other.setSid(theirs->sid());
    QTRY_COMPARE(other.subscriptionState(), Sync::SubscriptionState::Established);
    QTRY_COMPARE(other.rowCount(), 1);
    const auto entity = std::static_pointer_cast<CollectionEntity>(
            ClientPrivate::of(m_alice.get())->session->cache().find(ObjectKind::List, theirs->sid()));
    QVERIFY(entity);
    PageRequest request;
    request.from = ItemKey { ascending ? 2 : 3, {} };
    request.excludesFrom = true;
    request.order = opposite;
    request.size = 10;
    bool isRead = false;
    entity->readPage(request, [&](const SyncResult<Page> &page) {
        QVERIFY(!errorOf(page));
        isRead = true;
    });
    QTRY_VERIFY(isRead);
    QVERIFY(entity->store().coverage.contains({ ascending ? 1 : 4, {} }));
    QVERIFY(!entity->store().coverage.contains({ ascending ? 2 : 3, {} }));

    SyncList list;
    const ModelCheck check(&list);
    list.setOrder(order);
    list.setLoadAll(true);
    list.setClient(m_alice.get());
    list.setSid(theirs->sid());
    QTRY_VERIFY(list.isComplete());
    QList<qint64> indexes;
    for (int row = 0; row < list.rowCount(); ++row)
        indexes.append(list.index(row).data(SyncCollection::ItemKeyRole).toLongLong());
    QList<qint64> expected { 0, 1, 2, 3, 4, 5 };
    if (!ascending)
        std::reverse(expected.begin(), expected.end());
    QCOMPARE(indexes, expected);
}

// A slot of a row runs an event loop, as a message box does: nothing can grow in there, and nothing spins.
void tst_WindowPages::waitsWhileRowsChange()
{
    SyncList *const theirs = established(m_bob->list());
    QVERIFY(theirs);
    for (int n = 0; n < 6; ++n)
        valueOfCall(theirs->push({ { u"n"_s, n } }));
    SyncList list;
    const ModelCheck check(&list);
    list.setPageSize(2);
    list.setClient(m_alice.get());
    list.setSid(theirs->sid());
    QTRY_COMPARE(list.subscriptionState(), Sync::SubscriptionState::Established);
    QCOMPARE(list.rowCount(), 2);
    SyncList whole;
    const ModelCheck wholeCheck(&whole);
    whole.setLoadAll(true);
    whole.setClient(m_alice.get());
    whole.setSid(theirs->sid());
    QTRY_VERIFY(whole.isComplete());
    QCOMPARE(list.rowCount(), 2);

    int loops = 0;
    connect(&list, &SyncList::rowsInserted, &list, [&] {
        list.setLoadAll(true);
        if (loops++ > 0)
            return;
        QEventLoop loop;
        bool isIdle = false;
        for (int turn = 0; turn < 10'000 && !isIdle; ++turn)
            isIdle = !loop.processEvents();
        QVERIFY(isIdle);
        QCOMPARE(list.rowCount(), 4);
    });
    list.fetchMore(); // of what is known
    QTRY_VERIFY(list.isComplete());
    QCOMPARE(list.rowCount(), 6);
    QVERIFY(loops > 0);
}

void tst_WindowPages::asksForTheNextPageMeanwhile_data() { goesOnAtEitherSideOfAKey_data(); }

// By the time that rows are there, the page behind them is on its way.
void tst_WindowPages::asksForTheNextPageMeanwhile()
{
    QFETCH(Qt::SortOrder, order);
    constexpr int pages = 3;
    constexpr int rows = 100 * pages - 1;
    SyncList *const theirs = established(m_bob->list());
    QVERIFY(theirs);
    QList<QFuture<SyncListItem>> calls;
    for (int n = 0; n < rows; ++n)
        calls.append(theirs->push({ { u"n"_s, n } }));
    QTRY_VERIFY(
            std::all_of(calls.cbegin(), calls.cend(), [](const auto &call) { return call.isFinished(); }));
    QTRY_COMPARE(m_alice->connectionState(), SyncClient::ConnectionState::Connected);

    SyncList list;
    const ModelCheck check(&list);
    QList<bool> isAsking;
    connect(&list, &SyncList::rowsInserted, &list,
            [&] { isAsking.append(m_alice->metrics().requestsInFlight > 0); });
    list.setOrder(order);
    list.setLoadAll(true);
    list.setClient(m_alice.get());
    list.setSid(theirs->sid());
    QTRY_VERIFY(list.isComplete());
    QCOMPARE(list.rowCount(), rows);
    QCOMPARE(isAsking, QList<bool>({ true, true, false }));
}

// A slot of the last rows points the list at another one, and runs an event loop until that is open.
void tst_WindowPages::keepsRowsThatComeWhileItLetsGo()
{
    SyncList *const first = established(m_bob->list());
    SyncList *const second = established(m_bob->list());
    QVERIFY(first && second);
    valueOfCall(first->push({ { u"n"_s, 1 } }));
    for (int n = 0; n < 3; ++n)
        valueOfCall(second->push({ { u"n"_s, n } }));
    SyncList known;
    const ModelCheck knownCheck(&known);
    known.setLoadAll(true);
    known.setClient(m_alice.get());
    known.setSid(second->sid());
    QTRY_VERIFY(known.isComplete());

    SyncList list;
    const ModelCheck check(&list);
    list.setClient(m_alice.get());
    list.setSid(first->sid());
    QTRY_COMPARE(list.subscriptionState(), Sync::SubscriptionState::Established);
    QTRY_COMPARE(list.rowCount(), 1);
    int removals = 0;
    connect(&list, &SyncList::rowsRemoved, &list, [&] {
        if (removals++ > 0)
            return;
        list.setSid(second->sid());
        QEventLoop loop;
        while (loop.processEvents()) { }
    });
    list.setSid({});
    QTRY_COMPARE(removals, 1);
    QTRY_COMPARE(list.sid(), second->sid());
    QTRY_COMPARE(list.status(), Sync::Status::Ready);
    QTRY_COMPARE(list.rowCount(), 3);
    QCOMPARE(list.index(2).data(SyncCollection::ItemKeyRole).toLongLong(), 2);
}

QTEST_GUILESS_MAIN(tst_WindowPages)
#include "tst_windowpages.moc"
