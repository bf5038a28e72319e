#include "collectioncase.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

using State = Sync::SubscriptionState;

//! Lists and maps as wholes: opening, expiry, removal, subscription. Of the Kotlin SDK's cases with (J5) and
//! (J6) the contract keeps the outcome, but an open handle is a subscribed one and nothing is replayed.
class tst_BehaviourCollections : public CollectionCase
{
    Q_OBJECT

private Q_SLOTS:
    void creates_data();
    void creates();
    void refusesNames_data();
    void refusesNames();
    void opensWhatTheOtherCreated_data();
    void opensWhatTheOtherCreated();
    void lst06_malformedSidIsAName();
    void expiresAfterSetTtl_data();
    void expiresAfterSetTtl();
    void removedByItself_data();
    void removedByItself();
    void removedByTheOther_data();
    void removedByTheOther();
    void map09_firstHandleSubscribesLastUnsubscribes();

private:
    //! One row for each kind.
    static void kinds(const char *listRow, const char *mapRow)
    {
        QTest::addColumn<Kind>("kind");
        QTest::newRow(listRow) << Kind::List;
        QTest::newRow(mapRow) << Kind::Map;
    }
    static SyncResult<SyncCollection *> opened(Kind kind, SyncClient &client, const OpenOptions &options)
    {
        const auto base = [](auto outcome) -> SyncResult<SyncCollection *> {
            if (const auto *error = errorOf(outcome))
                return *error;
            return std::get<0>(outcome);
        };
        return kind == Kind::List ? base(outcomeOf(client.list(options)))
                                  : base(outcomeOf(client.map(options)));
    }
    //! Null, which the test does not survive, if it cannot be opened.
    static SyncCollection *open(Kind kind, SyncClient &client, const OpenOptions &options = {})
    {
        const auto outcome = opened(kind, client, options);
        const auto *error = errorOf(outcome);
        return error ? nullptr : std::get<SyncCollection *>(outcome);
    }
    static QString refusal(Kind kind, SyncClient &client, const OpenOptions &options)
    {
        const auto outcome = opened(kind, client, options);
        const auto *error = errorOf(outcome);
        return error ? textOfError(*error) : u"opened"_s;
    }
    static QFuture<void> removeObject(SyncCollection *collection)
    {
        if (auto *const list = qobject_cast<SyncList *>(collection))
            return list->removeList();
        return qobject_cast<SyncMap *>(collection)->removeMap();
    }
    static QString prefix(Kind kind) { return kind == Kind::List ? u"ES"_s : u"MP"_s; }
    static QString illegalName()
    {
        return u"Invalid unique name. Expected a string with length 1-320 not matching the SID pattern "
               "[A-Z]{2}[a-f0-9]{32} (400, 54302)"_s;
    }
};

void tst_BehaviourCollections::creates_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("name");
    QTest::addColumn<SyncClient::OpenMode>("mode");
    QTest::addColumn<qint64>("ttl");
    const auto any = SyncClient::OpenMode::OpenOrCreate;
    const auto fresh = SyncClient::OpenMode::CreateNew;
    QTest::newRow("LST-01 no arguments") << Kind::List << QString() << any << qint64(-1);
    QTest::newRow("LST-02 ttl alone") << Kind::List << QString() << fresh << qint64(3600);
    QTest::newRow("LST-05 open or create, unused name") << Kind::List << freshName() << any << qint64(-1);
    QTest::newRow("MAP-01 no arguments") << Kind::Map << QString() << any << qint64(-1);
    QTest::newRow("MAP-02 fresh name") << Kind::Map << freshName() << fresh << qint64(-1);
    QTest::newRow("MAP-04 open or create, unused name") << Kind::Map << freshName() << any << qint64(-1);
}

