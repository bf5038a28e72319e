#include "TwilioSync/api/syncmap.h"

#include "shared/twoclients.h"
#include "TwilioSync/api/syncpaginator.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! What is peculiar to maps; what they share with lists is tested there.
class tst_SyncMap : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void setCreatesAndReplaces();
    void mutateStartsFromNothing();
    void racingCreationsAllCount();
    void missingItemsReject();
    void rowsAreOrderedAsTheServiceOrders();
    void awkwardKeysSurvive_data();
    void awkwardKeysSurvive();
    void removedKeysMayComeBack();
    void windowFollowsKeys();
    void readsPagesFromAKey();
    void wrongKeysRejectAtOnce();

private:
    SyncMap *open(SyncClient &client, const QString &name) const
    {
        SyncMap *const map = valueOfCall(client.map(name));
        if (map) {
            new ModelCheck(map);
            waitFor([&] { return map->subscriptionState() == Sync::SubscriptionState::Established; });
            waitFor([&] { return map->isComplete() || map->count() > 0; });
        }
        return map;
    }
    static QStringList keys(const SyncMap &map)
    {
        QStringList all;
        for (int row = 0; row < map.count(); ++row)
            all.append(map.data(map.index(row), SyncMap::ItemKeyRole).toString());
        return all;
    }
    static QVariantMap number(int n) { return { { u"n"_s, n } }; }
    static std::optional<SyncValue> addOne(const QVariantMap &value)
    {
        return SyncValue(number(value.value(u"n"_s).toInt() + 1));
    }
};

void tst_SyncMap::setCreatesAndReplaces()
{
    SyncMap *const map = open(*m_alice, freshName());
    SyncMap *const other = open(*m_bob, map->sid());
    QVERIFY(map->sid().startsWith(u"MP"_s));
    QSignalSpy added(map, &SyncMap::itemAdded);
    QSignalSpy updated(map, &SyncMap::itemUpdated);
    QSignalSpy addedThere(other, &SyncMap::itemAdded);
    QSignalSpy updatedThere(other, &SyncMap::itemUpdated);
    const SyncMapItem item = valueOfCall(map->set(u"lamp"_s, number(1)));
    QCOMPARE(item.key(), u"lamp"_s);
    QCOMPARE(item.value(), number(1));
    valueOfCall(map->set(u"lamp"_s, number(2)));
    QTRY_COMPARE(updatedThere.size(), 1);
    QCOMPARE(addedThere.size(), 1);
    QCOMPARE(updatedThere.at(0).at(2).toMap(), number(1));
    QCOMPARE(added.size(), 1);
    QCOMPARE(updated.size(), 1);
    QCOMPARE(updated.at(0).at(1).toBool(), true);
    QCOMPARE(map->valueOf(u"lamp"_s).toMap(), number(2));
    QVERIFY(!map->valueOf(u"none"_s).isValid());
    QCOMPARE(map->roleNames().value(SyncMap::ItemKeyRole), "itemKey");
}

void tst_SyncMap::mutateStartsFromNothing()
{
    SyncMap *const map = open(*m_alice, freshName());
    QCOMPARE(valueOfCall(map->mutate(u"counter"_s, addOne)).value(), number(1));
    QCOMPARE(valueOfCall(map->mutate(u"counter"_s, addOne)).value(), number(2));
    QCOMPARE(valueOfCall(map->update(u"fresh"_s, number(5))).value(), number(5));
    const SyncMapItem none = valueOfCall(map->mutate(
            u"none"_s, [](const SyncValue &) -> std::optional<SyncValue> { return std::nullopt; }));
    QVERIFY(none.isNull());
    QCOMPARE(map->count(), 2);
}

void tst_SyncMap::racingCreationsAllCount()
{
    SyncMap *const map = open(*m_alice, freshName());
    SyncMap *const other = open(*m_bob, map->sid());
    QList<QFuture<SyncMapItem>> calls;
    for (int i = 0; i < 5; ++i) {
        calls.append(map->mutate(u"counter"_s, addOne));
        calls.append(other->mutate(u"counter"_s, addOne));
    }
    for (const auto &call : std::as_const(calls))
        valueOfCall(call);
    QTRY_COMPARE(map->valueOf(u"counter"_s).toMap(), number(10));
    QTRY_COMPARE(other->valueOf(u"counter"_s).toMap(), number(10));
}

void tst_SyncMap::missingItemsReject()
{
    SyncMap *const map = open(*m_alice, freshName());
    const QString missing = u"The specified Map Item does not exist (404, 54201)"_s;
    QCOMPARE(textOfError(errorOfCall(map->get(u"none"_s))), missing);
    QCOMPARE(textOfError(errorOfCall(map->remove(u"none"_s))), missing);
    QCOMPARE(errorOfCall(map->setItemTtl(u"none"_s, 5)).code(), 54201);
    QCOMPARE(map->status(), Sync::Status::Ready);
}

void tst_SyncMap::rowsAreOrderedAsTheServiceOrders()
{
    SyncMap *const map = open(*m_alice, freshName());
    for (const QString &key : { u"b"_s, u"a"_s, u"ab"_s, u"Z"_s, u"é"_s, u"\uffee"_s, u"😀"_s })
        valueOfCall(map->set(key, {}));
    QCOMPARE(keys(*map), QStringList({ u"Z"_s, u"a"_s, u"ab"_s, u"b"_s, u"é"_s, u"😀"_s, u"\uffee"_s }));
    SyncMap *const other = open(*m_bob, map->sid());
    QCOMPARE(keys(*other), keys(*map));
    QCOMPARE(other->rowOf(u"ab"_s), 2);
}

