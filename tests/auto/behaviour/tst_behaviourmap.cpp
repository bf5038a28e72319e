#include "collectioncase.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Items of maps. What the rows show is compared with the service after every change.
class tst_BehaviourMap : public CollectionCase
{
    Q_OBJECT

private Q_SLOTS:
    void map10_setAddsUpdatesAndAddsAgain();
    void map11_remoteItemsAreEqualInAllFields();
    void map12_localAddBeforeEstablishedReportsOnce();
    void map13_oldItemsAreNotReported();
    void map14_readsWhatTheOtherSet();
    void map15_removedKeyRejects();
    void map16_removalNamesTheKey();
    void map17_concurrentIncrementsCreateOnce();
    void map18_mutateOfARemovedKeyStartsAgain();
    void map19_nullFromAMutatorChangesNothing();
    void map34_setItemDatesTheMap();
    void map35_mutateCreatesAndCounts();

private:
    static QVariantMap data(const QString &text) { return { { u"data"_s, text } }; }
    static QVariantMap number(int value) { return { { u"value"_s, value } }; }
    static QVariantMap increment(const QVariantMap &value)
    {
        return number(value.value(u"value"_s).toInt() + 1);
    }
    static QString missing() { return u"The specified Map Item does not exist (404, 54201)"_s; } // J2
};

void tst_BehaviourMap::map10_setAddsUpdatesAndAddsAgain()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    auto *const theirs = open<SyncMap>(*m_bob, map->sid());
    QVERIFY(map && theirs);
    QSignalSpy added(map, &SyncMap::itemAdded);
    QSignalSpy updated(map, &SyncMap::itemUpdated);
    QVERIFY(added.isValid() && updated.isValid());
    valueOfCall(map->set(u"key"_s, data(u"value1"_s)));
    QTRY_COMPARE(added.size(), 1);
    valueOfCall(map->set(u"key"_s, data(u"value2"_s)));
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(added.size(), 1);
    VERIFY_SHOWS_SERVICE(map);
    // Whether or not the removal has arrived when it is set again: J5, J16.
    QCOMPARE(textOfError(errorOfCall(theirs->remove(u"key"_s))), QString());
    const QVariantMap again { { u"data2"_s, u"value1"_s } };
    QCOMPARE(valueOfCall(map->set(u"key"_s, again)).value(), again);
    QTRY_COMPARE(map->valueOf(u"key"_s).toMap(), again);
    VERIFY_SHOWS_SERVICE(map);
    VERIFY_SHOWS_SERVICE(theirs);
}

void tst_BehaviourMap::map11_remoteItemsAreEqualInAllFields()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    QVERIFY(map);
    QSignalSpy added(map, &SyncMap::itemAdded);
    QSignalSpy updated(map, &SyncMap::itemUpdated);
    QSignalSpy removed(map, &SyncMap::itemRemoved);
    auto *const theirs = valueOfCall(m_bob->map(map->sid()));
    QVERIFY(theirs);
    const SyncMapItem first = valueOfCall(theirs->set(u"key"_s, data(u"value1"_s), { .ttl = 3600 }));
    QTRY_COMPARE(added.size(), 1);
    QCOMPARE(lineOf(added.at(0).at(0).value<SyncMapItem>()), lineOf(first));
    VERIFY_SHOWS_SERVICE(map);

    passAMillisecond();
    const SyncMapItem second = valueOfCall(theirs->set(u"key"_s, data(u"value2"_s)));
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(lineOf(updated.at(0).at(0).value<SyncMapItem>()), lineOf(second));
    QCOMPARE(second.dateCreated(), first.dateCreated());
    QVERIFY(second.dateUpdated() > first.dateUpdated());
    QVERIFY(second.dateExpires().isValid());
    QCOMPARE(second.dateExpires(), first.dateExpires());
    VERIFY_SHOWS_SERVICE(map);

    passAMillisecond();
    QCOMPARE(textOfError(errorOfCall(theirs->remove(u"key"_s))), QString());
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(removed.at(0), QVariantList({ u"key"_s, false, data(u"value2"_s) }));
    // Our signal has the last value; the time of the removal is the map's.
    QVERIFY(map->dateUpdated() > second.dateUpdated());
    VERIFY_SHOWS_SERVICE(map);
}