void tst_BehaviourCollections::creates()
{
    QFETCH(Kind, kind);
    QFETCH(QString, name);
    QFETCH(SyncClient::OpenMode, mode);
    QFETCH(qint64, ttl);
    OpenOptions options { .id = name, .mode = mode };
    if (ttl >= 0)
        options.ttl = ttl;
    SyncCollection *const collection = open(kind, *m_alice, options);
    QVERIFY(collection);
    QVERIFY2(collection->sid().startsWith(prefix(kind)), qPrintable(collection->sid()));
    QCOMPARE(collection->uniqueName(), name);
    QVERIFY(collection->dateCreated().isValid() && collection->dateUpdated().isValid());
    QCOMPARE(collection->dateExpires().isValid(), ttl > 0);
    // J5: subscribed while it is open, and cached only when it is not
    QTRY_COMPARE(collection->subscriptionState(), State::Established);
    collection->close();
    QCOMPARE(collection->subscriptionState(), State::Unsubscribed);
}

void tst_BehaviourCollections::refusesNames_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("name");
    QTest::newRow("LST-03 shaped like a sid of no kind")
            << Kind::List << u"AB1234567890abcdef1234567890abcdef"_s;
    QTest::newRow("MAP-03 sid of another map") << Kind::Map << QString();
}

void tst_BehaviourCollections::refusesNames()
{
    QFETCH(Kind, kind);
    QFETCH(QString, name);
    if (name.isEmpty()) {
        const auto *const existing = open(kind, *m_alice);
        QVERIFY(existing);
        name = existing->sid();
    }
    QCOMPARE(refusal(kind, *m_alice, { .id = name, .mode = SyncClient::OpenMode::CreateNew }), illegalName());
}

void tst_BehaviourCollections::opensWhatTheOtherCreated_data()
{
    kinds("LST-04 open or create finds it", "MAP-05 by sid and by name");
}

void tst_BehaviourCollections::opensWhatTheOtherCreated()
{
    QFETCH(Kind, kind);
    const QString name = freshName();
    const SyncCollection *const theirs =
            open(kind, *m_bob, { .id = name, .mode = SyncClient::OpenMode::CreateNew, .ttl = 3600 });
    QVERIFY(theirs);
    for (const QString &id : { theirs->sid(), name }) {
        SyncClient other;
        other.setUrl(m_server.url());
        other.setToken(m_server.token(u"alice"_s));
        SyncCollection *const ours = open(kind, other, { .id = id });
        QVERIFY(ours);
        QCOMPARE(ours->sid(), theirs->sid());
        QCOMPARE(ours->uniqueName(), name);
        QCOMPARE(ours->dateCreated(), theirs->dateCreated());
        QCOMPARE(ours->dateUpdated(), theirs->dateUpdated());
        QVERIFY(ours->dateExpires().isValid());
        QCOMPARE(ours->dateExpires(), theirs->dateExpires());
        QTRY_COMPARE(ours->subscriptionState(), State::Established); // J5
    }
}

void tst_BehaviourCollections::lst06_malformedSidIsAName()
{
    QCOMPARE(refusal(Kind::List, *m_alice, { .id = u"ES111"_s, .mode = SyncClient::OpenMode::OpenExisting }),
             u"Unique name not found (404, 54300)"_s);
}

void tst_BehaviourCollections::expiresAfterSetTtl_data()
{
    kinds("LST-07 ttl of one hour", "MAP-06 ttl of one hour");
}

void tst_BehaviourCollections::expiresAfterSetTtl()
{
    QFETCH(Kind, kind);
    SyncCollection *const collection = open(kind, *m_alice);
    QVERIFY(collection && !collection->dateExpires().isValid());
    QCOMPARE(textOfError(errorOfCall(collection->setTtl(3600))), QString());
    QVERIFY(collection->dateExpires() > collection->dateCreated());
}

void tst_BehaviourCollections::removedByItself_data()
{
    kinds("LST-08 LST-37 through the object", "MAP-07 MAP-36 through the object");
}

