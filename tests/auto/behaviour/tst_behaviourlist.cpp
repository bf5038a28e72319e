#include "collectioncase.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Items of lists. What the rows show is compared with the service after every change.
class tst_BehaviourList : public CollectionCase
{
    Q_OBJECT

private Q_SLOTS:
    void lst10_lst12_localAddReportsOnce();
    void lst11_remoteAddArrives();
    void lst13_setReportsWhatItReturns();
    void lst14_setNeverCreates();
    void lst15_readsWhatTheOtherAdded();
    void missingIndexRejects_data();
    void missingIndexRejects();
    void lst17_readsUntilRemoved();
    void lst19_concurrentIncrementsAllCount();
    void lst20_mutateOfARemovedIndexRejects();
    void lst21_nullFromAMutatorChangesNothing();
    void lst35_addedItemDatesTheList();
    void lst36_setWithTtl();

private:
    static QVariantMap data(const QString &text) { return { { u"data"_s, text } }; }
    static QVariantMap number(int value) { return { { u"value"_s, value } }; }
    static QString missing(qint64 index)
    {
        return u"No item with index %1 found (404, 54151)"_s.arg(index); // J2, J3
    }
};

void tst_BehaviourList::lst10_lst12_localAddReportsOnce()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    auto *const theirs = open<SyncList>(*m_bob, list->sid());
    QVERIFY(list && theirs);
    QSignalSpy added(list, &SyncList::itemAdded);
    QVERIFY(added.isValid());
    const SyncListItem item = valueOfCall(list->push(data(u"value1"_s)));
    QCOMPARE(item.index(), 0);
    QCOMPARE(item.value(), data(u"value1"_s));
    QTRY_COMPARE(added.size(), 1);
    QCOMPARE(lineOf(added.at(0).at(0).value<SyncListItem>()), lineOf(item));
    VERIFY_SHOWS_SERVICE(list);
    // The other's item comes after the echo of ours, which therefore said nothing.
    valueOfCall(theirs->push({}));
    QTRY_COMPARE(list->count(), 2);
    QTRY_COMPARE(added.size(), 2);
    VERIFY_SHOWS_SERVICE(list);
    VERIFY_SHOWS_SERVICE(theirs);
}

void tst_BehaviourList::lst11_remoteAddArrives()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    QSignalSpy added(list, &SyncList::itemAdded);
    auto *const theirs = valueOfCall(m_bob->list(list->sid()));
    QVERIFY(theirs);
    valueOfCall(theirs->push(data(u"value1"_s)));
    QTRY_COMPARE(added.size(), 1);
    QCOMPARE(added.at(0).at(0).value<SyncListItem>().value(), data(u"value1"_s));
    QCOMPARE(added.at(0).at(1).toBool(), false);
    QCOMPARE(valueOfCall(list->get(0)).value(), data(u"value1"_s));
    VERIFY_SHOWS_SERVICE(list);
}

void tst_BehaviourList::lst13_setReportsWhatItReturns()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    valueOfCall(list->push({}));
    QSignalSpy updated(list, &SyncList::itemUpdated);
    passAMillisecond();
    const SyncListItem item = valueOfCall(list->set(0, data(u"value1"_s)));
    QCOMPARE(item.index(), 0);
    QCOMPARE(item.value(), data(u"value1"_s));
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(lineOf(updated.at(0).at(0).value<SyncListItem>()), lineOf(item));
    QTRY_COMPARE(list->dateUpdated(), item.dateUpdated());
    VERIFY_SHOWS_SERVICE(list);
}

void tst_BehaviourList::lst14_setNeverCreates()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    QCOMPARE(textOfError(errorOfCall(list->set(10, data(u"x"_s)))), missing(10));
    QCOMPARE(served(*list), QStringList());
    QCOMPARE(list->count(), 0);
}

void tst_BehaviourList::lst15_readsWhatTheOtherAdded()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    auto *const theirs = open<SyncList>(*m_bob, list->sid());
    QVERIFY(list && theirs);
    valueOfCall(theirs->push(data(u"value"_s)));
    const SyncListItem item = valueOfCall(list->get(0));
    QCOMPARE(item.index(), 0);
    QCOMPARE(item.value(), data(u"value"_s));
    QVERIFY(!item.dateExpires().isValid());
    VERIFY_SHOWS_SERVICE(list);
}

void tst_BehaviourList::missingIndexRejects_data()
{
    QTest::addColumn<bool>("removes");
    QTest::newRow("LST-16 read") << false;
    QTest::newRow("LST-18 remove") << true;
}

void tst_BehaviourList::missingIndexRejects()
{
    QFETCH(bool, removes);
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    QCOMPARE(textOfError(removes ? errorOfCall(list->remove(999)) : errorOfCall(list->get(999))),
             missing(999));
    QCOMPARE(list->status(), Sync::Status::Ready);
}

