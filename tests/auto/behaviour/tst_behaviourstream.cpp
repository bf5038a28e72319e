#include "TwilioSync/api/syncstream.h"

#include "shared/twoclients.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Subscription = Sync::SubscriptionState;

// Section "Stream" of tests/behaviour-cases.md, as far as it holds on any server.
class tst_BehaviourStream : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void creates_data();
    void creates();
    void str04_sidIsNoUniqueName();
    void opensWhatAnotherCreated_data();
    void opensWhatAnotherCreated();
    void str07_ttlIsShownOnReturn();
    void str08_zeroTtlNeverExpires();
    void str09_str14_messageReachesBoth();
    void removals_data();
    void removals();
    void str12_publishesToNobody();
    void str13_removedSidIsNotFound();

private:
    //! A new stream as Alice and Bob hold it.
    std::pair<SyncStream *, SyncStream *> openTwice() const
    {
        SyncStream *const first = established(m_alice->stream());
        return { first, first ? established(m_bob->stream(first->sid())) : nullptr };
    }
};

void tst_BehaviourStream::creates_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<qint64>("ttl");
    QTest::newRow("STR-01 without arguments") << QString() << qint64(0);
    QTest::newRow("STR-02 named") << freshName() << qint64(0);
    QTest::newRow("STR-03 named, with a ttl") << freshName() << qint64(3600);
}

// J5: opening subscribes.
void tst_BehaviourStream::creates()
{
    QFETCH(QString, name);
    QFETCH(qint64, ttl);
    const SyncStream *const stream =
            valueOfCall(name.isEmpty()     ? m_alice->stream()
                                : ttl == 0 ? m_alice->stream(name)
                                           : m_alice->stream({ .id = name, .ttl = ttl }));
    QVERIFY(stream);
    QVERIFY(stream->subscriptionState() != Subscription::Unsubscribed);
    QVERIFY(stream->sid().startsWith(u"TO"_s));
    QCOMPARE(stream->uniqueName(), name);
    QCOMPARE(stream->dateExpires().isValid(), ttl > 0);
    QCOMPARE(stream->revision(), QString());
    QTRY_COMPARE_WITH_TIMEOUT(stream->subscriptionState(), Subscription::Established, wireTimeout);
}

// J4: given a sid, open-or-create opens; as the name of a new stream it is refused.
void tst_BehaviourStream::str04_sidIsNoUniqueName()
{
    const SyncStream *const stream = valueOfCall(m_alice->stream());
    QVERIFY(stream);
    const SyncStream *const opened = valueOfCall(m_bob->stream(stream->sid()));
    QVERIFY(opened);
    QCOMPARE(opened->sid(), stream->sid());
    QCOMPARE(textOfError(errorOfCall(
                     m_bob->stream({ .id = stream->sid(), .mode = SyncClient::OpenMode::CreateNew }))),
             u"Invalid unique name. Expected a string with length 1-320 not matching the SID pattern "
             "[A-Z]{2}[a-f0-9]{32} (400, 54302)"_s);
}

void tst_BehaviourStream::opensWhatAnotherCreated_data()
{
    QTest::addColumn<bool>("bySid");
    QTest::addColumn<SyncClient::OpenMode>("mode");
    QTest::newRow("STR-05 open or create by name") << false << SyncClient::OpenMode::OpenOrCreate;
    QTest::newRow("STR-06 existing by name") << false << SyncClient::OpenMode::OpenExisting;
    QTest::newRow("STR-06 existing by sid") << true << SyncClient::OpenMode::OpenExisting;
}

void tst_BehaviourStream::opensWhatAnotherCreated()
{
    QFETCH(bool, bySid);
    QFETCH(SyncClient::OpenMode, mode);
    const QString name = freshName();
    const SyncStream *const created = valueOfCall(m_bob->stream({ .id = name, .ttl = 3600 }));
    QVERIFY(created);
    const SyncStream *const opened =
            established(m_alice->stream({ .id = bySid ? created->sid() : name, .mode = mode }));
    QVERIFY(opened);
    QCOMPARE(opened->sid(), created->sid());
    QCOMPARE(opened->uniqueName(), name);
    QVERIFY(created->dateExpires().isValid());
    QCOMPARE(opened->dateExpires(), created->dateExpires());
    QCOMPARE(opened->subscriptionState(), Subscription::Established); // J5
}

void tst_BehaviourStream::str07_ttlIsShownOnReturn()
{
    SyncStream *const stream = valueOfCall(m_alice->stream());
    QVERIFY(stream);
    QVERIFY(!stream->dateExpires().isValid());
    QSignalSpy changed(stream, &SyncStream::dateExpiresChanged);
    QVERIFY(errorOfCall(stream->setTtl(3600)).isNull());
    QVERIFY(stream->dateExpires().isValid());
    QTRY_COMPARE(changed.size(), 1);
}

