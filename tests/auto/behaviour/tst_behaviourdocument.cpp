#include "TwilioSync/api/syncdocument.h"

#include "shared/twoclients.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Subscription = Sync::SubscriptionState;

// Section "Document" of tests/behaviour-cases.md, as far as it holds on any server.
class tst_BehaviourDocument : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void creates_data();
    void creates();
    void doc04_sidIsNoUniqueName();
    void doc05_opensWhatAnotherCreated();
    void doc06_createsUnderAnUnusedName();
    void doc07_shortTextIsNoSid();
    void doc08_ttlIsShownOnReturnAndAnnounced();
    void doc09_zeroTtlNeverExpires();
    void doc10_setIsShownOnReturnAndAnnounced();
    void doc11_setReachesBothOnce();
    void doc12_mutationElsewhereArrivesWithItsExpiry();
    void doc13_mutationReachesBoth();
    void doc14_mutatorWithoutAResultAborts();
    void doc15_removalIsNotReplayed();
    void doc16_subscribedFromTheFirstHandleToTheLast();
    void doc17_siblingsDoNotDisturb();
    void doc18_removedSidIsNotFound();
    void doc19_nullMemberSurvives();
    void doc20_setWithTtl();
    void doc21_mutationsAddUp();
    void doc22_removalBesideTheHandle();

private:
    using Values = QList<QVariantMap>;

    static QVariantMap data(const QString &text) { return { { u"data"_s, text } }; }
    //! Writes down every value that \a document reports.
    void listen(SyncDocument *document, Values &values) const
    {
        connect(document, &SyncDocument::updated, this,
                [&values](const QVariantMap &value) { values.append(value); });
    }
    //! A new document as Alice and Bob hold it.
    std::pair<SyncDocument *, SyncDocument *> openTwice() const
    {
        const QString name = freshName();
        SyncDocument *const first = established(m_alice->document({ .id = name }));
        return { first, established(m_bob->document(name)) };
    }
};

void tst_BehaviourDocument::creates_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<qint64>("ttl");
    QTest::newRow("DOC-01 without arguments") << QString() << qint64(0);
    QTest::newRow("DOC-02 named") << freshName() << qint64(0);
    QTest::newRow("DOC-03 named, with a ttl") << freshName() << qint64(3600);
}

// J5, J6: opening subscribes, and reports nothing but what changes afterwards.
void tst_BehaviourDocument::creates()
{
    QFETCH(QString, name);
    QFETCH(qint64, ttl);
    SyncDocument *const document =
            valueOfCall(name.isEmpty()     ? m_alice->document()
                                : ttl == 0 ? m_alice->document(name)
                                           : m_alice->document({ .id = name, .ttl = ttl }));
    QVERIFY(document);
    QSignalSpy updated(document, &SyncDocument::updated);
    QVERIFY(document->subscriptionState() != Subscription::Unsubscribed);
    QVERIFY(document->sid().startsWith(u"ET"_s));
    QCOMPARE(document->uniqueName(), name);
    QVERIFY(document->dateCreated().isValid());
    QVERIFY(document->dateUpdated().isValid());
    QCOMPARE(document->dateExpires().isValid(), ttl > 0);
    QCOMPARE(document->value(), QVariantMap());
    QTRY_COMPARE_WITH_TIMEOUT(document->subscriptionState(), Subscription::Established, wireTimeout);
    QCOMPARE(updated.size(), 0);
}

// J4: given a sid, open-or-create opens; as the name of a new document it is refused.
void tst_BehaviourDocument::doc04_sidIsNoUniqueName()
{
    const SyncDocument *const document = valueOfCall(m_alice->document());
    QVERIFY(document);
    const SyncDocument *const opened = valueOfCall(m_bob->document(document->sid()));
    QVERIFY(opened);
    QCOMPARE(opened->sid(), document->sid());
    QCOMPARE(textOfError(errorOfCall(
                     m_bob->document({ .id = document->sid(), .mode = SyncClient::OpenMode::CreateNew }))),
             u"Invalid unique name. Expected a string with length 1-320 not matching the SID pattern "
             "[A-Z]{2}[a-f0-9]{32} (400, 54302)"_s);
}

void tst_BehaviourDocument::doc05_opensWhatAnotherCreated()
{
    const QString name = freshName();
    SyncDocument *const created =
            valueOfCall(m_bob->document({ .id = name, .ttl = 3600, .value = data(u"value"_s) }));
    SyncDocument *const opened = valueOfCall(m_alice->document({ .id = name, .value = data(u"other"_s) }));
    QVERIFY(created && opened);
    QCOMPARE(opened->sid(), created->sid());
    QCOMPARE(opened->uniqueName(), name);
    QVERIFY(created->dateExpires().isValid());
    QCOMPARE(opened->dateExpires(), created->dateExpires());
    QCOMPARE(opened->value(), data(u"value"_s));
    QCOMPARE(created->value(), data(u"value"_s));
}

