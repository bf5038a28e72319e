#include "cachefixture.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclists.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncoutbox.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Writes that outlive the process: they are on the disk before they are sent, and are sent after the next
// start.
class tst_PersistentWrites : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void areSentAfterARestart();
    void areShownAndCancelled();
    void areOnTheDiskFirst();
    void outliveTheirHandle();
    void waitOverShutdown();
    void byNameOnWhatIsNotOpen();
    void refusedOnesAreTold();
    void timeToLiveGoesOn();
    void waitForNoLongerThanTheyMay();
    void aPushIsKnownByAField();
    void gapsAreFilledByTheService();
    void offByDefault();

private:
    //! "operation key" of each row.
    [[nodiscard]] static QStringList rowsOf(const SyncOutbox &outbox)
    {
        QStringList rows;
        for (int row = 0; row < outbox.rowCount(); ++row) {
            const QModelIndex index = outbox.index(row);
            rows << index.data(SyncOutbox::OperationRole).toString() + u' '
                            + index.data(SyncOutbox::ItemKeyRole).toString();
        }
        return rows;
    }
    template <typename T>
    void expectUnknown(const QFuture<T> &call) const
    {
        const SyncError error = errorOfCall(call);
        QVERIFY(!error.isNull());
        QVERIFY2(error.isOutcomeUnknown(), qPrintable(error.message()));
    }
};

void tst_PersistentWrites::areSentAfterARestart()
{
    seeList(3);
    SyncMap *const theirs = valueOfCall(m_bob->map(m_name));
    {
        const auto client = keepingClient(true);
        const auto map = handle<SyncMap>(*client);
        QTRY_VERIFY(isEstablished(*map));
    }
    QFuture<SyncListItem> pushed;
    {
        const auto client = keepingClient(false);
        const auto list = handle<SyncList>(*client);
        const auto map = handle<SyncMap>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        QTRY_COMPARE(map->status(), Sync::Status::Ready);
        pushed = list->push(number(3));
        list->push(number(4));
        list->set(0, number(10));
        list->update(1, { { u"m"_s, 11 } });
        list->remove(2);
        map->set(u"key"_s, number(5));
        QCOMPARE(client->pendingWrites(), 6);
        QTRY_COMPARE(client->outbox()->count(), 6);
        QTRY_COMPARE(client->outbox()->index(5).data(SyncOutbox::StateRole).value<SyncOutbox::State>(),
                     SyncOutbox::State::Waiting);
    }
    expectUnknown(pushed);
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    QTRY_COMPARE(numbers(*other), QList<int>({ 0, 1, 2 }));

    const auto client = keepingClient(true); // nothing is opened
    QTRY_COMPARE(numbers(*other), QList<int>({ 10, 1, 3, 4 }));
    QTRY_COMPARE(numberOf(theirs->valueAt(0)), 5);
    QCOMPARE(other->valueAt(1).toMap().value(u"m"_s).toInt(), 11);
    QTRY_COMPARE(client->pendingWrites(), 0);
    valueOfCall(client->lists()->push(m_name, number(6))); // its number is a new one
    QTRY_COMPARE(numbers(*other), QList<int>({ 10, 1, 3, 4, 6 }));
}

void tst_PersistentWrites::areShownAndCancelled()
{
    seeList(3);
    {
        const auto client = keepingClient(false);
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        list->set(0, number(10));
        list->set(1, number(11));
        list->remove(2);
    }
    {
        const auto client = keepingClient(false);
        QTRY_COMPARE(client->outbox()->count(), 3);
        const QAbstractItemModelTester tester(client->outbox());
        QCOMPARE(rowsOf(*client->outbox()), QStringList({ u"set 0"_s, u"set 1"_s, u"remove 2"_s }));
        const QModelIndex second = client->outbox()->index(1);
        QCOMPARE(numberOf(second.data(SyncOutbox::ValueRole)), 11);
        QCOMPARE(second.data(SyncOutbox::ObjectNameRole).toString(), m_name);
        QVERIFY(client->outbox()->cancel(second.data(SyncOutbox::WriteIdRole).toLongLong()));
        QTRY_COMPARE(rowsOf(*client->outbox()), QStringList({ u"set 0"_s, u"remove 2"_s }));
    }
    const auto client = keepingClient(true);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QTRY_COMPARE(client->pendingWrites(), 0);
    QTRY_COMPARE(numbers(*list), QList<int>({ 10, 1 }));
}

