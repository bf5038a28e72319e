#include "cachefixture.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncoutbox.h"

#include <QtTest/qsignalspy.h>

#include <functional>
#include <optional>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

std::optional<SyncValue> oneMore(const SyncValue &current)
{
    QVariantMap next = current.toVariantMap();
    next[u"n"_s] = next.value(u"n"_s).toInt() + 1;
    return next;
}

} // namespace

// What a function has made of a value is kept when the function cannot be, and is asked about when the value
// is another by then.
class tst_Conflicts : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void whatFunctionsMakeIsKept();
    void isShownAtOnce();
    void functionsRunAgainWhileTheyAreThere();
    void isSettledByTheApplication_data();
    void isSettledByTheApplication();
    void holdsUpItsItemAlone();
    void aLaterSetSettlesIt();
    void isAskedAgain_data();
    void isAskedAgain();
    void badValuesAreRefused();

private:
    //! Has \a client ask.
    struct Asked
    {
        explicit Asked(SyncClient &client)
        {
            QObject::connect(&client, &SyncClient::conflict, &client,
                             [this](const SyncWrite &write, const QVariant &theirs) {
                                 writes.append(write);
                                 values.append(theirs);
                             });
        }
        QList<SyncWrite> writes;
        QVariantList values;
    };

    //! A counting mutation of item 0 waits on the disk, and the service has \a theirs by now.
    void countAndChange(int theirs)
    {
        seeList(3);
        {
            const auto client = keepingClient(false);
            const auto list = handle<SyncList>(*client);
            QTRY_COMPARE(list->status(), Sync::Status::Ready);
            list->mutate(0, oneMore);
            QTRY_COMPARE(stateOf(*client, 0), SyncOutbox::State::Waiting);
        }
        m_theirs = valueOfCall(m_bob->list(m_name));
        valueOfCall(m_theirs->set(0, number(theirs)));
    }
    [[nodiscard]] static std::optional<SyncOutbox::State> stateOf(const SyncClient &client, int row)
    {
        const QModelIndex index = client.outbox()->index(row);
        return index.isValid() ? std::optional(index.data(SyncOutbox::StateRole).value<SyncOutbox::State>())
                               : std::nullopt;
    }

    SyncList *m_theirs = nullptr;
};

void tst_Conflicts::whatFunctionsMakeIsKept()
{
    seeList(3);
    {
        const auto client = keepingClient(true);
        const auto map = handle<SyncMap>(*client);
        const auto document = handle<SyncDocument>(*client);
        QTRY_VERIFY(isEstablished(*map));
        QTRY_VERIFY(isEstablished(*document));
        valueOfCall(map->set(u"old"_s, number(5)));
        QVERIFY(errorOfCall(document->set(number(7))).isNull());
    }
    {
        const auto client = keepingClient(false);
        const auto list = handle<SyncList>(*client);
        const auto map = handle<SyncMap>(*client);
        const auto document = handle<SyncDocument>(*client);
        for (const SyncHandle *object :
             { static_cast<SyncHandle *>(list.get()), static_cast<SyncHandle *>(map.get()),
               static_cast<SyncHandle *>(document.get()) })
            QTRY_COMPARE(object->status(), Sync::Status::Ready);
        list->mutate(0, oneMore);
        list->mutate(0, oneMore);
        list->update(1, { { u"m"_s, 1 } });
        list->mutate(1, oneMore);
        list->set(2, number(20));
        list->mutate(2, oneMore);
        map->mutate(u"old"_s, oneMore);
        map->mutate(u"new"_s, oneMore);
        document->mutate(oneMore);
        document->mutate(oneMore);
        QCOMPARE(client->pendingWrites(), 10);
        QTRY_COMPARE(client->outbox()->count(), 10);
        for (int row = 0; row < 10; ++row)
            QTRY_COMPARE(stateOf(*client, row), SyncOutbox::State::Waiting);
        QCOMPARE(numberOf(client->outbox()->index(1).data(SyncOutbox::ValueRole)), 2);
    }
    const auto client = keepingClient(true);
    const Asked asked(*client);
    const QSignalSpy failed(client.get(), &SyncClient::writeFailed);
    SyncList *const list = valueOfCall(m_bob->list(m_name));
    QTRY_COMPARE(numbers(*list), QList<int>({ 2, 2, 21 }));
    QCOMPARE(list->valueAt(1).toMap().value(u"m"_s).toInt(), 1);
    SyncMap *const map = valueOfCall(m_bob->map(m_name));
    QTRY_COMPARE(numbers(*map), QList<int>({ 1, 6 }));
    const SyncDocument *const document = valueOfCall(m_bob->document(m_name));
    QTRY_COMPARE(numberOf(document->value()), 9);
    QTRY_COMPARE(client->pendingWrites(), 0);
    QVERIFY(asked.writes.isEmpty());
    QCOMPARE(failed.size(), 0);
}