void tst_SyncMap::awkwardKeysSurvive_data()
{
    QTest::addColumn<QString>("key");
    for (const QString &key : { u"a b&c=d"_s, u"a/b"_s, u"%2F"_s, u"."_s, u".."_s, u"ü?#"_s, u"\"\\\n"_s,
                                u"+"_s, QString(320, u'k') })
        QTest::newRow(qPrintable(key.left(20))) << key;
}

void tst_SyncMap::awkwardKeysSurvive()
{
    QFETCH(QString, key);
    SyncMap *const map = open(*m_alice, freshName());
    SyncMap *const other = open(*m_bob, map->sid());
    QCOMPARE(valueOfCall(map->set(key, number(1))).key(), key);
    QTRY_COMPARE(keys(*other), QStringList({ key }));
    QCOMPARE(valueOfCall(other->mutate(key, addOne)).value(), number(2));
    SyncMap *const third = open(*m_bob, map->sid());
    QCOMPARE(keys(*third), QStringList({ key }));
    QCOMPARE(valueOfCall(third->getItems({ .from = key }))->mapItems().size(), 1);
    QVERIFY(errorOfCall(other->remove(key)).isNull());
    QTRY_COMPARE(map->count(), 0);
}

void tst_SyncMap::removedKeysMayComeBack()
{
    SyncMap *const map = open(*m_alice, freshName());
    SyncMap *const other = open(*m_bob, map->sid());
    const ModelLog log(other);
    QSignalSpy added(other, &SyncMap::itemAdded);
    QSignalSpy removed(other, &SyncMap::itemRemoved);
    valueOfCall(map->set(u"k"_s, number(1)));
    QVERIFY(errorOfCall(map->remove(u"k"_s)).isNull());
    valueOfCall(map->set(u"k"_s, number(2)));
    QTRY_COMPARE(added.size(), 2);
    QCOMPARE(removed, QList<QVariantList>({ { u"k"_s, false, number(1) } }));
    QCOMPARE(log.lines(), QStringList({ u"inserted 0-0"_s, u"removed 0-0"_s, u"inserted 0-0"_s }));
    QCOMPARE(valueOfCall(map->get(u"k"_s)).value(), number(2));
}

void tst_SyncMap::windowFollowsKeys()
{
    const QString name = freshName();
    SyncMap *const other = open(*m_bob, name);
    for (const QString &key : { u"b"_s, u"d"_s, u"f"_s, u"h"_s })
        valueOfCall(other->set(key, {}));
    SyncMap map;
    new ModelCheck(&map);
    map.setPageSize(2);
    map.setClient(m_alice.get());
    map.setUniqueName(name);
    QTRY_COMPARE(keys(map), QStringList({ u"b"_s, u"d"_s }));
    QTRY_COMPARE(map.subscriptionState(), Sync::SubscriptionState::Established);
    QSignalSpy added(&map, &SyncMap::itemAdded);
    for (const QString &key : { u"a"_s, u"c"_s, u"e"_s, u"g"_s })
        valueOfCall(other->set(key, {}));
    QTRY_COMPARE(added.size(), 4);
    QCOMPARE(keys(map), QStringList({ u"a"_s, u"b"_s, u"c"_s, u"d"_s }));
    map.fetchMore();
    QTRY_COMPARE(keys(map), QStringList({ u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s, u"f"_s }));
    map.setLoadAll(true);
    QTRY_VERIFY(map.isComplete());
    QCOMPARE(map.count(), 8);
}

void tst_SyncMap::readsPagesFromAKey()
{
    SyncMap *const map = open(*m_alice, freshName());
    for (int i = 0; i < 6; ++i)
        valueOfCall(map->set(u"key%1"_s.arg(i), number(i)));
    const auto read = [](SyncPaginator *page) {
        QStringList all;
        for (const SyncMapItem &item : page->mapItems())
            all.append(item.key());
        return all.join(u' ');
    };
    SyncPaginator *page = valueOfCall(map->getItems({ .from = u"key31"_s, .pageSize = 1 }));
    QCOMPARE(read(page), u"key4"_s);
    QVERIFY(page->hasPrevPage());
    QCOMPARE(read(valueOfCall(page->nextPage())), u"key5"_s);
    QCOMPARE(read(valueOfCall(page->prevPage())), u"key3"_s);
    QCOMPARE(read(valueOfCall(map->getItems({ .from = u"nope"_s }))), QString());
    QCOMPARE(read(valueOfCall(map->getItems({ .from = u"key2"_s, .order = Qt::DescendingOrder }))),
             u"key2 key1 key0"_s);
}

void tst_SyncMap::wrongKeysRejectAtOnce()
{
    SyncMap *const map = open(*m_alice, freshName());
    const auto call = map->set({}, {});
    QVERIFY(call.isFinished());
    QCOMPARE(errorOfCall(call).message(), u"key: expected 1 to 320 characters, got an empty string"_s);
    QVERIFY(errorOfCall(map->get(QString(321, u'x'))).message().startsWith(u"key:"_s));
}

QTEST_GUILESS_MAIN(tst_SyncMap)
#include "tst_syncmap.moc"
