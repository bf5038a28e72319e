#include "TwilioSync/api/syncdocument.h"

#include "shared/twoclients.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

class tst_SyncDocument : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void opensWithInitialContents();
    void opensWhatIsThere();
    void missingDocumentRejects();
    void writesAreReportedOnceEverywhere();
    void updateMergesTopLevel();
    void mutateMayAbort();
    void concurrentMutatesAllCount();
    void waitingSetsBecomeOne();
    void ttlChangesAreNoUpdates();
    void removalReportsOnce();
    void removedDocumentRejects();
    void valuesAreExact();
    void sidOfAnotherKindIsNotFound();

private:
    SyncDocument *open(SyncClient &client, const OpenOptions &options) const
    {
        SyncDocument *const document = valueOfCall(client.document(options));
        if (document)
            waitFor([&] { return document->subscriptionState() == Sync::SubscriptionState::Established; });
        return document;
    }
    static QVariantMap number(int n) { return { { u"n"_s, n } }; }
    static std::optional<SyncValue> addOne(const QVariantMap &value)
    {
        return SyncValue(number(value.value(u"n"_s).toInt() + 1));
    }
};

void tst_SyncDocument::opensWithInitialContents()
{
    const QString name = freshName();
    SyncDocument *const document = open(*m_alice, { .id = name, .ttl = 3600, .value = number(1) });
    QVERIFY(document->sid().startsWith(u"ET"_s));
    QCOMPARE(document->uniqueName(), name);
    QCOMPARE(document->value(), number(1));
    QVERIFY(document->dateExpires().isValid() && document->dateCreated().isValid());
    QCOMPARE(open(*m_bob, { .id = name, .value = number(2) })->value(), number(1));
    QCOMPARE(open(*m_alice, {})->value(), QVariantMap());
}

void tst_SyncDocument::opensWhatIsThere()
{
    const QString name = freshName();
    SyncDocument *const first = open(*m_alice, { .id = name, .value = number(7) });
    SyncDocument declared;
    QSignalSpy changed(&declared, &SyncDocument::valueChanged);
    QSignalSpy updated(&declared, &SyncDocument::updated);
    declared.setClient(m_bob.get());
    declared.setMode(SyncClient::OpenMode::OpenExisting);
    declared.setSid(first->sid());
    QTRY_COMPARE(declared.status(), Sync::Status::Ready);
    QCOMPARE(declared.value(), number(7));
    QCOMPARE(declared.uniqueName(), name);
    QTRY_COMPARE(changed.size(), 1);
    QCOMPARE(updated.size(), 0);
}

void tst_SyncDocument::missingDocumentRejects()
{
    QCOMPARE(textOfError(errorOfCall(
                     m_alice->document({ .id = freshName(), .mode = SyncClient::OpenMode::OpenExisting }))),
             u"Unique name not found (404, 54300)"_s);
    const QString name = freshName();
    QVERIFY(open(*m_alice, { .id = name }));
    QCOMPARE(errorOfCall(m_bob->document({ .id = name, .mode = SyncClient::OpenMode::CreateNew })).status(),
             409);
}

void tst_SyncDocument::writesAreReportedOnceEverywhere()
{
    const QString name = freshName();
    SyncDocument *const document = open(*m_alice, { .id = name });
    SyncDocument *const second = open(*m_alice, { .id = name });
    SyncDocument *const other = open(*m_bob, { .id = name });
    QSignalSpy updated(document, &SyncDocument::updated);
    QSignalSpy updatedSecond(second, &SyncDocument::updated);
    QSignalSpy updatedThere(other, &SyncDocument::updated);
    QCOMPARE(valueOfCall(document->set(number(1))), number(1));
    QCOMPARE(document->value(), number(1));
    QTRY_COMPARE(other->value(), number(1));
    QCOMPARE(valueOfCall(other->set(number(2))), number(2));
    QTRY_COMPARE(document->value(), number(2));
    QTRY_COMPARE(updated.size(), 2);
    QCOMPARE(updated.at(0), QVariantList({ number(1), true, QVariantMap() }));
    QCOMPARE(updated.at(1), QVariantList({ number(2), false, number(1) }));
    QCOMPARE(updatedSecond.size(), 2);
    QCOMPARE(updatedThere.size(), 2);
    QTRY_COMPARE(document->revision(), other->revision());
}

void tst_SyncDocument::updateMergesTopLevel()
{
    SyncDocument *const document =
            open(*m_alice, { .value = { { u"a"_s, 1 }, { u"o"_s, QVariantMap { { u"x"_s, 1 } } } } });
    const QVariantMap merged = valueOfCall(document->update({ { u"o"_s, QVariantMap { { u"y"_s, 2 } } } }));
    QCOMPARE(merged, QVariantMap({ { u"a"_s, 1 }, { u"o"_s, QVariantMap { { u"y"_s, 2 } } } }));
}