void tst_Conflicts::isShownAtOnce()
{
    seeList(1);
    const auto client = offlineClient(); // no writes are kept
    const auto list = handle<SyncList>(*client);
    list->setOptimistic(true);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    int calls = 0;
    const auto counting = [&calls](const SyncValue &current) {
        ++calls;
        return oneMore(current);
    };
    const auto first = list->mutate(0, counting);
    const auto second = list->mutate(0, counting);
    QTRY_COMPARE(numbers(*list), QList<int>({ 2 }));
    QCOMPARE(list->index(0).data(PendingRole).value<Sync::Pending>(), Sync::Pending::Waiting);
    QCOMPARE(calls, 2);
    client->goOnline();
    valueOfCall(second);
    QCOMPARE(calls, 2); // nobody has changed what they were made of
    QTRY_COMPARE(list->index(0).data(PendingRole).value<Sync::Pending>(), Sync::Pending::NotPending);
    QCOMPARE(numbers(*list), QList<int>({ 2 }));
    SyncList *const theirs = valueOfCall(m_bob->list(m_name));
    QTRY_COMPARE(numbers(*theirs), QList<int>({ 2 }));
}

void tst_Conflicts::functionsRunAgainWhileTheyAreThere()
{
    seeList(1);
    const auto client = keepingClient(false);
    const Asked asked(*client);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    const auto counted = list->mutate(0, oneMore);
    QTRY_COMPARE(stateOf(*client, 0), SyncOutbox::State::Waiting);
    SyncList *const theirs = valueOfCall(m_bob->list(m_name));
    valueOfCall(theirs->set(0, number(40)));
    client->goOnline();
    QCOMPARE(numberOf(valueOfCall(counted).value()), 41);
    QVERIFY(asked.writes.isEmpty());
}

void tst_Conflicts::isSettledByTheApplication_data()
{
    QTest::addColumn<std::function<bool(const SyncWrite &)>>("settle");
    QTest::addColumn<int>("value");
    QTest::addColumn<int>("failures");

    using Settle = std::function<bool(const SyncWrite &)>;
    QTest::newRow("retry") << Settle([](const SyncWrite &write) {
        return write.retry({ { u"n"_s, 50 } });
    }) << 50 << 0;
    QTest::newRow("overwrite") << Settle([](const SyncWrite &write) { return write.overwrite(); }) << 1 << 0;
    QTest::newRow("drop") << Settle([](const SyncWrite &write) { return write.drop(); }) << 40 << 0;
    QTest::newRow("nobody is asked") << Settle() << 40 << 1;
}

void tst_Conflicts::isSettledByTheApplication()
{
    QFETCH(std::function<bool(const SyncWrite &)>, settle);
    QFETCH(int, value);
    QFETCH(int, failures);

    countAndChange(40);
    auto client = keepingClient(false);
    const QSignalSpy failed(client.get(), &SyncClient::writeFailed);
    const auto asked = settle ? std::make_unique<Asked>(*client) : nullptr;
    auto list = handle<SyncList>(*client);
    list->setOptimistic(true);
    QTRY_COMPARE(list->index(0).data(PendingRole).value<Sync::Pending>(), Sync::Pending::Waiting);
    client->goOnline();
    if (settle) {
        QTRY_COMPARE(asked->writes.size(), 1);
        const SyncWrite write = asked->writes.first();
        QCOMPARE(numberOf(asked->values.first()), 40);
        QCOMPARE(write.operation(), u"mutate"_s);
        QCOMPARE(write.objectName(), m_name);
        QCOMPARE(write.itemKey().toLongLong(), 0);
        QCOMPARE(numberOf(write.value()), 1);
        QTRY_COMPARE(stateOf(*client, 0), SyncOutbox::State::Conflict);
        QTRY_COMPARE(list->index(0).data(PendingRole).value<Sync::Pending>(), Sync::Pending::Rejected);
        QCOMPARE(numberOf(list->valueAt(0)), 1);
        QCOMPARE(client->pendingWrites(), 1);
        QVERIFY(settle(write));
        QVERIFY(!settle(write));
    }
    QTRY_COMPARE(client->pendingWrites(), 0);
    QTRY_COMPARE(numberOf(m_theirs->valueAt(0)), value);
    QTRY_COMPARE(numberOf(list->valueAt(0)), value);
    QTRY_COMPARE(list->index(0).data(PendingRole).value<Sync::Pending>(), Sync::Pending::NotPending);
    QCOMPARE(failed.size(), failures);
    if (failures > 0)
        QCOMPARE(failed.first().at(1).value<SyncError>().status(), 412);
    list.reset();
    client.reset();
    // It is not on the disk any more.
    const auto again = keepingClient(false);
    const auto same = handle<SyncList>(*again);
    QTRY_COMPARE(same->status(), Sync::Status::Ready);
    QCOMPARE(again->pendingWrites(), 0);
}

