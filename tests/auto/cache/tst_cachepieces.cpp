#include "cachefixture.h"
#include "shared/longestturn.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/cache/cachedatabase.h"
#include "TwilioSync/cache/keyvaluecache.h"
#include "TwilioSync/session/tokenclaims.h"

#include <QtTest/qsignalspy.h>

#include <algorithm>
#include <numeric>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int seen = 30;

QList<int> upTo(int count)
{
    QList<int> all(count);
    std::iota(all.begin(), all.end(), 0);
    return all;
}

QList<int> reversed(QList<int> numbers)
{
    std::reverse(numbers.begin(), numbers.end());
    return numbers;
}

} // namespace

// What was kept is read piece by piece: the first rows do not wait for the last ones, and whatever happens
// meanwhile is newer than what is still to be read.
class tst_CachePieces : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void firstRowsDoNotWaitForTheRest_data();
    void firstRowsDoNotWaitForTheRest();
    void keysInAnotherOrder_data();
    void keysInAnotherOrder();
    void eventsInBetween_data();
    void eventsInBetween();
    void ownWritesInBetween_data();
    void ownWritesInBetween();
    void theEndThatIsAskedForComesFirst();
    void rowsBehindWhatWasKeptComeAfterIt();
    void endsInBetween_data();
    void endsInBetween();
    void clearedInBetween();
    void anotherIdentityInBetween();

private:
    //! What was kept takes a while.
    static void slowDown(SyncClient &client)
    {
        cacheOf(client).setPieces({ .first = 4, .later = 3, .pause = 200ms });
    }
    static DiskCache &cacheOf(SyncClient &client) { return ClientPrivate::of(&client)->session->diskCache(); }
    //! Has \a object kept for alice.
    void keep(const CachedRoot &root, const std::vector<ItemPtr> &items) const
    {
        CacheChange change { .root = root, .isNew = true };
        for (const ItemPtr &item : items)
            change.items.push_back({ item });
        const auto owner = ownerOfToken(m_server.token(u"alice"_s));
        QVERIFY(owner);
#ifdef OWN_CACHE
        auto opened = KeyValueCache::open(*ownCache(), *owner, {});
#else
        SyncError damage;
        auto opened = CacheDatabase::open(m_dir->path(), *owner, {}, &damage);
#endif
        QVERIFY(!errorOf(opened));
        QVERIFY(!errorOf(std::get<0>(opened)->write(std::vector { change })));
    }
    //! What a client shows that is not connected, and has read everything.
    template <typename Handle>
    [[nodiscard]] QList<int> keptNumbers(qsizetype count) const
    {
        const auto client = offlineClient();
        const auto rows = handle<Handle>(*client);
        rows->setPageSize(1000);
        (void)QTest::qWaitFor([&] { return rows->isComplete() && rows->rowCount() >= count; });
        return numbers(*rows);
    }
};

void tst_CachePieces::firstRowsDoNotWaitForTheRest_data()
{
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::newRow("ascending") << Qt::AscendingOrder;
    QTest::newRow("descending") << Qt::DescendingOrder;
}