void tst_BehaviourMap::map12_localAddBeforeEstablishedReportsOnce()
{
    const QString name = freshName();
    auto *const theirs = open<SyncMap>(*m_bob, name);
    QVERIFY(theirs);
    SyncMap map;
    QSignalSpy added(&map, &SyncMap::itemAdded);
    map.setClient(m_alice.get());
    map.setUniqueName(name);
    bool wasEstablished = true;
    QFuture<SyncMapItem> call;
    connect(&map, &SyncMap::statusChanged, &map, [&] {
        if (map.status() != Sync::Status::Ready)
            return;
        wasEstablished = map.subscriptionState() == Sync::SubscriptionState::Established;
        call = map.set(u"key"_s, data(u"value"_s));
    });
    QTRY_VERIFY(call.isValid()); // the status is told in a turn of its own
    QCOMPARE(valueOfCall(call).key(), u"key"_s);
    QVERIFY(!wasEstablished);
    QTRY_COMPARE(map.subscriptionState(), Sync::SubscriptionState::Established);
    valueOfCall(theirs->set(u"last"_s, {}));
    QTRY_VERIFY(map.rowOf(u"last"_s) >= 0);
    QTRY_COMPARE(added.size(), 2);
    VERIFY_SHOWS_SERVICE(&map);
}

void tst_BehaviourMap::map13_oldItemsAreNotReported()
{
    const QString name = freshName();
    auto *const theirs = open<SyncMap>(*m_bob, name);
    QVERIFY(theirs);
    valueOfCall(theirs->set(u"key"_s, data(u"value"_s)));
    SyncMap map;
    QSignalSpy added(&map, &SyncMap::itemAdded);
    map.setClient(m_alice.get());
    map.setUniqueName(name);
    follow(map);
    QCOMPARE(keysOf(map), QStringList({ u"key"_s }));
    valueOfCall(theirs->set(u"last"_s, {}));
    QTRY_COMPARE(map.count(), 2);
    QTRY_COMPARE(added.size(), 1);
    QCOMPARE(added.at(0).at(0).value<SyncMapItem>().key(), u"last"_s);
    VERIFY_SHOWS_SERVICE(&map);
}

void tst_BehaviourMap::map14_readsWhatTheOtherSet()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    auto *const theirs = open<SyncMap>(*m_bob, map->sid());
    QVERIFY(map && theirs);
    valueOfCall(theirs->set(u"key"_s, data(u"value"_s)));
    const SyncMapItem item = valueOfCall(map->get(u"key"_s));
    QCOMPARE(item.key(), u"key"_s);
    QCOMPARE(item.value(), data(u"value"_s));
    QVERIFY(!item.dateExpires().isValid());
    VERIFY_SHOWS_SERVICE(map);
}

void tst_BehaviourMap::map15_removedKeyRejects()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    QVERIFY(map);
    valueOfCall(map->set(u"key"_s, data(u"value"_s)));
    QCOMPARE(textOfError(errorOfCall(map->remove(u"key"_s))), QString());
    QCOMPARE(textOfError(errorOfCall(map->get(u"key"_s))), missing());
    VERIFY_SHOWS_SERVICE(map);
    QCOMPARE(map->count(), 0);
}

void tst_BehaviourMap::map16_removalNamesTheKey()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    QVERIFY(map);
    valueOfCall(map->set(u"key1"_s, data(u"value1"_s)));
    valueOfCall(map->set(u"key2"_s, data(u"value2"_s)));
    QSignalSpy removed(map, &SyncMap::itemRemoved);
    QCOMPARE(textOfError(errorOfCall(map->remove(u"key1"_s))), QString());
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(removed.at(0), QVariantList({ u"key1"_s, true, data(u"value1"_s) }));
    QCOMPARE(textOfError(errorOfCall(map->get(u"key1"_s))), missing());
    QCOMPARE(valueOfCall(map->get(u"key2"_s)).value(), data(u"value2"_s));
    VERIFY_SHOWS_SERVICE(map);
}