void tst_Conflicts::holdsUpItsItemAlone()
{
    countAndChange(40);
    const auto client = keepingClient(false);
    const Asked asked(*client);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    const auto behind = list->mutate(0, oneMore);
    const auto beside = list->set(1, number(11));
    client->goOnline();
    valueOfCall(beside);
    QTRY_COMPARE(asked.writes.size(), 1);
    QVERIFY(!behind.isFinished());
    QVERIFY(asked.writes.first().retry({ { u"n"_s, 50 } }));
    QCOMPARE(numberOf(valueOfCall(behind).value()), 51);
}

void tst_Conflicts::aLaterSetSettlesIt()
{
    countAndChange(40);
    const auto client = keepingClient(true);
    const Asked asked(*client);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(asked.writes.size(), 1);
    QTRY_VERIFY(isEstablished(*list));
    QCOMPARE(numberOf(valueOfCall(list->set(0, number(60))).value()), 60);
    QTRY_COMPARE(numberOf(m_theirs->valueAt(0)), 60);
    QVERIFY(!asked.writes.first().overwrite());
    QTRY_COMPARE(client->pendingWrites(), 0);
}

void tst_Conflicts::isAskedAgain_data()
{
    QTest::addColumn<bool>("restarts");
    QTest::newRow("theirs is another once more") << false;
    QTest::newRow("it was not settled before the end of the process") << true;
}

void tst_Conflicts::isAskedAgain()
{
    QFETCH(bool, restarts);
    countAndChange(40);
    auto client = keepingClient(true);
    auto asked = std::make_unique<Asked>(*client);
    QTRY_COMPARE(asked->writes.size(), 1);
    if (restarts) {
        client.reset();
        client = keepingClient(true);
        asked = std::make_unique<Asked>(*client);
        QTRY_COMPARE(asked->writes.size(), 1);
        QCOMPARE(numberOf(asked->values.first()), 40);
    }
    client->goOffline();
    QVERIFY(asked->writes.first().retry({ { u"n"_s, 50 } }));
    valueOfCall(m_theirs->set(0, number(41)));
    client->goOnline();
    QTRY_COMPARE(asked->writes.size(), 2);
    QCOMPARE(numberOf(asked->values.last()), 41);
    QCOMPARE(numberOf(asked->writes.last().value()), 50);
    QVERIFY(asked->writes.last().retry({ { u"n"_s, 51 } }));
    QTRY_COMPARE(numberOf(m_theirs->valueAt(0)), 51);
}

void tst_Conflicts::badValuesAreRefused()
{
    countAndChange(40);
    const auto client = keepingClient(true);
    const Asked asked(*client);
    QTRY_COMPARE(asked.writes.size(), 1);
    const SyncWrite write = asked.writes.first();
    QTest::ignoreMessage(QtCriticalMsg,
                         QRegularExpression(u"retry: value\\.a: QRegularExpression cannot be stored"_s));
    QVERIFY(!write.retry({ { u"a"_s, QRegularExpression(u"x"_s) } }));
    QVERIFY(write.drop());
    QVERIFY(!SyncWrite().overwrite());
    QCOMPARE(SyncWrite().writeId(), 0);
}

QTEST_GUILESS_MAIN(tst_Conflicts)
#include "tst_conflicts.moc"