void tst_SyncDocument::mutateMayAbort()
{
    SyncDocument *const document = open(*m_alice, { .value = number(3) });
    const QString revision = document->revision();
    QCOMPARE(valueOfCall(document->mutate(
                     [](const SyncValue &) -> std::optional<SyncValue> { return std::nullopt; })),
             number(3));
    QCOMPARE(document->revision(), revision);
}

void tst_SyncDocument::concurrentMutatesAllCount()
{
    const QString name = freshName();
    SyncDocument *const document = open(*m_alice, { .id = name });
    SyncDocument *const other = open(*m_bob, { .id = name });
    QList<QFuture<QVariantMap>> calls;
    for (int i = 0; i < 10; ++i) {
        calls.append(document->mutate(addOne, { .ttl = 3600 }));
        calls.append(other->mutate(addOne, { .ttl = 3600 }));
    }
    for (const auto &call : std::as_const(calls))
        valueOfCall(call);
    QTRY_COMPARE(document->value(), number(20));
    QTRY_COMPARE(other->value(), number(20));
    QVERIFY(document->dateExpires().isValid());
}

void tst_SyncDocument::waitingSetsBecomeOne()
{
    SyncDocument *const document = open(*m_alice, {});
    QSignalSpy updated(document, &SyncDocument::updated);
    QList<QFuture<QVariantMap>> calls;
    for (int i = 0; i < 10; ++i)
        calls.append(document->set(number(i), i == 5 ? WriteOptions { .ttl = 3600 } : WriteOptions()));
    QCOMPARE(document->pendingWrites(), 2);
    QCOMPARE(valueOfCall(calls.at(0)), number(0));
    for (int i = 1; i < 10; ++i)
        QCOMPARE(valueOfCall(calls.at(i)), number(9));
    QTRY_COMPARE(updated.size(), 2);
    QVERIFY(document->dateExpires().isValid()); // of the sixth
    QCOMPARE(document->pendingWrites(), 0);
}

void tst_SyncDocument::ttlChangesAreNoUpdates()
{
    const QString name = freshName();
    SyncDocument *const document = open(*m_alice, { .id = name });
    SyncDocument *const other = open(*m_bob, { .id = name });
    QSignalSpy updated(document, &SyncDocument::updated);
    QSignalSpy updatedThere(other, &SyncDocument::updated);
    QVERIFY(errorOfCall(document->setTtl(3600)).isNull());
    QVERIFY(document->dateExpires().isValid());
    QTRY_VERIFY(other->dateExpires().isValid());
    QVERIFY(errorOfCall(other->setTtl(0)).isNull());
    QTRY_VERIFY(!document->dateExpires().isValid());
    QCOMPARE(updated.size(), 0);
    QCOMPARE(updatedThere.size(), 0);
}

void tst_SyncDocument::removalReportsOnce()
{
    const QString name = freshName();
    SyncDocument *const document = open(*m_alice, { .id = name, .value = number(1) });
    SyncDocument *const other = open(*m_bob, { .id = name });
    QSignalSpy removed(document, &SyncDocument::removed);
    QSignalSpy removedThere(other, &SyncDocument::removed);
    QVERIFY(errorOfCall(document->removeDocument()).isNull());
    QTRY_COMPARE(removedThere.size(), 1);
    QCOMPARE(removed, QList<QVariantList>({ { true, number(1) } }));
    QCOMPARE(removedThere, QList<QVariantList>({ { false, number(1) } }));
    QCOMPARE(other->status(), Sync::Status::Removed);
}

void tst_SyncDocument::removedDocumentRejects()
{
    SyncDocument *const document = open(*m_alice, {});
    QVERIFY(errorOfCall(document->removeDocument()).isNull());
    QCOMPARE(textOfError(errorOfCall(document->set({}))), u"The Document has been removed (404, 54100)"_s);
    QCOMPARE(textOfError(errorOfCall(m_alice->document(
                     { .id = document->sid(), .mode = SyncClient::OpenMode::OpenExisting }))),
             u"Document not found (404, 54100)"_s);
}

void tst_SyncDocument::valuesAreExact()
{
    const QByteArray json = R"({"z":9007199254740993,"a":1.50,"n":null,"u":18446744073709551615})";
    const QString name = freshName();
    SyncDocument *const document = open(*m_alice, { .id = name });
    SyncDocument *const other = open(*m_bob, { .id = name });
    valueOfCall(document->set(SyncValue::fromJson(json)));
    QCOMPARE(document->json(), json);
    QTRY_COMPARE(other->json(), json);
    valueOfCall(other->update({ { u"a"_s, 2 } }));
    QCOMPARE(other->json(), R"({"z":9007199254740993,"a":2,"n":null,"u":18446744073709551615})");
}

void tst_SyncDocument::sidOfAnotherKindIsNotFound()
{
    SyncDocument *const document = open(*m_alice, {});
    const auto error =
            errorOfCall(m_alice->list({ .id = document->sid(), .mode = SyncClient::OpenMode::OpenExisting }));
    QCOMPARE(error.status(), 404);
}

QTEST_GUILESS_MAIN(tst_SyncDocument)
#include "tst_syncdocument.moc"