void tst_PersistentWrites::areOnTheDiskFirst()
{
    seeList(1);
    const auto client = keepingClient(true);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    SyncOutbox *const outbox = client->outbox();
    QList<SyncOutbox::State> states;
    const auto note = [&states, outbox] {
        if (outbox->count() == 0)
            return;
        const auto state = outbox->index(0).data(SyncOutbox::StateRole).value<SyncOutbox::State>();
        if (states.isEmpty() || states.last() != state)
            states << state;
    };
    connect(outbox, &QAbstractItemModel::rowsInserted, outbox, note);
    connect(outbox, &QAbstractItemModel::dataChanged, outbox, note);
    valueOfCall(list->push(number(1)));
    QCOMPARE(states.first(), SyncOutbox::State::Unsaved);
    QVERIFY(states.contains(SyncOutbox::State::Sending));
    QVERIFY(states.indexOf(SyncOutbox::State::Unsaved) < states.indexOf(SyncOutbox::State::Sending));
}

void tst_PersistentWrites::outliveTheirHandle()
{
    seeList(1);
    const auto client = keepingClient(false);
    QFuture<SyncListItem> pushed;
    {
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        pushed = list->push(number(1));
    }
    expectUnknown(pushed);
    QCOMPARE(client->pendingWrites(), 1);
    client->goOnline();
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    QTRY_COMPARE(numbers(*other), QList<int>({ 0, 1 }));
    QTRY_COMPARE(client->pendingWrites(), 0);
}

void tst_PersistentWrites::waitOverShutdown()
{
    seeList(1);
    const auto client = keepingClient(false);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    const auto pushed = list->push(number(1));
    QVERIFY(errorOfCall(client->shutdown()).isNull());
    QCOMPARE(client->pendingWrites(), 1);
    client->goOnline();
    client->reconnect();
    QCOMPARE(valueOfCall(pushed).index(), 1);
}