// J5: open is subscribed.
void tst_BehaviourDocument::doc06_createsUnderAnUnusedName()
{
    const QString name = freshName();
    SyncDocument *const document = established(m_alice->document(name));
    QVERIFY(document);
    QCOMPARE(document->uniqueName(), name);
    QVERIFY(document->sid().startsWith(u"ET"_s));
    QVERIFY(!document->dateExpires().isValid());
    QCOMPARE(document->subscriptionState(), Subscription::Established);
    const SyncDocument *const found = valueOfCall(
            m_bob->document({ .id = document->sid(), .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(found);
    QCOMPARE(found->uniqueName(), name);
}

void tst_BehaviourDocument::doc07_shortTextIsNoSid()
{
    QCOMPARE(textOfError(errorOfCall(
                     m_alice->document({ .id = u"TO111"_s, .mode = SyncClient::OpenMode::OpenExisting }))),
             u"Unique name not found (404, 54300)"_s);
}

// An expiry is no part of the value: its own signal tells, not updated() (protocol.md, defect 25).
void tst_BehaviourDocument::doc08_ttlIsShownOnReturnAndAnnounced()
{
    const auto [document, other] = openTwice();
    QVERIFY(document && other);
    QVERIFY(!document->dateExpires().isValid());
    QSignalSpy changed(document, &SyncDocument::dateExpiresChanged);
    QSignalSpy changedThere(other, &SyncDocument::dateExpiresChanged);
    QVERIFY(errorOfCall(document->setTtl(3600)).isNull());
    QVERIFY(document->dateExpires().isValid());
    QTRY_COMPARE_WITH_TIMEOUT(other->dateExpires(), document->dateExpires(), wireTimeout);
    QTRY_COMPARE_WITH_TIMEOUT(changed.size(), 1, wireTimeout);
    QTRY_COMPARE_WITH_TIMEOUT(changedThere.size(), 1, wireTimeout);
}

// 0 is all there is to say "never"; a write says it as well as setTtl().
void tst_BehaviourDocument::doc09_zeroTtlNeverExpires()
{
    SyncDocument *const first = valueOfCall(m_alice->document({ .id = freshName(), .ttl = 3600 }));
    SyncDocument *const second = valueOfCall(m_alice->document({ .id = freshName(), .ttl = 3600 }));
    QVERIFY(first && second);
    QVERIFY(first->dateExpires().isValid() && second->dateExpires().isValid());
    QVERIFY(errorOfCall(first->setTtl(0)).isNull());
    QVERIFY(errorOfCall(second->set(data(u"value"_s), { .ttl = 0 })).isNull());
    QVERIFY(!first->dateExpires().isValid());
    QVERIFY(!second->dateExpires().isValid());
}

void tst_BehaviourDocument::doc10_setIsShownOnReturnAndAnnounced()
{
    SyncDocument *const document = established(m_alice->document());
    QVERIFY(document);
    QSignalSpy updated(document, &SyncDocument::updated);
    QCOMPARE(valueOfCall(document->set(data(u"value"_s))), data(u"value"_s));
    QCOMPARE(document->value(), data(u"value"_s));
    QTRY_COMPARE_WITH_TIMEOUT(updated.size(), 1, wireTimeout);
    QCOMPARE(updated.at(0).at(0).toMap(), data(u"value"_s));
    QCOMPARE(updated.at(0).at(2).toMap(), QVariantMap());
}

// J6: no first update for what was there. A second write, seen by both, shows that nothing came twice.
void tst_BehaviourDocument::doc11_setReachesBothOnce()
{
    const auto [document, other] = openTwice();
    QVERIFY(document && other);
    Values here;
    Values there;
    listen(document, here);
    listen(other, there);
    valueOfCall(document->set(data(u"value"_s)));
    QTRY_COMPARE_WITH_TIMEOUT(other->value(), data(u"value"_s), wireTimeout);
    valueOfCall(other->set(data(u"last"_s)));
    const Values expected { data(u"value"_s), data(u"last"_s) };
    QTRY_COMPARE_WITH_TIMEOUT(document->value(), data(u"last"_s), wireTimeout);
    QTRY_COMPARE(here, expected);
    QTRY_COMPARE(there, expected);
}

// Our API knows no writing without a handle: Bob opens by sid.
void tst_BehaviourDocument::doc12_mutationElsewhereArrivesWithItsExpiry()
{
    SyncDocument *const document = established(m_alice->document());
    QVERIFY(document);
    SyncDocument *const other = valueOfCall(m_bob->document(document->sid()));
    QVERIFY(other);
    QList<std::pair<QVariantMap, bool>> seen;
    connect(document, &SyncDocument::updated, this, [into = &seen, document](const QVariantMap &value) {
        into->append({ value, document->dateExpires().isValid() });
    });
    valueOfCall(other->mutate([](const SyncValue &) { return SyncValue(data(u"value1"_s)); }));
    QTRY_COMPARE_WITH_TIMEOUT(seen.size(), 1, wireTimeout);
    valueOfCall(
            other->mutate([](const SyncValue &) { return SyncValue(data(u"value2"_s)); }, { .ttl = 3600 }));
    QTRY_COMPARE_WITH_TIMEOUT(seen.size(), 2, wireTimeout);
    QCOMPARE(seen.at(0), std::pair(data(u"value1"_s), false));
    QCOMPARE(seen.at(1), std::pair(data(u"value2"_s), true));
}

void tst_BehaviourDocument::doc13_mutationReachesBoth()
{
    const auto [document, other] = openTwice();
    QVERIFY(document && other);
    Values here;
    Values there;
    listen(document, here);
    listen(other, there);
    valueOfCall(document->mutate([](const SyncValue &) { return SyncValue(data(u"value"_s)); }));
    QCOMPARE(document->value(), data(u"value"_s));
    QTRY_COMPARE_WITH_TIMEOUT(there, Values { data(u"value"_s) }, wireTimeout);
    QCOMPARE(here, Values { data(u"value"_s) });
}

// J1: not a failure; the call gives the value there is, and nothing is written.
void tst_BehaviourDocument::doc14_mutatorWithoutAResultAborts()
{
    SyncDocument *const document = established(m_alice->document({ .value = data(u"value"_s) }));
    QVERIFY(document);
    QSignalSpy updated(document, &SyncDocument::updated);
    const QString revision = document->revision();
    QCOMPARE(valueOfCall(document->mutate(
                     [](const SyncValue &) -> std::optional<SyncValue> { return std::nullopt; })),
             data(u"value"_s));
    QCOMPARE(document->revision(), revision);
    QCOMPARE(updated.size(), 0);
}

// J6: who listens afterwards sees the status.
void tst_BehaviourDocument::doc15_removalIsNotReplayed()
{
    SyncDocument *const document = established(m_alice->document());
    QVERIFY(document);
    QCOMPARE(document->status(), Sync::Status::Ready);
    QVERIFY(errorOfCall(document->removeDocument()).isNull());
    QCOMPARE(document->status(), Sync::Status::Removed);
    QCoreApplication::processEvents(); // it is told in a turn of its own
    QSignalSpy removed(document, &SyncDocument::removed);
    QCOMPARE(errorOfCall(document->set({})).status(), 404);
    QVERIFY(errorOfCall(m_alice->document({ .id = freshName(), .ttl = 3600 })).isNull());
    QCOMPARE(removed.size(), 0);
}

// J5: handles subscribe, not listeners.
void tst_BehaviourDocument::doc16_subscribedFromTheFirstHandleToTheLast()
{
    tellEverySubscriptionState(m_alice.get());
    const SyncDocument *const created = valueOfCall(m_bob->document());
    QVERIFY(created);
    SyncDocument first;
    QList<Subscription> states;
    connect(&first, &SyncDocument::subscriptionStateChanged, this,
            [&] { states.append(first.subscriptionState()); });
    QCOMPARE(first.subscriptionState(), Subscription::Unsubscribed);
    first.setClient(m_alice.get());
    first.setSid(created->sid());
    QTRY_COMPARE_WITH_TIMEOUT(first.subscriptionState(), Subscription::Established, wireTimeout);
    const QList<Subscription> way { Subscription::Pending, Subscription::Subscribing,
                                    Subscription::Established };
    QTRY_COMPARE(states, way); // told a turn later

    SyncDocument *const second = valueOfCall(m_alice->document(first.sid()));
    QVERIFY(second);
    QCOMPARE(second->subscriptionState(), Subscription::Established);
    QSignalSpy changed(&first, &SyncDocument::subscriptionStateChanged);
    second->close();
    QCOMPARE(second->subscriptionState(), Subscription::Unsubscribed);
    QCOMPARE(first.subscriptionState(), Subscription::Established);
    QVERIFY(errorOfCall(first.set(data(u"value"_s))).isNull());
    QCOMPARE(changed.size(), 0);
    first.close();
    QCOMPARE(first.subscriptionState(), Subscription::Unsubscribed);
}

// J6: nothing is reported for opening either of them.
void tst_BehaviourDocument::doc17_siblingsDoNotDisturb()
{
    SyncDocument *const first = established(m_alice->document());
    QVERIFY(first);
    Values ofFirst;
    Values ofSecond;
    listen(first, ofFirst);
    SyncDocument *const second = established(m_alice->document());
    QVERIFY(second);
    listen(second, ofSecond);
    SyncDocument *const elsewhere = valueOfCall(m_bob->document(first->sid()));
    QVERIFY(elsewhere);
    valueOfCall(elsewhere->set(data(u"first"_s)));
    valueOfCall(second->set(data(u"second"_s)));
    QTRY_COMPARE_WITH_TIMEOUT(ofFirst, Values { data(u"first"_s) }, wireTimeout);
    QTRY_COMPARE(ofSecond, Values { data(u"second"_s) });
}

void tst_BehaviourDocument::doc18_removedSidIsNotFound()
{
    SyncDocument *const document = valueOfCall(m_alice->document());
    QVERIFY(document);
    const QString sid = document->sid();
    QVERIFY(errorOfCall(document->removeDocument()).isNull());
    const OpenOptions existing { .id = sid, .mode = SyncClient::OpenMode::OpenExisting };
    QCOMPARE(textOfError(errorOfCall(m_alice->document(existing))), u"Document not found (404, 54100)"_s);
    QCOMPARE(textOfError(errorOfCall(m_bob->document(existing))), u"Document not found (404, 54100)"_s);
}

void tst_BehaviourDocument::doc19_nullMemberSurvives()
{
    const QByteArray json = R"({"key1":"value1","key2":null})";
    SyncDocument *const document = established(m_alice->document());
    QVERIFY(document);
    QCOMPARE(document->dateCreated(), document->dateUpdated());
    passAMillisecond();
    valueOfCall(document->set(SyncValue::fromJson(json)));
    QVERIFY(document->dateCreated() < document->dateUpdated());
    SyncDocument *const other = valueOfCall(m_bob->document(document->sid()));
    QVERIFY(other);
    QCOMPARE(other->json(), json);
    QVERIFY(other->value().value(u"key2"_s) == QVariant::fromValue(nullptr));
}

void tst_BehaviourDocument::doc20_setWithTtl()
{
    SyncDocument *const document = established(m_alice->document());
    QVERIFY(document);
    passAMillisecond();
    valueOfCall(document->set(data(u"value"_s), { .ttl = 3600 }));
    QVERIFY(document->dateExpires() > document->dateCreated());
    QVERIFY(document->dateUpdated() > document->dateCreated());
}

void tst_BehaviourDocument::doc21_mutationsAddUp()
{
    SyncDocument *const document = valueOfCall(m_alice->document());
    QVERIFY(document);
    const auto addOne = [](const SyncValue &current) {
        const int value = current.toVariantMap().value(u"value"_s, 0).toInt();
        return SyncValue({ { u"value"_s, value + 1 } });
    };
    const auto first = document->mutate(addOne);
    const auto second = document->mutate(addOne);
    QCOMPARE(valueOfCall(first), QVariantMap({ { u"value"_s, 1 } }));
    QCOMPARE(valueOfCall(second), QVariantMap({ { u"value"_s, 2 } }));
    QCOMPARE(document->value(), QVariantMap({ { u"value"_s, 2 } }));
}

// By another handle of the same client, since nothing is removed without one.
void tst_BehaviourDocument::doc22_removalBesideTheHandle()
{
    SyncDocument *const document = established(m_alice->document({ .value = data(u"value"_s) }));
    QVERIFY(document);
    SyncDocument *const beside = valueOfCall(m_alice->document(document->sid()));
    QVERIFY(beside);
    QList<Sync::Status> shown;
    connect(document, &SyncDocument::removed, this,
            [into = &shown, document] { into->append(document->status()); });
    QSignalSpy removed(document, &SyncDocument::removed);
    QVERIFY(errorOfCall(beside->removeDocument()).isNull());
    QTRY_COMPARE(removed, QList<QVariantList>({ { true, data(u"value"_s) } }));
    QCOMPARE(shown, QList<Sync::Status>({ Sync::Status::Removed }));
}

QTEST_GUILESS_MAIN(tst_BehaviourDocument)
#include "tst_behaviourdocument.moc"