// 0 is all there is to say "never", on creation as well.
void tst_BehaviourStream::str08_zeroTtlNeverExpires()
{
    SyncStream *const stream = valueOfCall(m_alice->stream({ .id = freshName(), .ttl = 3600 }));
    const SyncStream *const created = valueOfCall(m_alice->stream({ .id = freshName(), .ttl = 0 }));
    QVERIFY(stream && created);
    QVERIFY(stream->dateExpires().isValid());
    QVERIFY(errorOfCall(stream->setTtl(0)).isNull());
    QVERIFY(!stream->dateExpires().isValid());
    QVERIFY(!created->dateExpires().isValid());
}

// A second message shows that the first one came once.
void tst_BehaviourStream::str09_str14_messageReachesBoth()
{
    const auto [sender, receiver] = openTwice();
    QVERIFY(sender && receiver);
    QSignalSpy here(sender, &SyncStream::messagePublished);
    QSignalSpy there(receiver, &SyncStream::messagePublished);
    const auto message = valueOfCall(sender->publishMessage({ { u"data"_s, u"value"_s } }));
    const auto second = valueOfCall(sender->publishMessage({ { u"data"_s, u"last"_s } }));
    QVERIFY(message.sid().startsWith(u"TZ"_s));
    QCOMPARE(message.value(), QVariantMap({ { u"data"_s, u"value"_s } }));
    const auto sidsOf = [](const QSignalSpy &spy) {
        QStringList sids;
        for (const QVariantList &arguments : spy)
            sids.append(arguments.at(0).value<SyncStreamMessage>().sid());
        return sids;
    };
    QTRY_COMPARE_WITH_TIMEOUT(sidsOf(there), QStringList({ message.sid(), second.sid() }), wireTimeout);
    QCOMPARE(sidsOf(here), sidsOf(there));
    for (const QSignalSpy *spy : { &here, &there })
        QCOMPARE(spy->at(0).at(0).value<SyncStreamMessage>().value(), message.value());
    QCOMPARE(here.at(0).at(1).toBool(), true);
    QCOMPARE(there.at(0).at(1).toBool(), false);
    sender->close();
    receiver->close();
    QCOMPARE(sender->subscriptionState(), Subscription::Unsubscribed);
    QCOMPARE(receiver->subscriptionState(), Subscription::Unsubscribed);
}

void tst_BehaviourStream::removals_data()
{
    QTest::addColumn<bool>("beside");
    QTest::newRow("STR-10 by the handle itself") << false;
    // Nothing is removed without a handle in our API: the same client opens it once more.
    QTest::newRow("STR-11 beside the handle") << true;
}

void tst_BehaviourStream::removals()
{
    QFETCH(bool, beside);
    const auto [stream, other] = openTwice();
    QVERIFY(stream && other);
    QSignalSpy removed(stream, &SyncStream::removed);
    QSignalSpy removedThere(other, &SyncStream::removed);
    SyncStream *const by = beside ? valueOfCall(m_alice->stream(stream->sid())) : stream;
    QVERIFY(by);
    QVERIFY(errorOfCall(by->removeStream()).isNull());
    QCOMPARE(stream->status(), Sync::Status::Removed);
    QTRY_COMPARE(removed, QList<QVariantList>({ { true } }));
    QTRY_COMPARE_WITH_TIMEOUT(removedThere, QList<QVariantList>({ { false } }), wireTimeout);
    QCOMPARE(other->status(), Sync::Status::Removed);
}

void tst_BehaviourStream::str12_publishesToNobody()
{
    SyncStream *const stream = valueOfCall(m_alice->stream());
    QVERIFY(stream);
    const QVariantMap value { { u"key1"_s, 1 }, { u"key2"_s, 2 } };
    const auto message = valueOfCall(stream->publishMessage(value));
    QVERIFY(!message.sid().isEmpty());
    QCOMPARE(message.value(), value);
}

void tst_BehaviourStream::str13_removedSidIsNotFound()
{
    SyncStream *const stream = valueOfCall(m_alice->stream());
    QVERIFY(stream);
    const QString sid = stream->sid();
    QVERIFY(errorOfCall(stream->removeStream()).isNull());
    const OpenOptions existing { .id = sid, .mode = SyncClient::OpenMode::OpenExisting };
    QCOMPARE(textOfError(errorOfCall(m_alice->stream(existing))), u"Stream not found (404, 54250)"_s);
    QCOMPARE(textOfError(errorOfCall(m_bob->stream(existing))), u"Stream not found (404, 54250)"_s);
}

QTEST_GUILESS_MAIN(tst_BehaviourStream)
#include "tst_behaviourstream.moc"