void tst_BehaviourMap::map17_concurrentIncrementsCreateOnce()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    auto *const theirs = open<SyncMap>(*m_bob, map->sid());
    QVERIFY(map && theirs);
    QSignalSpy added(map, &SyncMap::itemAdded);
    QList<QFuture<SyncMapItem>> calls;
    for (int i = 0; i < 5; ++i)
        calls << map->mutate(u"counter"_s, increment) << theirs->mutate(u"counter"_s, increment);
    for (const auto &call : std::as_const(calls))
        valueOfCall(call);
    QTRY_COMPARE(map->valueOf(u"counter"_s).toMap(), number(10));
    QCOMPARE(added.size(), 1);
    VERIFY_SHOWS_SERVICE(map);
    VERIFY_SHOWS_SERVICE(theirs);
}

void tst_BehaviourMap::map18_mutateOfARemovedKeyStartsAgain()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    auto *const theirs = open<SyncMap>(*m_bob, map->sid());
    QVERIFY(map && theirs);
    valueOfCall(map->set(u"key"_s, number(1)));
    QList<QVariantMap> given;
    QString removal;
    // J5: an open map is not stale for long, so the other removes while the mutator looks at the old value.
    const auto call = map->mutate(u"key"_s, [&](const QVariantMap &value) {
        given.append(value);
        if (given.size() == 1)
            removal = textOfError(errorOfCall(theirs->remove(u"key"_s)));
        return number(2);
    });
    QCOMPARE(valueOfCall(call).value(), number(2));
    QCOMPARE(removal, QString());
    QCOMPARE(given, QList<QVariantMap>({ number(1), {} })); // J12: {} stands for none
    VERIFY_SHOWS_SERVICE(map);
    QCOMPARE(map->valueOf(u"key"_s).toMap(), number(2));
}

void tst_BehaviourMap::map19_nullFromAMutatorChangesNothing()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    QVERIFY(map);
    const SyncMapItem item = valueOfCall(map->set(u"key"_s, number(1)));
    QSignalSpy updated(map, &SyncMap::itemUpdated);
    const auto none = [](const SyncValue &) -> std::optional<SyncValue> { return std::nullopt; };
    QCOMPARE(lineOf(valueOfCall(map->mutate(u"key"_s, none))), lineOf(item)); // J1
    QCOMPARE(served(*map), QStringList({ lineOf(item) }));
    QCOMPARE(updated.size(), 0);
    VERIFY_SHOWS_SERVICE(map);
}

void tst_BehaviourMap::map34_setItemDatesTheMap()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    QVERIFY(map);
    QCOMPARE(map->dateUpdated(), map->dateCreated());
    passAMillisecond();
    const QVariantMap value { { u"key1"_s, u"value1"_s }, { u"key2"_s, QVariant::fromValue(nullptr) } };
    const SyncMapItem item = valueOfCall(map->set(u"item1"_s, value));
    QCOMPARE(item.json(), R"({"key1":"value1","key2":null})");
    QTRY_COMPARE(map->dateUpdated(), item.dateUpdated());
    QVERIFY(map->dateUpdated() > map->dateCreated());
    QCOMPARE(lineOf(valueOfCall(map->get(u"item1"_s))), lineOf(item));
    VERIFY_SHOWS_SERVICE(map);
    QCOMPARE(served(*map), QStringList({ lineOf(item) }));
}

void tst_BehaviourMap::map35_mutateCreatesAndCounts()
{
    auto *const map = open<SyncMap>(*m_alice, freshName());
    QVERIFY(map);
    passAMillisecond();
    for (int n = 1; n <= 2; ++n) {
        const SyncMapItem item = valueOfCall(map->mutate(u"item1"_s, increment));
        QCOMPARE(item.key(), u"item1"_s);
        QCOMPARE(item.value(), number(n));
    }
    QTRY_VERIFY(map->dateUpdated() > map->dateCreated());
    VERIFY_SHOWS_SERVICE(map);
}

QTEST_GUILESS_MAIN(tst_BehaviourMap)
#include "tst_behaviourmap.moc"