void tst_BehaviourCollections::removedByItself()
{
    QFETCH(Kind, kind);
    SyncCollection *const collection = open(kind, *m_alice);
    QVERIFY(collection);
    QSignalSpy removed(collection, &SyncCollection::removed);
    QVERIFY(removed.isValid());
    const QString sid = collection->sid();
    QCOMPARE(collection->status(), Sync::Status::Ready);
    QCOMPARE(textOfError(errorOfCall(removeObject(collection))), QString());
    // J6: who looks later reads the status
    QCOMPARE(collection->status(), Sync::Status::Removed);
    QTRY_COMPARE(removed, QList<QVariantList>({ { true } }));
    const QString gone =
            kind == Kind::List ? u"List not found (404, 54150)"_s : u"Map not found (404, 54200)"_s;
    const OpenOptions existing { .id = sid, .mode = SyncClient::OpenMode::OpenExisting };
    QCOMPARE(refusal(kind, *m_alice, existing), gone);
    QCOMPARE(refusal(kind, *m_bob, existing), gone);
    QCOMPARE(removed.size(), 1);
}

void tst_BehaviourCollections::removedByTheOther_data()
{
    kinds("LST-09 by name, while it is open", "MAP-08 by name, while it is established");
}

void tst_BehaviourCollections::removedByTheOther()
{
    QFETCH(Kind, kind);
    const QString name = freshName();
    SyncCollection *const ours = open(kind, *m_alice, { .id = name });
    QVERIFY(ours);
    SyncCollection *const fence = open(kind, *m_alice);
    QVERIFY(fence);
    QSignalSpy removed(ours, &SyncCollection::removed);
    // LST-09 does not wait for the subscription: the case removes before anyone listens
    if (kind == Kind::Map)
        QTRY_COMPARE(ours->subscriptionState(), State::Established);
    SyncCollection *const theirs =
            open(kind, *m_bob, { .id = name, .mode = SyncClient::OpenMode::OpenExisting });
    QVERIFY(theirs);
    QCOMPARE(textOfError(errorOfCall(removeObject(theirs))), QString());
    QTRY_COMPARE(ours->status(), Sync::Status::Removed);
    // Once only: the end of another object comes after anything there is still to come of this one.
    QSignalSpy after(fence, &SyncCollection::removed);
    QTRY_COMPARE(fence->subscriptionState(), State::Established);
    SyncCollection *const last = open(kind, *m_bob, { .id = fence->sid() });
    QVERIFY(last);
    QCOMPARE(textOfError(errorOfCall(removeObject(last))), QString());
    QTRY_COMPARE(after.size(), 1);
    QCOMPARE(removed, QList<QVariantList>({ { false } }));
}

void tst_BehaviourCollections::map09_firstHandleSubscribesLastUnsubscribes()
{
    tellEverySubscriptionState(m_alice.get());
    const QString name = freshName();
    SyncMap first;
    SyncMap second;
    QList<State> states;
    connect(&first, &SyncMap::subscriptionStateChanged, &first,
            [&] { states.append(first.subscriptionState()); });
    QCOMPARE(first.subscriptionState(), State::Unsubscribed);
    first.setClient(m_alice.get());
    first.setUniqueName(name);
    second.setClient(m_alice.get());
    second.setUniqueName(name);
    QTRY_COMPARE(first.subscriptionState(), State::Established);
    QTRY_COMPARE(second.subscriptionState(), State::Established);
    const QList<State> path { State::Pending, State::Subscribing, State::Established };
    QTRY_COMPARE(states, path); // told a turn later

    second.close();
    QCOMPARE(second.subscriptionState(), State::Unsubscribed);
    // Still subscribed: another's change arrives.
    QSignalSpy added(&first, &SyncMap::itemAdded);
    auto *const theirs = CollectionCase::open<SyncMap>(*m_bob, name);
    QVERIFY(theirs);
    valueOfCall(theirs->set(u"key"_s, {}));
    QTRY_COMPARE(added.size(), 1);
    QCOMPARE(states, path);

    first.close();
    QTRY_COMPARE(states, path + QList<State>({ State::Unsubscribed }));
    valueOfCall(theirs->set(u"more"_s, {}));
    QVERIFY(open(Kind::Map, *m_alice, { .id = name }));
    QCOMPARE(added.size(), 1);
}

QTEST_GUILESS_MAIN(tst_BehaviourCollections)
#include "tst_behaviourcollections.moc"