void tst_CachePieces::firstRowsDoNotWaitForTheRest()
{
    QFETCH(Qt::SortOrder, order);
    constexpr int count = 20'000;
    constexpr auto longest = 100ms;
    CachedRoot root;
    root.resource.sid = "ES1";
    root.resource.uniqueName = m_name.toUtf8();
    root.coverage.add(Cut::bottom(), Cut::top());
    std::vector<ItemPtr> items;
    for (int i = 0; i < count; ++i) {
        const QByteArray json = number(i).toJson();
        items.push_back(ItemPtr::make({ .index = i, .json = json, .revision = "0", .lastEventId = i }));
    }
    keep(root, items);

    const auto client = offlineClient();
    SyncList list;
    list.setOrder(order);
    list.setClient(client.get());
    list.setUniqueName(m_name);
    QList<int> counts;
    connect(&list, &SyncList::rowsInserted, &list, [&] { counts << list.rowCount(); });
    LongestTurn turn;
    QTRY_COMPARE(list.status(), Sync::Status::Ready);
    QTRY_VERIFY(!counts.isEmpty());
    QTRY_VERIFY(list.isComplete());
    const auto took = turn.value();
    QCOMPARE(list.rowCount(), count);
    QVERIFY2(counts.constFirst() < 1'000, QByteArray::number(counts.constFirst()));
    QVERIFY(counts.size() > 10);
    for (qsizetype i = 1; i < counts.size(); ++i)
        QVERIFY2(counts.at(i) - counts.at(i - 1) <= 1'000, QByteArray::number(counts.at(i)));
    QCOMPARE(numbers(list), order == Qt::AscendingOrder ? upTo(count) : reversed(upTo(count)));
    QVERIFY2(took < longest, QByteArray::number(qint64(took.count())) + " ms");
}

void tst_CachePieces::keysInAnotherOrder_data() { firstRowsDoNotWaitForTheRest_data(); }

// The service's order is not that of the bytes: what shows is at every moment what is first in the former.
void tst_CachePieces::keysInAnotherOrder()
{
    QFETCH(Qt::SortOrder, order);
    QList<QString> keys;
    for (const QString &first :
         { u"a"_s, u"\u00e9"_s, u"\uf900"_s, u"\uffee"_s, u"\U0001f600"_s, u"\U0010ffee"_s }) {
        for (const QString &second : { u""_s, u"b"_s, u"\uf900"_s, u"\U0001f600"_s, u"z"_s })
            keys << first + second;
    }
    std::sort(keys.begin(), keys.end()); // by UTF-16 code units
    CachedRoot root { .kind = ObjectKind::Map };
    root.resource.sid = "MP1";
    root.resource.uniqueName = m_name.toUtf8();
    root.coverage.add(Cut::bottom(), Cut::top());
    std::vector<ItemPtr> items;
    for (int i = 0; i < keys.size(); ++i) {
        const QByteArray key = keys.at(i).toUtf8();
        const QByteArray json = number(i).toJson();
        items.push_back(ItemPtr::make({ .key = key, .json = json, .revision = "0", .lastEventId = i }));
    }
    keep(root, items);
    const bool isUp = order == Qt::AscendingOrder;
    const QList<int> all = isUp ? upTo(int(keys.size())) : reversed(upTo(int(keys.size())));
    for (int later = 1; later < 5; ++later) {
        const auto client = offlineClient();
        cacheOf(*client).setPieces({ .first = 1, .later = later });
        const auto map = handle<SyncMap>(*client);
        map->setOrder(order);
        int insertions = 0;
        connect(map.get(), &SyncMap::rowsInserted, map.get(), [&] {
            ++insertions;
            QCOMPARE(numbers(*map), all.first(map->rowCount()));
        });
        QTRY_VERIFY(map->isComplete());
        QCOMPARE(numbers(*map), all);
        QVERIFY(insertions > 1);
    }
}

void tst_CachePieces::eventsInBetween_data()
{
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::addColumn<bool>("isRead");
    QTest::newRow("ascending, read") << Qt::AscendingOrder << true;
    QTest::newRow("ascending, ended before") << Qt::AscendingOrder << false;
    QTest::newRow("descending, read") << Qt::DescendingOrder << true;
    QTest::newRow("descending, ended before") << Qt::DescendingOrder << false;
}

// The next time shows what was heard; if the end came before the rest had been read, once it is heard again.
void tst_CachePieces::eventsInBetween()
{
    QFETCH(Qt::SortOrder, order);
    QFETCH(bool, isRead);
    const bool isUp = order == Qt::AscendingOrder;
    seeList(seen, 1000);
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    QList<int> expected = upTo(seen);
    // At both ends: one has not been read
    valueOfCall(other->set(5, number(55)));
    valueOfCall(other->set(25, number(75)));
    QVERIFY(errorOfCall(other->remove(6)).isNull());
    QVERIFY(errorOfCall(other->remove(26)).isNull());
    valueOfCall(other->set(7, number(57)));
    QVERIFY(errorOfCall(other->remove(7)).isNull());
    valueOfCall(other->push(number(30)));
    expected[5] = 55;
    expected[25] = 75;
    expected << 30;
    expected.removeOne(6);
    expected.removeOne(26);
    expected.removeOne(7);
    const QList<int> shown = isUp ? expected : reversed(expected);
    {
        const auto client = cachedClient();
        slowDown(*client);
        const auto list = handle<SyncList>(*client);
        list->setOrder(order);
        list->setPageSize(1000);
        const QSignalSpy removed(list.get(), &SyncList::itemRemoved);
        QTRY_VERIFY(isEstablished(*list));
        QVERIFY(list->rowCount() < 15);
        if (isRead) {
            QTRY_VERIFY(list->isComplete());
            QTRY_COMPARE(numbers(*list), shown);
            QVERIFY(!list->isFromCache());
        } else {
            QTRY_COMPARE(removed.size(), 3);
            QTRY_VERIFY(client->isOnline());
            QVERIFY(list->rowCount() < 20);
        }
    }
    if (!isRead) {
        QCOMPARE(keptNumbers<SyncList>(seen), upTo(seen));
        const auto client = cachedClient();
        const auto list = handle<SyncList>(*client);
        list->setLoadAll(true);
        QTRY_COMPARE(numbers(*list), expected);
        QTRY_VERIFY(client->isOnline());
    }
    QCOMPARE(keptNumbers<SyncList>(expected.size()), expected);
}

void tst_CachePieces::ownWritesInBetween_data()
{
    QTest::addColumn<bool>("isOptimistic");
    QTest::newRow("shown at once") << true;
    QTest::newRow("shown when done") << false;
}

void tst_CachePieces::ownWritesInBetween()
{
    QFETCH(bool, isOptimistic);
    seeList(seen, 1000);
    QList<int> expected = upTo(seen);
    expected[25] = 75;
    expected.removeOne(20);
    expected << 30;
    {
        const auto client = offlineClient();
        slowDown(*client);
        const auto list = handle<SyncList>(*client);
        list->setOptimistic(isOptimistic);
        list->setPageSize(1000);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        QVERIFY(list->rowCount() < 15);
        const auto set = list->set(25, number(75));
        const auto remove = list->remove(20);
        const auto push = list->push(number(30));
        QTRY_VERIFY(list->isComplete());
        QTRY_COMPARE(numbers(*list), isOptimistic ? expected : upTo(seen));
        client->goOnline();
        QTRY_COMPARE(numbers(*list), expected);
        QTRY_COMPARE(list->pendingWrites(), 0);
    }
    {
        const auto client = cachedClient(); // done before they are read
        slowDown(*client);
        const auto list = handle<SyncList>(*client);
        list->setOptimistic(isOptimistic);
        list->setPageSize(1000);
        QTRY_VERIFY(isEstablished(*list));
        QVERIFY(list->rowCount() < 15);
        valueOfCall(list->set(27, number(77)));
        QVERIFY(errorOfCall(list->remove(28)).isNull());
        QVERIFY(!list->isComplete());
        expected[expected.indexOf(27)] = 77;
        expected.removeOne(28);
        QTRY_VERIFY(list->isComplete());
        QTRY_COMPARE(numbers(*list), expected);
    }
    QCOMPARE(keptNumbers<SyncList>(expected.size()), expected);
}

void tst_CachePieces::theEndThatIsAskedForComesFirst()
{
    seeList(seen, 1000);
    const auto client = offlineClient();
    slowDown(*client);
    const auto first = handle<SyncList>(*client);
    QTRY_COMPARE(numbers(*first), upTo(4));
    const auto second = handle<SyncList>(*client);
    second->setOrder(Qt::DescendingOrder);
    QTRY_VERIFY(second->rowCount() > 0);
    const QList<int> down = reversed(upTo(seen));
    QCOMPARE(numbers(*second), down.first(second->rowCount()));
    QVERIFY(first->rowCount() < 15);
    QTRY_VERIFY(first->isComplete() && second->isComplete());
    QCOMPARE(numbers(*first), upTo(seen));
    QCOMPARE(numbers(*second), reversed(upTo(seen)));
}

void tst_CachePieces::rowsBehindWhatWasKeptComeAfterIt()
{
    seeList(seen, 20);
    const auto client = cachedClient();
    slowDown(*client);
    const auto list = handle<SyncList>(*client);
    list->setLoadAll(true);
    QStringList misplaced;
    connect(list.get(), &SyncList::rowsInserted, list.get(), [&] {
        if (numbers(*list) != upTo(list->rowCount()))
            misplaced << QString::number(list->rowCount());
    });
    QTRY_VERIFY(isEstablished(*list));
    QVERIFY(list->rowCount() < 15);
    QTRY_VERIFY(list->isComplete());
    QCOMPARE(numbers(*list), upTo(seen));
    QCOMPARE(misplaced, QStringList());
}

void tst_CachePieces::endsInBetween_data()
{
    QTest::addColumn<bool>("isOnline");
    QTest::newRow("with a connection") << true;
    QTest::newRow("without one") << false;
}

// A handle, then its client: nothing is lost of what was kept.
void tst_CachePieces::endsInBetween()
{
    QFETCH(bool, isOnline);
    seeList(seen, 1000);
    for (int round = 0; round < 3; ++round) {
        const auto client = cachedClient(isOnline);
        slowDown(*client);
        auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        QVERIFY(list->rowCount() < 15);
        list.reset();
        list = handle<SyncList>(*client);
        list->setPageSize(1000);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        if (round == 2) {
            QTRY_VERIFY(list->isComplete());
            QCOMPARE(numbers(*list), upTo(seen));
        }
    }
    QCOMPARE(keptNumbers<SyncList>(seen), upTo(seen));
}

void tst_CachePieces::clearedInBetween()
{
    seeList(seen, 1000);
    const auto client = cachedClient();
    slowDown(*client);
    const auto list = handle<SyncList>(*client);
    list->setLoadAll(true);
    QTRY_VERIFY(isEstablished(*list));
    QVERIFY(list->rowCount() < 15);
    QVERIFY(errorOfCall(client->clearCache()).isNull());
    QVERIFY(list->rowCount() < seen);
    QTRY_VERIFY(list->isComplete()); // the rest is the service's
    QCOMPARE(numbers(*list), upTo(seen));
    const auto bob = valueOfCall(m_bob->list(m_name));
    valueOfCall(bob->set(29, number(79)));
    QTRY_COMPARE(numberOf(list->valueAt(29)), 79);
}

void tst_CachePieces::anotherIdentityInBetween()
{
    seeList(seen, 1000);
    {
        const auto client = offlineClient();
        slowDown(*client);
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        QVERIFY(list->rowCount() < 15);
        client->setToken(m_server.token(u"carol"_s));
        QTest::qWait(200);
        QCOMPARE(list->rowCount(), 0);
        client->goOnline();
        list->setLoadAll(true);
        QTRY_VERIFY(list->isComplete());
        QCOMPARE(numbers(*list), upTo(seen));
    }
    const auto dave = offlineClient(u"dave"_s); // who has never had a session
    const auto error = errorOfCall(dave->list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(!error.isNull());
    QCOMPARE(keptNumbers<SyncList>(seen), upTo(seen));
}

QTEST_GUILESS_MAIN(tst_CachePieces)
#include "tst_cachepieces.moc"