void tst_PersistentWrites::byNameOnWhatIsNotOpen()
{
    seeList(1);
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    {
        const auto client = keepingClient(true);
        QTRY_COMPARE(client->connectionState(), SyncClient::ConnectionState::Connected);
        valueOfCall(client->lists()->push(m_name, number(1)));
        client->lists()->push(m_name, number(2));
        QTRY_VERIFY(client->pendingWrites() == 1 || other->rowCount() == 3);
        client->goOffline(); // before it is sent, or after
    }
    const auto client = keepingClient(true);
    // Sent and lost, it is sent again once the service can't be at it any more.
    QTRY_COMPARE_WITH_TIMEOUT(numbers(*other), QList<int>({ 0, 1, 2 }), 40'000);
    QTRY_COMPARE(client->pendingWrites(), 0);
    QCOMPARE(numbers(*other), QList<int>({ 0, 1, 2 }));
}

void tst_PersistentWrites::refusedOnesAreTold()
{
    seeList(2);
    {
        const auto client = keepingClient(false);
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        list->set(0, number(10));
        list->set(1, number(11));
    }
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    QVERIFY(errorOfCall(other->remove(0)).isNull());
    const auto client = keepingClient(true);
    const QSignalSpy failed(client.get(), &SyncClient::writeFailed);
    QTRY_COMPARE(failed.size(), 1);
    const auto write = failed.first().first().value<SyncWrite>();
    QCOMPARE(write.operation(), u"set"_s);
    QCOMPARE(write.itemKey().toLongLong(), 0);
    QCOMPARE(write.objectName(), m_name);
    QCOMPARE(numberOf(write.value()), 10);
    QVERIFY(write.created().isValid());
    QVERIFY(!write.overwrite()); // it is no conflict
    QCOMPARE(failed.first().at(1).value<SyncError>().status(), 404);
    QTRY_COMPARE(numbers(*other), QList<int>({ 11 }));
    QTRY_COMPARE(client->pendingWrites(), 0);
    const auto again = keepingClient(true);
    const QSignalSpy none(again.get(), &SyncClient::writeFailed);
    QVERIFY(valueOfCall(again->list(m_name)));
    QCOMPARE(none.size(), 0);
}

void tst_PersistentWrites::timeToLiveGoesOn()
{
    seeList(1);
    const qint64 made = QDateTime::currentMSecsSinceEpoch();
    {
        const auto client = keepingClient(false);
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        list->push(number(1), { .ttl = 1 });
        list->push(number(2), { .ttl = 1000 });
    }
    waitFor([made] { return QDateTime::currentMSecsSinceEpoch() > made + 2'000; });
    const auto client = keepingClient(true);
    const QSignalSpy failed(client.get(), &SyncClient::writeFailed);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().at(1).value<SyncError>().message(), u"push: its time to live is over"_s);
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    QTRY_COMPARE(numbers(*other), QList<int>({ 0, 2 }));
    const QDateTime expires = valueOfCall(other->get(1)).dateExpires();
    QVERIFY(expires < QDateTime::currentDateTimeUtc().addSecs(999));
}

void tst_PersistentWrites::waitForNoLongerThanTheyMay()
{
    seeList(1);
    {
        const auto client = keepingClient(false);
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        list->push(number(1)); // of before the restart
        QTRY_COMPARE(client->outbox()->index(0).data(SyncOutbox::StateRole).value<SyncOutbox::State>(),
                     SyncOutbox::State::Waiting);
    }
    const auto client = keepingClient(false);
    const QSignalSpy errors(client.get(), &SyncClient::connectionError);
    client->setMaximumWriteAge(-1);
    QTRY_COMPARE(errors.size(), 1);
    QCOMPARE(client->maximumWriteAge(), 0);
    client->setMaximumWriteAge(1);
    QCOMPARE(client->maximumWriteAge(), 1);
    const QSignalSpy failed(client.get(), &SyncClient::writeFailed);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    const auto late = list->push(number(2));
    const SyncError error = errorOfCall(late);
    QCOMPARE(error.message(), u"not sent within 1 s, which is the longest that a write may wait"_s);
    QVERIFY(!error.isOutcomeUnknown());
    QTRY_COMPARE(failed.size(), 2);
    client->goOnline();
    QTRY_VERIFY(isEstablished(*list));
    valueOfCall(list->push(number(3)));
    QCOMPARE(numbers(*list), QList<int>({ 0, 3 }));
    QTRY_COMPARE(client->pendingWrites(), 0);
}

void tst_PersistentWrites::aPushIsKnownByAField()
{
    seeList(1);
    const auto client = keepingClient(false);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    QCOMPARE(errorOfCall(list->push(number(1), { .once = u"id"_s })).message(),
             u"once: expected the name of a field of the value, got id"_s);
    const auto pushed = list->push({ { u"n"_s, 1 }, { u"id"_s, u"a"_s } }, { .ttl = 60, .once = u"id"_s });
    client->goOnline();
    QCOMPARE(valueOfCall(pushed).index(), 1);
}

// What somebody else does to an object meanwhile, and what was waiting, come together.
void tst_PersistentWrites::gapsAreFilledByTheService()
{
    seeList(2);
    {
        const auto client = keepingClient(false);
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        list->update(0, { { u"mine"_s, 1 } });
    }
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    valueOfCall(other->update(0, { { u"theirs"_s, 2 } }));
    const auto client = keepingClient(true);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(client->pendingWrites(), 0);
    const QVariantMap expected { { u"n"_s, 0 }, { u"mine"_s, 1 }, { u"theirs"_s, 2 } };
    QTRY_COMPARE(other->valueAt(0).toMap(), expected);
    QTRY_COMPARE(list->valueAt(0).toMap(), expected);
}

void tst_PersistentWrites::offByDefault()
{
    seeList(1);
    QFuture<SyncListItem> pushed;
    {
        const auto client = offlineClient();
        QVERIFY(!client->persistentWrites());
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        pushed = list->push(number(1));
    }
    QVERIFY(!errorOfCall(pushed).isOutcomeUnknown());
    const auto client = keepingClient(true);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QCOMPARE(numbers(*list), QList<int>({ 0 }));
}

QTEST_GUILESS_MAIN(tst_PersistentWrites)
#include "tst_persistentwrites.moc"