void tst_BehaviourList::lst17_readsUntilRemoved()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    valueOfCall(list->push(data(u"value"_s)));
    QCOMPARE(valueOfCall(list->get(0)).value(), data(u"value"_s));
    QCOMPARE(textOfError(errorOfCall(list->remove(0))), QString());
    QCOMPARE(textOfError(errorOfCall(list->get(0))), missing(0));
    VERIFY_SHOWS_SERVICE(list);
    QCOMPARE(list->count(), 0);
}

void tst_BehaviourList::lst19_concurrentIncrementsAllCount()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    auto *const theirs = open<SyncList>(*m_bob, list->sid());
    QVERIFY(list && theirs);
    valueOfCall(list->push(number(0)));
    QTRY_COMPARE(theirs->count(), 1);
    const auto increment = [](const QVariantMap &value) {
        return number(value.value(u"value"_s).toInt() + 1);
    };
    QList<QFuture<SyncListItem>> calls;
    for (int i = 0; i < 5; ++i)
        calls << list->mutate(0, increment) << theirs->mutate(0, increment);
    for (const auto &call : std::as_const(calls))
        valueOfCall(call);
    QTRY_COMPARE(list->valueAt(0).toMap(), number(10));
    VERIFY_SHOWS_SERVICE(list);
    VERIFY_SHOWS_SERVICE(theirs);
}

void tst_BehaviourList::lst20_mutateOfARemovedIndexRejects()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    auto *const theirs = open<SyncList>(*m_bob, list->sid());
    QVERIFY(list && theirs);
    valueOfCall(list->push(number(1)));
    QList<QVariantMap> given;
    QString removal;
    // J5: an open list is not stale for long, so the other removes while the mutator looks at the old value.
    const auto call = list->mutate(0, [&](const QVariantMap &value) {
        given.append(value);
        removal = textOfError(errorOfCall(theirs->remove(0)));
        return number(2);
    });
    QCOMPARE(textOfError(errorOfCall(call)), missing(0));
    QCOMPARE(removal, QString());
    QCOMPARE(given, QList<QVariantMap>({ number(1) }));
    VERIFY_SHOWS_SERVICE(list);
    QCOMPARE(list->count(), 0);
    // The same for one that is known to be gone.
    QCOMPARE(textOfError(errorOfCall(list->mutate(0, [](const QVariantMap &value) { return value; }))),
             missing(0));
}

void tst_BehaviourList::lst21_nullFromAMutatorChangesNothing()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    const SyncListItem item = valueOfCall(list->push(number(1)));
    QSignalSpy updated(list, &SyncList::itemUpdated);
    const auto none = [](const SyncValue &) -> std::optional<SyncValue> { return std::nullopt; };
    QCOMPARE(lineOf(valueOfCall(list->mutate(0, none))), lineOf(item)); // J1
    QCOMPARE(served(*list), QStringList({ lineOf(item) }));
    QCOMPARE(updated.size(), 0);
    VERIFY_SHOWS_SERVICE(list);
}

void tst_BehaviourList::lst35_addedItemDatesTheList()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    QCOMPARE(list->dateUpdated(), list->dateCreated());
    passAMillisecond();
    const QVariantMap value { { u"key1"_s, u"value1"_s }, { u"key2"_s, QVariant::fromValue(nullptr) } };
    const SyncListItem item = valueOfCall(list->push(value));
    QCOMPARE(item.index(), 0);
    QCOMPARE(item.json(), R"({"key1":"value1","key2":null})");
    QTRY_COMPARE(list->dateUpdated(), item.dateUpdated());
    QVERIFY(list->dateUpdated() > list->dateCreated());
    QCOMPARE(lineOf(valueOfCall(list->get(0))), lineOf(item));
    VERIFY_SHOWS_SERVICE(list);
    QCOMPARE(served(*list), QStringList({ lineOf(item) }));
}

void tst_BehaviourList::lst36_setWithTtl()
{
    auto *const list = open<SyncList>(*m_alice, freshName());
    QVERIFY(list);
    const SyncListItem before = valueOfCall(list->push({}));
    QVERIFY(!before.dateExpires().isValid());
    passAMillisecond();
    const SyncListItem item = valueOfCall(list->set(0, data(u"value"_s), { .ttl = 3600 }));
    QCOMPARE(item.dateCreated(), before.dateCreated());
    QVERIFY(item.dateExpires() > item.dateCreated());
    QVERIFY(item.dateUpdated() > item.dateCreated());
    VERIFY_SHOWS_SERVICE(list);
}

QTEST_GUILESS_MAIN(tst_BehaviourList)
#include "tst_behaviourlist.moc"
